package app_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"shiji/internal/app"
	"shiji/internal/evidence"
	"shiji/internal/num"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// BenchmarkHandIn is what a clerk waits for: a junior school's workbook of 99,192
// marks uploaded, its preview, and its adoption; and how long an evaluation takes from order to stored results.
func BenchmarkHandIn(b *testing.B) {
	w := newSite(b, storetest.SQLite(b))
	w.working(b)
	p := pkg(0)
	p.School[0].Code, p.School[0].Name = w.school.Code, w.school.Name
	appraisal, err := w.OpenAppraisal(b.Context(), w.clerk, w.school.ID, term, junior)
	if err != nil {
		b.Fatal(err)
	}
	round := 0
	step := func(name string, fn func(b *testing.B)) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				fn(b)
			}
		})
	}
	var batch string
	hand := func(b *testing.B) {
		b.StopTimer()
		round++
		p.Lessons[0].Weekly = evidence.Known(num.Int(int64(1 + round%20)))
		book := workbook(b, p)
		b.StartTimer()
		id, err := w.Upload(b.Context(), w.clerk, w.school.ID, app.Upload{Term: term, Name: "a.xlsx", Body: bytes.NewReader(book)})
		if err != nil {
			b.Fatal(err)
		}
		batch = id
	}
	step("upload", hand)
	step("preview", func(b *testing.B) {
		if page, err := w.Batch(b.Context(), w.clerk, batch); err != nil || page.Preview == nil {
			b.Fatal(page, err)
		}
	})
	step("upload and adopt", func(b *testing.B) {
		hand(b)
		if err := w.AdoptBatch(b.Context(), w.clerk, batch, app.Confirm{}); err != nil {
			b.Fatal(err)
		}
	})
	step("evaluate", func(b *testing.B) { w.evaluated(b, appraisal) })
	step("home", func(b *testing.B) {
		if _, err := w.UnitHome(b.Context(), w.head, w.school.ID); err != nil {
			b.Fatal(err)
		}
	})
	step("people", func(b *testing.B) {
		if _, err := w.People(b.Context(), w.head, w.school.ID, app.PeopleQuery{Search: "wang"}); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkLargeCounty is the page of a county with 150 schools, each with an open
// appraisal.
func BenchmarkLargeCounty(b *testing.B) {
	db := storetest.SQLite(b)
	w := newSite(b, db)
	rules := rules(b, primary)
	err := db.Write(b.Context(), org.System("test"), func(ctx context.Context, tx *store.Tx) error {
		for n := range 150 {
			u, err := tx.AddUnit(ctx, org.Unit{Parent: w.county.ID, Kind: org.School, Name: fmt.Sprint("学校", n)})
			if err != nil {
				return err
			}
			sc, err := tx.AddScheme(ctx, store.Scheme{Unit: u.ID, Name: primary, Edition: 1, Digest: rules.Digest.String(), Body: []byte("{}")})
			if err != nil {
				return err
			}
			if _, err := tx.OpenAppraisal(ctx, store.Appraisal{Unit: u.ID, Term: term, Scheme: sc.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		home, err := w.UnitHome(b.Context(), w.officer, w.county.ID)
		if err != nil || len(home.Children) != 152 {
			b.Fatal(home, err)
		}
	}
}
