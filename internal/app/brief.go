package app

import (
	"context"
	"slices"

	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// brief returns what o says by group, without any of its members. It is a small
// part of o, so that those of a whole city are kept: when a city publishes, everybody
// opens one result, and hardly two the same school's.
func (o *outcome) brief() *outcome {
	b := &outcome{rules: o.rules, head: o.head, event: o.event, materials: o.materials, roll: o.roll}
	b.roll.Names = nil
	b.eval = &eval.Outcome{Scheme: o.eval.Scheme, Cohort: o.eval.Cohort, Findings: o.eval.Findings}
	groups := slices.Clone(o.Overview().Groups)
	for i := range groups {
		groups[i].Members = nil
	}
	b.settle(&explain.Overview{Groups: groups})
	return b
}

// with returns the brief b with one result in it.
func (o *outcome) with(r store.Result) (*outcome, error) {
	one := &outcome{rules: o.rules, head: o.head, event: o.event, materials: o.materials, roll: o.roll, at: map[string]int{}}
	one.roll.Names = map[string]string{}
	whole := *o.eval
	one.eval = &whole
	one.settle(o.overview)
	return one, one.take(r)
}

// settle gives o an overview that is not to be made from its results.
func (o *outcome) settle(v *explain.Overview) { o.viewed.Do(func() { o.overview = v }) }

// single returns the outcome of a with the result of subject alone. Whether
// somebody may see it is for the caller to decide.
func (s *Service) single(ctx context.Context, a store.Appraisal, u org.Unit, subject string) (sight, error) {
	if a.Evaluation == "" {
		return sight{}, notFound()
	}
	b, err := s.briefs.get(a.Evaluation, func() (*outcome, error) {
		seen, err := s.cohort(ctx, a, u)
		if err != nil {
			return nil, err
		}
		return seen.brief(), nil
	})
	if err != nil {
		return sight{}, err
	}
	scope := org.Below(u.Path)
	r, err := s.store.Result(ctx, scope, a, subject)
	if err != nil {
		return sight{}, notThere(err)
	}
	// The store gives the current result, and that of another evaluation may have become it.
	now, err := s.store.Appraisal(ctx, scope, a.ID)
	if err != nil {
		return sight{}, err
	}
	if now.Evaluation != a.Evaluation {
		return sight{}, fault.New(fault.Conflict, "app.evaluated-anew")
	}
	o, err := b.with(r)
	return sight{outcome: o, appraisal: a, unit: u}, err
}
