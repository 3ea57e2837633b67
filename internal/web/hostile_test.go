package web_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"shiji/internal/org"
	"shiji/internal/store/storetest"
	"shiji/internal/web"
	"shiji/internal/web/webtest"
)

const (
	pagePolicy = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
	filePolicy = "sandbox; default-src 'none'"
)

// guarded holds the headers of an answer to what every answer must say.
func guarded(t testing.TB, what string, rec *httptest.ResponseRecorder) {
	t.Helper()
	h := rec.Header()
	policy, cache := pagePolicy, "no-store"
	if kind := h.Get("Content-Disposition"); kind != "" {
		policy = filePolicy
		if !strings.HasPrefix(kind, "attachment; filename") {
			t.Errorf("%s: Content-Disposition %q", what, kind)
		}
	}
	if rec.Code == http.StatusOK && (strings.HasPrefix(what, "/static/") || strings.HasPrefix(what, "/paper.")) {
		cache = "public, max-age=31536000, immutable"
	}
	for key, want := range map[string]string{
		"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": cache,
	} {
		if got := h.Values(key); len(got) != 1 || got[0] != want {
			t.Errorf("%s (%d): %s: got %q, want %q", what, rec.Code, key, got, want)
		}
	}
	if h.Get("Content-Type") == "" && rec.Body.Len() > 0 {
		t.Errorf("%s: no Content-Type", what)
	}
	for key, values := range h {
		if strings.ContainsAny(key+strings.Join(values, ""), "\r\n\x00") {
			t.Errorf("%s: header %q %q", what, key, values)
		}
	}
}

// wholePages reads every page of the town, in all roles: names of people, units,
// groups and files are hostile, and nothing on any page is but what it should be.
func (w *town) wholePages(t *testing.T) {
	roles := map[string]bool{}
	for _, name := range []string{
		"nobody", "clerk before her first password", "clerk of own", "head of own", "committee of own", "officer of the city", "auditor of the city", "teacher", "nobody's colleague",
	} {
		roles[w.guest(t, name).name] = true
	}
	pages, files := 0, 0
	assets := map[string]bool{}
	w.cells(func(c asked) {
		if c.method != http.MethodGet || !roles[c.guest.name] || len(c.thing.id) > 100 || c.thing.id != missingID && !c.thing.exists && c.thing.id != "" {
			return
		}
		rec := w.ask(c, "")
		guarded(t, c.String(), rec)
		kind := rec.Header().Get("Content-Type")
		if !strings.HasPrefix(kind, "text/html") || rec.Header().Get("Content-Disposition") != "" || rec.Code == http.StatusSeeOther {
			files++
			return
		}
		pages++
		for _, fault := range webtest.Faults(rec.Body.String()) {
			if paper := strings.HasSuffix(c.route.Path, "/form"); !paper || fault != "2 headings of level 1" { // two documents in one: 考核表 and 评分说明
				t.Errorf("%v: %s", c, fault)
			}
		}
		for _, link := range strings.Split(rec.Body.String(), `"`) {
			if strings.HasPrefix(link, "/static/") || strings.HasPrefix(link, "/paper.") {
				file, _, _ := strings.Cut(link, "#") // of icons, a part is named
				assets[file] = true
			}
		}
	})
	for asset := range assets {
		rec := w.do(w.as(nil, http.MethodGet, asset, nil))
		if rec.Code != http.StatusOK {
			t.Errorf("%s: got %d", asset, rec.Code)
		}
		guarded(t, asset, rec)
	}
	for _, g := range []*guest{nil, w.guest(t, "clerk of own")} {
		for _, path := range []string{"/nothing", "/static/", "/static/none.css", "/units/", "/me/", "/paper.css"} {
			rec := w.do(w.as(g, http.MethodGet, path, nil))
			if rec.Code != http.StatusNotFound {
				t.Errorf("%s: got %d, want 404", path, rec.Code)
			}
			guarded(t, path, rec)
		}
	}
	w.packing(t)
	t.Logf("%d pages and %d other answers, %d assets", pages, files, len(assets))
}

// packing asks for pages packed: they say the same, and only who takes gzip gets
// it.
func (w *town) packing(t *testing.T) {
	clerk := w.guest(t, "clerk of own")
	for _, target := range []string{"/me", "/nothing", "/units/" + string(w.schools[0].unit.ID), "/account"} {
		plain := w.do(w.as(clerk, http.MethodGet, target, nil))
		for accept, want := range map[string]bool{"gzip": true, "br, gzip;q=0.5": true, "GZIP": true, "gzip;q=0": false, "gzip; q=0.000": false, "identity": false, "": false, "x-gzipped": false} {
			r := w.as(clerk, http.MethodGet, target, nil)
			r.Header.Set("Accept-Encoding", accept)
			rec := w.do(r)
			packed := rec.Header().Get("Content-Encoding") == "gzip"
			if packed != want || packed && !strings.Contains(rec.Header().Get("Vary"), "Accept-Encoding") || rec.Header().Get("Content-Length") != "" {
				t.Errorf("%s for %q: packed %v, headers %v", target, accept, packed, rec.Header())
			}
			if packed {
				z, err := gzip.NewReader(rec.Body)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(z)
				if err != nil {
					t.Fatal(err)
				}
				rec.Body = bytes.NewBuffer(body)
			}
			if a, b := markValue.ReplaceAllString(rec.Body.String(), ""), markValue.ReplaceAllString(plain.Body.String(), ""); a != b {
				t.Errorf("%s for %q says something else packed", target, accept)
			}
		}
	}
}

// oddAddresses asks for pages with parameters that nobody's browser sends, and
// for paths that lead out: nothing breaks, and nothing leads elsewhere.
func (w *town) oddAddresses(t *testing.T) {
	own := w.schools[0]
	odd := []string{"", "%00", "%FF%FE", "%27%3B--", "0", "-1", "99999999999999999999999", "%2F%2Fevil.example", "%0D%0ASet-Cookie:x=1", "%E2%80%AE", missingID, strings.Repeat("9", 5000), "%3Cscript%3E", "null", "%25", "_", "2026-02-30"}
	asks := 0
	for target, keys := range map[string][]string{
		"/units":                        {"q", "after"},
		"/units/" + string(own.unit.ID): {"done", "unknown"},
		"/units/" + string(own.unit.ID) + "/people":        {"q", "after"},
		"/appraisals/" + own.appraisals[0].id + "/results": {"q", "group", "only", "order", "after"},
		"/appraisals/" + own.appraisals[0].id + "/notice":  {"as", "from", "to", "number", "office", "phone", "mail"},
		"/events": {"unit", "after"},
		"/me":     {"after", "done"},
		"/schemes/" + w.schemes[0].id + "/source": {"of"},
		"/sign-in": {"to"},
	} {
		for _, g := range []*guest{own.clerk, own.head, w.guest(t, "officer of the city"), w.guest(t, "auditor of the city"), w.guest(t, "teacher"), w.guest(t, "nobody")} {
			for _, key := range keys {
				for _, value := range odd {
					query := key + "=" + value
					if key != "as" && strings.HasSuffix(target, "/notice") {
						query += "&as=page"
					}
					rec := w.do(w.as(g, http.MethodGet, target+"?"+query, nil))
					asks++
					if rec.Code >= 500 {
						t.Errorf("%s: %s?%.60s: got %d", g.name, target, query, rec.Code)
					}
					if rec.Code != http.StatusSeeOther && strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
						for _, fault := range webtest.Faults(rec.Body.String()) {
							t.Errorf("%s: %s?%.60s: %s", g.name, target, query, fault)
						}
					}
					guarded(t, target, rec)
				}
			}
		}
	}
	for _, path := range []string{
		"//evil.example", "//evil.example/%2e%2e", "/%2F/evil.example", "/%5Cevil.example", "/static/../../../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fgo.mod",
		"/units/../../etc/passwd", "/units/%2e%2e/me", "/./me", "/me/../me", "/;/me", "/batches/../../x/original", "/jobs/%2e%2e%2f%2e%2e%2fetc/file",
	} {
		for _, g := range []*guest{own.clerk, w.guest(t, "nobody")} {
			rec := w.do(w.as(g, http.MethodGet, path, nil))
			asks++
			if rec.Code >= 500 || strings.Contains(rec.Body.String(), "root:") || strings.Contains(rec.Body.String(), "module shiji") || !inSite(rec.Header().Get("Location")) {
				t.Errorf("%s: %s: got %d to %q", g.name, path, rec.Code, rec.Header().Get("Location"))
			}
		}
	}
	t.Logf("%d odd addresses", asks)
}

// inSite says whether a browser that is on the site stays there by going to.
func inSite(to string) bool {
	at, err := url.Parse("http://shiji.example/sign-in")
	if err != nil {
		return false
	}
	clean := strings.NewReplacer("\\", "/", "\t", "", "\n", "", "\r", "").Replace(to) // as browsers read it
	u, err := at.Parse(clean)
	return err == nil && u.Host == at.Host && u.Scheme == at.Scheme && !strings.HasPrefix(clean, "//")
}

// TestRedirectsStayHere: whatever a link gives as the way back, the browser stays.
func TestRedirectsStayHere(t *testing.T) {
	t.Parallel()
	w, _ := outpost(t, storetest.SQLite(t))
	g := w.admit(t, "somebody", "")
	back := 0
	for _, to := range []string{
		"/me", "/units?q=a%20b", "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\tevil", "/\t/evil.example", "\t//evil.example", "/\n/evil.example",
		"javascript:alert(1)", "evil.example", "http:evil.example", "", "/%2F/evil.example", "/.//evil.example", "/..//evil.example", "/a/..//evil.example", "?x", "/\x00/evil", "/me\r\nX-Evil: 1", "/%5Cevil.example",
	} {
		for _, target := range []string{"/care", "/sign-in"} {
			fields := url.Values{"to": {to}, "care": {"1"}, "login": {g.login}, "password": {townPassword}}
			w.db.Clock.Advance(16 * time.Minute) // past the limits
			r := w.as(nil, http.MethodPost, target, strings.NewReader(fields.Encode()))
			r.Header.Set("Content-Type", kinds[0])
			rec := w.do(r)
			location := rec.Header().Get("Location")
			if rec.Code != http.StatusSeeOther || !inSite(location) || rec.Header().Get("X-Evil") != "" {
				t.Errorf("%s to %q: got %d to %q", target, to, rec.Code, location)
			}
			if to == "/me" && location == "/me" {
				back++
			}
		}
	}
	if back != 2 {
		t.Error("a way back on the site is not taken")
	}
}

// TestLargeForms: what is too large is refused, and costs little.
func TestLargeForms(t *testing.T) {
	t.Parallel()
	w, school := outpost(t, storetest.SQLite(t))
	g := w.admit(t, "somebody", "")
	w.signedIn(t, g)
	mark := w.markOf(t, g)
	many := url.Values{"mark": {mark}}
	for i := range 20_000 {
		many.Set(fmt.Sprint("field", i), "x")
	}
	parts := map[string]string{"mark": mark}
	for i := range 20_000 {
		parts[fmt.Sprint("field", i)] = "x"
	}
	flood, floodKind := fileForm(parts, "x.xlsx", "no workbook")
	long, longKind := fileForm(map[string]string{"mark": mark, "term": strings.Repeat("2", 3<<20)}, "x.xlsx", "no workbook")
	big, bigKind := fileForm(map[string]string{"mark": mark, "term": townTerm}, "x.xlsx", "PK\x03\x04"+strings.Repeat("x", 6<<20))
	upload := "/units/" + string(school.ID) + "/evidence"
	for _, c := range []struct {
		name, target string
		guest        *guest
		body         io.Reader
		kind         string
		status       []int
	}{
		{"field of 2 MB", "/care", g, strings.NewReader("mark=" + url.QueryEscape(mark) + "&care=" + strings.Repeat("1", 2<<20)), kinds[0], []int{413}},
		{"the same, signed out", "/sign-in", nil, strings.NewReader("login=" + strings.Repeat("1", 2<<20)), kinds[0], []int{403, 413}},
		{"20,000 fields", "/care", g, strings.NewReader(many.Encode()), kinds[0], []int{303, 413}},
		{"form that is none", "/care", g, strings.NewReader("%zz=%zz&;=;"), kinds[0], []int{403, 413, 422}},
		{"20,000 parts", upload, g, flood, floodKind, []int{403, 404, 413, 422}},
		{"part of 3 MB that is no file", upload, g, long, longKind, []int{403, 404, 413, 422}},
		{"file of 6 MB", upload, g, big, bigKind, []int{404, 413}},
		{"no boundary", upload, g, strings.NewReader("x"), "multipart/form-data", []int{422}},
		{"empty boundary", upload, g, strings.NewReader("--\r\n\r\n"), "multipart/form-data; boundary=\"\"", []int{422}},
		{"boundary alone", upload, g, strings.NewReader("--x--\r\n"), "multipart/form-data; boundary=x", []int{403, 422}},
		{"nested parts", upload, g, strings.NewReader("--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n\r\n--y--\r\n--x--\r\n"), "multipart/form-data; boundary=x", []int{403, 422}},
	} {
		before := w.state(t)
		r := w.as(c.guest, http.MethodPost, c.target, c.body)
		r.Header.Set("Content-Type", c.kind)
		begun := time.Now()
		rec := w.do(r)
		ok := false
		for _, s := range c.status {
			ok = ok || rec.Code == s
		}
		if took := time.Since(begun); !ok || took > 5*time.Second {
			t.Errorf("%s: got %d in %v, want one of %v", c.name, rec.Code, took, c.status)
		}
		guarded(t, c.target, rec)
		w.unchanged(t, before, "limits")
	}
}

// TestFileNames: however a browser calls a file, nothing of its name gets into a
// header, a path or a page as anything but a name.
func TestFileNames(t *testing.T) {
	t.Parallel()
	w, school := outpost(t, storetest.SQLite(t))
	clerk := w.admit(t, "clerk", "", org.Held{Role: org.Clerk, Path: school.Path})
	w.signedIn(t, clerk)
	mark := w.markOf(t, clerk)
	for _, name := range []string{
		"a\"; filename=\"evil.html", "a\r\nX-Evil: 1.xlsx", "../../../etc/passwd", `C:\fakepath\..\x.xlsx`, evil + ".xlsx", rightToLeft + "fdp.xlsx", strings.Repeat("长", 500) + ".xlsx", ".", "..", "%0d%0a.xlsx", "a;b=c.xlsx", "\xff\xfe.xlsx", "=?utf-8?q?x?=.xlsx",
	} {
		body, kind := fileFormAs(t, map[string]string{"mark": mark, "term": townTerm}, name, []byte("PK\x03\x04 and then nothing that is a workbook"))
		r := w.as(clerk, http.MethodPost, "/units/"+string(school.ID)+"/evidence", body)
		r.Header.Set("Content-Type", kind)
		rec := w.do(r)
		to := rec.Header().Get("Location")
		if rec.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/batches/") {
			t.Errorf("%q: got %d", name, rec.Code)
			continue
		}
		page := w.do(w.as(clerk, http.MethodGet, to, nil))
		for _, fault := range webtest.Faults(page.Body.String()) {
			t.Errorf("%q: %s", name, fault)
		}
		file := w.do(w.as(clerk, http.MethodGet, to+"/original", nil))
		guarded(t, name, file)
		shown, params, err := mime.ParseMediaType(file.Header().Get("Content-Disposition"))
		if err != nil || file.Code != http.StatusOK || shown != "attachment" || len(params) != 1 || strings.ContainsAny(params["filename"], "/\\\"<>:|?*\r\n\x00") || params["filename"] == "" || strings.HasPrefix(params["filename"], "..") {
			t.Errorf("%q: got %d %q %v", name, file.Code, params["filename"], err)
		}
		if file.Header().Get("X-Evil") != "" || file.Header().Get("Content-Type") != "application/octet-stream" {
			t.Errorf("%q: got %v", name, file.Header())
		}
		if rec := w.sends(t, clerk, to+"/discard", url.Values{}); rec.Code != http.StatusSeeOther {
			t.Errorf("%q: discard: got %d", name, rec.Code)
		}
	}
}

// fileFormAs is a form whose file has a name that a well-behaved library would not
// write.
func fileFormAs(t testing.TB, fields map[string]string, name string, content []byte) (io.Reader, string) {
	t.Helper()
	body, kind := fileForm(fields, "PLACEHOLDER", string(content))
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(bytes.Replace(raw, []byte("PLACEHOLDER"), []byte(strings.NewReplacer("\\", "\\\\", `"`, `\"`, "\r", "%0D", "\n", "%0A").Replace(name)), 1)), kind
}

// TestCutUploads breaks uploads off anywhere: nothing stays, neither files nor
// staged material. Temporary files are of the whole process, so it runs alone.
func TestCutUploads(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	w, school := outpost(t, storetest.SQLite(t))
	clerk := w.admit(t, "clerk", "", org.Held{Role: org.Clerk, Path: school.Path})
	w.signedIn(t, clerk)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	before := w.state(t)
	body, kind := fileForm(map[string]string{"mark": w.markOf(t, clerk), "term": townTerm}, "x.xlsx", string(book(t, evidenceOf(1))))
	whole, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	answers := 0
	for i := range 12 {
		cut := len(whole) * (i + 1) / 13
		r, err := http.NewRequest(http.MethodPost, server.URL+"/units/"+string(school.ID)+"/evidence", &breaking{whole[:cut], i % 2})
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Origin", server.URL)
		r.AddCookie(&http.Cookie{Name: "shiji", Value: clerk.token})
		if i%3 == 0 {
			r.ContentLength = int64(len(whole))
		}
		if answer, err := server.Client().Do(r); err == nil {
			_ = answer.Body.Close()
			answers++
			if answer.StatusCode < 400 || answer.StatusCode >= 500 {
				t.Errorf("cut at %d: got %d, want to be told", cut, answer.StatusCode)
			}
		}
	}
	if answers == 0 {
		t.Error("nobody was told")
	}
	server.CloseClientConnections()
	server.Close() // waits for what is under way
	w.unchanged(t, before)
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		if strings.HasPrefix(f.Name(), "shiji-upload") || strings.HasPrefix(f.Name(), "multipart-") {
			t.Errorf("%s stays", f.Name())
		}
	}
}

// breaking is a body that breaks off, at once or by hanging up.
type breaking struct {
	rest []byte
	way  int
}

func (b *breaking) Read(p []byte) (int, error) {
	if len(b.rest) == 0 {
		if b.way == 0 {
			return 0, io.ErrUnexpectedEOF
		}
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 4096)], b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// TestPanicIsAnIncident: a handler that panics answers with a number and all
// headers, and the site goes on.
func TestPanicIsAnIncident(t *testing.T) {
	t.Parallel()
	w, _ := outpost(t, storetest.SQLite(t))
	g := w.admit(t, "somebody", "")
	w.signedIn(t, g)
	site := *w
	site.options.Service = nil
	site.handler = w.serving(t, web.Options{Log: w.options.Log, Now: w.options.Now})
	rec := site.do(site.as(g, http.MethodGet, "/me", nil))
	if rec.Code != http.StatusInternalServerError || !strings.Contains(rec.Body.String(), "编号") || strings.Contains(rec.Body.String(), "goroutine") {
		t.Errorf("got %d %q", rec.Code, rec.Body)
	}
	guarded(t, "panic", rec)
}
