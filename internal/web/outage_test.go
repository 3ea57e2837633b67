package web_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"shiji/internal/app"
	"shiji/internal/city"
	"shiji/internal/web"
)

// breakLog lets the database refuse every event until the returned function is
// called, as a full or broken log would.
func (w *town) breakLog(t testing.TB) (mend func()) {
	t.Helper()
	breaking := []string{"CREATE TRIGGER no_log BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'the log is broken'); END"}
	mending := []string{"DROP TRIGGER no_log"}
	if w.db.Engine == "postgres" {
		breaking = []string{
			"CREATE FUNCTION no_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the log is broken'; END $$",
			"CREATE TRIGGER no_log BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION no_log()",
		}
		mending = []string{"DROP TRIGGER no_log ON event", "DROP FUNCTION no_log()"}
	}
	exec := func(statements []string) {
		for _, s := range statements {
			if _, err := w.db.SQL.Exec(s); err != nil {
				t.Fatal(s, err)
			}
		}
	}
	exec(breaking)
	return func() { exec(mending) }
}

// outage does with a broken log whatever leaves an event: all of it is refused, shows
// nothing and changes nothing. With the log mended the same goes through: it was the
// log.
func (w *town) outage(t *testing.T) {
	w.db.Clock.Advance(24 * time.Hour) // the first look at a list on a day is the one that is recorded
	w.signIn(t)
	sc := w.schools[2]
	deeds := w.recorded(t)
	if rec := w.answer(t, deeds[0]); !done(rec) { // a number to unmask
		t.Fatalf("%v: got %d", deeds[0], rec.Code)
	}
	mend := w.breakLog(t)
	before := w.state(t)
	for _, c := range deeds {
		if rec := w.answer(t, c); rec.Code < 500 || strings.Contains(likeness(rec), sc.code) {
			t.Errorf("without a log: %v: got %d to %q", c, rec.Code, rec.Header().Get("Location"))
		}
	}
	w.unchanged(t, before, housekeeping...)
	mend()
	for _, c := range deeds {
		if rec := w.answer(t, c); !done(rec) {
			t.Errorf("with the log mended: %v: got %d", c, rec.Code)
		}
	}
	t.Logf("%d deeds refused without a log, done with it", len(deeds))
}

// answer does a deed with a form that is right.
func (w *town) answer(t testing.TB, c asked) *httptest.ResponseRecorder {
	t.Helper()
	if c.method == http.MethodGet {
		return w.do(w.as(c.guest, c.method, c.target(), nil))
	}
	fields := w.form(c, w.markOf(t, c.guest))
	for key, value := range map[string]string{"from": "2026-03-02", "to": "2026-03-13", "office": "校办", "phone": "0591-1234567"} {
		fields.Set(key, value)
	}
	if strings.HasPrefix(c.route.Path, "/people/") {
		var version, masked string
		if err := w.db.SQL.QueryRow("SELECT CAST(version AS TEXT), masked FROM person WHERE id = $1", c.thing.id).Scan(&version, &masked); err != nil {
			t.Fatal(err)
		}
		fields.Set("version", version)
		if masked != "" {
			fields.Set("number", otherNumber)
		}
	}
	r := w.as(c.guest, c.method, c.target(), strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", kinds[0])
	return w.do(r)
}

// recorded are deeds that leave an event, by those who may, one for each route that
// can. An evaluation is ordered, not done. So are forms, but for them this town has no
// font.
func (w *town) recorded(t *testing.T) (out []asked) {
	t.Helper()
	routes := map[string]web.Route{}
	for _, r := range web.Routes() {
		routes[r.Method+" "+r.Path] = r
	}
	add := func(g *guest, route string, th thing) {
		r, ok := routes[route]
		if !ok {
			t.Fatalf("no route %s", route)
		}
		out = append(out, asked{guest: g, route: r, method: r.Method, thing: th, subject: w.schools[2].code, format: "json"})
	}
	sc, own := w.schools[2], w.guest(t, "teacher of the other county")
	person := thing{name: "teacher", id: string(sc.teacher.ID)}
	published, evaluated, opened, bare := sc.appraisals[0], sc.appraisals[1], sc.appraisals[2], sc.appraisals[3]
	add(sc.clerk, "POST /people/{person}/identity", person)
	add(sc.clerk, "POST /people/{person}/identity/unmask", person)
	add(sc.clerk, "GET /people/{person}", person)
	add(sc.clerk, "GET /batches/{batch}/original", sc.batches[0])
	add(sc.clerk, "GET /batches/{batch}/marked", sc.batches[3])
	add(sc.second, "GET /appraisals/{appraisal}/results", published)
	add(sc.clerk, "GET /appraisals/{appraisal}/results/{subject}", published)
	add(sc.clerk, "GET /appraisals/{appraisal}/results/{subject}/workings", published)
	add(sc.clerk, "GET /appraisals/{appraisal}/results/{subject}/form", published)
	add(sc.head, "GET /appraisals/{appraisal}", published)
	add(own, "POST /appraisals/{appraisal}/results/{subject}/bundle", published)
	add(sc.clerk, "POST /appraisals/{appraisal}/notice", evaluated)
	add(sc.clerk, "POST /appraisals/{appraisal}/export/{format}", evaluated)
	add(sc.clerk, "POST /jobs/{job}/file", sc.jobs[len(sc.jobs)-1])
	add(sc.clerk, "POST /units/{unit}/appraisals", thing{name: "school", id: string(sc.unit.ID)})
	add(sc.clerk, "POST /appraisals/{appraisal}/withdraw", bare)
	add(sc.clerk, "POST /appraisals/{appraisal}/evaluate", opened)
	add(sc.clerk, "POST /batches/{batch}/adopt", sc.batches[1])
	add(sc.head, "POST /appraisals/{appraisal}/publish", w.settledYear(t, sc))
	add(w.guest(t, "nobody's colleague"), "POST /account/password", thing{})
	for key, r := range routes {
		if key == "POST /appraisals/{appraisal}/forms" {
			continue
		}
		if in := slices.ContainsFunc(out, func(c asked) bool { return c.route.Method+" "+c.route.Path == key }); in != w.canLeave(t, r) {
			t.Errorf("%s leaves an event: %v; is among the deeds that do: %v", key, !in, in)
		}
	}
	return out
}

// settledYear evaluates an earlier year of a school's, in which nobody is without a total,
// so that it can be published.
func (w *town) settledYear(t testing.TB, sc *townSchool) thing {
	t.Helper()
	clerk, p := w.asked(t, sc.clerk), city.Earlier(1, 1+3*slices.Index(w.schools, sc), 3)
	term := p.School[0].Term
	batch, err := w.service.Upload(t.Context(), clerk, sc.unit.ID, app.Upload{Term: term, Name: "earlier.xlsx", Body: bytes.NewReader(book(t, p))})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.service.AdoptBatch(t.Context(), clerk, batch, app.Confirm{}); err != nil {
		t.Fatal(err)
	}
	id, err := w.service.OpenAppraisal(t.Context(), clerk, sc.unit.ID, term, "jining-2018/primary")
	if err != nil {
		t.Fatal(err)
	}
	stop := w.work(t)
	defer stop()
	job, err := w.service.OrderEvaluation(t.Context(), clerk, id)
	if err != nil {
		t.Fatal(err)
	}
	w.ended(t, clerk, job)
	return thing{name: "settled", id: id, path: sc.unit.Path, state: "evaluated", exists: true}
}

// canLeave says whether a deed of a route can leave an event: on the first look of the
// day, by somebody at others.
func (w *town) canLeave(t testing.TB, r web.Route) bool {
	t.Helper()
	rec := httptest.NewRecorder()
	_, _ = rec.WriteString(`<a href="/results/T1">`) // into memory: a page that names somebody
	d := &deed{asked: asked{guest: w.schools[2].clerk, route: r, method: r.Method}, school: w.schools[2]}
	return len(d.leaves(&trail{w: w, opened: map[string]bool{}}, rec)) > 0
}
