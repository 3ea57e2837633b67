package print_test

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
	"shiji/internal/print"
)

func formOf(t testing.TB, p *explain.Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := print.WriteForm(&b, print.Form{Page: p, Styles: "/paper.css", Proof: "检查点 42", Printed: printed}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sheets are one of each kind of page that has the paper's style sheet.
func sheets(t *testing.T) map[string]string {
	points, conclusions := explaintest.Points(t, 24).Pages(), explaintest.Conclusions(t, 12).Pages()
	out := map[string]string{
		"form": formOf(t, points[0]), "hostile name": formOf(t, points[2]), "blocked": formOf(t, points[7]), "veto": formOf(t, points[8]),
		"no points": formOf(t, conclusions[8]), "nothing": formOf(t, &explain.Page{}),
	}
	for name, n := range map[string]print.Notice{
		"notice": announced(print.NewNotice(overview(t, 24), print.Tops, print.Totals, print.Places)), "empty notice": print.NewNotice(&explain.Overview{}, print.Totals),
	} {
		var b bytes.Buffer
		n.Styles = "/paper.css"
		if err := print.WriteNotice(&b, n); err != nil {
			t.Fatal(err)
		}
		out[name] = b.String()
	}
	return out
}

// No scripts, no styles of their own, nothing but the style sheet: the content
// security policy lets nothing else in.
func TestSheetsKeepThePolicy(t *testing.T) {
	t.Parallel()
	for name, page := range sheets(t) {
		balanced(t, name, page)
		for _, word := range []string{"<script", "<style", "style=", "onclick", "<img", "src=", "ZgotmplZ", "=\"//", "=\"http"} {
			if strings.Contains(page, word) {
				t.Errorf("%s holds %q", name, word)
			}
		}
		if strings.Count(page, "<link ") != 1 {
			t.Errorf("%s has not one style sheet", name)
		}
	}
}

// Every class that a page uses stands in the style sheet, each grade with a size.
func TestStyleSheetKnowsEveryClass(t *testing.T) {
	t.Parallel()
	css := string(print.StyleSheet())
	class := regexp.MustCompile(`\sclass="([^"]*)"`)
	for name, page := range sheets(t) {
		for _, m := range class.FindAllStringSubmatch(page, -1) {
			for c := range strings.FieldsSeq(m[1]) {
				if !strings.Contains(css, "."+c) {
					t.Errorf("%s: class %q has no style", name, c)
				}
			}
		}
	}
	for _, word := range []string{":where", ":has", "@layer", "@container", "color-mix", "inset:", "aspect-ratio", "url("} {
		if strings.Contains(css, word) {
			t.Errorf("the style sheet uses %q, which Chrome 86 does not know", word)
		}
	}
}

// The style sheet sets each grade in the size by which its words were fitted.
func TestStyleSheetSetsEveryGrade(t *testing.T) {
	t.Parallel()
	sizes := map[string]string{}
	rule := regexp.MustCompile(`([^{}]+)\{font-size:([0-9.]+)pt\}`)
	for _, m := range rule.FindAllStringSubmatch(string(print.StyleSheet()), -1) {
		for selector := range strings.SplitSeq(m[1], ",") {
			sizes[strings.TrimSpace(selector)] = m[2]
		}
	}
	front, back := print.GradeSizes()
	for i, size := range front {
		if got, want := sizes[fmt.Sprintf(".f%d .scores", i)], fmt.Sprint(size); got != want {
			t.Errorf("grade f%d is set in %q points, want %s", i, got, want)
		}
	}
	for i, size := range back {
		if got, want := sizes[fmt.Sprintf(".g%d .notes", i)], fmt.Sprint(size); got != want {
			t.Errorf("grade g%d is set in %q points, want %s", i, got, want)
		}
	}
}

// What the form says is what explain says: every indicator with value and
// clause, the total, its place, what follows from it.
func TestFormSaysWhatIsExplained(t *testing.T) {
	t.Parallel()
	for _, p := range explaintest.Points(t, 24).Pages() {
		page := html.UnescapeString(formOf(t, p))
		wanted := []string{p.Name, p.Subject, p.School, p.Term, p.Group, p.Label, p.Scheme.Title, p.Scheme.Digest, p.Scheme.Policy, p.Total, p.NoTotal, p.Position, p.Facts,
			"2026-07-01 16:30", "检查点 42", "本人（签名）", "考核小组（签名）", "校长（签名、公章）", "本人意见"}
		p.Each(func(r *explain.Row) {
			wanted = append(wanted, r.ID+" "+r.Name, r.Value, r.State, r.Part, r.Weight)
			if len(r.Kids) == 0 {
				wanted = append(wanted, r.Sentence, r.Clause)
			}
		})
		for _, c := range p.Consequences {
			wanted = append(wanted, c.Text, c.Clause)
		}
		wanted = append(wanted, p.Findings...)
		for _, w := range wanted {
			if !strings.Contains(page, w) {
				t.Errorf("%s: the form lacks %q", p.Subject, w)
			}
		}
	}
}

// Two A4 pages in the browser too, of those whose pages are the fullest.
func TestFormIsTwoPagesInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: NO BROWSER HAS PRINTED A FORM in a short run")
	}
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("SKIPPED: NO BROWSER HAS PRINTED A FORM: chromium is not installed")
	}
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "paper.css"), print.StyleSheet(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range fullest(demo(t, "jining-2018/junior").Pages) {
		page := strings.Replace(formOf(t, p), `href="/paper.css"`, `href="paper.css"`, 1)
		in, out := filepath.Join(dir, p.Subject+".html"), filepath.Join(dir, p.Subject+".pdf")
		if err := os.WriteFile(in, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
			"--user-data-dir="+filepath.Join(dir, "profile"), "--no-pdf-header-footer", "--print-to-pdf="+out, "file://"+in)
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		pdf, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if got := pageCount(t, pdf); got != 2 {
			t.Errorf("%s (%s): %d pages, want 2", p.Subject, p.Group, got)
		}
		if got := tool(t, "pdfinfo", pdf, "FILE"); !strings.Contains(got, "A4") {
			t.Errorf("%s is not printed on A4:\n%s", p.Subject, got)
		}
	}
}

// fullest returns the page with the most words of each group, the three fullest
// of them.
func fullest(pages []*explain.Page) []*explain.Page {
	words := func(p *explain.Page) int {
		n := 0
		p.Each(func(r *explain.Row) { n += len(r.Sentence) + len(r.Rule) + len(r.Name) })
		return n
	}
	most := map[string]*explain.Page{}
	for _, p := range pages {
		if most[p.Group] == nil || words(p) > words(most[p.Group]) {
			most[p.Group] = p
		}
	}
	out := slices.SortedFunc(maps.Values(most), func(a, b *explain.Page) int {
		return cmp.Or(words(b)-words(a), strings.Compare(a.Subject, b.Subject))
	})
	return out[:min(3, len(out))]
}
