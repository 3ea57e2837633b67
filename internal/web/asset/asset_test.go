package asset

import (
	"bytes"
	"compress/gzip"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// unbuilt is a program made without Node.
func unbuilt() fstest.MapFS {
	return fstest.MapFS{
		"css/1.css": {Data: []byte("a{color:red}\n")}, "css/2.css": {Data: []byte(strings.Repeat("b{color:blue}\n", 50))},
		"js/app.js": {Data: []byte("source")}, "favicon.svg": {Data: []byte("<svg/>")}, "icons.svg": {Data: []byte("<svg/>")}, "dist/.gitkeep": {},
	}
}

// built is one made with it; its brotli form is a mark only, nobody unpacks it here.
func built() fstest.MapFS {
	f := unbuilt()
	css, js := append(f["css/1.css"].Data[:13:13], f["css/2.css"].Data...), f["js/app.js"].Data
	f["dist/sources.json"] = &fstest.MapFile{Data: []byte(`{"css":"` + digest(css) + `","js":"` + digest(js) + `"}`)}
	for _, name := range []string{"app.css", "app.js", "htmx.js"} {
		f["dist/"+name] = &fstest.MapFile{Data: []byte(strings.Repeat("small "+name, 50))}
		f["dist/"+name+".br"] = &fstest.MapFile{Data: []byte("brotli " + name)}
	}
	f["dist/font/NotoSansSC-Regular.ttf"] = &fstest.MapFile{Data: []byte("font")}
	return f
}

func opened(t *testing.T, fsys fstest.MapFS) *Assets {
	t.Helper()
	a, err := open(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func get(t *testing.T, a *Assets, url, accept string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, url, nil)
	if accept != "" {
		r.Header.Set("Accept-Encoding", accept)
	}
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

func TestWithoutNode(t *testing.T) {
	t.Parallel()
	a := opened(t, unbuilt())
	if a.URL("app.js") != "" || a.URL("htmx.js") != "" {
		t.Errorf("scripts %q, %q out of nothing", a.URL("app.js"), a.URL("htmx.js"))
	}
	if font, ok := a.Font(); ok || len(font) > 0 {
		t.Error("a font out of nothing")
	}
	_, body := get(t, a, a.URL("app.css"), "")
	if want := "a{color:red}\nb{color:blue}\n"; !strings.HasPrefix(body, want) {
		t.Errorf("style sheet begins %.40q, want the sources in order: %q", body, want)
	}
}

func TestBuilt(t *testing.T) {
	t.Parallel()
	a := opened(t, built())
	if _, body := get(t, a, a.URL("htmx.js"), ""); !strings.HasPrefix(body, "small htmx.js") {
		t.Errorf("script is %.20q", body)
	}
	if font, ok := a.Font(); !ok || string(font) != "font" {
		t.Errorf("font is %q, %t", font, ok)
	}
	fonts, _ := get(t, a, "/static/font/NotoSansSC-Regular.ttf", "")
	if fonts.StatusCode != http.StatusNotFound {
		t.Error("the font is for paper, not for downloads")
	}
}

// TestStale: an old build never shows an old look or runs an old script.
func TestStale(t *testing.T) {
	t.Parallel()
	f := built()
	f["css/1.css"] = &fstest.MapFile{Data: []byte("new{}")}
	a := opened(t, f)
	if _, body := get(t, a, a.URL("app.css"), ""); !strings.HasPrefix(body, "new{}") {
		t.Errorf("style sheet is %.20q, want the sources", body)
	}
	if a.URL("app.js") == "" {
		t.Error("scripts left out though only the style changed")
	}
	f["js/app.js"] = &fstest.MapFile{Data: []byte("new source")}
	if a := opened(t, f); a.URL("app.js") != "" || a.URL("htmx.js") != "" {
		t.Error("a script older than its source is served")
	}
	f = built()
	delete(f, "dist/htmx.js.br")
	if _, err := open(f); err == nil {
		t.Error("half a build was opened")
	}
	f = built()
	f["dist/sources.json"] = &fstest.MapFile{Data: []byte("{")}
	if _, err := open(f); err == nil {
		t.Error("a broken list of sources was read")
	}
}

func TestHandlerChoosesTheForm(t *testing.T) {
	t.Parallel()
	a := opened(t, built())
	plain := strings.Repeat("small app.js", 50)
	for _, c := range []struct{ accept, encoding string }{
		{"", ""}, {"gzip, deflate, br", "br"}, {"gzip, deflate", "gzip"}, {"br;q=0, gzip;q=0.5", "gzip"}, {"identity", ""},
		{"GZIP", "gzip"}, {"*", ""}, {"gzip;q=0", ""}, {"gzip;q=zero", ""}, {"xbr, gzipped", ""}, {"br ; q=0.0, gzip ; q=1", "gzip"},
	} {
		r, body := get(t, a, a.URL("app.js"), c.accept)
		if got := r.Header.Get("Content-Encoding"); got != c.encoding {
			t.Errorf("Accept-Encoding %q got %q, want %q", c.accept, got, c.encoding)
		}
		switch c.encoding {
		case "br":
			if body != "brotli app.js" {
				t.Errorf("brotli body is %q", body)
			}
		case "gzip":
			body = unzip(t, body)
			fallthrough
		default:
			if body != plain {
				t.Errorf("Accept-Encoding %q: body is %.30q", c.accept, body)
			}
		}
		if got := r.Header.Get("Vary"); got != "Accept-Encoding" {
			t.Errorf("Vary is %q", got)
		}
	}
}

func unzip(t *testing.T, s string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHandlerHeaders(t *testing.T) {
	t.Parallel()
	a := opened(t, built())
	for name, kind := range map[string]string{"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8", "favicon.svg": "image/svg+xml"} {
		r, body := get(t, a, a.URL(name), "br")
		for key, want := range map[string]string{
			"Content-Type": kind, "X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=31536000, immutable",
		} {
			if got := r.Header.Get(key); got != want {
				t.Errorf("%s: %s is %q, want %q", name, key, got, want)
			}
		}
		if r.ContentLength != int64(len(body)) {
			t.Errorf("%s: says %d bytes, sends %d", name, r.ContentLength, len(body))
		}
	}
}

func TestHandlerServesNothingElse(t *testing.T) {
	t.Parallel()
	a := opened(t, built())
	for _, url := range []string{"/static/", "/static/app.css", "/static/app.00000000.css", "/static/../asset.go", "/static/sources.json", "/static/%2e%2e/css/1.css", a.URL("app.css") + "/"} {
		r, body := get(t, a, url, "br")
		if r.StatusCode != http.StatusNotFound || strings.Contains(body, "color") {
			t.Errorf("%s answers %d %.40q", url, r.StatusCode, body)
		}
		if r.Header.Get("Cache-Control") != "" {
			t.Errorf("%s: a missing file may be kept", url)
		}
	}
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, a.URL("app.css"), nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST answers %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestNamesChangeWithContent(t *testing.T) {
	t.Parallel()
	f := unbuilt()
	before := opened(t, f).URL("app.css")
	f["css/2.css"] = &fstest.MapFile{Data: []byte("b{color:green}")}
	after := opened(t, f).URL("app.css")
	if before == after {
		t.Errorf("both are %s", before)
	}
	if want := regexp.MustCompile(`^/static/app\.[0-9a-f]{8}\.css$`); !want.MatchString(after) {
		t.Errorf("%s does not look like %s", after, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a name nobody has was given a path")
		}
	}()
	opened(t, f).URL("ap.css")
}

// TestOpen reads what this program was really built with. Which half it has depends on the machine: both must open.
func TestOpen(t *testing.T) {
	t.Parallel()
	a, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	r, body := get(t, a, a.URL("app.css"), "")
	if r.StatusCode != http.StatusOK || !strings.Contains(body, "--brand") {
		t.Errorf("the style sheet answers %d and has no tokens", r.StatusCode)
	}
	if a.URL("app.js") == "" {
		t.Log("BUILT WITHOUT SCRIPTS: run make assets to test them too")
	}
	font, ok := a.Font()
	if ok && !bytes.HasPrefix(font, []byte{0, 1, 0, 0}) {
		t.Errorf("the font begins with % x: not TrueType", font[:4])
	}
}

// TestIcons: every icon that the class reference promises is there.
func TestIcons(t *testing.T) {
	t.Parallel()
	icons, err := Parse(template.New("icons").Funcs(template.FuncMap{"asset": func(name string) string { return "/" + name }}))
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := os.ReadFile("icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`icon-[a-z]+`).FindAllString(string(readme), -1)
	if len(names) < 15 {
		t.Fatalf("the reference names %d icons only", len(names))
	}
	for _, name := range names {
		if icons.Lookup(name) == nil {
			t.Errorf("README.md names %s, which does not exist", name)
			continue
		}
		var use strings.Builder
		if err := icons.ExecuteTemplate(&use, name, nil); err != nil {
			t.Fatal(err)
		}
		id, _, _ := strings.Cut(strings.TrimPrefix(use.String(), `<svg class="icon" aria-hidden="true"><use href="/icons.svg#`), `"`)
		if !strings.Contains(string(drawn), `<symbol id="`+id+`" viewBox="0 0 20 20">`) {
			t.Errorf("%s uses %s, which is not drawn", name, use.String())
		}
	}
}

// TestLockNamesNoServer: the lock must do with any mirror of npm, and hold every package to its digest.
func TestLockNamesNoServer(t *testing.T) {
	t.Parallel()
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(lock, []byte("://")) {
		t.Error("package-lock.json names a server: npm install with the options of .npmrc")
	}
	packages, digests := bytes.Count(lock, []byte(`"node_modules/`)), bytes.Count(lock, []byte(`"integrity": "sha512-`))
	if packages == 0 || packages != digests {
		t.Errorf("%d packages, %d digests", packages, digests)
	}
}

// tooNew is CSS that Chrome 86 does not know, and what the content security policy forbids. The sources are served as
// they are when there is no Node.
var tooNew = regexp.MustCompile(`:where\(|:is\(|:has\(|@layer|@container|color-mix|(^|[;{\s])inset\s*:|aspect-ratio|accent-color|@import|url\(|\b(oklch|lab|lch)\(|\d(dvh|svh|lvh)|text-wrap|@property|&`)

func TestStyleFitsOldBrowsers(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("css/*.css")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(string(b), "")
		if got := tooNew.FindString(text); got != "" {
			t.Errorf("%s uses %q", file, got)
		}
		if open, closed := strings.Count(text, "{"), strings.Count(text, "}"); open != closed {
			t.Errorf("%s opens %d blocks and closes %d: the files after it would be lost", file, open, closed)
		}
		for _, rule := range regexp.MustCompile(`@media[^{]*max-width[^{]*`).FindAllString(text, -1) {
			if !strings.Contains(rule, "screen") {
				t.Errorf("%s: %q matches paper too, which is as narrow as a phone", file, rule)
			}
		}
	}
	for _, bad := range []string{"a:where(b){}", ".a{inset:0}", "@layer x", ".a{&:hover{}}"} {
		if !tooNew.MatchString(bad) {
			t.Errorf("%q is not noticed", bad)
		}
	}
}
