package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"shiji/internal/web"
)

// stop is a page of the sweep: who sees it, its name for messages and pictures, and
// how she comes there: an address, or a link on the page before hers in the list.
type stop struct{ who, name, way string }

// stops are all pages of the site, each as somebody sees it who works with it.
var stops = []stop{
	{"", "sign-in", "/sign-in"},
	{"clerk4", "unit-faulty", "/"},
	{"clerk4", "batch-faulty", `td.name a[href^="/batches/"]`},
	{"clerk3", "unit-ready", "/"},
	{"clerk3", "batch-ready", `td.name a[href^="/batches/"]`},
	{"clerk5", "unit", "/"},
	{"clerk5", "batch-adopted", `td.name a[href^="/batches/"]`},
	{"clerk5", "job", "job"},
	{"clerk5", "people", `/people`},
	{"clerk5", "person", `td.name a[href^="/people/"]`},
	{"clerk5", "missing", "/units/nowhere"},
	{"head2", "head-unit", "/"},
	{"head2", "overview", `.what a[href^="/appraisals/"]`},
	{"head2", "scheme", `.sub a[href^="/schemes/"]`},
	{"clerk1", "published-unit", "/"},
	{"clerk1", "published", `.what a[href^="/appraisals/"]`},
	{"clerk1", "notice", `a[href$="/notice"]`},
	{"clerk1", "notice-paper", "button[value=page]"},
	{"clerk1", "results", "results"},
	{"clerk1", "results-none", "results-none"},
	{"clerk1", "result", "result"},
	{"clerk1", "form", `a[href$="/form"]`},
	{"teacher1", "mine", "/me"},
	{"teacher1", "own-result", `.tasks a`},
	{"teacher1", "own-workings", `.phead a[href$="/workings"]`},
	{"teacher1", "account", "/account"},
	{"teacher1", "factor", "/account/factor"},
	{"officer", "city", "/"},
	{"officer", "units", "/units"},
	{"auditor", "events", "/events"},
}

// files are the addresses that are read and show no page: what they send is a file
// or a line of text.
var files = []string{
	"/units/{unit}/template", "/batches/{batch}/original", "/batches/{batch}/marked", "/schemes/{scheme}/source", "/checkpoint", "/health",
}

// glass is a kind of window that pages are looked at through.
type glass struct {
	name  string
	width int64
	care  bool // 关怀版
}

// sweep looks at every page through several windows.
func (w *town) sweep(t *testing.T) {
	glasses := []glass{{"desktop", 1366, false}, {"phone", 390, false}}
	if os.Getenv("SHIJI_TORTURE") != "" {
		// 683 pixels are what 200 % leave of a common screen.
		glasses = append(glasses, glass{"zoomed", 683, false}, glass{"care", 1366, true}, glass{"care-phone", 390, true})
	}
	axe, err := os.ReadFile(filepath.Join("..", "..", "internal", "web", "asset", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Log("SKIPPED: PAGES ARE NOT CHECKED BY AXE: no axe-core, run make assets")
	}
	s := &sweeper{t: t, w: w, axe: string(axe), people: map[string]*visitor{}, ways: map[string]string{}}
	s.control()
	for _, g := range glasses {
		s.care(g)
		for _, at := range stops {
			s.look(g, at)
		}
	}
	s.everyRoute()
}

// sweeper goes through the pages, each person in her own browser.
type sweeper struct {
	t      *testing.T
	w      *town
	axe    string
	people map[string]*visitor
	ways   map[string]string // address of each stop, once it is known
}

// visitor returns somebody's browser, signed in.
func (s *sweeper) visitor(who string) *visitor {
	s.t.Helper()
	v := s.people[who]
	if v == nil {
		v = s.w.visit(s.t)
		if who != "" {
			v.signIn(who)
		}
		s.people[who] = v
	}
	return v
}

// care switches 关怀版 on for everybody, once it is to be looked at.
func (s *sweeper) care(g glass) {
	s.t.Helper()
	for _, at := range stops {
		s.visitor(at.who)
	}
	for _, v := range s.people {
		v.open("/account") // or the page to sign in
		if on := v.number(`document.querySelectorAll("html.care").length`) == 1; on != g.care {
			v.press(`form[action="/care"] button`)
		}
	}
}

// find makes an address of the way to a stop; v is where the one before it was.
func (s *sweeper) find(v *visitor, at stop) string {
	s.t.Helper()
	if way, ok := s.ways[at.name]; ok {
		return way
	}
	published := s.ways["published"]
	switch at.way {
	case "button[value=page]": // sent with the form of the stop before
		return ""
	case "job":
		return s.w.job
	case "/people":
		return s.ways["unit"] + "/people"
	case "results":
		return published + "/results"
	case "results-none":
		return published + "/results?q=无此人"
	case "result":
		return s.w.result
	}
	if strings.HasPrefix(at.way, "/") {
		return at.way
	}
	return v.text(fmt.Sprintf("document.querySelector(%q).getAttribute('href')", at.way))
}

// look opens a page and says what is wrong with it.
func (s *sweeper) look(g glass, at stop) {
	s.t.Helper()
	v := s.visitor(at.who)
	way := s.find(v, at)
	v.width(g.width)
	want := http.StatusOK
	if at.name == "missing" {
		want = http.StatusNotFound
	}
	if at.name == "notice-paper" {
		err := chromedp.Do(v.ctx, chromedp.SetValue(chromedp.CSS("#office"), "教务处"), chromedp.SetValue(chromedp.CSS("#phone"), "0537-0000000"))
		if err != nil {
			s.t.Fatal(err)
		}
		v.press(at.way)
	} else if got := v.open(way); got != want {
		s.t.Errorf("%s %s: %s answers %d, want %d", g.name, at.name, way, got, want)
	}
	if want == http.StatusNotFound {
		v.complaints() // that it is missing
	}
	s.ways[at.name] = v.path() + v.text("location.search")
	if wide := v.text(tooWide); wide != "" {
		s.t.Errorf("%s %s is wider than its window: %s", g.name, at.name, wide)
	}
	s.frame(g, at, v)
	if g.width > 1000 || os.Getenv("SHIJI_TORTURE") != "" {
		if found := s.serious(v); found != "" {
			s.t.Errorf("%s %s: axe finds\n%s", g.name, at.name, found)
		}
	}
	for _, said := range v.complaints() {
		s.t.Errorf("%s %s: the browser complains: %s", g.name, at.name, said)
	}
	v.shot(g.name + "-" + at.name)
}

// frame looks at what stands around a page: the navigation marks where she is, as
// the page itself or as what it belongs to, and hides nothing; what is pressed on a
// phone is as high as a finger needs.
func (s *sweeper) frame(g glass, at stop, v *visitor) {
	s.t.Helper()
	if v.number(`document.querySelectorAll(".side").length`) == 1 && at.name != "missing" {
		marks := decode[[]string](v, `[...document.querySelectorAll(".side [aria-current]")].map(a => a.getAttribute("aria-current") + " " + a.getAttribute("href"))`)
		path := v.path()
		if len(marks) != 1 || marks[0] != "page "+path && (!strings.HasPrefix(marks[0], "true ") || marks[0] == "true "+path) {
			s.t.Errorf("%s %s: at %s the navigation marks %q", g.name, at.name, path, marks)
		}
		if hidden := v.number(`(s => s.scrollWidth - s.clientWidth)(document.querySelector(".side"))`); hidden > 0 {
			s.t.Errorf("%s %s hides %d pixels of the navigation", g.name, at.name, hidden)
		}
	}
	if g.width < 500 {
		if small := v.text(tooSmall); small != "" {
			s.t.Errorf("%s %s: too small for a finger: %s", g.name, at.name, small)
		}
	}
}

// tooSmall names buttons and fields that are less than 44 pixels high.
const tooSmall = `[...document.querySelectorAll(".btn, .quiet, .who, .control, .side a, .tasks .what > a")]
	.filter(e => { const box = e.getBoundingClientRect(); return box.width > 0 && box.height > 0 && box.height < 43.5 })
	.map(e => e.tagName + "." + e.className + " " + e.innerText.slice(0, 12) + " " + Math.round(e.getBoundingClientRect().height)).join(", ")`

// serious returns what axe finds on a page, "" without axe.
func (s *sweeper) serious(v *visitor) string {
	s.t.Helper()
	if s.axe == "" {
		return ""
	}
	found, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](s.axe+axeRun, chromedp.EvalAwaitPromise))
	if err != nil {
		s.t.Fatalf("axe at %s: %v", v.path(), err)
	}
	return found
}

// control spoils a page and demands that all of it is noticed, on a phone too.
func (s *sweeper) control() {
	s.t.Helper()
	v := s.w.visit(s.t)
	v.width(390)
	v.open("/sign-in")
	v.text(`(() => { const box = document.createElement("input"); box.style.width = "3000px"; document.body.append(box); console.error("spoilt") })()`)
	if v.text(tooWide) == "" || s.axe != "" && !strings.Contains(s.serious(v), "label (critical") {
		s.t.Errorf("a spoilt page passes: wide %q, axe %q", v.text(tooWide), s.serious(v))
	}
	if said := strings.Join(v.complaints(), " "); !strings.Contains(said, "spoilt") {
		s.t.Errorf("the browser's complaint is not heard: %s", said)
	}
}

// tooWide names what makes a page scroll sideways.
const tooWide = `(() => {
	const root = document.documentElement;
	if (root.scrollWidth <= root.clientWidth) return "";
	const out = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest(".tw"));
	return root.scrollWidth + " > " + root.clientWidth + " " + out.slice(0, 5).map(e => e.tagName + "." + e.className).join(" ");
})()`

// axeRun lists what axe finds serious: the rule, and what breaks it first.
const axeRun = `;axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations
	.filter(v => v.impact === "serious" || v.impact === "critical")
	.map(v => v.id + " (" + v.impact + ", " + v.nodes.length + "): " + v.help + "\n  " + v.nodes[0].html.slice(0, 200) + "\n  " + v.nodes[0].failureSummary).join("\n"))`

// everyRoute fails for a page of the site map that was not looked at.
func (s *sweeper) everyRoute() {
	s.t.Helper()
	skip := map[string]bool{}
	for _, f := range files {
		skip[f] = true
	}
	for _, r := range web.Routes() {
		if r.Method != http.MethodGet || skip[r.Path] || r.Path == "/{$}" { // the start only leads on
			continue
		}
		pattern := regexp.MustCompile("^" + regexp.MustCompile(`\{\w+\}`).ReplaceAllString(r.Path, `[^/]+`) + `(\?.*)?$`)
		seen := false
		for _, way := range s.ways {
			seen = seen || pattern.MatchString(way)
		}
		if !seen {
			s.t.Errorf("no stop of the sweep shows %s", r.Path)
		}
	}
}

// plain goes from the sign-in to a result by forms and links alone: scripts are off.
func (w *town) plain(t *testing.T) {
	v := w.visit(t)
	if _, err := chromedp.Call(v.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	v.signIn("clerk3")
	if v.text("document.documentElement.className") != "" {
		t.Fatal("scripts run although they are off")
	}
	batch := v.text(`document.querySelector('td.name a[href^="/batches/"]').getAttribute("href")`)
	book := filepath.Join(t.TempDir(), "材料.xlsx")
	if err := os.WriteFile(book, v.download(batch+"/original", nil), 0o600); err != nil {
		t.Fatal(err)
	}
	v.openYear("2025-2026")
	v.upload(book)
	v.press(`form[action$="/adopt"] button`)
	v.press(`.note.ok a.btn`)
	v.press(`form[action$="/evaluate"] button.pri`)
	for i := 0; v.number(`document.querySelectorAll("#job .note").length`) == 0; i++ {
		if i > 200 {
			t.Fatalf("the job does not end: %s", v.inner("#job"))
		}
		v.press(`#job noscript a, #job a.btn`)
	}
	v.press(`#job a.btn[href^="/appraisals/"]`)
	v.press(`.phead a[href$="/results"]`)
	name := v.inner("#list td.name a")
	if err := chromedp.Do(v.ctx, chromedp.SendKeys(chromedp.CSS("#q"), name)); err != nil {
		t.Fatal(err)
	}
	v.press(`#filter button`)
	v.press(`#list td.name a`)
	if got := v.inner("h1"); !strings.Contains(got, name) {
		t.Errorf("the result of %s is headed %q", name, got)
	}
	if err := chromedp.Do(v.ctx, chromedp.Click(chromedp.CSS("#tree .node > summary"))); err != nil {
		t.Fatal(err)
	}
	if why := v.inner("#tree .node[open] .why"); !strings.Contains(why, "条款：") {
		t.Errorf("an unfolded part gives no reason: %q", why)
	}
	v.shot("plain-result")
}
