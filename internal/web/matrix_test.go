package web_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shiji/internal/org"
	"shiji/internal/text"
	"shiji/internal/web"
)

// judge says whether a guest may do something to an object.
type judge func(g *guest, a org.Action, o org.Object) bool

// byTable judges by the table of rights itself.
func byTable(g *guest, a org.Action, o org.Object) bool {
	_, ok := g.viewer.May(a, o)
	return ok
}

// What a request comes to.
const (
	toSignIn  = "sign-in" // sent to the sign-in page
	toAccount = "account" // sent to set a password first
	hidden    = "hidden"  // as if it did not exist
	notNow    = "not now" // refused for the state of the appraisal, which she may know
	allowed   = "allowed" // the handler did what is asked, or said what is wrong with it
	entire    = "entire"  // likewise, with the part of the page that has a rule of its own
	noMethod  = "method"  // a path of the site, but not by this method
	foreign   = "foreign" // a form of another site
	broken    = "broken"  // a fault of ours
)

// asked is one cell: somebody asks for a thing by a route, in a way.
type asked struct {
	guest   *guest
	route   web.Route
	method  string
	thing   thing
	subject string // of a result
	format  string // of an export
}

func (c asked) String() string {
	return fmt.Sprintf("%s: %s %s of %s %.40q %.40q %s", c.guest.name, c.method, c.route.Path, c.thing.name, c.thing.id, c.subject, c.format)
}

var wildcard = regexp.MustCompile(`\{([a-z$]*)\}`)

// target is the address of the cell. Ids stand in it as they are, already escaped
// where they need it.
func (c asked) target() string {
	return wildcard.ReplaceAllStringFunc(c.route.Path, func(w string) string {
		switch w {
		case "{$}":
			return ""
		case "{subject}":
			return c.subject
		case "{format}":
			return c.format
		}
		return c.thing.id
	}) + c.query()
}

func (c asked) query() string {
	if c.route.Path == "/events" && c.thing.name != "" {
		return "?unit=" + c.thing.id
	}
	return ""
}

// expected is what a cell must come to, by what may says.
func (c asked) expected(w *town, may judge) string {
	g, th := c.guest, c.thing
	switch {
	case c.route.Access != "open" && g.viewer.Account == "":
		return toSignIn
	case g.changing && (c.route.Access == "own" || c.route.Access == "ruled"):
		return toAccount
	}
	can := func(a org.Action) bool { return may(g, a, org.Object{Path: th.path, State: th.state}) }
	about := func(a org.Action, p org.PersonID) bool {
		return may(g, a, org.Object{Path: th.path, State: th.state, Person: p})
	}
	holds := func(a org.Action) bool { // to the person, by herself or by a post of hers
		return may(g, a, org.Object{Person: th.person}) || slices.ContainsFunc(th.posts, func(p org.Path) bool {
			return may(g, a, org.Object{Path: p, Person: th.person})
		})
	}
	when := func(ok bool) string {
		if ok && (th.exists || th.name == "") {
			return allowed
		}
		return hidden
	}
	mine := !th.staged || th.filler == g.viewer.Account
	person, known := th.subjects[c.subject]
	switch c.route.Method + " " + c.route.Path {
	case "GET /units/{unit}":
		return when(can(org.UnitRead))
	case "GET /units/{unit}/people":
		return when(can(org.PersonList))
	case "GET /units/{unit}/template":
		return when(can(org.UnitRead) && can(org.EvidenceStage) && th.school)
	case "POST /units/{unit}/evidence":
		return when(can(org.EvidenceStage))
	case "POST /units/{unit}/appraisals":
		return when(can(org.AppraisalOpen) && can(org.SchemeAdd))
	case "GET /people/{person}":
		return when(holds(org.PersonRead))
	case "POST /people/{person}/identity":
		return when(holds(org.IdentityEnter))
	case "POST /people/{person}/identity/unmask":
		return when(holds(org.IdentityUnmask))
	case "GET /batches/{batch}", "GET /batches/{batch}/original", "GET /batches/{batch}/marked":
		return when(can(org.EvidenceRead) && mine)
	case "POST /batches/{batch}/adopt":
		return when(can(org.EvidenceAdopt) && mine)
	case "POST /batches/{batch}/discard":
		return when(can(org.EvidenceRead) && can(org.EvidenceStage) && mine)
	case "GET /appraisals/{appraisal}":
		if when(can(org.AppraisalRead)) == allowed && !th.bare && can(org.OverviewRead) {
			return entire
		}
		return when(can(org.AppraisalRead))
	case "POST /appraisals/{appraisal}/evaluate":
		return when(can(org.AppraisalRead)) + c.now(may, org.AppraisalEvaluate)
	case "POST /appraisals/{appraisal}/withdraw":
		return when(can(org.AppraisalRead)) + c.now(may, org.AppraisalOpen)
	case "POST /appraisals/{appraisal}/publish":
		return when(can(org.AppraisalRead)) + c.now(may, org.AppraisalPublish)
	case "GET /appraisals/{appraisal}/results":
		return when(!th.bare && (can(org.ResultList) || slices.ContainsFunc(slices.Collect(maps.Values(th.subjects)), func(p org.PersonID) bool {
			return p == g.viewer.Person && about(org.ResultList, p)
		})))
	case "GET /appraisals/{appraisal}/results/{subject}", "GET /appraisals/{appraisal}/results/{subject}/workings":
		return when(known && about(org.ResultRead, person))
	case "GET /appraisals/{appraisal}/results/{subject}/form":
		return when(known && about(org.ResultPrint, person))
	case "POST /appraisals/{appraisal}/results/{subject}/bundle":
		return when(known && about(org.ResultBundle, person))
	case "POST /appraisals/{appraisal}/forms":
		return when(!th.bare && can(org.ResultPrint))
	case "GET /appraisals/{appraisal}/notice", "POST /appraisals/{appraisal}/notice":
		return when(!th.bare && can(org.NoticePrint))
	case "POST /appraisals/{appraisal}/export/{format}":
		return when(!th.bare && can(org.ResultExport))
	case "GET /jobs/{job}":
		return when(th.owner == g.viewer.Account)
	case "POST /jobs/{job}/file":
		return when(th.owner == g.viewer.Account && th.file && may(g, org.ResultPrint, org.Object{Path: th.path, State: th.state}))
	case "GET /schemes/{scheme}", "GET /schemes/{scheme}/source":
		return when(may(g, org.SchemeRead, org.Object{}))
	case "GET /events":
		if th.name != "" {
			return when(can(org.EventList))
		}
		return when(slices.ContainsFunc(w.units(), func(u thing) bool { return may(g, org.EventList, org.Object{Path: u.path}) }))
	case "GET /me":
		self := org.Object{Person: g.viewer.Person}
		return when(may(g, org.PersonRead, self) && may(g, org.TraceRead, self))
	}
	return allowed
}

// now completes the word of an appraisal that a guest may know: whether she may
// do a to it as it stands, only in another state, or never.
func (c asked) now(may judge, a org.Action) string {
	o := org.Object{Path: c.thing.path, State: c.thing.state}
	if may(c.guest, a, o) {
		return ""
	}
	for _, state := range []string{"open", "evaluated", "published"} {
		o.State = state
		if may(c.guest, a, o) {
			return ", " + notNow
		}
	}
	return ", " + hidden
}

// settle makes one word of two: what cannot be known cannot be done, and what can
// be known is refused by the second.
func settle(said string) string {
	first, second, both := strings.Cut(said, ", ")
	if !both || first == hidden {
		return first
	}
	return second
}

// came says what an answer amounts to.
func came(r web.Route, rec *httptest.ResponseRecorder) string {
	to := rec.Header().Get("Location")
	switch {
	case rec.Code >= 500:
		return broken
	case rec.Code == http.StatusMethodNotAllowed:
		return noMethod
	case rec.Code == http.StatusNotFound:
		return hidden
	case rec.Code == http.StatusSeeOther && strings.HasPrefix(to, "/sign-in"):
		return toSignIn
	case rec.Code == http.StatusSeeOther && to == "/account":
		return toAccount
	case rec.Code == http.StatusForbidden:
		body := rec.Body.String()
		if strings.Contains(body, text.Sprintf("web.foreign-form")) {
			return foreign
		}
		for _, state := range []string{"open", "evaluated", "published"} {
			if strings.Contains(body, text.Sprintf("app.appraisal-state", text.Sprintf("app.state-"+state))) {
				return notNow
			}
		}
	case r.Path == "/appraisals/{appraisal}" && strings.Contains(rec.Body.String(), `id="h-sum"`):
		return entire
	}
	return allowed
}

// wild are what people type into addresses: nothing has such an id.
func wild() []thing {
	out := []thing{{name: "missing", id: missingID}}
	for _, id := range []string{
		"%00", "%FF%FE", "%27%20OR%20%271%27%3D%271", "..%2F..%2Fetc%2Fpasswd", "%E2%80%AE", strings.Repeat("A", 3000), "0", "%3Cscript%3E", "null",
	} {
		out = append(out, thing{name: "malformed", id: id})
	}
	return out
}

func (w *town) units() (out []thing) {
	add := func(name string, u org.Unit) {
		out = append(out, thing{name: name, id: string(u.ID), path: u.Path, exists: true, school: u.Kind == org.School})
	}
	add("city", w.city)
	add("county", w.east)
	add("other county", w.west)
	for _, sc := range w.schools {
		add("school", sc.unit)
		add("group", sc.group)
	}
	return out
}

func (w *town) people() (out []thing) {
	for _, g := range w.guests {
		if g.viewer.Person != "" && len(out) < 8 { // of no unit at all
			out = append(out, thing{name: "person of " + g.name, id: string(g.viewer.Person), person: g.viewer.Person, exists: true})
		}
	}
	for _, sc := range w.schools {
		for _, p := range []org.Person{sc.teacher, sc.friend} {
			out = append(out, thing{name: "person " + p.Name, id: string(p.ID), person: p.ID, posts: []org.Path{sc.unit.Path}, exists: true})
		}
	}
	return out
}

// things are what a route can be asked for.
func (w *town) things(r web.Route) (out []thing) {
	wild := wild()
	if w.db.Engine != "sqlite" && os.Getenv("SHIJI_TORTURE") == "" {
		wild = wild[:4] // those that another engine may read in another way
	}
	gather := func(of func(*townSchool) []thing) {
		for _, sc := range w.schools {
			out = append(out, of(sc)...)
		}
	}
	switch {
	case strings.Contains(r.Path, "{unit}"):
		out = w.units()
	case strings.Contains(r.Path, "{person}"):
		out = w.people()
	case strings.Contains(r.Path, "{batch}"):
		gather(func(sc *townSchool) []thing { return sc.batches })
	case strings.Contains(r.Path, "{appraisal}"):
		gather(func(sc *townSchool) []thing { return sc.appraisals })
	case strings.Contains(r.Path, "{job}"):
		gather(func(sc *townSchool) []thing { return sc.jobs })
	case strings.Contains(r.Path, "{scheme}"):
		out = w.schemes
	case r.Path == "/events":
		return append([]thing{{}}, append(w.units(), wild...)...)
	default:
		return []thing{{}}
	}
	for _, th := range slices.Clone(out)[:2] { // ids are what they are, letter by letter
		th.exists, th.name, th.id = false, "almost "+th.name, strings.ToLower(th.id)
		out = append(out, th)
	}
	return append(out, wild...)
}

// whole are the formats of an export.
var whole = []string{"json", "xlsx", "html"}

// cells calls fn for everybody, every route and everything it can name.
func (w *town) cells(fn func(asked)) {
	codes := map[org.Path][]string{}
	for _, sc := range w.schools {
		codes[sc.unit.Path] = []string{sc.code, sc.other, "T999", "%00", "%2E%2E"}
	}
	for _, r := range web.Routes() {
		for _, th := range w.things(r) {
			subjects, formats := []string{""}, []string{""}
			if strings.Contains(r.Path, "{subject}") {
				if subjects = codes[th.path]; subjects == nil {
					subjects = []string{w.schools[0].code}
				}
			}
			if strings.Contains(r.Path, "{format}") {
				formats = append([]string{"exe", "%00"}, whole...)
			}
			for _, subject := range subjects {
				for _, format := range formats {
					for i, g := range w.guests {
						if slices.Contains(whole, format) && i%5 > 0 {
							continue // all results as a file take long, and the decision comes before the format
						}
						fn(asked{guest: g, route: r, method: r.Method, thing: th, subject: subject, format: format})
					}
				}
			}
		}
	}
}

// changes says that asking would take from the town what other cells need.
func (c asked) changes(expected string) bool {
	if expected != allowed {
		return false
	}
	switch c.route.Path {
	case "/batches/{batch}/adopt", "/batches/{batch}/discard":
		return c.thing.staged
	case "/appraisals/{appraisal}/publish":
		return true
	case "/appraisals/{appraisal}/withdraw":
		return c.thing.state == "open"
	}
	return false
}

// body is the form of a cell: right but for what would change something.
func (c asked) body(mark string) (io.Reader, string) {
	if c.route.Path == "/units/{unit}/evidence" {
		return fileForm(map[string]string{"mark": mark, "term": townTerm}, "x.xlsx", "no workbook at all")
	}
	return strings.NewReader(url.Values{"mark": {mark}, "to": {"/"}}.Encode()), "application/x-www-form-urlencoded"
}

// fileForm is a form with a file, its fields first.
func fileForm(fields map[string]string, name, content string) (io.Reader, string) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		_ = form.WriteField(key, fields[key]) // into memory
	}
	if part, err := form.CreateFormFile("file", name); err == nil {
		_, _ = io.WriteString(part, content)
	}
	_ = form.Close()
	return &b, form.FormDataContentType()
}

func (w *town) ask(c asked, mark string) *httptest.ResponseRecorder {
	return w.do(w.cell(c, mark))
}

// cell is the request of a cell.
func (w *town) cell(c asked, mark string) *http.Request {
	var body io.Reader
	kind := ""
	if c.method == http.MethodPost {
		body, kind = c.body(mark)
	}
	r := w.as(c.guest, c.method, c.target(), body)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

// paced says whether an answer waited as it must: "not found" once and for its tick,
// whether it is hidden or missing, and nothing else at all.
func paced(rec *httptest.ResponseRecorder, waits []time.Duration) bool {
	if rec.Code != http.StatusNotFound {
		return len(waits) == 0
	}
	return len(waits) == 1 && waits[0] > 0 && waits[0] <= tick
}

// otherMethods are those that a path of the site does not take.
func otherMethods(path string) (out []string) {
	taken := map[string]bool{}
	for _, r := range web.Routes() {
		if r.Path == path {
			taken[r.Method] = true
			taken[http.MethodHead] = taken[http.MethodHead] || r.Method == http.MethodGet
		}
	}
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace, "PROPFIND", "get"} {
		if !taken[m] {
			out = append(out, m)
		}
	}
	return out
}

// answered is a cell with what came of it.
type answered struct {
	asked
	got string
}

// matrix asks everything as everybody and holds each answer to the table of
// rights and to Cedar; whatever is hidden must look as if it did not exist, and wait
// like it.
func (w *town) matrix(t *testing.T) {
	begun := time.Now()
	referee := newOracle(t, w, org.Rules(), org.Forbidden())
	marks := map[string]string{}
	for _, g := range w.guests {
		if g.viewer.Account != "" {
			marks[g.name] = w.markOf(t, g)
		}
	}
	var all []answered
	words, wrong, heads, others, left := map[string]int{}, 0, 0, 0, 0
	looks := map[string]string{}
	fail := func(format string, args ...any) {
		if wrong++; wrong <= 25 {
			t.Errorf(format, args...)
		}
	}
	unseen := func(c asked, rec *httptest.ResponseRecorder) {
		key := c.guest.name + " " + c.method + " " + c.route.Path
		look := likeness(rec)
		if before, ok := looks[key]; ok && before != look {
			fail("%v: what is hidden looks other than what is missing:\n%s\nelsewhere\n%s", c, look, before)
		} else {
			looks[key] = look
		}
	}
	torture := os.Getenv("SHIJI_TORTURE") != ""
	turn := 0
	number := 0
	w.cells(func(c asked) {
		if number++; testing.Short() && number%7 != 0 {
			return
		}
		want, second := settle(c.expected(w, byTable)), settle(c.expected(w, referee.may))
		if want != second {
			fail("%v: by the table %s, by Cedar %s", c, want, second)
		}
		if c.changes(want) {
			left++ // done by those tests that make what they change
			return
		}
		if c.route.Path == "/sign-out" && c.guest.viewer.Account != "" {
			old := c.guest.token
			c.guest.token = w.session(t, c.guest.viewer.Account)
			defer func(g *guest) { g.token = old }(c.guest)
			rec := w.ask(c, w.markOf(t, c.guest))
			if got := came(c.route, rec); got != toSignIn { // where whoever has signed out is led
				fail("%v: got %s (%d), want %s", c, got, rec.Code, toSignIn)
			}
			all = append(all, answered{c, want})
			return
		}
		r, waits := noting(w.cell(c, marks[c.guest.name]))
		rec := w.do(r)
		if !paced(rec, *waits) {
			fail("%v: answered %d after waiting %v", c, rec.Code, *waits)
		}
		got := came(c.route, rec)
		if got != want {
			fail("%v: got %s (%d), want %s", c, got, rec.Code, want)
		}
		if got == hidden {
			unseen(c, rec)
		}
		words[got]++
		all = append(all, answered{c, got})
		turn++
		if c.method == http.MethodGet && got != allowed && got != entire && (torture || turn%8 == 0) {
			heads++
			c.method = http.MethodHead
			if head := came(c.route, w.ask(c, "")); head != got {
				fail("%v: got %s, want %s as by GET", c, head, got)
			}
		}
		methods := otherMethods(c.route.Path)
		switch { // they are refused before anything is looked up: one of them in turn
		case torture:
		case w.db.Engine == "sqlite" || turn%8 == 0:
			methods = methods[turn%len(methods):][:1]
		default:
			methods = nil
		}
		for _, m := range methods {
			others++
			c.method = m
			rec := w.ask(c, marks[c.guest.name])
			if got := came(c.route, rec); got != noMethod || rec.Header().Get("Allow") == "" {
				fail("%v: got %s (%d), want %s", c, got, rec.Code, noMethod)
			}
			unseen(c, rec)
		}
	})
	t.Logf("%d cells in %v: %d as declared %v, %d HEAD, %d with other methods; %d wrong; %d that change the town are left to tests of their own",
		len(all)+heads+others, time.Since(begun).Round(time.Millisecond), len(all), words, heads, others, wrong, left)
	for _, word := range []string{toSignIn, toAccount, hidden, notNow, allowed, entire} {
		if words[word] == 0 {
			t.Errorf("no cell came to %q", word)
		}
	}
	if testing.Short() {
		t.Log("SHORT: every seventh cell only, and NO negative control")
		return
	}
	w.control(t, all)
}

var (
	markValue = regexp.MustCompile(`name="mark" value="[^"]*"`)
	toValue   = regexp.MustCompile(`name="to" value="[^"]*"`)
)

// likeness is an answer without what differs from request to request: the mark,
// which is masked anew, the way back, and which of her own ways an address lies on.
func likeness(rec *httptest.ResponseRecorder) string {
	body := toValue.ReplaceAllString(markValue.ReplaceAllString(rec.Body.String(), "MARK"), "TO")
	body = strings.ReplaceAll(body, ` aria-current="page"`, "")
	var b strings.Builder
	fmt.Fprintln(&b, rec.Code)
	for _, key := range slices.Sorted(maps.Keys(rec.Header())) {
		fmt.Fprintln(&b, key, rec.Header()[key])
	}
	return b.String() + body
}

// second are rules that are only asked where a narrower one has been asked before:
// a page can tell that they are there, not how far they reach.
var second = []org.Action{org.TraceRead, org.SchemeAdd, org.AppraisalOpen, org.OverviewRead, org.NoticePrint, org.AppraisalPublish}

// control flaws the table of rights rule by rule: the cells that were asked must
// tell each flawed table from the true one. One that differed nowhere would mean
// that a rule is not tested.
func (w *town) control(t *testing.T, all []answered) {
	tables := 0
	try := func(name string, a org.Action, rules, forbidden []org.Rule) {
		tables++
		flawed := newOracle(t, w, rules, forbidden)
		for _, c := range all {
			if slices.Contains(c.route.Actions, a) && settle(c.expected(w, flawed.may)) != c.got {
				return
			}
		}
		t.Errorf("%s: no cell tells", name)
	}
	for i, r := range org.Rules() {
		name := fmt.Sprintf("%s %s", r.Role, r.Action)
		try(name+" left out", r.Action, slices.Delete(org.Rules(), i, i+1), org.Forbidden())
		wider := org.Rules()
		if wider[i].Relation != org.Anything && !slices.Contains(second, r.Action) {
			wider[i].Relation = org.Anything
			try(name+" about anything", r.Action, wider, org.Forbidden())
		}
		other := org.Rules()
		other[i].Role = org.Committee
		if r.Role == org.Committee {
			other[i].Role = org.Auditor
		}
		if r.Role == org.Own {
			other[i].Relation = org.Beneath
		}
		try(name+" for another role", r.Action, other, org.Forbidden())
	}
	for i, r := range org.Forbidden() {
		try(fmt.Sprintf("%s %s not forbidden", r.Role, r.Action), r.Action, org.Rules(), slices.Delete(org.Forbidden(), i, i+1))
	}
	t.Logf("%d flawed tables told from the true one", tables)
}

// TestRoutes holds the site map to what makes it one: every route says who
// reaches it, one that a rule decides names the rule, and every rule has a route.
func TestRoutes(t *testing.T) {
	t.Parallel()
	used := map[org.Action]bool{}
	for _, r := range web.Routes() {
		if (r.Access == "ruled") != (len(r.Actions) > 0) && r.Path != "/me" || r.Access == "" {
			t.Errorf("%s %s: access %q with rules %v", r.Method, r.Path, r.Access, r.Actions)
		}
		if r.Method != http.MethodGet && r.Method != http.MethodPost {
			t.Errorf("%s %s: neither shows nor changes", r.Method, r.Path)
		}
		for _, a := range r.Actions {
			used[a] = true
		}
	}
	for _, r := range append(org.Rules(), org.Forbidden()...) {
		if !used[r.Action] {
			t.Errorf("%s: no route", r.Action)
			used[r.Action] = true
		}
	}
}
