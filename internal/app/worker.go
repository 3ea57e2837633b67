package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"shiji/internal/fault"
	"shiji/internal/store"
	"shiji/internal/text"
)

// How jobs run. A job is leased, so that one whose process died is taken over;
// whoever runs it says every now and then that it lives.
const (
	jobsAtOnce  = 2 // each may hold a whole school in memory
	jobLease    = time.Minute
	jobBeat     = 20 * time.Second       // renews the lease long before it ends
	jobTelling  = 500 * time.Millisecond // writes progress no more often
	jobSettling = 10 * time.Second       // to write what became of it
	jobPoll     = 2 * time.Second        // finds what other processes ordered
	jobTries    = 3                      // of work that failed for a reason that may pass
	jobClaims   = 8                      // of work that takes its process down each time
	jobFaults   = 5                      // told of those that made a job fail
)

// Work runs jobs and keeps the house until ctx ends; then it gives back what it
// has begun. Any number of processes may work on one database.
func (s *Service) Work(ctx context.Context) error {
	if s.store.ReadOnly() != nil { // nothing can be claimed; whoever opened the store has said why
		<-ctx.Done()
		return nil
	}
	var hands sync.WaitGroup
	for range jobsAtOnce {
		hands.Go(func() {
			for ctx.Err() == nil {
				s.workOnce(ctx)
			}
		})
	}
	s.keepHouse(ctx)
	hands.Wait()
	return nil
}

// workOnce runs the job that is due, or waits for one.
func (s *Service) workOnce(ctx context.Context) {
	var j store.Job
	err := s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) (err error) {
		j, err = k.Claim(ctx, jobLease)
		return err
	})
	if err == nil {
		s.run(ctx, j)
		return
	}
	if !fault.Is(err, fault.NotFound) && ctx.Err() == nil {
		s.options.Log.Error("claim a job", "error", err)
	}
	select {
	case <-s.wake:
	case <-time.After(jobPoll):
	case <-ctx.Done():
	}
}

// run does one job and settles what became of it.
func (s *Service) run(ctx context.Context, j store.Job) {
	held := &holding{s: s, job: j}
	running, lost := context.WithCancelCause(ctx)
	var holder sync.WaitGroup
	done := make(chan struct{})
	holder.Go(func() { held.keep(running, lost, done) })
	out, err := s.attempt(running, j, held.tell)
	close(done)
	holder.Wait()
	lost(nil)
	if errors.Is(context.Cause(running), errLost) {
		s.options.Log.Warn("job lost to another process", "job", j.ID)
		return
	}
	ending := ctx.Err() != nil
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), jobSettling)
	defer stop()
	if ending && err != nil { // the program ends: another one begins anew
		err = s.retry(ctx, held.job, 0)
	} else { // what is done is done, even if the program ends meanwhile
		err = s.settle(ctx, held.job, out, err)
	}
	if err != nil && !errors.Is(err, store.ErrClosed) {
		s.options.Log.Error("settle a job", "job", j.ID, "error", err)
	}
}

// attempt does the work of a job; a panic is its error.
func (s *Service) attempt(ctx context.Context, j store.Job, progress func(string)) (out result, err error) {
	do, known := works[j.Kind]
	switch {
	case !known: // of a later program that shares the database
		return result{}, fault.New(fault.NotFound, "app.job-kind", j.Kind)
	case j.Attempt > jobClaims:
		return result{}, fault.New(fault.Refused, "app.job-gave-up", j.Attempt-1)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, r, debug.Stack())
		}
	}()
	return do(ctx, s, j, progress)
}

// settle ends a job, or has it tried again when what went wrong may pass. People
// read what they can mend; of all else they get a number that stands in the log.
func (s *Service) settle(ctx context.Context, j store.Job, out result, err error) error {
	if err == nil {
		return s.finish(ctx, j, store.Done, out)
	}
	if faults := fault.All(err); faults != nil && !overtaken(faults) {
		return s.finish(ctx, j, store.Failed, result{Said: words(faults)})
	}
	incident := fmt.Sprintf("%s-%d", j.ID[len(j.ID)-8:], j.Attempt)
	s.options.Log.Error("job failed", "job", j.ID, "kind", j.Kind, "incident", incident, "error", err)
	if j.Attempt < jobTries && !errors.Is(err, errPanic) {
		return s.retry(ctx, j, time.Duration(j.Attempt*j.Attempt)*5*time.Second)
	}
	return s.finish(ctx, j, store.Failed, result{Said: text.Sprintf("app.job-incident", incident)})
}

// overtaken says whether somebody else wrote first, which reading anew mends.
func overtaken(faults []*fault.Error) bool {
	return len(faults) == 1 && faults[0].Key == "store.changed"
}

func words(faults []*fault.Error) string {
	var lines []string
	for _, f := range faults[:min(len(faults), jobFaults)] {
		lines = append(lines, text.Fault(f))
	}
	if more := len(faults) - jobFaults; more > 0 {
		lines = append(lines, text.Sprintf("app.job-more", more))
	}
	return strings.Join(lines, "\n")
}

func (s *Service) finish(ctx context.Context, j store.Job, state store.JobState, out result) error {
	return s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error { return k.Finish(ctx, j, state, out.Said, out.Blob) })
}

func (s *Service) retry(ctx context.Context, j store.Job, after time.Duration) error {
	return s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error {
		return k.Retry(ctx, j, text.Sprintf("app.job-again"), s.options.Now().Add(after))
	})
}

// errPanic is a mistake of the program, which trying again does not mend.
var errPanic = errors.New("panic")

// errLost is why work stops whose lease went to another.
var errLost = errors.New("the lease was lost")

// holding is a job that this process runs.
type holding struct {
	s      *Service
	job    store.Job
	latest atomic.Pointer[string] // progress, not all of which is written
}

func (h *holding) tell(progress string) { h.latest.Store(&progress) }

// keep renews the lease and writes progress until done is closed.
func (h *holding) keep(ctx context.Context, lost context.CancelCauseFunc, done <-chan struct{}) {
	tick := time.NewTicker(jobTelling)
	defer tick.Stop()
	renewed := time.Now()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		progress := h.job.Progress
		if p := h.latest.Load(); p != nil {
			progress = *p
		}
		if progress == h.job.Progress && time.Since(renewed) < jobBeat {
			continue
		}
		next := h.job
		err := h.s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error { return k.Extend(ctx, &next, progress, jobLease) })
		switch {
		case err == nil:
			h.job, renewed = next, time.Now()
		case fault.Is(err, fault.Conflict):
			lost(errLost)
			return
		case ctx.Err() == nil: // the next tick tries again, while the lease lasts
			h.s.options.Log.Error("renew a job's lease", "job", h.job.ID, "error", err)
		}
	}
}

// The rhythm of keeping the house.
const (
	tidyEvery  = time.Hour
	sweepEvery = 24 * time.Hour
)

// keepHouse removes what has expired until ctx ends: what lists sessions, counts
// and unclaimed batches at once and then hourly, files of nobody daily.
func (s *Service) keepHouse(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	swept := time.Now()
	for {
		if err := s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error { return k.Tidy(ctx) }); err != nil && ctx.Err() == nil {
			s.options.Log.Error("tidy", "error", err)
		}
		if time.Since(swept) >= sweepEvery {
			swept = time.Now()
			if n, err := s.store.SweepBlobs(ctx); err != nil {
				s.options.Log.Error("sweep files", "error", err)
			} else if n > 0 {
				s.options.Log.Info("swept files that nothing refers to", "files", n)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
