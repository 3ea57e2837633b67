package app

import (
	"context"

	"shiji/internal/store"
)

// Kinds of jobs that only tests have.
const (
	PanickingJob = "test-panicking"
	QuickJob     = "test-quick"
	PatientJob   = "test-patient"
	ThoroughJob  = "test-thorough"
)

// EvaluateTold does the work of an evaluation that was ordered, telling progress.
func (s *Service) EvaluateTold(ctx context.Context, j store.Job, progress func(string)) error {
	_, err := workEvaluation(ctx, s, j, progress)
	return err
}

func init() {
	works[PanickingJob] = func(context.Context, *Service, store.Job, func(string)) (result, error) { panic("boom") }
	works[QuickJob] = func(context.Context, *Service, store.Job, func(string)) (result, error) { return result{}, nil }
	works[PatientJob] = func(ctx context.Context, _ *Service, _ store.Job, progress func(string)) (result, error) {
		progress("waiting")
		<-ctx.Done()
		return result{}, ctx.Err()
	}
	works[ThoroughJob] = func(ctx context.Context, _ *Service, _ store.Job, progress func(string)) (result, error) {
		progress("waiting")
		<-ctx.Done()
		return result{Said: "done all the same"}, nil
	}
}
