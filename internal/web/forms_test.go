package web_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"shiji/internal/audit"
	"shiji/internal/web"
)

// tables are all that a site keeps. What the sequencer adds for earlier events
// (leaves, tiles, heads, checkpoints) is not among them.
var tables = []string{
	"account", "adoption", "appraisal", "batch", "blob", "detail", "document", "draft", "erasure", "evaluation", "event", "evidence", "heading", "job", "limits", "payload", "person", "post",
	"result", "role", "scheme", "serial", "session", "setting", "spent", "unit", "version",
}

// state is what all tables hold: how many rows, and a digest of them in any order.
func (w *town) state(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, table := range tables {
		rows, err := w.db.SQL.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(table, err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		var sum [32]byte
		n := 0
		for ; rows.Next(); n++ {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(table, err)
			}
			one := sha256.Sum256([]byte(fmt.Sprint(values...)))
			for i := range sum {
				sum[i] ^= one[i]
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(table, err)
		}
		_ = rows.Close() // read to its end
		out[table] = fmt.Sprintf("%d rows %x", n, sum[:6])
	}
	return out
}

// unchanged reports the tables that are not what they were, but for those named.
func (w *town) unchanged(t testing.TB, before map[string]string, but ...string) {
	t.Helper()
	after := w.state(t)
	for _, table := range tables {
		if before[table] != after[table] && !slices.Contains(but, table) {
			t.Errorf("table %s: %s before, %s after", table, before[table], after[table])
		}
	}
}

// posts are forms that would do something if they were let through: each route
// that changes something, by somebody who may.
func (w *town) posts(t testing.TB) (out []asked) {
	t.Helper()
	own := w.schools[0]
	unit := thing{name: "school", id: string(own.unit.ID)}
	for _, r := range web.Routes() {
		if r.Method != http.MethodPost {
			continue
		}
		c := asked{guest: own.clerk, route: r, method: r.Method, thing: unit}
		switch r.Path {
		case "/batches/{batch}/adopt", "/batches/{batch}/discard":
			c.thing = own.batches[1]
		case "/appraisals/{appraisal}/evaluate", "/appraisals/{appraisal}/forms":
			c.thing = own.appraisals[1]
		case "/appraisals/{appraisal}/notice":
			c.thing = own.appraisals[1]
		case "/appraisals/{appraisal}/export/{format}":
			c.thing, c.format = own.appraisals[1], "json"
		case "/jobs/{job}/file":
			c.thing = own.jobs[len(own.jobs)-1]
		case "/people/{person}/identity", "/people/{person}/identity/unmask":
			c.thing = thing{name: "teacher", id: string(own.teacher.ID)}
		case "/appraisals/{appraisal}/publish":
			c.guest, c.thing = own.head, own.appraisals[1]
		case "/appraisals/{appraisal}/withdraw":
			c.thing = own.appraisals[2]
		case "/appraisals/{appraisal}/results/{subject}/bundle":
			c.guest, c.thing, c.subject = w.guest(t, "teacher"), own.appraisals[0], own.code
		}
		out = append(out, c)
		if r.Path == "/account/password" || r.Path == "/sign-out" {
			c.guest = w.guest(t, "clerk before her first password")
			out = append(out, c)
		}
	}
	return out
}

// form returns all that a route reads, right, with the mark.
func (w *town) form(c asked, mark string) url.Values {
	v := url.Values{
		"term": {"2024-2025"}, "scheme": {"jining-2018/primary"}, "names": {"1"}, "care": {"1"}, "to": {"/me"}, "login": {c.guest.login},
		"password": {townPassword}, "new": {"some other words of the town"}, "repeat": {"some other words of the town"}, "secret": {"GEZDGNBVGY3TQOJQ"}, "code": {"000000"},
		"number": {someNumber}, "version": {"1"},
	}
	if mark != "" {
		v.Set("mark", mark)
	}
	return v
}

// trick is how a form arrives that its sender may not have meant.
type trick struct {
	name string
	mark func(own, other, old string) string
	head func(h http.Header)
}

func ownMark(own, _, _ string) string { return own }

var tricks = []trick{
	{"neither origin nor fetch metadata", ownMark, func(h http.Header) { h.Del("Origin"); h.Del("Sec-Fetch-Site") }},
	{"another site", ownMark, func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site"); h.Set("Origin", "https://evil.example") }},
	{"another site, without metadata", ownMark, func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "https://evil.example") }},
	{"another host of the same site", ownMark, func(h http.Header) {
		h.Set("Sec-Fetch-Site", "same-site")
		h.Set("Origin", "http://other.shiji.example")
	}},
	{"another port", ownMark, func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "http://shiji.example:8080") }},
	{"no origin known", ownMark, func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "null") }},
	{"metadata that is none", ownMark, func(h http.Header) { h.Set("Sec-Fetch-Site", "nonsense"); h.Set("Origin", "null") }},
	{"no mark", func(_, _, _ string) string { return "" }, func(http.Header) {}},
	{"mark of another session", func(_, other, _ string) string { return other }, func(http.Header) {}},
	{"mark of her session before", func(_, _, old string) string { return old }, func(http.Header) {}},
	{"mark cut short", func(own, _, _ string) string { return own[:len(own)/2] }, func(http.Header) {}},
	{"mark of the empty kind", func(_, _, _ string) string { return "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }, func(http.Header) {}},
}

// kinds are the encodings in which a browser sends forms, and one in which
// scripts do.
var kinds = []string{"application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "application/json"}

// packed writes the fields of a form in an encoding.
func packed(v url.Values, kind string) (io.Reader, string) {
	if kind == "multipart/form-data" {
		fields := map[string]string{}
		for key := range v {
			fields[key] = v.Get(key)
		}
		return fileForm(fields, "x.xlsx", "no workbook at all")
	}
	return strings.NewReader(v.Encode()), kind
}

// foreignForms sends every form as another site could make a browser send it:
// all are refused, and nothing is written.
func (w *town) foreignForms(t *testing.T) {
	before := w.state(t)
	refused, asks := 0, w.posts(t)
	other := w.markOf(t, w.guest(t, "officer of the city"))
	for _, c := range asks {
		own := w.markOf(t, c.guest)
		older := &guest{name: c.guest.name, token: w.session(t, c.guest.viewer.Account)}
		old := w.markOf(t, older)
		w.leave(t, older)
		for _, trick := range tricks {
			for _, kind := range kinds {
				body, header := packed(w.form(c, trick.mark(own, other, old)), kind)
				r := w.as(c.guest, c.method, c.target(), body)
				r.Header.Set("Content-Type", header)
				trick.head(r.Header)
				rec := w.do(r)
				if got := came(c.route, rec); got != foreign && !(c.route.Path == "/units/{unit}/evidence" && kind != "multipart/form-data" && rec.Code == http.StatusUnprocessableEntity) {
					t.Errorf("%v, %s as %s: got %s (%d), want %s", c, trick.name, kind, got, rec.Code, foreign)
				}
				refused++
			}
		}
	}
	w.unchanged(t, before)
	t.Logf("%d foreign forms of %d routes refused", refused, len(asks))
}

// leave ends a guest's session.
func (w *town) leave(t testing.TB, g *guest) {
	t.Helper()
	if err := w.service.SignOut(t.Context(), g.token); err != nil {
		t.Fatal(err)
	}
}

// ownForms is the other side: a mark from any page of the session is taken on
// every route, whichever way the browser tells where it comes from.
func (w *town) ownForms(t *testing.T) {
	heads := map[string]func(h http.Header){
		"both":        func(http.Header) {},
		"origin only": func(h http.Header) { h.Del("Sec-Fetch-Site") },
		"metadata":    func(h http.Header) { h.Del("Origin") },
		"typed":       func(h http.Header) { h.Del("Origin"); h.Set("Sec-Fetch-Site", "none") },
	}
	for _, c := range w.posts(t) {
		if strings.Contains(c.route.Path, "{") {
			c.thing.id, c.subject = missingID, "T001" // it gets as far as the decision, and changes nothing
		}
		marks := []string{w.markOf(t, c.guest), w.markOf(t, c.guest)}
		if marks[0] == marks[1] {
			t.Fatal("two pages show one mark: packed answers would give it away")
		}
		for name, head := range heads {
			fields := w.form(c, marks[1])
			fields.Set("password", "")
			fields.Set("login", "nobody at all")
			body, kind := packed(fields, kinds[0])
			if c.route.Path == "/units/{unit}/evidence" {
				body, kind = packed(fields, kinds[1])
			}
			token := c.guest.token
			if c.route.Path == "/sign-out" {
				c.guest.token = w.session(t, c.guest.viewer.Account)
				fields.Set("mark", w.markOf(t, c.guest))
				body, kind = packed(fields, kinds[0])
			}
			r := w.as(c.guest, c.method, c.target(), body)
			c.guest.token = token
			r.Header.Set("Content-Type", kind)
			head(r.Header)
			if rec := w.do(r); came(c.route, rec) == foreign || came(c.route, rec) == broken {
				t.Errorf("%v, %s: got %d, want it taken", c, name, rec.Code)
			}
		}
	}
}

// reading reads every page and asks for odd ones: what that leaves is events of
// looks and exports, and nothing else.
func (w *town) reading(t *testing.T) {
	before := w.state(t)
	var last string
	if err := w.db.SQL.QueryRow("SELECT MAX(id) FROM event").Scan(&last); err != nil {
		t.Fatal(err)
	}
	t.Run("pages", w.wholePages)
	t.Run("addresses", w.oddAddresses)
	w.unchanged(t, before, "event", "detail")
	rows, err := w.db.SQL.Query("SELECT action, COUNT(*) FROM event WHERE id > '" + last + "' GROUP BY action")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	left := map[audit.Action]int{}
	for rows.Next() {
		var action audit.Action
		var n int
		if err := rows.Scan(&action, &n); err != nil {
			t.Fatal(err)
		}
		left[action] = n
	}
	for action := range maps.Keys(left) {
		if action != audit.RecordViewed && action != audit.BatchExported && action != audit.ResultsListed {
			t.Errorf("reading left %d events %s", left[action], action)
		}
	}
	if left[audit.RecordViewed] == 0 || left[audit.BatchExported] == 0 || left[audit.ResultsListed] == 0 {
		t.Errorf("reading left %v: looks and exports leave events", left)
	}
	t.Logf("reading left %v", left)
}

// effects does what the matrix left out: what the table allows and what changes
// the town. Everything is done once and not twice.
func (w *town) effects(t *testing.T) {
	own := w.schools[0]
	her := "/people/" + string(own.teacher.ID)
	send := func(g *guest, target string, fields url.Values) *httptest.ResponseRecorder {
		fields.Set("mark", w.markOf(t, g))
		r := w.as(g, http.MethodPost, target, strings.NewReader(fields.Encode()))
		r.Header.Set("Content-Type", kinds[0])
		return w.do(r)
	}
	for _, c := range []struct {
		guest  *guest
		target string
		fields url.Values
		status int
		to     string
	}{
		{own.second, "/batches/" + own.batches[1].id + "/adopt", url.Values{}, 404, ""},
		{own.clerk, "/batches/" + own.batches[3].id + "/adopt", url.Values{}, 403, ""}, // faulty
		{own.clerk, "/batches/" + own.batches[3].id + "/discard", url.Values{}, 303, "/units/"},
		{own.clerk, "/batches/" + own.batches[3].id + "/discard", url.Values{}, 404, ""},
		{own.clerk, "/batches/" + own.batches[1].id + "/adopt", url.Values{}, 303, "/batches/"},
		{own.clerk, "/batches/" + own.batches[1].id + "/adopt", url.Values{}, 409, ""},
		{own.clerk, "/batches/" + own.batches[1].id + "/discard", url.Values{}, 403, ""},
		{own.head, "/appraisals/" + own.appraisals[1].id + "/publish", url.Values{}, 403, ""}, // material is newer than the results
		{own.clerk, "/units/" + string(own.unit.ID) + "/appraisals", url.Values{"term": {"2024-2025"}, "scheme": {"jining-2018/primary"}}, 303, "/units/"},
		{own.clerk, "/units/" + string(own.unit.ID) + "/appraisals", url.Values{"term": {"2024-2025"}, "scheme": {"jining-2018/primary"}}, 409, ""},
		{own.clerk, "/units/" + string(own.unit.ID) + "/appraisals", url.Values{"term": {"2024-2025"}, "scheme": {"../../etc/passwd"}}, 404, ""},
		{own.clerk, "/appraisals/" + own.appraisals[0].id + "/evaluate", url.Values{}, 403, ""}, // published
		{own.clerk, "/units/" + string(own.unit.ID) + "/appraisals", url.Values{"term": {"0000-0001"}, "scheme": {"jining-2018/primary"}}, 422, ""},
		{own.clerk, "/appraisals/" + own.appraisals[1].id + "/withdraw", url.Values{}, 403, ""}, // evaluated
		{own.head, "/appraisals/" + own.appraisals[2].id + "/withdraw", url.Values{}, 404, ""},
		{own.clerk, "/appraisals/" + own.appraisals[2].id + "/withdraw", url.Values{}, 303, "/units/" + string(own.unit.ID)},
		{own.clerk, "/appraisals/" + own.appraisals[2].id + "/withdraw", url.Values{}, 404, ""},
		{own.clerk, her + "/identity/unmask", url.Values{}, 422, ""}, // none is kept
		{own.clerk, her + "/identity", url.Values{"number": {someNumber}, "version": {"1"}}, 303, her},
		{own.clerk, her + "/identity", url.Values{"number": {otherNumber}, "version": {"1"}}, 409, ""},
		{own.head, her + "/identity", url.Values{"number": {otherNumber}, "version": {"2"}}, 404, ""},
		{own.head, her + "/identity/unmask", url.Values{}, 404, ""},
		{own.clerk, her + "/identity/unmask", url.Values{}, 200, ""},
	} {
		rec := send(c.guest, c.target, c.fields)
		if rec.Code != c.status || !strings.HasPrefix(rec.Header().Get("Location"), c.to) {
			t.Errorf("%s: POST %s: got %d to %q, want %d to %q", c.guest.name, c.target, rec.Code, rec.Header().Get("Location"), c.status, c.to)
		}
	}
	w.publishes(t, w.schools[1], send)
}

// publishes has a school's results made anew by its clerk and published by its
// head: once, and by nobody who may not.
func (w *town) publishes(t *testing.T, sc *townSchool, send func(*guest, string, url.Values) *httptest.ResponseRecorder) {
	id, err := w.service.OpenAppraisal(t.Context(), w.asked(t, sc.clerk), sc.unit.ID, "2024-2025", "jining-2018/primary")
	if err != nil {
		t.Fatal(err)
	}
	to := "/appraisals/" + id
	if rec := send(sc.clerk, to+"/evaluate", url.Values{}); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("without evidence: got %d", rec.Code)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.service.Work(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	second, err := w.service.OpenAppraisal(t.Context(), w.asked(t, sc.clerk), sc.unit.ID, townTerm, "fuqing-style/points")
	if err != nil {
		t.Fatal(err)
	}
	to = "/appraisals/" + second
	for g, want := range map[*guest]bool{sc.clerk: true, sc.head: false, w.guest(t, "committee of sister"): false} {
		rec := w.do(w.as(g, http.MethodGet, to, nil))
		if got := strings.Contains(rec.Body.String(), "可以计算了"); rec.Code != http.StatusOK || got != want {
			t.Errorf("%s is told that she can compute: got %v (%d), want %v", g.name, got, rec.Code, want)
		}
	}
	rec := send(sc.clerk, to+"/evaluate", url.Values{})
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("evaluate: got %d", rec.Code)
	}
	w.settled(t, sc.clerk, rec.Header().Get("Location"))
	if rec := send(sc.clerk, to+"/publish", url.Values{}); rec.Code != http.StatusNotFound {
		t.Errorf("the clerk publishes: got %d, want 404", rec.Code)
	}
	if rec := send(w.guest(t, "officer of the county"), to+"/publish", url.Values{}); rec.Code != http.StatusNotFound {
		t.Errorf("the officer publishes: got %d, want 404", rec.Code)
	}
	first := send(sc.head, to+"/publish", url.Values{})
	if first.Code != http.StatusSeeOther && !strings.Contains(first.Body.String(), "总分") {
		t.Errorf("the head publishes: got %d, want 303 or to be told who has no total", first.Code)
	}
}

// settled waits until the job at the address has ended.
func (w *town) settled(t *testing.T, g *guest, address string) {
	t.Helper()
	for range 1200 {
		if rec := w.do(w.as(g, http.MethodGet, address, nil)); !strings.Contains(rec.Body.String(), "<progress") {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("the job does not end")
}
