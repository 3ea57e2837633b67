package store_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

func TestAdoption(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		ctx := t.Context()
		docs := func() map[string]store.Document {
			t.Helper()
			list, err := db.Documents(ctx, all(w), w.school.ID, "2025-2026")
			if err != nil {
				t.Fatal(err)
			}
			m := map[string]store.Document{}
			for _, d := range list {
				m[d.Key] = d
			}
			return m
		}
		first := docs()["2026-03"]
		stage := func(drafts ...store.Draft) store.Batch {
			t.Helper()
			b, err := db.Stage(ctx, clerk, w.school.ID, "2025-2026")
			if err == nil {
				err = db.StageDrafts(ctx, b, drafts)
			}
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		adopt := func(b store.Batch) error {
			return db.Write(ctx, clerk, func(ctx context.Context, tx *store.Tx) error { return tx.Adopt(ctx, b.County, b.ID) })
		}
		mend := func(body string) store.Draft {
			return store.Draft{Kind: first.Kind, Key: first.Key, Replaces: first.Version, Body: []byte(body)}
		}
		one, two := stage(mend("one")), stage(mend("two"), store.Draft{Kind: "exam", Key: "new", Body: []byte("n")})
		blind := stage(store.Draft{Kind: first.Kind, Key: first.Key, Body: []byte("blind")})
		if got := docs()["2026-03"]; got.Version != first.Version {
			t.Error("a staged document is seen")
		}
		if err := adopt(one); err != nil {
			t.Fatal(err)
		}
		if err := adopt(two); !isKind(err, fault.Conflict) {
			t.Errorf("an overtaken batch: got %v, want a conflict", err)
		}
		if err := adopt(blind); !isKind(err, fault.Conflict) {
			t.Errorf("a batch that did not know of the document: got %v, want a conflict", err)
		}
		if err := adopt(one); !isKind(err, fault.Conflict) {
			t.Errorf("adopting twice: got %v, want a conflict", err)
		}
		now := docs()
		if string(now["2026-03"].Body) != "one" || now["2026-03"].Number != 2 || len(now) != 2 {
			t.Errorf("documents: %+v", now)
		}
		history, err := db.History(ctx, all(w), first)
		if err != nil || len(history) != 2 || history[0].Version != first.Version || string(history[1].Body) != "one" {
			t.Errorf("history: %+v %v", history, err)
		}
		if err := db.StageDrafts(ctx, one, []store.Draft{mend("late")}); !isKind(err, fault.Conflict) {
			t.Errorf("a document added to an adopted batch: %v", err)
		}
		if err := db.Discard(ctx, one); !isKind(err, fault.Conflict) {
			t.Errorf("an adopted batch was discarded: %v", err)
		}
		for _, b := range []store.Batch{two, blind} {
			if err := db.Discard(ctx, b); err != nil {
				t.Error(err)
			}
		}
		empty, err := db.Stage(ctx, clerk, w.school.ID, "2025-2026")
		if err != nil {
			t.Fatal(err)
		}
		if err := adopt(empty); !isKind(err, fault.Missing) {
			t.Errorf("an empty batch: %v", err)
		}
		settled(t, db)
	})
}

func TestErasure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		docs, err := db.Documents(t.Context(), all(w), w.school.ID, "2025-2026")
		if err != nil {
			t.Fatal(err)
		}
		old := w.appraisal.Evaluation
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			a, err := tx.Evaluate(ctx, w.appraisal, evaluation(w.people[:4]))
			if err == nil {
				w.appraisal = a
			}
			return err
		})
		erase := func(target string) error {
			return db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error { return tx.Erase(ctx, target, "decision 7") })
		}
		for _, target := range []string{docs[0].Version, old} {
			if err := erase(target); err != nil {
				t.Fatal(err)
			}
		}
		if err := erase(w.appraisal.Evaluation); !isKind(err, fault.NotFound) {
			t.Errorf("results that are shown were erased: %v", err)
		}
		if err := erase("01NOTHING00000000000000000"); !isKind(err, fault.NotFound) {
			t.Errorf("nothing was erased: %v", err)
		}
		left, err := db.Documents(t.Context(), all(w), w.school.ID, "2025-2026")
		if err != nil || left[0].Body != nil || left[1].Body == nil {
			t.Errorf("after the erasure: %+v %v", left, err)
		}
		if r := settled(t, db); r.Erased != 2 {
			t.Errorf("%d erasures counted, want 2", r.Erased)
		}
	})
}

func TestPublished(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
			w.appraisal, err = tx.Publish(ctx, w.appraisal)
			return err
		})
		err := db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Evaluate(ctx, w.appraisal, evaluation(w.people))
			return err
		})
		if !isKind(err, fault.Refused) {
			t.Errorf("a published appraisal was evaluated: %v", err)
		}
		r, err := db.Result(t.Context(), all(w), w.appraisal, "T2")
		if err != nil || string(r.Trace) != "\x01\x02" || r.Score != "8735/100" {
			t.Errorf("result: %+v %v", r, err)
		}
		settled(t, db)
	})
}

func TestBlobs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		b := adopt(t, db, w.school.ID, "an original", store.Draft{Kind: "exam", Key: "k", Body: []byte{4}})
		stray, err := db.PutBlob(strings.NewReader("nobody's"))
		if err != nil {
			t.Fatal(err)
		}
		sha := "c1ce9d3bd0a4d1cb2e95a2a9e3e84b1d3b3ee2e8ee1b6a0b1e1b9c1d2d3d4d5d"
		if _, err := db.OpenBlob(t.Context(), all(w), b, sha); !isKind(err, fault.NotFound) {
			t.Errorf("a digest that is not there: %v", err)
		}
		if err := db.SQL.QueryRow("SELECT sha FROM blob").Scan(&sha); err != nil {
			t.Fatal(err)
		}
		in, err := db.OpenBlob(t.Context(), all(w), b, sha)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		if got, err := io.ReadAll(in); err != nil || string(got) != "an original" {
			t.Errorf("%q %v", got, err)
		}
		if _, err := db.OpenBlob(t.Context(), org.Below(w.other.Path), b, sha); !isKind(err, fault.NotFound) {
			t.Errorf("another school opened it: %v", err)
		}
		path := func(sha string) string { return filepath.Join(db.Config.Data, "blobs", sha[:2], sha) }
		long := db.Clock.Now().Add(-25 * time.Hour)
		for _, s := range []string{sha, stray.SHA} {
			if err := os.Chtimes(path(s), long, long); err != nil {
				t.Fatal(err)
			}
		}
		fresh, err := db.PutBlob(strings.NewReader("just handed in"))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := db.SweepBlobs(t.Context()); n != 1 || err != nil {
			t.Errorf("swept %d, %v; want the stray one", n, err)
		}
		for _, s := range []string{sha, fresh.SHA} {
			if _, err := os.Stat(path(s)); err != nil {
				t.Error(err)
			}
		}
		sound(t, db)
		if err := os.WriteFile(path(sha), []byte("an 0riginal"), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := db.Verify(t.Context(), store.Audit{Blobs: true})
		if err != nil || r.Faults.Len() != 1 || r.Faults.Faults[0].Key != "store.audit-blob" {
			t.Errorf("a changed original: %v %v", err, r.Faults.Error())
		}
	})
}

func TestProof(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		events, err := db.EventsAbout(t.Context(), "appraisal/"+w.appraisal.ID)
		if err != nil || len(events) != 2 {
			t.Fatalf("%v %v", events, err)
		}
		settled(t, db)
		if _, err := db.Sign(t.Context()); err != nil {
			t.Fatal(err)
		}
		proof, bytes, err := db.Proof(t.Context(), events[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := proof.Check(bytes, db.Verifier()); err != nil {
			t.Error(err)
		}
		if _, _, err := db.Proof(t.Context(), "01NOTHING00000000000000000"); !isKind(err, fault.NotFound) {
			t.Errorf("a proof of nothing: %v", err)
		}
	})
}
