package store_test

import (
	"context"
	"errors"
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

func all(w *world) org.Scope { return org.Below(w.city.Path) }

// TestScopes asks every list and every single thing as nobody, as a school, as
// a person and as the city.
func tallied(counts []store.Tally) (n int) {
	for _, c := range counts {
		n += int(c.N)
	}
	return n
}

func TestScopes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		her := w.people[1].ID
		ctx := t.Context()
		for _, c := range []struct {
			name                                        string
			scope                                       org.Scope
			units, people, posts, docs, schemes, events int
			appraisals, results                         int
		}{
			{name: "zero", scope: org.Scope{}},
			{name: "another tree", scope: org.Below("01XXXXXXXXXXXXXXXXXXXXXXXX/")},
			{name: "other school", scope: org.Below(w.other.Path), units: 1, people: 1, events: 2},
			{name: "school", scope: org.Below(w.school.Path), units: 1, people: 4, posts: 1, docs: 2, schemes: 1, events: 10, appraisals: 1, results: 5},
			{name: "county", scope: org.Below(w.county.Path), units: 2, people: 4, posts: 1, docs: 2, schemes: 1, events: 11, appraisals: 1, results: 5},
			{name: "city", scope: all(w), units: 4, people: 5, posts: 1, docs: 2, schemes: 1, events: 14, appraisals: 1, results: 5},
			{name: "herself", scope: org.Self(her), people: 1, posts: 1, appraisals: 1, results: 1},
			{name: "published only", scope: org.Below(w.school.Path).And(org.Self(her)).In(string(store.Published))},
			{name: "evaluated only", scope: org.Below(w.school.Path).In(string(store.Evaluated)), appraisals: 1, results: 5},
			{name: "herself, evaluated", scope: org.Self(her).In(string(store.Evaluated)), appraisals: 1, results: 1},
		} {
			must := func(what string, got, want int, err error) {
				t.Helper()
				if err != nil && !isKind(err, fault.NotFound) {
					t.Errorf("%s: %s: %v", c.name, what, err)
				}
				if got != want {
					t.Errorf("%s: %s: got %d, want %d", c.name, what, got, want)
				}
			}
			units, err := db.Units(ctx, c.scope, store.Page{})
			must("units", len(units), c.units, err)
			people, err := db.People(ctx, c.scope, store.PeopleQuery{})
			must("people", len(people), c.people, err)
			posts, err := db.Posts(ctx, c.scope, her)
			must("posts", len(posts), c.posts, err)
			docs, err := db.Documents(ctx, c.scope, w.school.ID, "2025-2026")
			must("documents", len(docs), c.docs, err)
			schemes, err := db.Schemes(ctx, c.scope)
			must("schemes", len(schemes), c.schemes, err)
			events, err := db.Events(ctx, c.scope, store.Page{})
			must("events", len(events), c.events, err)
			appraisals, err := db.Tally(ctx, c.scope, w.city.Path, "2025-2026", "2024-2025")
			must("appraisals", tallied(appraisals), c.appraisals, err)
			must("results", len(seenResults(t, db, c.scope, w.appraisal)), c.results, nil)
			_, err = db.Result(ctx, c.scope, w.appraisal, "T1")
			must("her result", found(err), min(c.results, 1), err)
			_, err = db.Result(ctx, c.scope, w.appraisal, "T0")
			must("his result", found(err), c.results/5, err)
			_, err = db.Person(ctx, c.scope, her)
			must("her", found(err), min(c.posts, 1), err)
			_, err = db.Unit(ctx, c.scope, w.school.ID)
			must("unit", found(err), c.docs/2, err)
		}
	})
}

// seenResults returns the results of a that the scope sees.
func seenResults(t *testing.T, db *storetest.DB, scope org.Scope, a store.Appraisal) (out []store.Result) {
	t.Helper()
	err := db.ResultsWhole(t.Context(), scope, a, func(o store.Result) error { out = append(out, o); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func found(err error) int {
	if err == nil {
		return 1
	}
	return 0
}

func TestPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		var names []string
		for after, n := "", 0; n < 10; n++ {
			page, err := db.People(t.Context(), all(w), store.PeopleQuery{Page: store.Page{After: after, Limit: 2}})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page {
				names = append(names, p.Name)
				after = store.PageKey(p)
			}
			if len(page) < 2 {
				break
			}
		}
		if len(names) != 5 || names[0] != "教师0" || names[4] != "教师4" {
			t.Errorf("people by pages: %v", names)
		}
		events, err := db.Events(t.Context(), all(w), store.Page{Limit: 3})
		if err != nil || len(events) != 3 {
			t.Fatalf("%v %v", events, err)
		}
		next, err := db.Events(t.Context(), all(w), store.Page{Limit: 3, After: events[2].ID})
		if err != nil || len(next) != 3 || next[0].ID >= events[2].ID {
			t.Errorf("%v %v", next, err)
		}
	})
}

func TestIdentity(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		her := w.people[2]
		if her.Masked != "3708************2X" {
			t.Errorf("masked: %s", her.Masked)
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			identity, err := tx.Unmask(ctx, her.ID, w.school.Path)
			if identity != "37080019800101002X" {
				t.Errorf("unmasked %q", identity)
			}
			return err
		})
		seen, err := db.EventsAbout(t.Context(), "person/"+string(her.ID))
		if err != nil || len(seen) != 2 || seen[0].Action != "identity.unmasked" || seen[0].Actor != string(clerk.Account) {
			t.Errorf("events about her: %v %v", seen, err)
		}
		err = db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddPerson(ctx, org.Person{Name: "同号"}, "37080019800101002x")
			return err
		})
		if err == nil {
			t.Error("two persons with one identity number")
		}
		if n := count(t, db, "SELECT COUNT(*) FROM person WHERE cipher IS NOT NULL"); n != 5 {
			t.Errorf("%d sealed numbers", n)
		}
		a, err := db.AccountByLogin(t.Context(), "js0")
		if err != nil || a.TOTP != "SEED" {
			t.Errorf("account: %+v %v", a, err)
		}
		// Another set of keys does not open this database.
		other, err := store.NewKeys(zeros{}, "test.example/log")
		if err != nil {
			t.Fatal(err)
		}
		cfg := db.Config
		cfg.Keys = other
		if s, err := store.Open(t.Context(), cfg); !isKind(err, fault.Refused) {
			t.Errorf("opened with other keys: %v %v", s, err)
		}
	})
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestHousekeeping(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		events := count(t, db, "SELECT COUNT(*) FROM event")
		keep := func(fn func(ctx context.Context, k *store.Keeper) error) {
			t.Helper()
			if err := db.Keep(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		var token string
		keep(func(ctx context.Context, k *store.Keeper) (err error) {
			token, err = k.BeginSession(ctx, w.account.ID, w.account.Version, store.Lifetime{Whole: time.Hour, Idle: 20 * time.Minute})
			return err
		})
		if s, err := db.SignedIn(t.Context(), token, db.Clock.Now()); err != nil || s.Account.ID != w.account.ID || s.Session.Account != w.account.ID || s.Person.ID != w.account.Person {
			t.Errorf("session: %v %v", s, err)
		}
		if _, err := db.SignedIn(t.Context(), token, db.Clock.Now().Add(2*time.Hour)); !isKind(err, fault.NotFound) {
			t.Errorf("an expired session: %v", err)
		}
		if _, err := db.SignedIn(t.Context(), token+"x", db.Clock.Now()); !isKind(err, fault.NotFound) {
			t.Errorf("another token: %v", err)
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			roles, err := tx.Roles(ctx, w.account.ID)
			if err != nil || len(roles) != 1 {
				t.Errorf("roles: %v %v", roles, err)
			}
			return tx.EndRole(ctx, roles[0].ID)
		})
		if _, err := db.SignedIn(t.Context(), token, db.Clock.Now()); !isKind(err, fault.NotFound) {
			t.Errorf("a session outlived its role: %v", err)
		}
		for i := range 3 {
			keep(func(ctx context.Context, k *store.Keeper) error {
				n, err := k.Hit(ctx, "login/x", time.Minute)
				if n != int64(i+1) {
					t.Errorf("hit %d counted as %d", i+1, n)
				}
				return err
			})
		}
		db.Clock.Advance(time.Hour)
		keep(func(ctx context.Context, k *store.Keeper) error {
			n, err := k.Hit(ctx, "login/x", time.Minute)
			if n != 1 {
				t.Errorf("first hit of a new window counted as %d", n)
			}
			return err
		})
		keep(func(ctx context.Context, k *store.Keeper) error {
			return k.SaveDraft(ctx, w.account.ID, "form", []byte("half"))
		})
		if b, err := db.Draft(t.Context(), w.account.ID, "form"); err != nil || string(b) != "half" {
			t.Errorf("draft: %q %v", b, err)
		}
		staged, err := db.Stage(t.Context(), clerk, w.school.ID, "2025-2026")
		if err != nil {
			t.Fatal(err)
		}
		if err := db.StageDrafts(t.Context(), staged, []store.Draft{{Kind: "k", Key: "forgotten", Body: []byte("b")}}); err != nil {
			t.Fatal(err)
		}
		goes := store.BatchDraft(staged.ID)
		keep(func(ctx context.Context, k *store.Keeper) error {
			return k.SaveDraft(ctx, w.account.ID, goes, []byte("receipt"))
		})
		keep(func(ctx context.Context, k *store.Keeper) error { return k.Tidy(ctx) })
		if b, err := db.Draft(t.Context(), w.account.ID, goes); err != nil || string(b) != "receipt" {
			t.Errorf("the draft of a staged batch: %q %v", b, err)
		}
		db.Clock.Advance(8 * 24 * time.Hour)
		keep(func(ctx context.Context, k *store.Keeper) error { return k.Tidy(ctx) })
		if b, err := db.Draft(t.Context(), w.account.ID, goes); !isKind(err, fault.NotFound) {
			t.Errorf("the draft of a batch that is gone: %q %v", b, err)
		}
		if b, err := db.Draft(t.Context(), w.account.ID, "form"); err != nil || string(b) != "half" {
			t.Errorf("a draft of a week ago: %q %v", b, err)
		}
		if n := count(t, db, "SELECT COUNT(*) FROM batch WHERE state = 'staged'"); n != 0 {
			t.Error("a forgotten batch is still there")
		}
		if n := count(t, db, "SELECT COUNT(*) FROM payload"); n != 2 {
			t.Errorf("%d payloads after tidying, want those of the 2 adopted documents", n)
		}
		if got := count(t, db, "SELECT COUNT(*) FROM event"); got != events+1 {
			t.Errorf("housekeeping left %d events", got-events-1)
		}
		db.Clock.Advance(100 * 24 * time.Hour)
		keep(func(ctx context.Context, k *store.Keeper) error { return k.Tidy(ctx) })
		if b, err := db.Draft(t.Context(), w.account.ID, "form"); !isKind(err, fault.NotFound) {
			t.Errorf("a draft of a season ago: %q %v", b, err)
		}
		settled(t, db)
	})
}

func TestJobs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		err := db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Enqueue(ctx, "lost", w.school.Path, nil); err != nil {
				return err
			}
			return context.Canceled
		})
		if err == nil || count(t, db, "SELECT COUNT(*) FROM job") != 0 {
			t.Errorf("a job of a change that failed: %v", err)
		}
		var ordered store.Job
		write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
			ordered, err = tx.Enqueue(ctx, "evaluate", w.school.Path, []byte("{}"))
			return err
		})
		claim := func() (j store.Job, err error) {
			err = db.Keep(t.Context(), func(ctx context.Context, k *store.Keeper) error {
				j, err = k.Claim(ctx, time.Minute)
				return err
			})
			return j, err
		}
		j, err := claim()
		if err != nil || j.ID != ordered.ID || j.Attempt != 1 || string(j.Args) != "{}" {
			t.Fatalf("claimed %+v %v", j, err)
		}
		if again, err := claim(); !isKind(err, fault.NotFound) {
			t.Fatalf("a leased job was claimed: %+v %v", again, err)
		}
		db.Clock.Advance(2 * time.Minute)
		second, err := claim()
		if err != nil || second.Attempt != 2 {
			t.Fatalf("after the lease: %+v %v", second, err)
		}
		err = db.Keep(t.Context(), func(ctx context.Context, k *store.Keeper) error {
			return k.Finish(ctx, j, store.Done, "", store.Blob{})
		})
		if !isKind(err, fault.Conflict) {
			t.Errorf("who lost the lease finished the job: %v", err)
		}
		made, err := db.PutBlob(strings.NewReader("a folder of paper"))
		if err != nil {
			t.Fatal(err)
		}
		made.Name = "档案.pdf"
		err = db.Keep(t.Context(), func(ctx context.Context, k *store.Keeper) error {
			if err := k.Extend(ctx, &second, "50%", time.Minute); err != nil {
				return err
			}
			return k.Finish(ctx, second, store.Done, "100%", made)
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := db.Job(t.Context(), clerk.Account, ordered.ID)
		if err != nil || got.State != store.Done || got.Progress != "100%" {
			t.Errorf("job: %+v %v", got, err)
		}
		if _, err := db.Job(t.Context(), "somebody else", ordered.ID); !isKind(err, fault.NotFound) {
			t.Errorf("another account's job: %v", err)
		}
		if _, _, err := db.OpenResult(t.Context(), "somebody else", ordered.ID); !isKind(err, fault.NotFound) {
			t.Errorf("another account's result: %v", err)
		}
		f, o, err := db.OpenResult(t.Context(), clerk.Account, ordered.ID)
		if err != nil || o.Name != "档案.pdf" {
			t.Fatalf("result: %+v %v", o, err)
		}
		body, err := io.ReadAll(f)
		if err = errors.Join(err, f.Close()); err != nil || string(body) != "a folder of paper" {
			t.Errorf("result: %q %v", body, err)
		}
		path := filepath.Join(db.Config.Data, "blobs", made.SHA[:2], made.SHA)
		long := db.Clock.Now().Add(-25 * time.Hour)
		if err := os.Chtimes(path, long, long); err != nil {
			t.Fatal(err)
		}
		if n, err := db.SweepBlobs(t.Context()); n != 0 || err != nil {
			t.Errorf("swept %d, %v: what a job made is kept", n, err)
		}
		var later []string
		for range 3 {
			write(t, db, func(ctx context.Context, tx *store.Tx) error {
				j, err := tx.Enqueue(ctx, "print", w.school.Path, nil)
				later = append(later, j.ID)
				return err
			})
		}
		jobs, err := db.Jobs(t.Context(), clerk.Account, store.Page{Limit: 2})
		if err != nil || len(jobs) != 2 || jobs[0].ID != later[2] || jobs[1].ID != later[1] {
			t.Errorf("latest jobs: %+v %v", jobs, err)
		}
		jobs, err = db.Jobs(t.Context(), clerk.Account, store.Page{After: jobs[1].ID})
		if err != nil || len(jobs) != 2 || jobs[1].ID != ordered.ID || jobs[1].Result.SHA != made.SHA {
			t.Errorf("older jobs: %+v %v", jobs, err)
		}
		db.Clock.Advance(32 * 24 * time.Hour)
		if err := db.Keep(t.Context(), func(ctx context.Context, k *store.Keeper) error { return k.Tidy(ctx) }); err != nil {
			t.Fatal(err)
		}
		if n, err := db.SweepBlobs(t.Context()); n != 1 || err != nil {
			t.Errorf("swept %d, %v a month after the job", n, err)
		}
		settled(t, db)
	})
}
