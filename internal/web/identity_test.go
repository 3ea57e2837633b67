package web_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"shiji/internal/app"
	"shiji/internal/auth"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
	"shiji/internal/text"
)

// Examples of GB 11643-1999 and one more; none is anybody's.
const (
	someNumber  = "11010519491231002X"
	otherNumber = "350802199001011236"
	mistyped    = "110105194912310021"
)

// buffer is a log that the test reads.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// logging serves the town with all that is logged kept for the test.
func (w *town) logging(t *testing.T) *buffer {
	t.Helper()
	log := &buffer{}
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.service = app.NewService(w.db.Store, app.Options{Passwords: auth.ByLength, Session: store.Lifetime{Whole: townWhole, Idle: townIdle}, Now: w.db.Config.Now, Log: logger})
	w.options.Service, w.options.Log = w.service, logger
	w.handler = w.serving(t, w.options)
	return log
}

// resident admits somebody with a post in the school.
func (w *town) resident(t *testing.T, school org.Unit, name string, roles ...org.Held) *guest {
	t.Helper()
	g := w.admit(t, name, "", roles...)
	w.write(t, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.BeginPost(ctx, store.Post{Person: g.viewer.Person, Unit: school.ID, Name: "教师", Since: "2020-09-01"})
		return err
	})
	g.token = w.session(t, g.viewer.Account)
	return g
}

// TestIdentityPages goes the way of a number: the clerk enters it, with a slip, sees
// it, corrects it; its owner sees it; nobody else does, and it is left nowhere.
func TestIdentityPages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w, school := outpost(t, db)
		log := w.logging(t)
		clerk := w.resident(t, school, "clerk", org.Held{Role: org.Clerk, Path: school.Path})
		head := w.resident(t, school, "head", org.Held{Role: org.Head, Path: school.Path})
		teacher, friend := w.resident(t, school, "teacher"), w.resident(t, school, "friend")
		page := "/people/" + string(teacher.viewer.Person)
		get := func(g *guest, target string) *httptest.ResponseRecorder {
			return w.do(w.as(g, http.MethodGet, target, nil))
		}
		post := func(g *guest, target string, fields url.Values) *httptest.ResponseRecorder {
			return w.sends(t, g, target, fields)
		}
		// says holds an answer to a status and to words that are or are not on it, and
		// any answer to keeping numbers out of headers and titles.
		says := func(name string, rec *httptest.ResponseRecorder, status int, has []string, not ...string) {
			t.Helper()
			body := html.UnescapeString(rec.Body.String())
			for _, s := range has {
				if !strings.Contains(body, s) {
					t.Errorf("%s: not on the page: %s", name, s)
				}
			}
			for _, s := range not {
				if strings.Contains(body, s) {
					t.Errorf("%s: on the page: %s", name, s)
				}
			}
			if rec.Code != status || rec.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s: got %d, %v; want %d", name, rec.Code, rec.Header(), status)
			}
			if strings.Contains(fmt.Sprint(rec.Header()), "1949") || strings.Contains(strings.SplitAfter(body, "</title>")[0], "1949") {
				t.Errorf("%s: a number in a header or a title", name)
			}
		}
		form, button := `action="`+page+`/identity"`, `action="`+page+`/identity/unmask"`
		masked, sentence := "1101************2X", func(key string, args ...any) string { return text.Sprintf(key, args...) }

		says("nothing entered, the clerk", get(clerk, page), 200, []string{form, "还没有登记", "登记身份证号"}, button, "删除现有号码")
		says("nothing entered, the head", get(head, page), 200, nil, form, button, "身份证号")
		says("nothing entered, herself", get(teacher, "/me"), 200, nil, button, "身份证号")

		slip := post(clerk, page+"/identity", url.Values{"number": {mistyped}, "version": {"1"}})
		says("a slip", slip, 422, []string{sentence("app.identity-check"), `href="#number"`, `value="` + mistyped + `"`, `aria-invalid="true"`, `<details class="more" open>`})
		says("nothing typed", post(clerk, page+"/identity", url.Values{"version": {"1"}}), 422, []string{sentence("app.identity-missing")})
		says("no version", post(clerk, page+"/identity", url.Values{"number": {someNumber}}), 409, []string{sentence("app.identity-changed")}, someNumber)
		rec := post(clerk, page+"/identity", url.Values{"number": {"110105 19491231 002x"}, "version": {"1"}})
		if to := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || to != page+"?done=identity" {
			t.Errorf("entered: got %d to %q", rec.Code, to)
		}
		says("entered", get(clerk, page+"?done=identity"), 200, []string{sentence("web.done-identity"), masked, form, button, "更正身份证号", "删除现有号码"}, someNumber)
		says("of somebody else", post(clerk, "/people/"+string(friend.viewer.Person)+"/identity", url.Values{"number": {someNumber}, "version": {"1"}}),
			409, []string{sentence("store.identity-taken")}, someNumber, masked)

		says("the head", get(head, page), 200, []string{masked}, form, button, someNumber)
		for _, target := range []string{page + "/identity", page + "/identity/unmask"} {
			says("the head sends a form", post(head, target, url.Values{"number": {otherNumber}, "version": {"2"}}), 404, nil, masked, otherNumber)
			says("a colleague sends a form", post(friend, target, url.Values{"number": {otherNumber}, "version": {"2"}}), 404, nil, masked, otherNumber)
		}
		says("she sends the clerk's form", post(teacher, page+"/identity", url.Values{"number": {otherNumber}, "version": {"2"}}), 404, nil, masked, otherNumber)
		says("by its address", get(clerk, page+"/identity/unmask"), 405, nil, someNumber)

		whole := post(clerk, page+"/identity/unmask", url.Values{})
		says("whole, the clerk", whole, 200, []string{`id="whole">` + someNumber + "<", "本人能看到"}, button)
		if n := strings.Count(whole.Body.String(), someNumber); n != 1 {
			t.Errorf("the number stands %d times on the page", n)
		}
		says("the clerk, afterwards", get(clerk, page), 200, []string{masked}, someNumber)
		says("her own page", get(teacher, "/me"), 200, []string{masked, button, "查看完整身份证号"}, someNumber)
		says("whole, herself", post(teacher, page+"/identity/unmask", url.Values{}), 200, []string{`id="whole">` + someNumber + "<"}, button, "本人能看到")
		says("no number is kept", post(friend, "/people/"+string(friend.viewer.Person)+"/identity/unmask", url.Values{}), 422, []string{sentence("app.identity-none")})
		for range 59 {
			says("again", post(clerk, page+"/identity/unmask", url.Values{}), 200, []string{someNumber})
		}
		says("too often", post(clerk, page+"/identity/unmask", url.Values{}), 403, []string{sentence("app.identity-often", 60, 60), masked}, someNumber)

		if rec := post(clerk, page+"/identity", url.Values{"number": {otherNumber}, "version": {"2"}}); rec.Code != http.StatusSeeOther {
			t.Errorf("corrected: got %d", rec.Code)
		}
		if rec := post(clerk, page+"/identity", url.Values{"number": {""}, "version": {"3"}, "do": {"remove"}}); rec.Code != http.StatusSeeOther {
			t.Errorf("taken away: got %d", rec.Code)
		}
		says("taken away", get(clerk, page), 200, []string{"还没有登记"}, "3508************36")
		if r, err := db.Verify(t.Context(), store.Audit{}); err != nil || r.Faults.Err() != nil {
			t.Errorf("the audit: %v %v", err, r.Faults.Err())
		}
		w.nowhere(t, log.String())
	})
}

// nowhere looks for the numbers in the log, in every event, and in the files of the
// database, journal included.
func (w *town) nowhere(t *testing.T, log string) {
	t.Helper()
	places := map[string]string{"the log": log}
	if w.db.Engine == "sqlite" {
		for _, file := range []string{w.db.Config.Path, w.db.Config.Path + "-wal"} {
			f, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			places[file] = string(f)
		}
	}
	for table, column := range map[string]string{"event": "bytes", "detail": "content", "limits": "name", "draft": "body"} {
		rows, err := w.db.SQL.QueryContext(t.Context(), "SELECT "+column+" FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				t.Fatal(err)
			}
			places["table "+table] += string(b) + "\n"
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close() // read to its end
	}
	// The control: what is there is found.
	for place, control := range map[string]string{
		"the log": "POST /people/{person}/identity/unmask", "table event": "identity.unmasked", "table detail": "1101************2X", "table limits": "unmask/",
	} {
		if !strings.Contains(places[place], control) {
			t.Errorf("%s does not hold %s", place, control)
		}
	}
	for place, content := range places {
		for _, number := range []string{someNumber, otherNumber, mistyped} {
			for _, part := range []string{number, strings.ToLower(number), number[4:16], number[6:14]} {
				if strings.Contains(content, part) {
					t.Errorf("%s holds %s", place, part)
				}
			}
		}
	}
}
