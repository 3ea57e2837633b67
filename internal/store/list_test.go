package store_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// ranked builds a school with an evaluation of many members, whose scores are
// of all sizes and signs, some equal, some missing.
func ranked(t *testing.T, db *storetest.DB) (*world, []store.Result) {
	w := build(t, db)
	r := rand.New(rand.NewPCG(7, 7))
	e := evaluation(nil)
	e.Head = []byte("of all members")
	for i := range 60 {
		score := fmt.Sprintf("%d.%02d", r.IntN(200)-50, r.IntN(100))
		switch i % 10 {
		case 0:
			score = ""
		case 1:
			score = "87.35"
		case 2:
			score = fmt.Sprintf("%d/3", 3*r.IntN(100)+1)
		case 3:
			score = "-" + strings.TrimPrefix(score, "-")
		case 4:
			score = fmt.Sprint(r.Int64N(999_999_999_999))
		}
		name := string([]rune("王李张")[i%3]) + fmt.Sprint(i)
		place := int64(i % 20)
		e.Results = append(e.Results, store.Result{
			Subject: fmt.Sprintf("T%02d", i), Person: w.people[i%5].ID, Name: name, Sort: fmt.Sprintf("%s%02d", []string{"wang", "li", "zhang"}[i%3], r.IntN(30)),
			Initials: []string{"w", "l", "z"}[i%3], Group: []string{"教学", "管理"}[i%2], Score: score, Place: place, Of: 20, Ordinal: int64(i), Trace: []byte{byte(i)}, Facts: store.Pack([]byte("f")),
		})
	}
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		w.appraisal, err = tx.Evaluate(ctx, w.appraisal, e)
		return err
	})
	return w, e.Results
}

// TestUnscored: who has no score is found, as many as asked, in the order in which
// they were stored, and only by who may see her.
func TestUnscored(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w, results := ranked(t, db)
		var open []string
		for _, o := range results {
			if o.Score == "" {
				open = append(open, o.Subject)
			}
		}
		for _, c := range []struct {
			scope org.Scope
			most  int
			want  []string
		}{
			{all(w), 100, open}, {org.Below(w.school.Path), 2, open[:2]}, {org.Below(w.other.Path), 100, nil}, {org.Scope{}, 100, nil},
			{org.Below(w.school.Path).In(string(store.Published)), 100, nil}, {org.Self(w.people[0].ID), 100, open}, {org.Self(w.people[1].ID), 100, nil},
		} {
			got, err := db.Unscored(t.Context(), c.scope, w.appraisal, c.most)
			if err != nil {
				t.Fatal(err)
			}
			var subjects []string
			for _, o := range got {
				subjects = append(subjects, o.Subject)
			}
			if diff := gocmp.Diff(c.want, subjects); diff != "" {
				t.Errorf("%d under %+v (-want +got):\n%s", c.most, c.scope, diff)
			}
		}
	})
}

func TestEvaluation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w, results := ranked(t, db)
		ctx := t.Context()
		e, err := db.Evaluation(ctx, org.Below(w.school.Path), w.appraisal)
		if err != nil || string(e.Head) != "of all members" || e.Members != 60 || e.ID != w.appraisal.Evaluation || e.Scheme != strings.Repeat("ab", 32) {
			t.Errorf("evaluation: %+v %v", e, err)
		}
		events, err := db.EventsAbout(ctx, "appraisal/"+w.appraisal.ID)
		if err != nil || events[0].ID != e.Event || len(events[0].Evidence) != 4 {
			t.Errorf("its event: %+v %v", events, err)
		}
		own, err := db.Evaluation(ctx, org.Self(w.people[1].ID), w.appraisal)
		if err != nil || own.Head != nil || own.Event != e.Event {
			t.Errorf("evaluation for herself: %+v %v", own, err)
		}
		for _, s := range []org.Scope{{}, org.Below(w.other.Path), org.Self("01NOBODY000000000000000000"), org.Below(w.school.Path).In("published")} {
			if _, err := db.Evaluation(ctx, s, w.appraisal); !isKind(err, fault.NotFound) {
				t.Errorf("evaluation under %+v: %v", s, err)
			}
		}
		var got []store.Result
		if err := db.ResultsWhole(ctx, all(w), w.appraisal, func(o store.Result) error { got = append(got, o); return nil }); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(results, got); diff != "" {
			t.Errorf("whole results (-want +got):\n%s", diff)
		}
		boom := errors.New("boom")
		if err := db.ResultsWhole(ctx, all(w), w.appraisal, func(store.Result) error { return boom }); !errors.Is(err, boom) {
			t.Errorf("fn's error: %v", err)
		}
		mine, err := db.ResultsOf(ctx, org.Self(w.people[1].ID), w.people[1].ID)
		if err != nil || len(mine) != 12 || mine[0].Appraisal.ID != w.appraisal.ID || mine[0].Trace != nil {
			t.Errorf("her years: %d, %+v %v", len(mine), mine, err)
		}
		if hers, err := db.ResultsOf(ctx, org.Self(w.people[2].ID), w.people[1].ID); err != nil || len(hers) != 0 {
			t.Errorf("another one's years: %+v %v", hers, err)
		}
		of, err := db.AppraisalsOf(ctx, all(w), w.school.ID)
		if err != nil || len(of) != 1 || of[0] != w.appraisal {
			t.Errorf("appraisals of the school: %+v %v", of, err)
		}
	})
}

func TestPeopleSearch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		ctx := t.Context()
		for _, c := range []struct {
			search string
			scope  org.Scope
			want   int
		}{
			{"", all(w), 5}, {"jiaoshi", all(w), 5}, {"jiaoshi4", all(w), 1}, {"js", all(w), 5}, {"教师2", all(w), 1}, {"师", all(w), 0}, {"%", all(w), 0},
			{string(w.people[3].Number), all(w), 1}, {"0000", all(w), 5}, {"js", org.Below(w.school.Path), 4}, {"jiaoshi4", org.Below(w.school.Path), 0},
			{"js", org.Self(w.people[2].ID), 1}, {"x", org.Self(w.people[2].ID), 0}, {"js", org.Scope{}, 0},
			{"js", org.Below(w.school.Path).And(org.Self(w.people[4].ID)).And(org.Self(w.people[0].ID)), 5},
		} {
			got, err := db.People(ctx, c.scope, store.PeopleQuery{Search: c.search})
			if err != nil || len(got) != c.want {
				t.Errorf("%q under %+v: got %d, want %d (%v)", c.search, c.scope, len(got), c.want, err)
			}
			n, err := db.CountPeople(ctx, c.scope, c.search, math.MaxInt64)
			if err != nil || n != int64(c.want) {
				t.Errorf("%q under %+v: counted %d, want %d (%v)", c.search, c.scope, n, c.want, err)
			}
			if n, err = db.CountPeople(ctx, c.scope, c.search, 2); err != nil || n != int64(min(c.want, 2)) {
				t.Errorf("%q under %+v: counted %d up to 2, want %d (%v)", c.search, c.scope, n, min(c.want, 2), err)
			}
		}
		her := w.people[2]
		her.Sort, her.Name = "aaa", "阿"
		write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.ChangePerson(ctx, her) })
		got, err := db.People(ctx, org.Below(w.school.Path), store.PeopleQuery{})
		if err != nil || len(got) != 4 || got[0].Name != "阿" {
			t.Errorf("after she changed her name: %+v %v", got, err)
		}
		settled(t, db)
	})
}

func TestUnits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		ctx := t.Context()
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			w.school.Code = "3708000001"
			return tx.ChangeUnit(ctx, w.school)
		})
		err := db.Write(ctx, clerk, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddUnit(ctx, org.Unit{Parent: w.county.ID, Kind: org.School, Name: "二中", Code: "3708000001"})
			return err
		})
		if !isKind(err, fault.Conflict) {
			t.Errorf("a code given twice: %v", err)
		}
		children, err := db.Children(ctx, all(w), w.city.ID)
		if err != nil || len(children) != 2 || children[0].ID != w.county.ID || children[0].Units != 1 || children[0].People != 4 || children[1].Units != 0 || children[1].People != 1 {
			t.Errorf("children: %+v %v", children, err)
		}
		if children, err := db.Children(ctx, org.Below(w.school.Path), w.city.ID); err != nil || len(children) != 0 {
			t.Errorf("children of what is not seen: %+v %v", children, err)
		}
		for _, c := range []struct {
			scope org.Scope
			want  int
		}{{all(w), 3}, {org.Below(w.county.Path), 2}, {org.Below(w.other.Path), 0}, {org.Scope{}, 0}} {
			way, err := db.Way(ctx, c.scope, w.school.Path)
			if err != nil || len(way) != c.want || c.want > 0 && way[c.want-1].ID != w.school.ID {
				t.Errorf("way under %+v: %+v %v", c.scope, way, err)
			}
		}
	})
}

func TestBatches(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		ctx := t.Context()
		staged, err := db.Stage(ctx, clerk, w.school.ID, "2025-2026")
		if err != nil {
			t.Fatal(err)
		}
		drafts := []store.Draft{{Kind: "exam", Key: "b", Body: []byte("one")}, {Kind: "exam", Key: "a", Body: []byte("two")}}
		if err := db.StageDrafts(ctx, staged, drafts); err != nil {
			t.Fatal(err)
		}
		h, got, err := db.Staged(ctx, clerk.Account, staged.ID)
		if diff := gocmp.Diff(drafts, got); err != nil || diff != "" || h.Documents != 2 || h.State != store.BatchStaged {
			t.Errorf("staged: %+v %v (-want +got):\n%s", h, err, diff)
		}
		for _, c := range []struct {
			who org.AccountID
			id  string
		}{{"01SOMEBODY0000000000000000", staged.ID}, {clerk.Account, w.batch.ID}} {
			if _, _, err := db.Staged(ctx, c.who, c.id); !isKind(err, fault.NotFound) {
				t.Errorf("staged for %s: %v", c.who, err)
			}
		}
		for _, c := range []struct {
			scope org.Scope
			want  int
		}{{all(w), 2}, {org.Below(w.other.Path), 0}, {org.Scope{}, 0}, {all(w).In("adopted"), 1}, {org.Self(w.people[0].ID), 0}} {
			got, err := db.Batches(ctx, c.scope, w.school.ID, "2025-2026")
			if err != nil || len(got) != c.want {
				t.Errorf("batches under %+v: %+v %v", c.scope, got, err)
			}
			if _, err := db.Batch(ctx, c.scope, w.batch.ID); found(err) != min(c.want, 1) {
				t.Errorf("batch under %+v: %v", c.scope, err)
			}
		}
		b, err := db.Batch(ctx, all(w), w.batch.ID)
		if err != nil || b.Adopter != clerk.Account || b.Adopted <= b.At || b.Documents != 2 || b.State != store.BatchAdopted {
			t.Errorf("adopted batch: %+v %v", b, err)
		}
	})
}

func TestAccountsAndSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		ctx := t.Context()
		for _, c := range []struct {
			scope org.Scope
			want  int
		}{{all(w), 1}, {org.Below(w.school.Path), 1}, {org.Self(w.people[0].ID), 1}, {org.Self(w.people[1].ID), 0}, {org.Below(w.other.Path), 0}, {org.Scope{}, 0}} {
			got, err := db.Accounts(ctx, c.scope, store.Page{})
			if err != nil || len(got) != c.want {
				t.Errorf("accounts under %+v: %+v %v", c.scope, got, err)
			}
			if c.want == 1 && (got[0].Person.Name != "教师0" || len(got[0].Roles) != 1 || !got[0].Second || got[0].Login != "js0") {
				t.Errorf("account: %+v", got[0])
			}
		}
		keep := func(fn func(ctx context.Context, k *store.Keeper) error) error { return db.Keep(ctx, fn) }
		var token string
		err := keep(func(ctx context.Context, k *store.Keeper) (err error) {
			token, err = k.BeginSession(ctx, w.account.ID, w.account.Version, store.Lifetime{Whole: time.Hour, Idle: 20 * time.Minute})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		alive := func(token string, want bool) {
			t.Helper()
			if _, err := db.SignedIn(ctx, token, db.Clock.Now()); found(err) == 1 != want {
				t.Errorf("session: %v, want alive %v", err, want)
			}
		}
		touch := func() error {
			return keep(func(ctx context.Context, k *store.Keeper) error { return k.Touch(ctx, token, 20*time.Minute) })
		}
		db.Clock.Advance(15 * time.Minute)
		if err := touch(); err != nil {
			t.Error(err)
		}
		db.Clock.Advance(15 * time.Minute)
		alive(token, true) // 30 minutes old, 15 idle
		for range 2 {
			if err := touch(); err != nil {
				t.Error(err)
			}
			db.Clock.Advance(15 * time.Minute)
		}
		alive(token, false) // an hour is over, however often it was touched
		if err := touch(); !isKind(err, fault.NotFound) {
			t.Errorf("touching what is over: %v", err)
		}
		for _, c := range []struct {
			step int64
			ok   bool
		}{{100, true}, {100, false}, {99, false}, {101, true}} {
			err := keep(func(ctx context.Context, k *store.Keeper) error { return k.SpendStep(ctx, w.account.ID, c.step) })
			if (err == nil) != c.ok || err != nil && !isKind(err, fault.Conflict) {
				t.Errorf("step %d: %v", c.step, err)
			}
		}
	})
}
