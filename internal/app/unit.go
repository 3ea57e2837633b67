package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"shiji/internal/audit"
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
	// Outdated says that evidence was adopted after the last evaluation.
	Outdated bool

	CanEvaluate, CanPublish, CanOverview, CanList bool
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
	if h.Way, err = s.way(ctx, v, u); err != nil {
		return nil, err
	}
	if h.May.People {
		if h.People, err = s.store.CountPeople(ctx, org.Below(u.Path), ""); err != nil {
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

// children lists what stands directly below u. One query a term counts the
// appraisals of all subtrees.
func (s *Service) children(ctx context.Context, v *Viewer, u org.Unit) ([]ChildLine, error) {
	found, err := s.store.Children(ctx, v.scope(org.UnitRead), u.ID)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	out := make([]ChildLine, len(found))
	for i, c := range found {
		out[i].Child = c
	}
	below := map[org.UnitID]int{} // index of the child that covers a unit
	page := store.Page{Limit: 1000}
	for {
		units, err := s.store.Units(ctx, org.Below(u.Path), page)
		if err != nil {
			return nil, err
		}
		for _, unit := range units {
			if i := slices.IndexFunc(found, func(c store.Child) bool { return c.Path.Covers(unit.Path) }); i >= 0 {
				below[unit.ID] = i
			}
		}
		if len(units) < page.Limit {
			break
		}
		page.After = string(units[len(units)-1].Path)
	}
	for _, term := range s.Terms() {
		appraisals, err := s.store.Appraisals(ctx, v.scope(org.AppraisalRead), term)
		if err != nil {
			return nil, err
		}
		for _, a := range appraisals {
			if i, ok := below[a.Unit]; ok {
				out[i].count(a)
			}
		}
	}
	return out, nil
}

// count adds an appraisal to the child's progress; terms come one by one.
func (c *ChildLine) count(a store.Appraisal) {
	if n := len(c.Progress); n == 0 || c.Progress[n-1].Term != a.Term {
		c.Progress = append(c.Progress, Progress{Term: a.Term})
	}
	p := &c.Progress[len(c.Progress)-1]
	switch a.State {
	case store.Opened:
		p.Open++
	case store.Evaluated:
		p.Evaluated++
	case store.Published:
		p.Published++
	}
}

func (s *Service) appraisalLines(ctx context.Context, v *Viewer, u org.Unit) ([]AppraisalLine, error) {
	appraisals, err := s.store.AppraisalsOf(ctx, v.scope(org.AppraisalRead), u.ID)
	if err != nil {
		return nil, err
	}
	out := make([]AppraisalLine, len(appraisals))
	for i, a := range appraisals {
		if out[i], err = s.appraisalLine(ctx, v, u, a); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) appraisalLine(ctx context.Context, v *Viewer, u org.Unit, a store.Appraisal) (AppraisalLine, error) {
	line := AppraisalLine{ID: a.ID, Term: a.Term, State: a.State}
	sc, err := s.store.Scheme(ctx, a.Scheme)
	if err != nil {
		return line, err
	}
	rules, err := s.rulesOf(ctx, a.Scheme)
	if err != nil {
		return line, err
	}
	line.Scheme, line.Edition = rules.Title, sc.Edition
	o := org.Object{Path: u.Path, State: string(a.State)}
	can := func(action org.Action) bool { _, err := v.may(action, o); return err == nil }
	line.CanEvaluate = a.State != store.Published && can(org.AppraisalEvaluate)
	line.CanPublish, line.CanOverview, line.CanList = can(org.AppraisalPublish), can(org.OverviewRead), can(org.ResultList)
	if a.State == store.Opened {
		return line, nil
	}
	e, err := s.store.Evaluation(ctx, v.scope(org.AppraisalRead), a)
	if err != nil {
		return line, err
	}
	line.Members = e.Members
	if line.Outdated, err = s.outdated(ctx, u, a, e); err != nil {
		return line, err
	}
	events, err := s.store.EventsAbout(ctx, "appraisal/"+a.ID, store.Page{})
	for _, event := range events { // the newest first
		switch {
		case event.Action == audit.AppraisalPublished:
			line.Published = event.Time
		case event.ID == e.Event:
			line.Evaluated = event.Time
		}
	}
	return line, err
}

// outdated says whether evidence was adopted after the evaluation e. Events are
// numbered in the order of time.
func (s *Service) outdated(ctx context.Context, u org.Unit, a store.Appraisal, e store.Evaluation) (bool, error) {
	batches, err := s.store.Batches(ctx, org.Below(u.Path), u.ID, a.Term)
	return slices.ContainsFunc(batches, func(b store.Handed) bool { return b.Event > e.Event }), err
}

// batchesShown bounds the list of a unit's page.
const batchesShown = 20

func (s *Service) batchLines(ctx context.Context, v *Viewer, h *UnitHome) ([]BatchLine, error) {
	terms := slices.Clone(h.Terms)
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
	if strings.HasPrefix(string(id), string(org.System("").Account)) {
		return "", nil
	}
	a, err := s.store.Account(ctx, id)
	if err != nil {
		return "", err
	}
	p, err := s.store.Person(ctx, org.Self(a.Person), a.Person)
	return p.Name, err
}

// unitNamed returns a unit whoever asks, for its name beside a post that she may
// see: where it stands is read from the event that made it what it is.
func (s *Service) unitNamed(ctx context.Context, id org.UnitID) (org.Unit, error) {
	events, err := s.store.EventsAbout(ctx, "unit/"+string(id), store.Page{Limit: 1})
	if err == nil && len(events) == 0 {
		err = notFound()
	}
	if err != nil {
		return org.Unit{}, err
	}
	return s.store.Unit(ctx, org.Below(org.Path(events[0].Org)), id)
}
