package app_test

import (
	"io"
	"slices"
	"testing"
	"time"

	"shiji/internal/app"
	"shiji/internal/audit"
	"shiji/internal/store/storetest"
)

// lists counts the events of opened tables.
func lists(t testing.TB, w *shown) (n int) {
	t.Helper()
	events, err := w.db.EventsAbout(t.Context(), "appraisal/"+w.appraisal)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Action == audit.ResultsListed {
			n++
		}
	}
	return n
}

// TestLooksTellOfTables: whoever opened the table in which she stands, or took it
// away, is told to her; the table once a day.
func TestLooksTellOfTables(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := show(t, db)
		ctx := t.Context()
		open := func(s *app.Service, v *app.Viewer, q app.ResultQuery) {
			t.Helper()
			if _, err := s.Results(ctx, v, w.appraisal, q); err != nil {
				t.Fatal(err)
			}
		}
		open(w.Service, w.clerk, app.ResultQuery{})
		open(w.Service, w.clerk, app.ResultQuery{Order: app.ByPlace})
		if _, err := w.Overview(ctx, w.clerk, w.appraisal); err != nil { // names people, too
			t.Fatal(err)
		}
		if n := lists(t, w); n != 1 {
			t.Errorf("one day of one clerk left %d events", n)
		}
		open(newService(db).Service, w.clerk, app.ResultQuery{}) // as after a restart
		if n := lists(t, w); n != 1 {
			t.Errorf("after a restart there are %d events", n)
		}
		if _, err := w.Overview(ctx, w.head, w.appraisal); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Overview(ctx, w.officer, w.appraisal); err != nil { // names nobody
			t.Fatal(err)
		}
		if n := lists(t, w); n != 2 {
			t.Errorf("clerk and head left %d events", n)
		}
		db.Clock.Advance(24 * time.Hour)
		open(w.Service, w.clerk, app.ResultQuery{})
		if n := lists(t, w); n != 3 {
			t.Errorf("the next day there are %d events", n)
		}
		for _, format := range []app.ExportFormat{app.ExportJSON, app.ExportWorkbook} {
			_, write, err := w.Export(ctx, w.clerk, w.appraisal, format)
			if err == nil {
				err = write(io.Discard)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Notice(ctx, w.clerk, w.appraisal, goodNotice()); err != nil {
			t.Fatal(err)
		}
		_, book, _, err := w.Original(ctx, w.clerk, w.batch)
		if err == nil {
			err = book.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		w.publish(t)
		if _, _, err := w.TakeHome(ctx, w.mine, w.appraisal, w.subject); err != nil { // her own is no look
			t.Fatal(err)
		}
		open(w.Service, w.mine, app.ResultQuery{})
		if n := lists(t, w); n != 3 {
			t.Errorf("her own line left %d events", n-3)
		}
		for who, v := range map[string]*app.Viewer{"she": w.mine, "a colleague": w.colleague} {
			looks, err := w.Looks(ctx, v, "")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range looks.Looks {
				if l.Term != term || l.Unit != w.school.Name || l.Name == "" || l.At == "" {
					t.Errorf("%s reads %+v", who, l)
				}
				got = append(got, l.Name+" "+l.Text)
			}
			want := []string{"王经办 导出的全校材料原件", "王经办 导出的公示表", "王经办 导出的全部结果，工作簿", "王经办 导出的全部结果，数据", "王经办 成绩表", "张校长 成绩表", "王经办 成绩表"}
			if !slices.Equal(got, want) {
				t.Errorf("%s reads %q, want %q", who, got, want)
			}
		}
		if none, err := w.Looks(ctx, w.teacher, ""); err != nil || len(none.Looks) != 0 {
			t.Errorf("who is in no appraisal reads %+v %v", none, err)
		}
		audited(t, db)
	})
}

// TestLooksPages walks a long list of looks: all of them, each once.
func TestLooksPages(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	w := show(t, db)
	const days = 60
	for range days {
		if _, err := w.Results(t.Context(), w.clerk, w.appraisal, app.ResultQuery{}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Result(t.Context(), w.head, w.appraisal, w.subject); err != nil {
			t.Fatal(err)
		}
		db.Clock.Advance(24 * time.Hour)
	}
	seen, after := map[string]int{}, ""
	for {
		page, err := w.Looks(t.Context(), w.mine, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Looks {
			seen[l.Text]++
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if seen["成绩表"] != days || seen["考核结果"] != days || len(seen) != 2 {
		t.Errorf("got %v, want %d each", seen, days)
	}
}
