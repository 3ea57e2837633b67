package store_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

var clerk = org.Actor{Account: "01CLERK0000000000000000000", Role: "clerk", Request: "r1"}

// world is a small city with something of everything in it.
type world struct {
	city, county, school, other org.Unit
	people                      []org.Person
	account                     store.Account
	scheme                      store.Scheme
	appraisal                   store.Appraisal
	batch                       store.Batch
}

func write(t testing.TB, db *storetest.DB, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), clerk, fn); err != nil {
		t.Fatal(err)
	}
}

func build(t testing.TB, db *storetest.DB) *world {
	t.Helper()
	w := &world{}
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		add := func(parent org.UnitID, kind org.Kind, name string) (u org.Unit) {
			if err == nil {
				u, err = tx.AddUnit(ctx, org.Unit{Parent: parent, Kind: kind, Name: name})
			}
			return u
		}
		w.city = add("", org.City, "甲市")
		w.county = add(w.city.ID, org.County, "乙县")
		w.school = add(w.county.ID, org.School, "第一中学")
		w.other = add(w.city.ID, org.School, "直属中学")
		return err
	})
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		w.people = nil
		for i := range 5 {
			p, err := tx.AddPerson(ctx, org.Person{Name: fmt.Sprint("教师", i), Sort: fmt.Sprintf("jiaoshi%d", i), Initials: "js"}, fmt.Sprintf("37080019800101%03dx", i))
			if err != nil {
				return err
			}
			unit := w.school.ID
			if i == 4 {
				unit = w.other.ID
			}
			if _, err := tx.BeginPost(ctx, store.Post{Person: p.ID, Unit: unit, Name: "教师", Since: "2020-09-01"}); err != nil {
				return err
			}
			w.people = append(w.people, p)
		}
		return nil
	})
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		if w.account, err = tx.OpenAccount(ctx, store.Account{Person: w.people[0].ID, Login: "js0", Secret: "$argon2id$x", TOTP: "SEED", State: store.FirstLogin}); err != nil {
			return err
		}
		_, err = tx.GrantRole(ctx, w.account.ID, w.school.ID, "teacher")
		return err
	})
	w.batch = adopt(t, db, w.school.ID, "", store.Draft{Kind: "exam", Key: "期中/语文", Body: []byte{1, 2, 3}}, store.Draft{Kind: "attendance", Key: "2026-03", Body: bytes.Repeat([]byte{7}, 400)})
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		w.scheme, err = tx.AddScheme(ctx, store.Scheme{Unit: w.school.ID, Name: "jining-2018/junior", Edition: 1, Digest: strings.Repeat("ab", 32), Body: []byte("scheme: x\n")})
		return err
	})
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		w.appraisal, err = tx.OpenAppraisal(ctx, store.Appraisal{Unit: w.school.ID, Term: "2025-2026", Scheme: w.scheme.ID})
		return err
	})
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Evaluate(ctx, w.appraisal, evaluation(w.people))
		if err == nil {
			w.appraisal = a
		}
		return err
	})
	return w
}

func evaluation(people []org.Person) store.Evaluation {
	e := store.Evaluation{Scheme: strings.Repeat("ab", 32), Cohort: strings.Repeat("cd", 32), Head: []byte("of all"), Basis: 1}
	for i, p := range people {
		e.Results = append(e.Results, store.Result{Subject: fmt.Sprint("T", i), Person: p.ID, Name: p.Name, Sort: p.Sort, Initials: p.Initials, Group: "教学", Score: "8735/100", Place: int64(i + 1), Of: 3, Trace: []byte{1, byte(i)}, Facts: store.Pack([]byte("facts"))})
	}
	return e
}

// adopt hands in drafts with one original, unless it is empty, and adopts them.
func adopt(t testing.TB, db *storetest.DB, unit org.UnitID, original string, drafts ...store.Draft) store.Batch {
	t.Helper()
	b, err := db.Stage(t.Context(), clerk, unit, "2025-2026")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.StageDrafts(t.Context(), b, drafts); err != nil {
		t.Fatal(err)
	}
	if original != "" {
		o, err := db.PutBlob(strings.NewReader(original))
		if err != nil {
			t.Fatal(err)
		}
		o.Name = "材料.xlsx"
		if err := db.Attach(t.Context(), b, o); err != nil {
			t.Fatal(err)
		}
	}
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.Adopt(ctx, b.County, b.ID) })
	return b
}

// sound fails the test unless the whole database verifies.
func sound(t testing.TB, db *storetest.DB) store.Report {
	t.Helper()
	r, err := db.Verify(t.Context(), store.Audit{Blobs: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Faults.Err(); err != nil {
		t.Fatalf("the audit found\n%v", err)
	}
	return r
}

// settled waits until no event waits for its leaf.
func settled(t testing.TB, db *storetest.DB) store.Report {
	t.Helper()
	for range 100 {
		if r := sound(t, db); r.Waiting == 0 {
			return r
		}
		wait()
	}
	t.Fatal("events still wait for their leaf")
	return store.Report{}
}
