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
)

func init() {
	works[PanickingJob] = func(context.Context, *Service, store.Job, func(string)) (result, error) { panic("boom") }
	works[QuickJob] = func(context.Context, *Service, store.Job, func(string)) (result, error) { return result{}, nil }
	works[PatientJob] = func(ctx context.Context, _ *Service, _ store.Job, progress func(string)) (result, error) {
		progress("waiting")
		<-ctx.Done()
		return result{}, ctx.Err()
	}
}
