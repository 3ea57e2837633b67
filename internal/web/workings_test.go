package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"shiji/internal/store/storetest"
	"shiji/internal/web/webtest"
)

// looks counts the looks at other people's records that are in the log.
func (w *town) looks(t testing.TB) (n int) {
	t.Helper()
	if err := w.db.SQL.QueryRow("SELECT COUNT(*) FROM event WHERE action = 'record.viewed'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// page asks for a page, which must be whole.
func (w *town) page(t testing.TB, g *guest, target string) string {
	t.Helper()
	rec := w.do(w.as(g, http.MethodGet, target, nil))
	if rec.Code != http.StatusOK {
		t.Fatalf("%s as %s: %d", target, g.name, rec.Code)
	}
	for _, f := range webtest.Faults(rec.Body.String()) {
		t.Errorf("%s: %s", target, f)
	}
	return rec.Body.String()
}

// within returns the elements of a page that have an attribute.
func within(t testing.TB, page, key string) map[string]*html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*html.Node{}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if a.Key == key {
				out[a.Val] = n
			}
		}
	}
	return out
}

var bracketed = regexp.MustCompile(`［[^］/]+/[^］]+］|class="src">[^<]+/`)

// TestWorkings: a result leads part by part to what was read for it, tells none of
// that itself, and another's is in the log once for each of the two pages.
func TestWorkings(t *testing.T) {
	t.Parallel()
	w := newTown(t, storetest.SQLite(t))
	w.furnish(t)
	own := w.schools[0]
	teacher := w.guest(t, "teacher")
	published, evaluated := "/appraisals/"+own.appraisals[0].id+"/results/"+own.code, "/appraisals/"+own.appraisals[1].id+"/results/"+own.code

	before := w.looks(t)
	for _, of := range []struct {
		guest *guest
		at    string
		looks int
	}{{teacher, published, 0}, {own.clerk, published, 2}, {own.clerk, evaluated, 2}} {
		result := w.page(t, of.guest, of.at)
		workings := w.page(t, of.guest, of.at+"/workings")
		if got := w.looks(t) - before; got != of.looks {
			t.Errorf("%s at %s left %d looks, want %d", of.guest.name, of.at, got, of.looks)
		}
		before = w.looks(t)
		if found := bracketed.FindString(result); found != "" {
			t.Errorf("%s: a result names a line that was read: %s", of.at, found)
		}
		if n := len(bracketed.FindAllString(workings, -1)); n < 20 {
			t.Errorf("%s: the workings name %d lines", of.at, n)
		}
		ids := within(t, workings, "id")
		links := 0
		for to := range within(t, result, "href") {
			path, id, found := strings.Cut(to, "#")
			if path != of.at+"/workings" || !found {
				continue
			}
			links++
			if node := ids[id]; node == nil {
				t.Errorf("%s leads to no part of the workings", to)
			}
		}
		if links < 20 {
			t.Errorf("%s leads to %d parts of its workings", of.at, links)
		}
	}

	missing := "/appraisals/" + own.appraisals[0].id + "/results/T999/workings"
	for who, hidden := range map[*guest]string{
		teacher:                          evaluated + "/workings", // hers, and not published
		w.schools[1].clerk:               published + "/workings",
		w.guest(t, "nobody's colleague"): published + "/workings",
	} {
		a, b := w.do(w.as(who, http.MethodGet, hidden, nil)), w.do(w.as(who, http.MethodGet, missing, nil))
		if a.Code != http.StatusNotFound || likeness(a) != likeness(b) {
			t.Errorf("%s at %s: got %d, which must look like what is missing", who.name, hidden, a.Code)
		}
	}
	if got := w.looks(t); got != before {
		t.Errorf("what was refused left %d looks", got-before)
	}
}
