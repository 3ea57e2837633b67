package app_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"shiji/internal/app"
	"shiji/internal/evidence"
	"shiji/internal/num"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
	"shiji/internal/text"
)

// post returns the open post under a code.
func (w *site) post(t *testing.T, code string) store.Post {
	t.Helper()
	staff, err := w.db.Staff(t.Context(), org.Below(w.school.Path), w.school.ID)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(staff, func(p store.Post) bool { return p.Code == code })
	if i < 0 {
		t.Fatalf("nobody has %s", code)
	}
	return staff[i]
}

// ends ends the open post under a code and returns whose it was.
func (w *site) ends(t *testing.T, code, until string) org.PersonID {
	t.Helper()
	ended, err := app.NewOperator(w.db.Store, w.db.Clock.Now).EndPost(t.Context(), app.PostEnding{Unit: string(w.school.ID), Code: code, Until: until})
	if err != nil {
		t.Fatal(err)
	}
	return ended.Person.ID
}

// veterans returns n people of p who came before its term.
func veterans(t *testing.T, p *evidence.Package, n int) []evidence.Staff {
	t.Helper()
	var out []evidence.Staff
	for _, m := range p.Staff {
		if m.Joined != "" && m.Joined < "2025-01-01" {
			out = append(out, m)
		}
	}
	if len(out) < n {
		t.Fatalf("%d people came before the term, want %d", len(out), n)
	}
	return out[:n]
}

// TestWhoLeftWithinTheTerm is still appraised for it, and a later workbook that
// names her enters nobody anew.
func TestWhoLeftWithinTheTerm(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		w.working(t)
		p := pkg(1)
		w.adopted(t, p)
		before, err := db.CountPeople(t.Context(), org.Below(w.school.Path), "", math.MaxInt64)
		if err != nil {
			t.Fatal(err)
		}
		who := p.Staff[3]
		person := w.ends(t, who.ID, "2026-01-31")
		appraisal := w.opened(t)
		w.evaluated(t, appraisal)
		p.Lessons[0].Weekly = evidence.Known(num.Int(1))
		id := w.upload(t, w.clerk, w.school, workbook(t, p))
		if got := w.batch(t, w.clerk, id, app.BatchReady).Preview; len(got.New)+len(got.Missing)+len(got.Renamed)+len(got.Former) > 0 {
			t.Errorf("got %+v", got)
		}
		if err := w.AdoptBatch(t.Context(), w.clerk, id, app.Confirm{}); err != nil {
			t.Fatal(err)
		}
		w.evaluated(t, appraisal)
		page, err := w.Result(t.Context(), w.clerk, appraisal, who.ID)
		if err != nil || page.Person != person {
			t.Errorf("got %+v, %v, want the result of %s", page, err, person)
		}
		if after, err := db.CountPeople(t.Context(), org.Below(w.school.Path), "", math.MaxInt64); err != nil || after != before {
			t.Errorf("%d people before, %d after, %v", before, after, err)
		}
		audited(t, db)
	})
}

// TestFormerHolders: a code that was somebody's before the term is hers again, or
// another's, as whoever adopts says; unsaid, nothing is adopted.
func TestFormerHolders(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		p := pkg(1)
		w.adopted(t, p)
		two := veterans(t, p, 2)
		back, other := two[0].ID, two[1].ID
		left := map[string]org.PersonID{back: w.ends(t, back, "2025-06-30"), other: w.ends(t, other, "2025-06-30")}
		p.Lessons[0].Weekly = evidence.Known(num.Int(1))
		id := w.upload(t, w.clerk, w.school, workbook(t, p))
		got := w.batch(t, w.clerk, id, app.BatchReady).Preview
		if len(got.New) > 0 || len(got.Former) != 2 || got.Former[0].Until != "2025-06-30" || got.Former[0].Number == "" || got.Former[0].OnFile != two[0].Name {
			t.Fatalf("got %+v", got)
		}
		isKey(t, w.AdoptBatch(t.Context(), w.clerk, id, app.Confirm{Names: true, Holders: map[string]app.Holder{back: app.SamePerson}}), "app.batch-former")
		w.batch(t, w.clerk, id, app.BatchReady)
		said := app.Confirm{Holders: map[string]app.Holder{back: app.SamePerson, other: app.AnotherPerson}}
		if err := w.AdoptBatch(t.Context(), w.clerk, id, said); err != nil {
			t.Fatal(err)
		}
		if now := w.post(t, back); now.Person != left[back] || now.Since != "2025-09-01" {
			t.Errorf("who came back has %+v, want one of %s", now, left[back])
		}
		if now := w.post(t, other); now.Person == left[other] || now.Since != "2025-09-01" {
			t.Errorf("another person has %+v", now)
		}
		audited(t, db)
	})
}

// TestCodeThatChangedHands: of two people under one code within the term the later
// one counts, and the preview says so.
func TestCodeThatChangedHands(t *testing.T) {
	t.Parallel()
	w := newSite(t, storetest.SQLite(t))
	w.working(t)
	p := pkg(1)
	w.adopted(t, p)
	code := p.Staff[3].ID
	w.ends(t, code, "2026-01-31")
	var heir org.Person
	err := w.db.Write(t.Context(), org.System("test"), func(ctx context.Context, tx *store.Tx) (err error) {
		if heir, err = tx.AddPerson(ctx, org.Person{Name: "接任者", Sort: "jierenzhe", Initials: "jrz"}, ""); err != nil {
			return err
		}
		_, err = tx.BeginPost(ctx, store.Post{Person: heir.ID, Unit: w.school.ID, Code: code, Name: "教师", Since: "2026-02-01"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Staff[3].Name = "接任者"
	got := w.batch(t, w.clerk, w.upload(t, w.clerk, w.school, workbook(t, p)), app.BatchReady).Preview
	if len(got.Renamed)+len(got.Former)+len(got.New) > 0 || !slices.ContainsFunc(words(got), func(s string) bool {
		return strings.Contains(s, code) && strings.Contains(s, "接任者") && strings.Contains(s, "2026-01-31")
	}) {
		t.Errorf("got %v, %+v", words(got), got)
	}
	appraisal := w.opened(t)
	w.evaluated(t, appraisal)
	if page, err := w.Result(t.Context(), w.clerk, appraisal, code); err != nil || page.Person != heir.ID {
		t.Errorf("got %+v, %v, want the result of the heir", page, err)
	}
}

func words(p *app.Preview) (out []string) {
	for _, f := range p.Warnings {
		out = append(out, text.Fault(f))
	}
	return out
}
