package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// work does what a job orders and says how far it is in words that its owner
// reads. It may run again after it was cut off anywhere, and decides anew whether
// whoever ordered it still may: hours can lie between.
type work func(ctx context.Context, s *Service, job store.Job, progress func(string)) (result, error)

// result is what a job leaves: a sentence, and a stored blob to download, if any.
type result struct {
	Said string
	Blob store.Blob
}

// works are the kinds of jobs. A kind is added here, beside its work.
var works = map[string]work{
	evaluateJob: workEvaluation,
	formsJob:    workForms,
}

// JobPage tells how far a job is to whoever ordered it.
type JobPage struct {
	ID       string
	Kind     string
	State    store.JobState
	Progress string // in words; of a failed job: why
	Result   store.Blob
	// Appraisal is what it is about, "" if it is about none that the viewer may see;
	// then with its term and the way to its school.
	Appraisal, Term string
	Way             []Crumb
}

// Ended says that nothing will change any more.
func (p *JobPage) Ended() bool { return p.State == store.Done || p.State == store.Failed }

// jobArgs are the arguments of every kind of job, as JSON. Fields may be added.
type jobArgs struct {
	Appraisal string `json:"appraisal,omitempty"`
}

// Job returns a job that v ordered.
func (s *Service) Job(ctx context.Context, v *Viewer, id string) (*JobPage, error) {
	if v.Changing {
		return nil, notFound()
	}
	j, err := s.store.Job(ctx, v.Account, id)
	if err != nil {
		return nil, notThere(err)
	}
	args, err := argsOf(j)
	if err != nil {
		return nil, err
	}
	page := &JobPage{ID: j.ID, Kind: j.Kind, State: j.State, Progress: j.Progress, Result: j.Result}
	a, u, err := s.appraisalIn(ctx, v.scope(org.AppraisalRead), args.Appraisal)
	switch {
	case fault.Is(err, fault.NotFound):
		return page, nil
	case err != nil:
		return nil, err
	}
	page.Appraisal, page.Term = a.ID, a.Term
	page.Way, err = s.way(ctx, v, u)
	return page, err
}

func argsOf(j store.Job) (args jobArgs, err error) {
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return args, fmt.Errorf("job %s: %w", j.ID, err)
	}
	return args, nil
}

// order enqueues a job in the unit u as v in the role of g. The same job is not
// ordered again while it waits or runs: a second click orders nothing. Whoever
// ordered an evaluation, one is enough; what a job makes for who ordered it alone,
// somebody else may order as well.
func (s *Service) order(ctx context.Context, v *Viewer, g org.Grant, o ordered) (id string, err error) {
	args, err := json.Marshal(o.args)
	if err != nil {
		return "", err
	}
	err = s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
		jobs, err := tx.Underway(ctx, o.kind, args)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(jobs, func(j store.Job) bool { return o.kind == evaluateJob || j.Actor == v.Account }) {
			return fault.New(fault.Conflict, "app.job-ordered")
		}
		j, err := tx.Enqueue(ctx, o.kind, o.where, args)
		id = j.ID
		return err
	})
	if err != nil {
		return "", err
	}
	select {
	case s.wake <- struct{}{}:
	default: // all hands are busy or woken already
	}
	return id, nil
}

// ordered is a job to be ordered.
type ordered struct {
	kind  string
	where org.Path
	args  jobArgs
}

// commission returns who ordered a job, with what she may do now, and what for.
func (s *Service) commission(ctx context.Context, j store.Job) (v *Viewer, args jobArgs, err error) {
	if args, err = argsOf(j); err != nil {
		return nil, args, err
	}
	account, err := s.store.Account(ctx, j.Actor)
	if err != nil {
		return nil, args, err
	}
	if account.State == store.Closed {
		return nil, args, fault.New(fault.Refused, "app.job-account")
	}
	if v, err = s.viewer(ctx, account); err != nil {
		return nil, args, err
	}
	v.Changing = false // a password that grew old meanwhile takes no rights away
	v.Request = "job/" + j.ID
	return v, args, nil
}
