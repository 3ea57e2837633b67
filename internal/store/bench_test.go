package store_test

import (
	"bytes"
	"context"
	"sync"
	"testing"

	"shiji/internal/audit"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

func note(ctx context.Context, tx *store.Tx) error {
	return tx.Note(ctx, audit.RecordViewed, "01ARYZ6S410000000000000000", "A/B/", nil)
}

// BenchmarkWrite compares many writers that share commits with one writer that
// waits for each (performance.md: 25,000/s in batches, 2,200/s alone).
func BenchmarkWrite(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *storetest.DB
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		for _, writers := range []int{1, 512} {
			name := engine.name + "/alone"
			if writers > 1 {
				name = engine.name + "/together"
			}
			b.Run(name, func(b *testing.B) {
				db := engine.open(b)
				b.ResetTimer()
				var wg sync.WaitGroup
				for w := range writers {
					wg.Go(func() {
						for i := w; i < b.N; i += writers {
							if err := db.Write(context.Background(), clerk, note); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
			})
		}
	}
}

// BenchmarkStage writes packed documents of 1.2 KB in chunks of 500.
func BenchmarkStage(b *testing.B) {
	db := storetest.SQLite(b)
	w := build(b, db)
	batch, err := db.Stage(b.Context(), clerk, w.school.ID, "2025-2026")
	if err != nil {
		b.Fatal(err)
	}
	body := bytes.Repeat([]byte{7}, 1200)
	n := 0
	for b.Loop() {
		drafts := make([]store.Draft, 500)
		for i := range drafts {
			n++
			drafts[i] = store.Draft{Kind: "exam", Key: store.FormatTime(db.Clock.Now()), Body: body}
		}
		if err := db.StageDrafts(b.Context(), batch, drafts); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "documents/s")
}
