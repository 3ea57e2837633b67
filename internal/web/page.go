package web

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"shiji/internal/app"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/text"
	"shiji/internal/web/asset"
	"shiji/internal/web/chart"
)

//go:embed ui
var ui embed.FS

// Base is what every page shows around its content. Page structs embed it.
type Base struct {
	Title  string
	Place  string // the unit that the page is about
	Crumbs []Link // from the top down; the last one is the page itself
	Nav    []Nav
	Viewer *app.Viewer
	Mark   string // for forms
	Care   bool   // 关怀版
	Live   bool   // the page needs htmx
	Here   string // path and query of the page
	Faults []*fault.Error
	Done   string // what has just been done, in words; "" if nothing
}

// Link leads somewhere; without To it is text.
type Link struct{ Text, To string }

// Nav is one entry of the navigation.
type Nav struct {
	Text, To, Icon string
	Current        string // as aria-current says it: "page" for the page itself, "true" for what it belongs to
}

const careCookie = "shiji-care"

// base returns the frame of a page. crumbs stand above the title, which ends
// them.
func (c *call) base(title string, crumbs ...Link) Base {
	b := Base{Title: title, Viewer: c.viewer, Mark: c.mark(), Here: c.here(), Done: doneText(c.query("done"))}
	if cookie, err := c.r.Cookie(careCookie); err == nil {
		b.Care = cookie.Value == "1"
	}
	if len(crumbs) > 0 {
		b.Crumbs = append(crumbs, Link{Text: title})
	}
	if c.viewer != nil && !c.viewer.Changing {
		b.Nav = nav(c.viewer)
		b.locate(c.r.URL.Path)
	}
	return b
}

// here returns where somebody is, to come back to: a page that answers a form has
// no address of its own.
func (c *call) here() string {
	if unsafe(c.r.Method) {
		return "/"
	}
	return c.r.URL.RequestURI()
}

// done are what a redirect can say has been done: the address carries the key,
// never a sentence that somebody could have written into a link.
func doneText(key string) string {
	if key == "" {
		return ""
	}
	s, ok := text.Lookup("web.done-" + key)
	if !ok {
		return ""
	}
	return s
}

// nav returns the viewer's ways: her own first, then one a seat.
func nav(v *app.Viewer) []Nav {
	out := []Nav{{Text: "我的", To: "/me", Icon: "person"}}
	seen, above := map[org.UnitID]bool{}, false
	for _, seat := range v.Seats {
		if !seen[seat.Unit.ID] && v.Can(org.UnitRead) {
			seen[seat.Unit.ID] = true
			out = append(out, Nav{Text: seat.Unit.Name, To: "/units/" + string(seat.Unit.ID), Icon: "home"})
			above = above || seat.Unit.Kind != org.School
		}
	}
	if above {
		out = append(out, Nav{Text: "查找单位", To: "/units", Icon: "search"})
	}
	if v.Can(org.EventList) {
		out = append(out, Nav{Text: "操作日志", To: "/events", Icon: "list"})
	}
	return append(out, Nav{Text: "账号", To: "/account", Icon: "lock"})
}

// locate marks the entry of the navigation that is the page at here, else the one
// it belongs to: that of the deepest crumb that has one. An address alone tells
// nothing: pages that say that something is missing must look alike.
func (b *Base) locate(here string) {
	for i := range b.Nav {
		b.Nav[i].Current = ""
	}
	way := append(slices.Clone(b.Crumbs), Link{To: here})
	for k := len(way) - 1; k >= 0; k-- {
		for i := range b.Nav {
			if b.Nav[i].To != way[k].To {
				continue
			}
			b.Nav[i].Current = "true"
			if way[k].To == here {
				b.Nav[i].Current = "page"
			}
			return
		}
	}
}

// pages are the parsed templates, a set a page.
type pages map[string]*template.Template

// render executes the frame of a page with it.
func (p pages) render(w io.Writer, name string, page any) error {
	t, ok := p[name]
	if !ok {
		return fmt.Errorf("no page is called %s", name)
	}
	if err := t.ExecuteTemplate(w, "base", page); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	return nil
}

// parsePages reads ui: base.html and part/*.html belong to every page, each other
// file is one page.
func parsePages(assets *asset.Assets) (pages, error) {
	common, err := template.New("").Option("missingkey=error").Funcs(functions(assets)).ParseFS(ui, "ui/base.html", "ui/part/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse pages: %w", err)
	}
	if common, err = asset.Parse(common); err != nil {
		return nil, fmt.Errorf("parse icons: %w", err)
	}
	if common, err = chart.Parse(common); err != nil {
		return nil, fmt.Errorf("parse charts: %w", err)
	}
	out := pages{}
	files, err := fs.Glob(ui, "ui/*/*.html")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		folder := path.Base(path.Dir(file))
		if folder == "part" {
			continue
		}
		t, err := common.Clone()
		if err != nil {
			return nil, err
		}
		if _, err := t.ParseFS(ui, file); err != nil {
			return nil, fmt.Errorf("parse page: %w", err)
		}
		out[strings.TrimSuffix(path.Base(file), ".html")] = t
	}
	return out, nil
}

// filesize tells how large a file is in the unit in which people think of it, with one
// decimal from a megabyte on.
func filesize(bytes int64) string {
	const kb, mb = 1 << 10, 1 << 20
	switch {
	case bytes < kb:
		return fmt.Sprintf("%d 字节", bytes)
	case (bytes+kb/2)/kb < kb:
		return fmt.Sprintf("%d KB", (bytes+kb/2)/kb)
	}
	tenths := (bytes*10 + mb/2) / mb
	return fmt.Sprintf("%d.%d MB", tenths/10, tenths%10)
}

// functions are what templates may call. They word and name; none of them
// decides.
func functions(assets *asset.Assets) template.FuncMap {
	return template.FuncMap{
		"asset":    assets.URL,
		"fault":    text.Fault,
		"sentence": func(e *fault.Error) string { return text.Sprintf(e.Key, e.Args...) }, // beside the field it names
		"place":    text.Place,
		"words":    text.Sprintf, // a key of the catalogue with its arguments
		"role":     func(r org.Role) string { return text.Sprintf("org.role-" + string(r)) },
		"when":     when,
		"moment":   moment,
		"filesize": filesize,
		"add":      func(a, b int) int { return a + b },
		"initial": func(name string) string {
			for _, r := range name {
				return string(r)
			}
			return ""
		},
	}
}
