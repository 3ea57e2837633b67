package store_test

import (
	"bytes"
	"context"
	"testing"

	signed "golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// proven returns the proof of a result once the log has a signed checkpoint
// that covers it.
func proven(t *testing.T, db *storetest.DB, scope org.Scope, w *world, subject string) store.ResultProof {
	t.Helper()
	settled(t, db)
	if _, err := db.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := db.ResultProof(t.Context(), scope, w.appraisal, subject)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestResultProof follows the whole way from a result's content to the signed
// checkpoint, with nothing but what the proof holds.
func TestResultProof(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		p := proven(t, db, org.Below(w.city.Path), w, "T1")
		v, err := signed.NewVerifier(p.Key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Log.Check(p.Event, v); err != nil {
			t.Fatal(err)
		}
		e, err := audit.ParseEvent(p.Event)
		if err != nil {
			t.Fatal(err)
		}
		if e.Action != audit.AppraisalEvaluated || e.Object != "appraisal/"+w.appraisal.ID || len(e.Evidence) != 4 {
			t.Fatalf("event %+v", e)
		}
		member := audit.CommitParts(p.Own.Commitment(), p.Place.Commitment(), p.Trace.Commitment())
		if err := tlog.CheckRecord(p.Path, p.Members, tlog.Hash(e.Evidence[0]), p.Ordinal, tlog.RecordHash(member[:])); err != nil {
			t.Error(err)
		}
		if got := audit.Commit(p.HeadSalt, p.Head); got != e.Evidence[3] {
			t.Error("the head does not open its commitment")
		}
		if !bytes.Contains(p.Own.Content, []byte(`"T1"`)) || bytes.Contains(p.Own.Content, []byte(`"T2"`)) {
			t.Errorf("content %s", p.Own.Content)
		}
		if p.Own.Salt == p.Place.Salt || p.Own.Salt == p.Trace.Salt || p.Place.Salt == p.Trace.Salt {
			t.Error("one part's salt opens another")
		}
		other := proven(t, db, org.Below(w.city.Path), w, "T2")
		foreign := audit.CommitParts(other.Own.Commitment(), p.Place.Commitment(), p.Trace.Commitment())
		if err := tlog.CheckRecord(p.Path, p.Members, tlog.Hash(e.Evidence[0]), p.Ordinal, tlog.RecordHash(foreign[:])); err == nil {
			t.Error("another person's content passes for hers")
		}
	})
}

func TestResultProofSeesNoFurther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		proven(t, db, org.Self(w.people[1].ID), w, "T1")
		for name, scope := range map[string]org.Scope{
			"nobody": {}, "a colleague": org.Self(w.people[2].ID), "another school": org.Below(w.other.Path),
			"only published": org.Below(w.school.Path).In("published"),
		} {
			if _, err := db.ResultProof(t.Context(), scope, w.appraisal, "T1"); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: got %v, want not found", name, err)
			}
		}
		// an evaluation younger than the checkpoint has no proof yet
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			a, err := tx.Evaluate(ctx, w.appraisal, evaluation(w.people))
			w.appraisal = a
			return err
		})
		if _, err := db.ResultProof(t.Context(), org.Below(w.city.Path), w.appraisal, "T1"); !fault.Is(err, fault.NotFound) {
			t.Errorf("younger than the checkpoint: got %v, want not found", err)
		}
		proven(t, db, org.Below(w.city.Path), w, "T1")
	})
}

func TestLogged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		person := w.people[1].ID
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			return tx.Note(ctx, audit.RecordViewed, string(person), w.school.Path, []byte("why"))
		})
		settled(t, db)
		if _, err := db.Sign(t.Context()); err != nil {
			t.Fatal(err)
		}
		events, err := db.Events(t.Context(), org.Below(w.school.Path), store.Page{})
		if err != nil {
			t.Fatal(err)
		}
		logged, err := db.Logged(t.Context(), events)
		if err != nil || len(logged) != len(events) || len(events) < 5 {
			t.Fatalf("%d of %d events: %v", len(logged), len(events), err)
		}
		if string(logged[0].Detail) != "why" {
			t.Errorf("detail %q", logged[0].Detail)
		}
		last, err := db.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range logged {
			if e.ID != events[i].ID || e.Leaf < 0 {
				t.Errorf("event %d: %s at leaf %d", i, e.ID, e.Leaf)
			}
			p, bytes, err := db.Proof(t.Context(), e.ID)
			if err != nil || p.Index != e.Leaf || p.Checkpoint != last {
				t.Errorf("event %d: proof at %d, leaf %d, %v", i, p.Index, e.Leaf, err)
			}
			if _, err := p.Check(bytes, db.Verifier()); err != nil {
				t.Error(err)
			}
		}
		if none, err := db.Logged(t.Context(), nil); err != nil || len(none) != 0 {
			t.Errorf("no events: %v %v", none, err)
		}
	})
}

func TestConcerned(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		posts, err := db.Posts(t.Context(), org.Below(w.city.Path), w.people[0].ID)
		if err != nil || len(posts) != 1 {
			t.Fatal(posts, err)
		}
		roles, err := db.Roles(t.Context(), w.account.ID)
		if err != nil || len(roles) != 1 {
			t.Fatal(roles, err)
		}
		for _, object := range []string{"person/" + string(w.people[0].ID), "post/" + posts[0].ID, "account/" + string(w.account.ID), "role/" + roles[0].ID} {
			if got, err := db.Concerned(t.Context(), object); err != nil || got != w.people[0].ID {
				t.Errorf("%s: got %v %v", object, got, err)
			}
		}
		for _, object := range []string{"", "person/", "person/x", "unit/" + string(w.school.ID), "batch/" + w.batch.ID} {
			if got, err := db.Concerned(t.Context(), object); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: got %v %v, want not found", object, got, err)
			}
		}
		if u, err := db.UnitOf(t.Context(), w.appraisal); err != nil || u.Name != w.school.Name {
			t.Errorf("unit %v %v", u, err)
		}
	})
}
