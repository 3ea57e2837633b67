package print_test

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
	"shiji/internal/print"
)

func report(t testing.TB, s *explaintest.School) string {
	t.Helper()
	var b bytes.Buffer
	if err := print.Report(&b, explain.Cohort(s.Scheme, s.Outcome, s.Roll), s.Pages()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func onePage(t testing.TB, p *explain.Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := print.Person(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// files are one of each kind of file.
func files(t *testing.T) map[string]string {
	points, conclusions := explaintest.Points(t, 24), explaintest.Conclusions(t, 12)
	return map[string]string{
		"report": report(t, points), "report without points": report(t, conclusions),
		"person": onePage(t, points.Pages()[8]), "blocked person": onePage(t, points.Pages()[7]), "person without points": onePage(t, conclusions.Pages()[8]),
		"empty report": func() string {
			var b bytes.Buffer
			if err := print.Report(&b, &explain.Overview{}, nil); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}(),
	}
}

var (
	tag      = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>`)
	idOf     = regexp.MustCompile(`\sid="([^"]*)"`)
	hrefOf   = regexp.MustCompile(`\shref="([^"]*)"`)
	labelled = regexp.MustCompile(`\saria-labelledby="([^"]*)"`)
	style    = regexp.MustCompile(`(?s)<style>.*?</style>`)
)

// void elements have no end tag.
var void = map[string]bool{"meta": true, "br": true, "link": true}

func TestHTMLIsBalancedAndLinked(t *testing.T) {
	t.Parallel()
	for name, page := range files(t) {
		balanced(t, name, style.ReplaceAllString(page, ""))
	}
}

// balanced checks that elements close and that ids are there once.
func balanced(t *testing.T, name, page string) {
	t.Helper()
	var open []string
	for _, m := range tag.FindAllStringSubmatch(page, -1) {
		closing, element, rest := m[1] == "/", m[2], m[3]
		switch {
		case closing && (len(open) == 0 || open[len(open)-1] != element):
			t.Fatalf("%s: </%s> closes %v", name, element, open)
		case closing:
			open = open[:len(open)-1]
		case !void[element] && !strings.HasSuffix(rest, "/"):
			open = append(open, element)
		}
	}
	if len(open) > 0 {
		t.Errorf("%s: never closed: %v", name, open)
	}
	ids := map[string]bool{}
	for _, m := range idOf.FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("%s: id %q stands twice", name, m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range hrefOf.FindAllStringSubmatch(page, -1) {
		if target, inside := strings.CutPrefix(m[1], "#"); inside && !ids[target] || !inside && m[1] != "/paper.css" {
			t.Errorf("%s: link to %q leads nowhere", name, m[1])
		}
	}
	for _, m := range labelled.FindAllStringSubmatch(page, -1) {
		if !ids[m[1]] {
			t.Errorf("%s: labelled by %q, which is not there", name, m[1])
		}
	}
}

// A file stands alone: no scripts, nothing fetched, no inline styles.
func TestHTMLStandsAlone(t *testing.T) {
	t.Parallel()
	for name, page := range files(t) {
		for _, word := range []string{"<script", "<link", "<img", "src=", "style=\"", "url(", "@import", "onclick", "ZgotmplZ"} {
			if strings.Contains(page, word) {
				t.Errorf("%s holds %q", name, word)
			}
		}
	}
}

func TestNamesComeOutAsText(t *testing.T) {
	t.Parallel()
	s := explaintest.Points(t, 6)
	hostile := s.Pages()[2]
	for _, page := range []string{report(t, s), onePage(t, hostile)} {
		if strings.Contains(page, "<script>alert") {
			t.Error("a script in a name runs")
		}
		if !strings.Contains(html.UnescapeString(page), hostile.Name) {
			t.Error("the name is not shown as it is")
		}
	}
}

func TestReportShowsEverything(t *testing.T) {
	t.Parallel()
	s := explaintest.Points(t, 24)
	page := html.UnescapeString(report(t, s))
	var wanted []string
	for _, p := range s.Pages() {
		wanted = append(wanted, p.Name, p.Subject, p.Total, `id="p-`+p.Subject+`"`)
		p.Each(func(r *explain.Row) { wanted = append(wanted, r.Sentence, r.Clause) })
	}
	wanted = append(wanted, "仅供考核委员会使用", s.Scheme.Policy.Cite(), "考核不合格", "本人（签名）", "学校（盖章）", "本组不足 5 人，不显示分布和平均分", "<title>教学组总分分布</title>", s.Roll.Label)
	for _, text := range wanted {
		if !strings.Contains(page, text) {
			t.Errorf("the report lacks %q", text)
		}
	}
}

// At 120 people the file must open fast: what a row costs bounds it. Budgets
// are for 60 indicators a person.
func TestReportSize(t *testing.T) {
	t.Parallel()
	s := explaintest.Points(t, 120)
	rows := 0
	for _, p := range s.Pages() {
		p.Each(func(*explain.Row) { rows++ })
	}
	size := len(report(t, s))
	if perRow := size / rows; perRow*120*60 > 6_000_000 {
		t.Errorf("%d bytes for %d rows: 120 × 60 rows would take %d", size, rows, perRow*120*60)
	}
}

func BenchmarkReport(b *testing.B) {
	s := explaintest.Points(b, 120)
	o := explain.Cohort(s.Scheme, s.Outcome, s.Roll)
	for b.Loop() {
		var out bytes.Buffer
		if err := print.Report(&out, o, s.Pages()); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(out.Len()))
	}
}
