package app

import (
	"context"

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
	// there is an appraisal.
	Overview *explain.Overview
	Jobs     []JobPage // of the viewer, about this appraisal, that have not ended

	CanPrint, CanNotice, CanExport bool
}

// jobsSearched is among how many of her latest jobs those of a page are looked for.
const jobsSearched = 20

// Overview returns the page of an appraisal.
func (s *Service) Overview(ctx context.Context, v *Viewer, appraisal string) (*OverviewPage, error) {
	a, u, err := s.appraisalIn(ctx, v.scope(org.AppraisalRead), appraisal)
	if err != nil {
		return nil, err
	}
	o := org.Object{Path: u.Path, State: string(a.State)}
	if _, err := v.may(org.AppraisalRead, o); err != nil {
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
	can := func(action org.Action) bool { _, err := v.may(action, o); return err == nil }
	if a.Evaluation == "" || !can(org.OverviewRead) {
		return p, nil
	}
	p.CanPrint, p.CanNotice, p.CanExport = can(org.ResultPrint), can(org.NoticePrint), can(org.ResultRead)
	seen, err := s.cohort(ctx, a, u)
	if err != nil {
		return nil, err
	}
	p.Overview = seen.Overview()
	return p, nil
}

// jobsAbout returns the viewer's jobs about an appraisal that wait or run.
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
		if args.Appraisal == appraisal && (j.State == store.Queued || j.State == store.Running) {
			out = append(out, JobPage{ID: j.ID, Kind: j.Kind, State: j.State, Progress: j.Progress, Appraisal: args.Appraisal})
		}
	}
	return out, nil
}
