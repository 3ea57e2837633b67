// Package webtest reads a page as a browser and a screen reader would and says
// what is wrong with it: what could run or load something, forms without a mark,
// controls without a label, ids and headings out of order. It is for tests only
// and knows nothing of what pages show.
package webtest

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// scripts are the only scripts a page may have: files of the site.
var scripts = regexp.MustCompile(`^/static/(app|htmx)\.[0-9a-f]{8}\.js$`)

// Unmarked are the addresses whose forms need no mark: nobody is signed in.
var Unmarked = []string{"/sign-in"}

// page is a page being read.
type page struct {
	faults   []string
	ids      map[string]bool
	labels   map[string]bool // ids that a label names
	refs     []string        // ids that something points to
	controls []*html.Node
	heading  int // level of the last one
	ones     int // headings of level 1
	titles   int
}

func (p *page) fault(format string, args ...any) {
	p.faults = append(p.faults, fmt.Sprintf(format, args...))
}

// Faults lists what is wrong with a whole page; nothing for one that is right.
func Faults(text string) []string {
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return []string{err.Error()}
	}
	p := &page{ids: map[string]bool{}, labels: map[string]bool{}}
	if !strings.HasPrefix(strings.ToLower(strings.TrimSpace(text)), "<!doctype html>") {
		p.fault("no doctype")
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			p.attributes(n)
			p.element(n)
		}
	}
	for _, c := range p.controls {
		if !p.labelled(c) {
			p.fault("no label for <%s name=%q id=%q>", c.Data, attribute(c, "name"), attribute(c, "id"))
		}
	}
	for _, id := range p.refs {
		if !p.ids[id] {
			p.fault("nothing has the id %q that is pointed to", id)
		}
	}
	if p.ones != 1 {
		p.fault("%d headings of level 1", p.ones)
	}
	if p.titles == 0 {
		p.fault("no title")
	}
	return p.faults
}

// attributes holds every attribute to what it may do.
func (p *page) attributes(n *html.Node) {
	for _, a := range n.Attr {
		key, value := strings.ToLower(a.Key), strings.ToLower(strings.TrimSpace(a.Val))
		switch {
		case strings.HasPrefix(key, "on"), strings.HasPrefix(key, "hx-on"), key == "hx-vals" || key == "hx-headers":
			p.fault("<%s> runs something: %s=%q", n.Data, a.Key, a.Val)
		case key == "style" || key == "srcdoc":
			p.fault("<%s> has a %s", n.Data, key)
		case key == "id":
			if a.Val == "" || p.ids[a.Val] {
				p.fault("id %q twice or empty", a.Val)
			}
			if strings.ContainsAny(a.Val, " \t\n") {
				p.fault("id %q with a space", a.Val)
			}
			p.ids[a.Val] = true
		case key == "aria-labelledby" || key == "aria-describedby" || key == "aria-controls":
			p.refs = append(p.refs, strings.Fields(a.Val)...)
		case key == "href" || key == "src" || key == "action" || key == "formaction" || strings.HasPrefix(key, "hx-") && strings.HasPrefix(value, "http"):
			if !local(value) {
				p.fault("<%s> leads elsewhere: %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
}

// local says whether an address stays on the site.
func local(to string) bool {
	if strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\") {
		return false
	}
	return to == "" || strings.HasPrefix(to, "/") || strings.HasPrefix(to, "#") || strings.HasPrefix(to, "?")
}

// element holds every element to what it may be.
func (p *page) element(n *html.Node) {
	switch n.Data {
	case "html":
		if attribute(n, "lang") == "" {
			p.fault("no language")
		}
	case "title":
		p.titles++
	case "script":
		if !scripts.MatchString(attribute(n, "src")) || n.FirstChild != nil {
			p.fault("script %q %q", attribute(n, "src"), inner(n))
		}
	case "style", "iframe", "object", "embed", "base", "link":
		if n.Data != "link" || attribute(n, "rel") != "stylesheet" && attribute(n, "rel") != "icon" {
			p.fault("<%s>", n.Data)
		}
	case "meta":
		if attribute(n, "http-equiv") != "" {
			p.fault("<meta http-equiv>")
		}
	case "label":
		if to := attribute(n, "for"); to != "" {
			p.labels[to] = true
			p.refs = append(p.refs, to)
		}
	case "input", "select", "textarea":
		if attribute(n, "type") != "hidden" {
			p.controls = append(p.controls, n)
		}
	case "button", "a":
		if strings.TrimSpace(inner(n)) == "" && attribute(n, "aria-label") == "" {
			p.fault("<%s> says nothing", n.Data)
		}
	case "form":
		p.form(n)
	case "h1", "h2", "h3", "h4", "h5", "h6":
		p.headed(int(n.Data[1] - '0'))
	}
}

func (p *page) headed(level int) {
	if level == 1 {
		p.ones++
	}
	if level > p.heading+1 && p.heading > 0 {
		p.fault("heading of level %d after one of level %d", level, p.heading)
	}
	p.heading = level
}

// form demands that a form that changes something carries its mark first: then it
// has come before a file does.
func (p *page) form(n *html.Node) {
	if !strings.EqualFold(attribute(n, "method"), "post") {
		return
	}
	for _, to := range Unmarked {
		if attribute(n, "action") == to {
			return
		}
	}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && (d.Data == "input" || d.Data == "select" || d.Data == "textarea" || d.Data == "button") {
			if attribute(d, "name") != "mark" || attribute(d, "type") != "hidden" {
				p.fault("the form to %q does not begin with its mark", attribute(n, "action"))
			}
			return
		}
	}
	p.fault("the form to %q has no mark", attribute(n, "action"))
}

func (p *page) labelled(n *html.Node) bool {
	if id := attribute(n, "id"); id != "" && p.labels[id] || attribute(n, "aria-label") != "" || attribute(n, "aria-labelledby") != "" {
		return true
	}
	for up := range n.Ancestors() {
		if up.Data == "label" {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func inner(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
