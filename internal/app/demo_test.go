package app_test

import (
	"bytes"
	"os"
	"testing"

	"shiji/internal/app"
	"shiji/internal/city"
	"shiji/internal/evidence"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestDemo makes the whole city, signs in as everybody, and finds each school in
// its state.
func TestDemo(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("THE DEMONSTRATION IS NOT TESTED: -short")
	}
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newService(db)
		made, err := w.Demo(t.Context(), app.DemoOptions{Seed: 1, Samples: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		if len(made.Schools) != 5 || len(made.Samples) != 2 || len(made.Logins) != 16 {
			t.Errorf("got %d schools, %d samples, %d logins", len(made.Schools), len(made.Samples), len(made.Logins))
		}
		viewers := map[string]*app.Viewer{}
		for _, l := range made.Logins {
			token, err := w.SignIn(t.Context(), app.SignIn{Login: l.Login, Password: l.Password, Address: l.Login})
			if err != nil {
				t.Fatalf("%s: %v", l.Login, err)
			}
			if viewers[l.Login], err = w.Viewer(t.Context(), token, "request"); err != nil {
				t.Fatal(err)
			}
		}
		for n, want := range []struct {
			clerk  string
			states []store.AppraisalState // the newest term first
			batch  app.BatchState         // of the newest batch
		}{
			{"clerk1", []store.AppraisalState{store.Published, store.Published, store.Published}, app.BatchAdopted},
			{"clerk2", []store.AppraisalState{store.Evaluated, store.Published}, app.BatchAdopted},
			{"clerk3", []store.AppraisalState{store.Published}, app.BatchReady},
			{"clerk4", []store.AppraisalState{store.Published}, app.BatchFaulty},
			{"clerk5", []store.AppraisalState{store.Opened, store.Published}, app.BatchAdopted},
		} {
			home, err := w.UnitHome(t.Context(), viewers[want.clerk], made.Schools[n].ID)
			if err != nil {
				t.Fatal(err)
			}
			var states []store.AppraisalState
			for _, a := range home.Appraisals {
				states = append(states, a.State)
			}
			if len(states) != len(want.states) {
				t.Errorf("school %d: got %v, want %v", n, states, want.states)
			}
			page, err := w.Batch(t.Context(), viewers[want.clerk], home.Batches[0].ID)
			if err != nil || page.State != want.batch {
				t.Errorf("school %d: got batch %+v, %v", n, page, err)
			}
		}
		teacher := viewers["teacher1"]
		record, err := w.Person(t.Context(), teacher, teacher.Person)
		if err != nil || len(record.Results) != 3 || !record.Own || len(record.Posts) != 1 {
			t.Errorf("the teacher's record: %+v, %v", record, err)
		}
		home, err := w.UnitHome(t.Context(), viewers["officer"], made.City.ID)
		if err != nil || len(home.Children) != 3 || len(home.Way) != 1 || home.May.Stage {
			t.Errorf("the city's page: %+v, %v", home, err)
		}
		w.sameAsWithout(t, viewers["clerk1"], made.Schools[0], city.School(1, 0))
		w.sameAsWithout(t, viewers["clerk3"], made.Schools[2], city.Earlier(1, 2, 1))
		w.tryOut(t, viewers["clerk5"], made)
		if _, err := w.Demo(t.Context(), app.DemoOptions{Seed: 1}); err == nil {
			t.Error("a demonstration in a database that has data")
		}
		audited(t, db)
	})
}

// sameAsWithout compares stored results of every kind of school, and of an earlier
// year, with what the package gives without a store.
func (w *service) sameAsWithout(t *testing.T, clerk *app.Viewer, school org.Unit, p *evidence.Package) {
	t.Helper()
	home, err := w.UnitHome(t.Context(), clerk, school.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range home.Appraisals {
		if a.Term != p.School[0].Term {
			continue
		}
		_, write, err := w.Export(t.Context(), clerk, a.ID, app.ExportJSON)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := write(&got); err != nil {
			t.Fatal(err)
		}
		kind := map[string]string{"初中": junior, "小学": primary, "普通高中": "jining-2018/senior"}[p.School[0].Stages[0]]
		if want := toJSON(t, appraise(t, rules(t, kind), p)); !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s %s: got %d other bytes than the %d without a store", school.Name, a.Term, got.Len(), len(want))
		}
		return
	}
	t.Errorf("%s has no appraisal of %s", school.Name, p.School[0].Term)
}

// tryOut hands in the samples as a visitor would.
func (w *service) tryOut(t *testing.T, clerk *app.Viewer, made *app.DemoCity) {
	got := map[app.BatchState]bool{}
	for _, path := range made.Samples {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		id, err := w.Upload(t.Context(), clerk, made.Schools[4].ID, app.Upload{Term: term, Name: path, Body: f})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		page, err := w.Batch(t.Context(), clerk, id)
		if err != nil {
			t.Fatal(err)
		}
		if got[page.State] = true; page.State == app.BatchFaulty && len(page.Faults) < 5 {
			t.Errorf("got %d faults: %v", len(page.Faults), page.Faults)
		}
	}
	if !got[app.BatchReady] || !got[app.BatchFaulty] {
		t.Errorf("the samples are %v", got)
	}
	if len(clerk.Seats) != 1 || clerk.Seats[0].Role != org.Clerk {
		t.Errorf("got %+v", clerk.Seats)
	}
}

// BenchmarkDemo is how long a visitor waits for the city.
func BenchmarkDemo(b *testing.B) {
	for b.Loop() {
		if _, err := newService(storetest.SQLite(b)).Demo(b.Context(), app.DemoOptions{Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
