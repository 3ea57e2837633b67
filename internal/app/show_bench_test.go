package app_test

import (
	"slices"
	"testing"
	"time"

	"shiji/internal/app"
	"shiji/internal/store/storetest"
)

// BenchmarkShow measures the data behind a result's page with the cohort at hand:
// her own, and another's with the event that is durable before.
func BenchmarkShow(b *testing.B) {
	w := show(b, storetest.SQLite(b))
	if err := w.Publish(b.Context(), w.head, w.appraisal); err != nil {
		b.Fatal(err)
	}
	for name, one := range map[string]func() error{
		"own":     func() error { _, err := w.Result(b.Context(), w.mine, w.appraisal, w.subject); return err },
		"another": func() error { _, err := w.Result(b.Context(), w.clerk, w.appraisal, w.subject); return err },
		"list": func() error {
			_, err := w.Results(b.Context(), w.clerk, w.appraisal, app.ResultQuery{Order: app.ByPlace})
			return err
		},
		"overview": func() error { _, err := w.Overview(b.Context(), w.clerk, w.appraisal); return err },
		"cold": func() error { // a process that has just started
			s := app.NewService(w.db.Store, app.Options{Now: w.db.Config.Now})
			_, err := s.Result(b.Context(), w.mine, w.appraisal, w.subject)
			return err
		},
		"looks":  func() error { _, err := w.Looks(b.Context(), w.mine, ""); return err },
		"mine":   func() error { _, err := w.Mine(b.Context(), w.mine); return err },
		"bundle": func() error { _, _, err := w.TakeHome(b.Context(), w.mine, w.appraisal, w.subject); return err },
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				if err := one(); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
