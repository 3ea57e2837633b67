package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// evaluate evaluates w's appraisal from the documents of the batch numbered basis.
func (w *world) evaluate(t *testing.T, db *storetest.DB, basis int64) error {
	e := evaluation(w.people)
	e.Basis = basis
	return db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Evaluate(ctx, w.appraisal, e)
		if err == nil {
			w.appraisal = a
		}
		return err
	})
}

func (w *world) publish(t *testing.T, db *storetest.DB) error {
	return db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Publish(ctx, w.appraisal)
		return err
	})
}

func hasKey(err error, key string) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Key == key
}

// TestWhatAnEvaluationRestsOn: neither an evaluation nor a publication overtakes
// what was adopted since its documents were read.
func TestWhatAnEvaluationRestsOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		number := func(term string) int64 {
			n, err := db.Adopted(t.Context(), all(w), w.school.ID, term)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if here, elsewhere := number("2025-2026"), number("2024-2025"); here != 1 || elsewhere != 0 || w.appraisal.Basis != 1 {
			t.Fatalf("got %d and %d adopted, an evaluation of %d, want 1, 0, 1", here, elsewhere, w.appraisal.Basis)
		}
		read := number("2025-2026")
		b := adopt(t, db, w.school.ID, "", store.Draft{Kind: "exam", Key: "期末/语文", Body: []byte{4}})
		if err := w.evaluate(t, db, read); !hasKey(err, "store.changed") {
			t.Errorf("evaluated what is no longer valid: %v", err)
		}
		if err := w.publish(t, db); !hasKey(err, "store.publish-outdated") {
			t.Errorf("published what is no longer valid: %v", err)
		}
		if err := w.evaluate(t, db, number("2025-2026")); err != nil {
			t.Fatal(err)
		}
		if err := w.evaluate(t, db, 3); !hasKey(err, "store.changed") {
			t.Errorf("evaluated what is not adopted yet: %v", err)
		}
		if err := w.publish(t, db); err != nil {
			t.Fatal(err)
		}
		found, err := db.Batch(t.Context(), all(w), b.ID)
		if err != nil || found.Number != 2 {
			t.Errorf("got %+v, %v, want number 2", found, err)
		}
		terms, err := db.TermsHeld(t.Context(), all(w), w.school.ID)
		if err != nil || !slices.Equal(terms, []string{"2025-2026"}) {
			t.Errorf("got %v, %v", terms, err)
		}
		settled(t, db)
	})
}

// TestAdoptedBesideAnEvaluation: of an adoption and an evaluation or publication
// in two processes at once, the second waits for the first and sees what it did.
func TestAdoptedBesideAnEvaluation(t *testing.T) {
	for name, c := range map[string]struct {
		do  func(w *world, t *testing.T, db *storetest.DB) error
		key string
	}{
		"evaluate": {func(w *world, t *testing.T, db *storetest.DB) error { return w.evaluate(t, db, 1) }, "store.changed"},
		"publish":  {(*world).publish, "store.publish-outdated"},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *storetest.DB) {
				cfg := db.Config
				cfg.Checkpoint += "2"
				second := storetest.Open(t, cfg)
				w := build(t, db)
				b, err := db.Stage(t.Context(), clerk, w.school.ID, "2025-2026")
				if err != nil {
					t.Fatal(err)
				}
				if err := db.StageDrafts(t.Context(), b, []store.Draft{{Kind: "exam", Key: "期末/语文", Body: []byte{4}}}); err != nil {
					t.Fatal(err)
				}
				got := make(chan error, 1)
				write(t, db, func(ctx context.Context, tx *store.Tx) error {
					if err := tx.Adopt(ctx, b.County, b.ID); err != nil {
						return err
					}
					go func() { got <- c.do(w, t, second) }()
					select {
					case err := <-got:
						t.Errorf("it did not wait for the adoption: %v", err)
						got <- err
					case <-time.After(300 * time.Millisecond):
					}
					return nil
				})
				if err := <-got; !hasKey(err, c.key) {
					t.Errorf("got %v, want %s", err, c.key)
				}
				settled(t, db)
			})
		})
	}
}

// TestWithdrawn: an appraisal that was never evaluated goes and makes room for
// another by the same scheme; the log tells of it.
func TestWithdrawn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		open := func() (a store.Appraisal) {
			write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
				a, err = tx.OpenAppraisal(ctx, store.Appraisal{Unit: w.school.ID, Term: "2024-2025", Scheme: w.scheme.ID})
				return err
			})
			return a
		}
		withdraw := func(a store.Appraisal) error {
			return db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error { return tx.Withdraw(ctx, a) })
		}
		a := open()
		if err := withdraw(a); err != nil {
			t.Fatal(err)
		}
		for _, scope := range []org.Scope{all(w), org.Below(w.school.Path)} {
			if _, err := db.Appraisal(t.Context(), scope, a.ID); !isKind(err, fault.NotFound) {
				t.Errorf("a withdrawn appraisal is found: %v", err)
			}
			if found, err := db.AppraisalsOf(t.Context(), scope, w.school.ID); err != nil || len(found) != 1 {
				t.Errorf("got %+v, %v, want the other one", found, err)
			}
			if found, err := db.Tally(t.Context(), scope, w.city.Path, "2024-2025"); err != nil || len(found) != 0 {
				t.Errorf("got %+v, %v", found, err)
			}
		}
		if err := withdraw(a); !hasKey(err, "store.changed") {
			t.Errorf("withdrawn twice: %v", err)
		}
		if err := withdraw(w.appraisal); !hasKey(err, "store.not-open") {
			t.Errorf("an evaluated appraisal was withdrawn: %v", err)
		}
		again := open()
		events, err := db.EventsAbout(t.Context(), "appraisal/"+a.ID)
		if err != nil || again.ID == a.ID || len(events) != 2 || events[0].Action != audit.AppraisalWithdrawn {
			t.Errorf("got %+v, %v", events, err)
		}
		settled(t, db)
	})
}
