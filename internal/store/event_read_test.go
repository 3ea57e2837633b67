package store_test

import (
	"context"
	"testing"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestEventsAlong: looks of others at a person and at an appraisal come in one list,
// page by page, and nothing else does.
func TestEventsAlong(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		person := w.people[1].ID
		note := func(actor org.Actor, action audit.Action, id string) {
			t.Helper()
			err := db.Write(t.Context(), actor, func(ctx context.Context, tx *store.Tx) error { return tx.Note(ctx, action, id, w.school.Path, nil) })
			if err != nil {
				t.Fatal(err)
			}
		}
		other, herself := org.System("other"), org.System("herself")
		for range 3 {
			note(other, audit.RecordViewed, string(person))
			note(herself, audit.RecordViewed, string(person))
			note(other, audit.ResultsListed, w.appraisal.ID)
			note(other, audit.ResultsExported, w.appraisal.ID)
			note(other, audit.RecordViewed, string(w.people[2].ID))
			note(other, audit.DataExported, string(w.school.ID))
		}
		trails := []store.Trail{
			{Object: "person/" + string(person), Actions: []audit.Action{audit.RecordViewed}},
			{Object: "appraisal/" + w.appraisal.ID, Actions: []audit.Action{audit.ResultsListed, audit.ResultsExported}},
		}
		seen, last := map[audit.Action]int{}, ""
		for {
			events, err := db.EventsAlong(t.Context(), trails, herself.Account, store.Page{After: last, Limit: 4})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if last != "" && e.ID >= last || e.Actor != string(other.Account) {
					t.Errorf("after %s comes %+v", last, e)
				}
				last = e.ID
				seen[e.Action]++
			}
			if len(events) < 4 {
				break
			}
		}
		if seen[audit.RecordViewed] != 3 || seen[audit.ResultsListed] != 3 || seen[audit.ResultsExported] != 3 || len(seen) != 3 {
			t.Errorf("got %v", seen)
		}
		e, err := db.LastOf(t.Context(), "appraisal/"+w.appraisal.ID, audit.ResultsListed, other.Account)
		if err != nil || e.Action != audit.ResultsListed {
			t.Errorf("the last: %+v %v", e, err)
		}
		if _, err := db.LastOf(t.Context(), "appraisal/"+w.appraisal.ID, audit.ResultsListed, herself.Account); !fault.Is(err, fault.NotFound) {
			t.Errorf("she opened none: %v", err)
		}
	})
}

func TestNamesAndAppraisalsOfPeople(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		// of an evaluation that another one has superseded, too
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			e := evaluation(w.people)
			e.Results = e.Results[:1]
			_, err := tx.Evaluate(ctx, w.appraisal, e)
			return err
		})
		subject := evaluation(w.people).Results[1].Person
		if got, err := db.AppraisalsWith(t.Context(), subject); err != nil || len(got) != 1 || got[0] != w.appraisal.ID {
			t.Errorf("got %v %v", got, err)
		}
		if got, err := db.BatchesWith(t.Context(), subject); err != nil || len(got) != 1 {
			t.Errorf("batches: got %v, %v", got, err)
		}
		if got, err := db.BatchesWith(t.Context(), "nobody"); err != nil || len(got) != 0 {
			t.Errorf("batches: got %v, %v", got, err)
		}
		if got, err := db.AppraisalsWith(t.Context(), "nobody"); err != nil || len(got) != 0 {
			t.Errorf("nobody: %v %v", got, err)
		}
		people, err := db.PersonNames(t.Context(), []string{string(w.people[0].ID), string(w.people[0].ID), "nobody"})
		if err != nil || len(people) != 1 || people[string(w.people[0].ID)] != w.people[0].Name {
			t.Errorf("persons %v %v", people, err)
		}
		accounts, err := db.AccountNames(t.Context(), []string{string(w.account.ID)})
		if err != nil || len(accounts) != 1 || accounts[string(w.account.ID)] != w.people[0].Name {
			t.Errorf("accounts %v %v", accounts, err)
		}
		if none, err := db.AccountNames(t.Context(), nil); err != nil || len(none) != 0 {
			t.Errorf("none: %v %v", none, err)
		}
	})
}
