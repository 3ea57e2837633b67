package app

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"shiji/internal/org"
	"shiji/internal/store"
)

// UnitQuery asks for a page of units: those whose name holds Search or whose
// code begins with it, after the key of a former page.
type UnitQuery struct {
	Search string
	After  string
}

// UnitLine is a unit in a list, and how deep in the tree it stands (0: a root).
type UnitLine struct {
	org.Unit
	Level int
}

// UnitList is a page of units in the order of the tree. Next is the key of the
// following page, "" at the end.
type UnitList struct {
	Units []UnitLine
	Next  string
}

// unitsShown is how many units a page lists.
const unitsShown = 100

// Units lists the units that v may open.
func (s *Service) Units(ctx context.Context, v *Viewer, q UnitQuery) (UnitList, error) {
	var out UnitList
	page := store.Page{After: q.After, Limit: unitsShown + 1}
	if q.Search != "" {
		page.Limit = 1000 // few of them will be found
	}
	for {
		units, err := s.store.Units(ctx, v.scope(org.UnitRead), page)
		if err != nil {
			return UnitList{}, err
		}
		for _, u := range units {
			if !strings.Contains(u.Name, q.Search) && !strings.HasPrefix(u.Code, q.Search) {
				continue
			}
			if len(out.Units) == unitsShown {
				out.Next = string(out.Units[unitsShown-1].Path)
				return out, nil
			}
			out.Units = append(out.Units, UnitLine{Unit: u, Level: strings.Count(string(u.Path), "/") - 1})
		}
		if len(units) < page.Limit {
			return out, nil
		}
		page.After = string(units[len(units)-1].Path)
	}
}

// Crumb is a unit on the way from the root to where somebody is. Linked says
// that she may open it; the name alone of a unit above is no secret.
type Crumb struct {
	org.Unit
	Linked bool
}

// way returns the units above and at u.
func (s *Service) way(ctx context.Context, v *Viewer, u org.Unit) ([]Crumb, error) {
	root, _, _ := strings.Cut(string(u.Path), "/")
	units, err := s.store.Way(ctx, org.Below(org.Path(root+"/")), u.Path)
	if err != nil {
		return nil, err
	}
	seen := v.scope(org.UnitRead)
	out := make([]Crumb, len(units))
	for i, unit := range units {
		out[i] = Crumb{unit, seen.Sees(org.Object{Path: unit.Path})}
	}
	return out, nil
}

// UnitHome is the page of one unit.
type UnitHome struct {
	Unit       org.Unit
	Way        []Crumb
	People     int64    // who hold or held a post here or below; 0 for who may not list them
	Terms      []string // the school years that may be handed in for, this year's first
	OpenTerms  []string // those of which an appraisal may be opened: these, and older ones with evidence
	Children   []ChildLine
	Appraisals []AppraisalLine // of this very unit, the newest term first
	Batches    []BatchLine     // handed in lately, the newest first
	May        UnitRights
}

// UnitRights say which of a unit's pages and forms are worth a link.
type UnitRights struct {
	People, Evidence, Stage, Open, Events bool
}

// ChildLine is a unit directly below, with how far the appraisals of its whole
// subtree are, by term.
type ChildLine struct {
	store.Child
	Progress []Progress
}

// Progress counts appraisals of one term by state.
type Progress struct {
	Term                       string
	Open, Evaluated, Published int
}

// AppraisalLine tells how far an appraisal is, and what the viewer may do to it.
type AppraisalLine struct {
	ID        string
	Term      string
	Scheme    string // its title
	Edition   int64
	State     store.AppraisalState
	Members   int64  // with a result
	Evaluated string // moment, "" before
	Published string // likewise
	// Outdated says that evidence was adopted on which the last evaluation does not
	// rest. Of a published appraisal that changes nothing any more.
	Outdated bool
	Bare     bool // no evidence of its term was adopted yet: there is nothing to evaluate
	// Underway is the evaluation that waits or runs, whoever ordered it; nil if none.
	Underway *Underway

	CanEvaluate, CanWithdraw, CanPublish, CanOverview, CanList bool
}

// Underway is an evaluation that waits or runs, as those see it who may know of the
// appraisal. What a job says and makes is its orderer's: others see that it is there.
type Underway struct {
	Job string // id, for who ordered it; "" for others
	By  string // name of who ordered it, for those who see who handed in; else ""
}

// BatchLine is what was handed in, as a list shows it.
type BatchLine struct {
	ID, Term string
	Name     string // of the workbook
	By       string // name of the one who handed it in
	At       string
	State    store.BatchState
	Mine     bool
}

// UnitHome returns the page of a unit.
func (s *Service) UnitHome(ctx context.Context, v *Viewer, id org.UnitID) (*UnitHome, error) {
	u, _, err := s.unit(ctx, v, org.UnitRead, id)
	if err != nil {
		return nil, err
	}
	h := &UnitHome{Unit: u, Terms: s.Terms()}
	can := func(a org.Action) bool { _, err := v.may(a, org.Object{Path: u.Path}); return err == nil }
	h.May = UnitRights{People: can(org.PersonList), Evidence: can(org.EvidenceRead), Events: can(org.EventList)}
	if u.Kind == org.School {
		h.May.Stage, h.May.Open = can(org.EvidenceStage), can(org.AppraisalOpen)
	}
	if h.OpenTerms, err = s.openTerms(ctx, u); err != nil {
		return nil, err
	}
	if h.Way, err = s.way(ctx, v, u); err != nil {
		return nil, err
	}
	if h.May.People {
		if h.People, err = s.store.CountPeople(ctx, org.Below(u.Path), "", math.MaxInt64); err != nil {
			return nil, err
		}
	}
	if h.Children, err = s.children(ctx, v, u); err != nil {
		return nil, err
	}
	if h.Appraisals, err = s.appraisalLines(ctx, v, u); err != nil {
		return nil, err
	}
	if h.May.Evidence {
		h.Batches, err = s.batchLines(ctx, v, h)
	}
	return h, err
}

// schoolYears is how many school years a unit's page tells of.
const schoolYears = 3

// Terms returns the school years that are of interest now, this year's first. A
// school year begins on 1 September.
func (s *Service) Terms() []string {
	now := s.options.Now().In(time.FixedZone("CST", 8*3600))
	year := now.Year()
	if now.Month() < time.September {
		year--
	}
	out := make([]string, schoolYears)
	for i := range out {
		out[i] = fmt.Sprintf("%04d-%04d", year-i, year-i+1)
	}
	return out
}

// children lists what stands directly below u, with how far the appraisals of the
// latest terms are there.
func (s *Service) children(ctx context.Context, v *Viewer, u org.Unit) ([]ChildLine, error) {
	found, err := s.store.Children(ctx, v.scope(org.UnitRead), u.ID)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	terms := s.Terms()
	counts, err := s.store.Tally(ctx, v.scope(org.AppraisalRead), u.Path, terms...)
	if err != nil {
		return nil, err
	}
	progress := map[org.Path][]Progress{} // by child, one for each of terms
	for _, c := range counts {
		if progress[c.Path] == nil {
			progress[c.Path] = make([]Progress, len(terms))
		}
		progress[c.Path][slices.Index(terms, c.Term)].count(c)
	}
	out := make([]ChildLine, len(found))
	for i, c := range found {
		out[i] = ChildLine{c, slices.DeleteFunc(progress[c.Path], func(p Progress) bool { return p.Term == "" })}
	}
	return out, nil
}

func (p *Progress) count(t store.Tally) {
	p.Term = t.Term
	switch n := int(t.N); t.State {
	case store.Opened:
		p.Open = n
	case store.Evaluated:
		p.Evaluated = n
	case store.Published:
		p.Published = n
	}
}

func (s *Service) appraisalLines(ctx context.Context, v *Viewer, u org.Unit) ([]AppraisalLine, error) {
	standings, err := s.store.Standings(ctx, v.scope(org.AppraisalRead), u.ID)
	if err != nil {
		return nil, err
	}
	out := make([]AppraisalLine, len(standings))
	for i, st := range standings {
		if out[i], err = s.lineOf(ctx, v, u, st); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) appraisalLine(ctx context.Context, v *Viewer, u org.Unit, a store.Appraisal) (AppraisalLine, error) {
	st, err := s.store.Standing(ctx, v.scope(org.AppraisalRead), a.ID)
	if err != nil {
		return AppraisalLine{}, notThere(err)
	}
	return s.lineOf(ctx, v, u, st)
}

func (s *Service) lineOf(ctx context.Context, v *Viewer, u org.Unit, st store.Standing) (AppraisalLine, error) {
	rules, err := s.rulesOf(ctx, st.Scheme)
	if err != nil {
		return AppraisalLine{}, err
	}
	line := AppraisalLine{
		ID: st.ID, Term: st.Term, Scheme: rules.Title, Edition: st.Edition, State: st.State, Members: st.Members, Evaluated: st.Evaluated, Published: st.Published,
		Outdated: st.Evaluation != "" && st.Adopted > st.Basis, Bare: st.Adopted == 0,
	}
	o := org.Object{Path: u.Path, State: string(st.State)}
	can := func(action org.Action) bool { _, err := v.may(action, o); return err == nil }
	if st.State != store.Published { // which nobody evaluates any more
		if line.Underway, err = s.underway(ctx, v, u, st.ID); err != nil {
			return AppraisalLine{}, err
		}
	}
	line.CanEvaluate = st.State != store.Published && line.Underway == nil && !line.Bare && can(org.AppraisalEvaluate)
	line.CanPublish, line.CanOverview, line.CanList = can(org.AppraisalPublish), can(org.OverviewRead), can(org.ResultList)
	line.CanWithdraw = st.State == store.Opened && can(org.AppraisalOpen)
	return line, nil
}

// underway tells v, who may read an appraisal of u, whether it is being evaluated.
func (s *Service) underway(ctx context.Context, v *Viewer, u org.Unit, appraisal string) (*Underway, error) {
	args, err := json.Marshal(jobArgs{Appraisal: appraisal})
	if err != nil {
		return nil, err
	}
	jobs, err := s.store.Underway(ctx, evaluateJob, args)
	if err != nil || len(jobs) == 0 {
		return nil, err
	}
	out := &Underway{}
	if jobs[0].Actor == v.Account {
		out.Job = jobs[0].ID
	}
	if _, err := v.may(org.EvidenceRead, org.Object{Path: u.Path}); err == nil {
		out.By, err = s.nameOf(ctx, jobs[0].Actor)
		return out, err
	}
	return out, nil
}

// batchesShown bounds the list of a unit's page.
const batchesShown = 20

func (s *Service) batchLines(ctx context.Context, v *Viewer, h *UnitHome) ([]BatchLine, error) {
	terms := slices.Clone(h.OpenTerms)
	for _, a := range h.Appraisals {
		if !slices.Contains(terms, a.Term) {
			terms = append(terms, a.Term)
		}
	}
	var out []BatchLine
	for _, term := range terms {
		batches, err := s.store.Batches(ctx, v.scope(org.EvidenceRead), h.Unit.ID, term)
		if err != nil {
			return nil, err
		}
		for _, b := range batches {
			if b.State == store.BatchStaged && b.Filler != v.Account {
				continue // what somebody else has not handed in yet is hers alone
			}
			line := BatchLine{ID: b.ID, Term: b.Term, At: b.At, State: b.State, Mine: b.Filler == v.Account}
			if line.By, err = s.nameOf(ctx, b.Filler); err != nil {
				return nil, err
			}
			if len(b.Originals) > 0 {
				line.Name = b.Originals[0].Name
			}
			out = append(out, line)
		}
	}
	slices.SortFunc(out, func(a, b BatchLine) int { return strings.Compare(b.ID, a.ID) })
	return out[:min(len(out), batchesShown)], nil
}

// nameOf returns the name of the person behind an account, as beside what she
// did; "" for the system.
func (s *Service) nameOf(ctx context.Context, id org.AccountID) (string, error) {
	if system(id) {
		return "", nil
	}
	a, err := s.store.Account(ctx, id)
	if err != nil {
		return "", err
	}
	p, err := s.store.Person(ctx, org.Self(a.Person), a.Person)
	return p.Name, err
}

// system says that an account is no person's.
func system(id org.AccountID) bool {
	return strings.HasPrefix(string(id), string(org.System("").Account))
}

// unitNamed returns a unit whoever asks, for its name beside a post that she may
// see.
func (s *Service) unitNamed(ctx context.Context, id org.UnitID) (org.Unit, error) {
	u, err := s.store.UnitNamed(ctx, id)
	return u, notThere(err)
}
