//go:build unix

package store_test

import (
	"context"
	"math"
	"sync"
	"syscall"
	"testing"

	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// cpu returns the seconds of processor time that the process has used.
func cpu() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return math.NaN()
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// BenchmarkVerify audits a log of 50,000 events, database included: records a
// second, and a second of the process's own time (performance.md: 500,000/s).
func BenchmarkVerify(b *testing.B) {
	const size = 50_000
	for _, engine := range []struct {
		name string
		open func(testing.TB) *storetest.DB
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			db := engine.open(b)
			var wg sync.WaitGroup
			for range 500 {
				wg.Go(func() {
					for range size / 500 {
						if err := db.Write(context.Background(), clerk, note); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			settled(b, db) // on PostgreSQL events wait for their leaf
			began := cpu()
			b.ResetTimer()
			for b.Loop() {
				r, err := db.Verify(b.Context(), store.Audit{})
				if err != nil || r.Faults.Len() > 0 || r.Size != size {
					b.Fatal(err, r.Size, r.Faults.Error())
				}
			}
			b.ReportMetric(float64(b.N)*size/b.Elapsed().Seconds(), "records/s")
			b.ReportMetric(float64(b.N)*size/(cpu()-began), "records/cpu-s")
		})
	}
}
