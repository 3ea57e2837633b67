package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shiji/internal/app"
	"shiji/internal/audit"
	"shiji/internal/bundle"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/print"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestTakeHome: a published result goes home at once, and a machine without the
// server accepts it.
func TestTakeHome(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := show(t, db)
		_, _, err := w.TakeHome(t.Context(), w.mine, w.appraisal, w.subject)
		hidden(t, "before publication", err)
		w.publish(t)
		for who, v := range map[string]*app.Viewer{"clerk": w.clerk, "head": w.head, "colleague": w.colleague, "foreign": w.foreign} {
			_, _, err := w.TakeHome(t.Context(), v, w.appraisal, w.subject)
			hidden(t, who, err)
		}
		name, data, err := w.TakeHome(t.Context(), w.mine, w.appraisal, w.subject)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(name) != ".shiji" || !strings.Contains(name, w.subject) {
			t.Errorf("name %q", name)
		}
		b, err := bundle.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := b.Verify()
		if err != nil {
			t.Fatal(err)
		}
		v, err := b.Vouch(c, db.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		if !v.Whole || b.Result.Place != 0 || b.Result.Of != 0 {
			t.Errorf("%+v, place %d of %d", v, b.Result.Place, b.Result.Of)
		}
		if v.Appraisal != w.appraisal || v.Cover == (len(w.pure.Outcome.Findings) > 0) {
			t.Errorf("%+v with %d findings", v, len(w.pure.Outcome.Findings))
		}
		for _, r := range w.pure.Outcome.Results {
			if name := w.pure.Roll().Names[r.Subject]; r.Subject != w.subject && name != b.Name && bytes.Contains(data, []byte(`"`+name+`"`)) {
				t.Errorf("%s is in it", name)
			}
		}
		if err := app.VerifyCohort(b, w.pure); err != nil {
			t.Errorf("the school's own check: %v", err)
		}
		newest := newestEvent(t, db, w.school.Path)
		if newest.Action != audit.DataExported || newest.Actor != string(w.mine.Account) {
			t.Errorf("the newest event is %+v", newest)
		}
	})
}

func newestEvent(t testing.TB, db *storetest.DB, path org.Path) audit.Event {
	t.Helper()
	events, err := db.Events(t.Context(), org.Below(path), store.Page{Limit: 1})
	if err != nil || len(events) != 1 {
		t.Fatal(events, err)
	}
	return events[0]
}

// TestExport: from the store come the very bytes that come without one.
func TestExport(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := show(t, db)
		for _, format := range []app.ExportFormat{app.ExportJSON, app.ExportWorkbook, app.ExportPage} {
			name, write, err := w.Export(t.Context(), w.clerk, w.appraisal, format)
			if err != nil {
				t.Fatal(err)
			}
			if newest := newestEvent(t, db, w.school.Path); newest.Action != audit.ResultsExported || newest.Object != "appraisal/"+w.appraisal {
				t.Errorf("%s: the newest event is %s", format, newest.Action)
			}
			var got bytes.Buffer
			if err := write(&got); err != nil {
				t.Fatal(err)
			}
			if filepath.Ext(name) != "."+string(format) || got.Len() < 10_000 {
				t.Errorf("%s: %s of %d bytes", format, name, got.Len())
			}
			if want := toJSON(t, w.pure); format == app.ExportJSON && !bytes.Equal(got.Bytes(), want) {
				a, b := sha256.Sum256(got.Bytes()), sha256.Sum256(want)
				t.Errorf("JSON %s, without a store %s", hex.EncodeToString(a[:]), hex.EncodeToString(b[:]))
			}
		}
		_, _, err := w.Export(t.Context(), w.clerk, w.appraisal, "csv")
		isKey(t, err, "app.export-format")
		for who, v := range map[string]*app.Viewer{"mine": w.mine, "officer": w.officer, "foreign": w.foreign, "auditor": w.auditor} {
			_, _, err := w.Export(t.Context(), v, w.appraisal, app.ExportJSON)
			hidden(t, who, err)
		}
		w.publish(t)
		_, _, err = w.Export(t.Context(), w.mine, w.appraisal, app.ExportJSON)
		hidden(t, "herself", err)
	})
}

func day(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

func goodNotice() app.NoticeQuery {
	return app.NoticeQuery{Number: "明中〔2026〕3 号", From: day("2026-03-02"), To: day("2026-03-06"), Office: "校长办公室", Phone: "0537-1234567"}
}

func TestNotice(t *testing.T) {
	t.Parallel()
	w := show(t, storetest.SQLite(t))
	n, err := w.Notice(t.Context(), w.clerk, w.appraisal, goodNotice())
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := print.WriteNotice(&page, *n); err != nil {
		t.Fatal(err)
	}
	head, rows := n.Table()
	if len(rows) != len(w.pure.Outcome.Results) || strings.Contains(strings.Join(head, " "), "位次") {
		t.Errorf("%d lines under %v", len(rows), head)
	}
	for _, want := range []string{"2026年3月2日", "2026年3月6日", "校长办公室", "0537-1234567", "明中〔2026〕3 号"} {
		if !bytes.Contains(page.Bytes(), []byte(want)) {
			t.Errorf("the notice does not say %s", want)
		}
	}
	for name, x := range map[string]struct {
		change func(q *app.NoticeQuery)
		key    string
	}{
		"four days":               {func(q *app.NoticeQuery) { q.To = day("2026-03-05") }, "app.notice-short"},
		"a weekend does not help": {func(q *app.NoticeQuery) { q.From, q.To = day("2026-03-04"), day("2026-03-09") }, "app.notice-short"},
		"backwards":               {func(q *app.NoticeQuery) { q.From, q.To = q.To, q.From }, "app.notice-from"},
		"no period":               {func(q *app.NoticeQuery) { q.From, q.To = time.Time{}, time.Time{} }, "app.notice-from"},
		"no office":               {func(q *app.NoticeQuery) { q.Office = " " }, "app.notice-office"},
		"no contact":              {func(q *app.NoticeQuery) { q.Phone = "" }, "app.notice-contact"},
	} {
		q := goodNotice()
		x.change(&q)
		_, err := w.Notice(t.Context(), w.clerk, w.appraisal, q)
		isKey(t, err, x.key)
		if len(fault.All(err)) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	over := goodNotice()
	over.From, over.To = day("2026-03-04"), day("2026-03-10") // a weekend between
	if _, err := w.Notice(t.Context(), w.clerk, w.appraisal, over); err != nil {
		t.Error(err)
	}
	for who, v := range map[string]*app.Viewer{"mine": w.mine, "committee": w.committee, "officer": w.officer, "foreign": w.foreign} {
		_, err := w.Notice(t.Context(), v, w.appraisal, goodNotice())
		hidden(t, who, err)
	}
	if _, err := w.NoticePDF(t.Context(), io.Discard, *n); err == nil {
		t.Error("a PDF without a font")
	} else {
		isKey(t, err, "app.no-font")
	}
}

// TestForms prints everybody in the background, for the one who ordered it.
func TestForms(t *testing.T) {
	t.Parallel()
	font, err := os.ReadFile("../web/asset/dist/font/NotoSansSC-Regular.ttf")
	if err != nil {
		t.Skip("PDF of forms is NOT tested: the font is not built (make assets): ", err)
	}
	db := storetest.SQLite(t)
	site := newSite(t, db)
	plain := site.Service
	site.Service = app.NewService(db.Store, app.Options{
		Session: store.Lifetime{Whole: 1 << 50, Idle: 1 << 50}, MaxUpload: 1 << 30, Now: db.Config.Now, Font: func() ([]byte, bool) { return font, true },
	})
	w := evaluate(t, site)
	_, err = plain.OrderForms(t.Context(), w.clerk, w.appraisal)
	isKey(t, err, "app.no-font")
	for who, v := range map[string]*app.Viewer{"mine": w.mine, "committee": w.committee, "foreign": w.foreign} {
		_, err := w.OrderForms(t.Context(), v, w.appraisal)
		hidden(t, who, err)
	}
	job, err := w.OrderForms(t.Context(), w.clerk, w.appraisal)
	if err != nil {
		t.Fatal(err)
	}
	page := w.done(t, w.clerk, job)
	if page.State != store.Done || !strings.Contains(page.Progress, "考核表") {
		t.Fatalf("got %+v", page)
	}
	made := newestEvent(t, db, w.school.Path)
	if newest := made; newest.Action != audit.ResultsExported || newest.Actor != string(w.clerk.Account) {
		t.Errorf("the newest event is %+v", newest)
	}
	name, size, body, err := w.JobFile(t.Context(), w.clerk, job)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil || int64(len(data)) != size || !bytes.HasPrefix(data, []byte("%PDF-")) || !strings.HasSuffix(name, ".pdf") {
		t.Errorf("%s: %d of %d bytes, %v", name, len(data), size, err)
	}
	_, _, _, err = w.JobFile(t.Context(), w.head, job)
	hidden(t, "another's job", err)
	_, _, _, err = w.JobFile(t.Context(), w.clerk, missing)
	hidden(t, "no such job", err)
	if newest := newestEvent(t, db, w.school.Path); newest.ID == made.ID || newest.Action != audit.ResultsExported || newest.Actor != string(w.clerk.Account) {
		t.Errorf("the download left %+v", newest)
	}
	broken := *w.clerk
	broken.Request = "\x00" // no event may hold it
	if _, _, body, err := w.JobFile(t.Context(), &broken, job); err == nil || body != nil {
		t.Errorf("a download without its event: %v", err)
	}
	bare := *w.clerk
	bare.Roles = nil
	_, _, _, err = w.JobFile(t.Context(), &bare, job)
	hidden(t, "whose role has ended", err)
}
