package app

import (
	"context"
	"slices"

	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/org"
	"shiji/internal/store"
)

// OverviewPage is an appraisal with what it says of all its members together.
type OverviewPage struct {
	AppraisalLine
	Unit     org.Unit
	Way      []Crumb
	SchemeID string
	// Overview is nil before the first evaluation, and for who may know only that
	// there is an appraisal. Who may not list results sees nobody's line in it.
	Overview *explain.Overview
	Counts   Counts    // whole, even where Overview does not name whom they count
	Jobs     []JobPage // of the viewer, about this appraisal, that have not ended; its evaluation is Underway

	CanPrint, CanNotice, CanExport bool
}

// Counts tell how many things of an appraisal somebody has to look at.
type Counts struct {
	Unscored int // people without a total who should have one
	Marked   int // consequences
	Findings int
}

// jobsSearched is among how many of her latest jobs those of a page are looked for.
const jobsSearched = 20

// Overview returns the page of an appraisal.
func (s *Service) Overview(ctx context.Context, v *Viewer, appraisal string) (*OverviewPage, error) {
	a, u, err := s.appraisalIn(ctx, v.scope(org.AppraisalRead), appraisal)
	if err != nil {
		return nil, err
	}
	object := org.Object{Path: u.Path, State: string(a.State)}
	if _, err := v.may(org.AppraisalRead, object); err != nil {
		return nil, err
	}
	p := &OverviewPage{Unit: u, SchemeID: a.Scheme}
	if p.AppraisalLine, err = s.appraisalLine(ctx, v, u, a); err != nil {
		return nil, err
	}
	if p.Way, err = s.way(ctx, v, u); err != nil {
		return nil, err
	}
	if p.Jobs, err = s.jobsAbout(ctx, v, a.ID); err != nil {
		return nil, err
	}
	can := func(action org.Action) bool { _, err := v.may(action, object); return err == nil }
	if a.Evaluation == "" || !can(org.OverviewRead) {
		return p, nil
	}
	p.CanPrint, p.CanNotice, p.CanExport = can(org.ResultPrint), can(org.NoticePrint), can(org.ResultExport)
	seen, err := s.cohort(ctx, a, u)
	if err != nil {
		return nil, err
	}
	o := seen.Overview()
	p.Counts = Counts{Unscored: len(o.Unscored), Marked: len(o.Marked), Findings: len(o.Findings)}
	p.Overview = o
	listing, err := v.may(org.ResultList, object)
	switch {
	case err != nil:
		p.Overview = seen.nameless()
	case len(o.Unscored)+len(o.Marked) > 0: // the page names them
		if err := s.listed(ctx, v, listing, seen); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// nameless returns the overview without anybody's line: an office sees how a school
// stands before it sees whose results these are. Of what was found it reads what
// speaks of the scheme; the rest may tell what a few people have.
func (o *outcome) nameless() *explain.Overview {
	out := *o.Overview()
	out.Groups = slices.Clone(out.Groups)
	for i := range out.Groups {
		out.Groups[i].Members = nil
	}
	out.Unscored, out.Marked = nil, nil
	out.Findings = explain.Findings(slices.DeleteFunc(slices.Clone(o.eval.Findings), func(f eval.Finding) bool { return !slices.Contains(ofScheme, f.Key) }))
	return &out
}

// ofScheme are the findings that say nothing of people.
var ofScheme = []string{"eval.guard-open", "eval.departure", "eval.frontline-unknown"}

// jobsAbout returns the viewer's jobs about an appraisal that wait or run, but for
// its evaluation, of which everybody is told.
func (s *Service) jobsAbout(ctx context.Context, v *Viewer, appraisal string) ([]JobPage, error) {
	jobs, err := s.store.Jobs(ctx, v.Account, store.Page{Limit: jobsSearched})
	if err != nil {
		return nil, err
	}
	var out []JobPage
	for _, j := range jobs {
		args, err := argsOf(j)
		if err != nil {
			return nil, err
		}
		if args.Appraisal == appraisal && j.Kind != evaluateJob && (j.State == store.Queued || j.State == store.Running) {
			out = append(out, JobPage{ID: j.ID, Kind: j.Kind, State: j.State, Progress: j.Progress})
		}
	}
	return out, nil
}
