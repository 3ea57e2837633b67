package web

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"shiji/internal/app"
	"shiji/internal/explain"
	"shiji/internal/web/asset"
	"shiji/internal/web/webtest"
)

// registry names every page with its struct. A template without a line here, or
// the other way round, fails the test.
var registry = map[string]func() any{
	"account":  func() any { return &accountPage{} },
	"batch":    func() any { return &batchPage{Batch: &app.BatchPage{}} },
	"error":    func() any { return &errorPage{} },
	"events":   func() any { return &eventsPage{EventList: &app.EventList{}} },
	"factor":   func() any { return &factorPage{} },
	"job":      func() any { return &jobPage{JobPage: &app.JobPage{}} },
	"mine":     func() any { return &minePage{MinePage: &app.MinePage{}, Looks: &app.LookList{}} },
	"notice":   func() any { return &noticePage{} },
	"overview": func() any { return &overviewPage{OverviewPage: &app.OverviewPage{}} },
	"people":   func() any { return &peoplePage{} },
	"person":   func() any { return &personPage{PersonPage: &app.PersonPage{}} },
	"result":   func() any { return &resultPage{ResultPage: &app.ResultPage{Told: app.Told{Page: &explain.Page{}}}} },
	"results":  func() any { return &resultsPage{ResultTable: &app.ResultTable{}} },
	"scheme":   func() any { return &schemePage{Page: &app.SchemePage{}} },
	"sign-in":  func() any { return &signInPage{} },
	"unit":     func() any { return &unitPage{UnitHome: &app.UnitHome{}} },
	"units":    func() any { return &unitsPage{} },
	"workings": func() any { return &workingsPage{Told: &app.Told{Page: &explain.Page{}}} },
}

func parsed(t *testing.T) pages {
	t.Helper()
	assets, err := asset.Open()
	if err != nil {
		t.Fatal(err)
	}
	p, err := parsePages(assets)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Sorted(maps.Keys(p)), slices.Sorted(maps.Keys(registry)); !slices.Equal(got, want) {
		t.Fatalf("templates %v, registered %v", got, want)
	}
	return p
}

// render executes a page as a handler does, with a struct and not a pointer.
func render(t *testing.T, p pages, name string, page any) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.render(&b, name, reflect.ValueOf(page).Elem().Interface()); err != nil {
		t.Errorf("%s: %v", name, err)
		return ""
	}
	return b.String()
}

// signedInBase is the frame as somebody sees it who is signed in.
func signedInBase(b *Base) {
	b.Title, b.Mark, b.Viewer = "标题", "mark", &app.Viewer{Name: "某人"}
	b.Nav = []Nav{{Text: "我的", To: "/me", Icon: "person"}}
}

// TestEmptyPages: every page stands with nothing to show, for somebody who is
// signed in and for nobody.
func TestEmptyPages(t *testing.T) {
	t.Parallel()
	p := parsed(t)
	for name, page := range registry {
		empty := page()
		base, _ := reflect.ValueOf(empty).Elem().FieldByName("Base").Addr().Interface().(*Base)
		if name == "sign-in" || name == "error" {
			base.Title = "标题"
			for _, f := range webtest.Faults(render(t, p, name, empty)) {
				t.Errorf("%s, signed out: %s", name, f)
			}
		}
		signedInBase(base)
		for _, f := range webtest.Faults(render(t, p, name, empty)) {
			t.Errorf("%s, empty: %s", name, f)
		}
	}
}

// hostile is what somebody may be called who means no good.
const hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202e{{.}}</textarea></title><!--"

// TestHostilePages fills every field of every page, lists with two entries, with
// hostile text, and each state that a template asks for in turn: nothing of it
// becomes an element, and every branch names fields that exist.
func TestHostilePages(t *testing.T) {
	t.Parallel()
	p := parsed(t)
	states := []string{hostile, "open", "evaluated", "published", "faulty", "cut-off", "same", "overtaken", "ready", "adopted", "done", "failed", "running", "school", "county", "place", "score", "forms", "evaluate"}
	for name, page := range registry {
		for _, state := range states {
			for _, yes := range []bool{true, false} {
				filled := page()
				f := filler{state: state, yes: yes}
				f.fill(reflect.ValueOf(filled).Elem(), "", 0)
				base, _ := reflect.ValueOf(filled).Elem().FieldByName("Base").Addr().Interface().(*Base)
				base.Care = yes
				text := render(t, p, name, filled)
				where := fmt.Sprintf("%s, state %.12q, %v", name, state, yes)
				for _, fault := range webtest.Faults(text) {
					if !strings.Contains(fault, "pointed to") && !strings.Contains(fault, "space") && !strings.Contains(fault, "twice") { // ids are data here, and lists are of two alike
						t.Errorf("%s: %s", where, fault)
					}
				}
				if strings.Contains(text, "<script>alert") || strings.Contains(text, "<img src=x") || strings.Contains(text, "ZgotmplZ") {
					t.Errorf("%s: hostile text came through", where)
				}
				if !shows(text, hostile) {
					t.Errorf("%s: what was filled in is not shown as text", where)
				}
			}
		}
	}
}

// shows says whether a text stands somewhere in a page as it is.
func shows(page, text string) bool {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return false
	}
	for n := range doc.Descendants() {
		if n.Type == html.TextNode && strings.Contains(n.Data, text) {
			return true
		}
	}
	return false
}

// filler fills values by their kind. Fields that a template compares with words
// get one of them.
type filler struct {
	state string
	yes   bool
}

// asStates are fields that hold one of a few words.
var asStates = []string{"State", "Kind", "Order", "Icon"}

// asAddress are fields that the program makes addresses of, never people.
var asAddress = []string{"To", "Here", "Link"}

func (f filler) fill(v reflect.Value, field string, depth int) {
	if depth > 9 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		if slices.Contains(asStates, field) {
			v.SetString(f.state)
			return
		}
		if slices.Contains(asAddress, field) {
			v.SetString("/here")
			return
		}
		v.SetString(hostile)
	case reflect.Bool:
		v.SetBool(f.yes)
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(3)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		f.fill(v.Elem(), field, depth+1)
	case reflect.Slice:
		if depth > 6 && v.Type().Elem().Kind() == reflect.Struct {
			return // trees end somewhere
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			f.fill(v.Index(i), field, depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i), v.Type().Field(i).Name, depth+1)
		}
	}
}
