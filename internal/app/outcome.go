package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"shiji/internal/bundle"
	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// heading is what an evaluation says of all its members together. It is stored
// as JSON; fields may be added, never renamed.
type heading struct {
	School   string `json:"school"`
	Term     string `json:"term"`
	Label    string `json:"label,omitempty"`
	Findings []byte `json:"findings,omitempty"` // as eval.EncodeFindings writes them; nil if nothing was found
}

// newEvaluation returns what the store keeps of a, whose people hold the posts
// in staff (by 工号). The error lists everybody who holds none, and about whom more
// was handed in than can be kept.
func newEvaluation(a *Appraisal, staff map[string]store.Post, people map[org.PersonID]org.Person) (store.Evaluation, error) {
	roll := a.Roll()
	h := heading{School: roll.School, Term: roll.Term, Label: roll.Label}
	if len(a.Outcome.Findings) > 0 {
		h.Findings = eval.EncodeFindings(a.Outcome.Findings)
	}
	head, err := json.Marshal(h)
	if err != nil {
		return store.Evaluation{}, err
	}
	e := store.Evaluation{Scheme: a.Outcome.Scheme.String(), Cohort: a.Outcome.Cohort.String(), Head: head}
	var faults fault.List
	for i := range a.Outcome.Results {
		res := &a.Outcome.Results[i]
		person, known := people[staff[res.Subject].Person]
		if !known {
			faults.Addf(fault.Missing, fault.Place{}, "app.no-post", res.Subject, roll.Names[res.Subject])
			continue
		}
		facts := fact.Encode(a.facts[res.Subject])
		if len(facts) > store.MostFacts {
			faults.Addf(fault.TooLarge, fault.Place{}, "app.too-many-facts", res.Subject, roll.Names[res.Subject], len(facts)>>20, store.MostFacts>>20)
			continue
		}
		steps := bundle.Unplaced(*res) // the log commits to the place apart
		e.Results = append(e.Results, store.Result{
			Subject: res.Subject, Person: person.ID, Name: roll.Names[res.Subject], Sort: person.Sort, Initials: person.Initials, Group: res.Group,
			Score: bundle.ScoreText(*res), Place: int64(res.Place), Of: int64(res.Of), Trace: steps.Encode(), Facts: store.Pack(facts),
		})
	}
	return e, faults.Err()
}

// outcome is a stored evaluation, decoded: what every page, list and paper of an
// appraisal is drawn from. It never changes and is shared by all who read it.
type outcome struct {
	rules   *Rules
	head    heading
	event   string // that commits to it
	eval    *eval.Outcome
	roll    explain.Roll
	members []member       // of eval.Results, in their order
	at      map[string]int // by 工号

	materials []Material

	viewed   sync.Once
	overview *explain.Overview
}

// member is what an outcome keeps of one person beside her result.
type member struct {
	ordinal        int64 // in the evaluation: what the program's log calls her
	person         org.PersonID
	sort, initials string
	facts          store.Packed // own facts: a page unpacks those of one person
}

// sight is an appraisal whose results somebody is about to be shown.
type sight struct {
	*outcome
	appraisal store.Appraisal
	unit      org.Unit
}

// whole returns an appraisal to all of which v may do action, and in which role.
func (s *Service) whole(ctx context.Context, v *Viewer, action org.Action, id string) (sight, org.Grant, error) {
	a, u, err := s.appraisalIn(ctx, v.scope(action), id)
	if err != nil {
		return sight{}, org.Grant{}, err
	}
	g, err := v.may(action, org.Object{Path: u.Path, State: string(a.State)})
	if err != nil {
		return sight{}, org.Grant{}, err
	}
	seen, err := s.cohort(ctx, a, u)
	return seen, g, err
}

// one returns an appraisal to whose result of subject v may do action, and in
// which role. It holds no other result.
func (s *Service) one(ctx context.Context, v *Viewer, action org.Action, id, subject string) (sight, org.Grant, error) {
	a, u, err := s.appraisalIn(ctx, v.scope(action), id)
	if err != nil {
		return sight{}, org.Grant{}, err
	}
	seen, err := s.single(ctx, a, u, subject)
	if err != nil {
		return sight{}, org.Grant{}, err
	}
	g, err := v.may(action, org.Object{Path: u.Path, Person: seen.members[seen.at[subject]].person, State: string(a.State)})
	return seen, g, err
}

// appraisalIn returns an appraisal in the scope with its unit.
func (s *Service) appraisalIn(ctx context.Context, scope org.Scope, id string) (store.Appraisal, org.Unit, error) {
	a, err := s.store.Appraisal(ctx, scope, id)
	if err != nil {
		return store.Appraisal{}, org.Unit{}, notThere(err)
	}
	u, err := s.store.UnitOf(ctx, a)
	return a, u, err
}

// cohort returns the outcome of a's evaluation. Whoever is shown any of it has
// been decided about before.
func (s *Service) cohort(ctx context.Context, a store.Appraisal, u org.Unit) (sight, error) {
	if a.Evaluation == "" {
		return sight{}, notFound()
	}
	o, err := s.cohorts.get(a.Evaluation, func() (*outcome, error) { return s.load(ctx, a, u) })
	return sight{outcome: o, appraisal: a, unit: u}, err
}

// load reads and decodes the whole evaluation of a.
func (s *Service) load(ctx context.Context, a store.Appraisal, u org.Unit) (*outcome, error) {
	rules, err := s.rulesOf(ctx, a.Scheme)
	if err != nil {
		return nil, err
	}
	scope := org.Below(u.Path)
	e, err := s.store.Evaluation(ctx, scope, a)
	if err != nil {
		return nil, err
	}
	o := &outcome{rules: rules, event: e.Event, eval: &eval.Outcome{}, at: map[string]int{}, roll: explain.Roll{Names: map[string]string{}}}
	if err := json.Unmarshal(e.Head, &o.head); err != nil {
		return nil, fmt.Errorf("head of evaluation %s: %w", e.ID, err)
	}
	o.roll.School, o.roll.Term, o.roll.Label = o.head.School, o.head.Term, o.head.Label
	if len(o.head.Findings) > 0 {
		if o.eval.Findings, err = eval.DecodeFindings(o.head.Findings); err != nil {
			return nil, fmt.Errorf("head of evaluation %s: %v", e.ID, err)
		}
	}
	for _, d := range []struct {
		to   *fact.Digest
		text string
	}{{&o.eval.Scheme, e.Scheme}, {&o.eval.Cohort, e.Cohort}} {
		if n, err := hex.Decode(d.to[:], []byte(d.text)); err != nil || n != len(d.to) {
			return nil, fmt.Errorf("evaluation %s: digest %q", e.ID, d.text)
		}
	}
	if err := s.store.ResultsWhole(ctx, scope, a, o.take); err != nil {
		return nil, err
	}
	if o.materials, err = s.materials(ctx, a, u); err != nil {
		return nil, err
	}
	// The store gives the current evaluation, and another one may have become it.
	again, err := s.store.Evaluation(ctx, scope, a)
	if err == nil && (again.ID != a.Evaluation || e.ID != a.Evaluation || e.Members != int64(len(o.members)) || o.eval.Scheme != rules.Digest) {
		err = fault.New(fault.Conflict, "app.evaluated-anew")
	}
	return o, err
}

// take decodes one stored result.
func (o *outcome) take(r store.Result) error {
	res, err := eval.Decode(o.rules.Compiled, r.Trace)
	if err != nil {
		return fmt.Errorf("result %d of the evaluation of event %s: %v", r.Ordinal, o.event, err) // %v: what is wrong with it is nothing for people
	}
	res.Place, res.Of = int(r.Place), int(r.Of)
	o.at[r.Subject] = len(o.members)
	o.roll.Names[r.Subject] = r.Name
	o.members = append(o.members, member{ordinal: r.Ordinal, person: r.Person, sort: r.Sort, initials: r.Initials, facts: r.Facts})
	o.eval.Results = append(o.eval.Results, res)
	return nil
}

// Overview returns the committee's view, made once.
func (o *outcome) Overview() *explain.Overview {
	o.viewed.Do(func() { o.overview = explain.Cohort(o.rules.Compiled, o.eval, o.roll) })
	return o.overview
}

// derive returns the steps of the result at, masked when g says so. A stored
// result that does not replay is no fault of whoever asks: the log tells who
// changed it.
func (o *outcome) derive(at int, g org.Grant) (*eval.Derivation, []fact.Fact, error) {
	res := o.eval.Results[at]
	packed, err := o.members[at].facts.Unpack()
	var own []fact.Fact
	if err == nil {
		own, err = fact.Decode(packed)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("facts of result %d of the evaluation of event %s: %w", o.members[at].ordinal, o.event, err)
	}
	if g.Masked {
		res = eval.Mask(o.rules.Compiled, res)
	}
	d, err := eval.Replay(o.rules.Compiled, own, res)
	if err != nil {
		return nil, nil, fmt.Errorf("stored result %d of the evaluation of event %s does not replay: %s", o.members[at].ordinal, o.event, keysOf(err))
	}
	return d, own, nil
}

// keysOf names the faults in err without what they say of people: the program's log
// is kept elsewhere and longer.
func keysOf(err error) string {
	var keys []string
	for _, f := range fault.All(err) {
		keys = append(keys, f.Key)
	}
	if keys == nil {
		return err.Error()
	}
	return strings.Join(slices.Compact(keys), ", ")
}

// page words the result at. Who sees it masked is told her position, not her
// place.
func (o *outcome) page(at int, g org.Grant) (*explain.Page, error) {
	d, _, err := o.derive(at, g)
	if err != nil {
		return nil, err
	}
	p := explain.Person(o.rules.Compiled, d, o.roll.Who(d.Result.Subject))
	if g.Masked {
		p.Place, p.Of = 0, 0
	}
	return p, nil
}

// report replays everybody.
func (o *outcome) report() (*Report, error) {
	r := &Report{a: &Appraisal{Rules: o.rules, Outcome: o.eval}, roll: o.roll, derivations: make([]*eval.Derivation, len(o.members))}
	for at := range o.members {
		d, _, err := o.derive(at, org.Grant{})
		if err != nil {
			return nil, err
		}
		r.derivations[at] = d
	}
	return r, nil
}
