package print_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
	"shiji/internal/print"
)

// words draws texts as they come: Chinese, numbers, signs, words without end.
func words(most int) *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{
		"教学", "工作量", "，", "。", "（", "）", "“", "”", "…", "·", "、", " ", "　", "×", "12.345", "100%", "/", "(a + b)", "U+20BB7", "㛃", "𬭎", "𠮷", "\n", "—",
		"aVeryLongWordThatNoColumnHoldsBecauseItHasNoPlaceToBreak", "。。。。。。", "（（（（",
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 0, most).Draw(t, "pieces"), "")
	})
}

func TestWrap(t *testing.T) {
	t.Parallel()
	p := press(t)
	plain := func(s string) string { return strings.Join(strings.Fields(s), "") }
	rapid.Check(t, func(t *rapid.T) {
		text, limit := words(60).Draw(t, "text"), rapid.IntRange(2000, 40000).Draw(t, "limit")
		lines, widths := p.Wrap(text, limit)
		for i, w := range widths {
			if w > limit {
				t.Fatalf("line %q is %d wide, more than %d", lines[i], w, limit)
			}
		}
		if got, want := plain(strings.Join(lines, "")), strings.ReplaceAll(plain(text), "𠮷", "〓"); got != want {
			t.Fatalf("lines hold %q, want %q", got, want)
		}
	})
}

func TestWrapChinese(t *testing.T) {
	t.Parallel()
	p := press(t)
	for name, c := range map[string]struct {
		text  string
		limit int
		want  []string
	}{
		"empty":                      {"", 5000, []string{""}},
		"between any two":            {"一二三四五六七", 3000, []string{"一二三", "四五六", "七"}},
		"no comma begins a line":     {"一二三，四五六", 3000, []string{"一二", "三，四", "五六"}},
		"no bracket ends a line":     {"一二（三四）五", 3000, []string{"一二", "（三", "四）五"}},
		"a number stays whole":       {"得分85.125分", 4000, []string{"得分", "85.125分"}},
		"a word stays whole":         {"按 level 计", 4500, []string{"按 level", "计"}},
		"spaces vanish at a break":   {"一二三 四五", 3000, []string{"一二三", "四五"}},
		"a word without end is cut":  {"abcdefghij", 2000, []string{"abcd", "efgh", "ij"}},
		"a quotation stays together": {"他说“好的”。", 4000, []string{"他说“好", "的”。"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, _ := p.Wrap(c.text, c.limit); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// inside fails when anything drawn leaves the paper's margins, two texts of one
// page overlap, or a wanted text is not drawn.
func inside(t *rapid.T, pages [][]print.Mark, width, height float64) {
	const edge = 20.0 // printers keep it
	for n, page := range pages {
		var texts []print.Mark
		for _, m := range page {
			if m.X < edge || m.X+m.W > width-edge || m.Y < edge || m.Y > height-edge {
				t.Fatalf("page %d: %q at %.1f,%.1f, %.1f wide leaves the paper of %.0f × %.0f", n+1, m.Text, m.X, m.Y, m.W, width, height)
			}
			if m.Text == "" && m.Y+m.H > height-edge {
				t.Fatalf("page %d: a rule at %.1f of height %.1f leaves the paper", n+1, m.Y, m.H)
			}
			if m.Text != "" {
				texts = append(texts, m)
			}
		}
		for i, a := range texts {
			for _, b := range texts[i+1:] {
				if a.X+a.W > b.X+0.1 && b.X+b.W > a.X+0.1 && a.Y > b.Y-b.H*0.9 && b.Y > a.Y-a.H*0.9 {
					t.Fatalf("page %d: %q and %q lie over each other", n+1, a.Text, b.Text)
				}
			}
		}
	}
}

// drawRows draws indicators of up to three levels.
func drawRows(t *rapid.T, level int, id string) []explain.Row {
	out := make([]explain.Row, rapid.IntRange(0, []int{0, 9, 12, 3}[level]).Draw(t, "rows"))
	for i := range out {
		text := words(40)
		r := &out[i]
		*r = explain.Row{
			Level: level, ID: fmt.Sprintf("%s%d", id, i+1), Name: text.Draw(t, "name"), Weight: "12.5%", Full: "100", Value: "83.1234",
			Rule: text.Draw(t, "rule"), Sentence: text.Draw(t, "sentence"), Clause: text.Draw(t, "clause"),
			Reads: []explain.Read{{Name: "甲", Value: "1", Source: "任课/T1/1"}, {Name: "人数", Value: "9", Cohort: true}},
		}
		if level < 3 {
			r.Kids = drawRows(t, level+1, r.ID+".")
		}
	}
	return out
}

// However many indicators and however long their words: nothing leaves the
// paper, nothing lies over anything, and the layout ends.
func TestFormStaysOnThePaper(t *testing.T) {
	t.Parallel()
	p := press(t)
	rapid.Check(t, func(t *rapid.T) {
		text := words(30)
		page := &explain.Page{
			Who:   explain.Who{Subject: text.Draw(t, "subject"), Name: text.Draw(t, "name"), School: text.Draw(t, "school"), Term: "2025", Label: text.Draw(t, "label")},
			Group: text.Draw(t, "group"), Scheme: explain.Head{Title: text.Draw(t, "title"), Policy: text.Draw(t, "policy"), Digest: "93583b55ddc1"},
			Total: "87.35", Full: "100", Position: text.Draw(t, "position"), Rows: drawRows(t, 1, ""),
			Findings: rapid.SliceOfN(text, 0, 12).Draw(t, "findings"), Facts: "0123456789ab",
		}
		for range rapid.IntRange(0, 5).Draw(t, "consequences") {
			page.Consequences = append(page.Consequences, explain.Consequence{Name: text.Draw(t, "gate"), Text: text.Draw(t, "because"), Clause: text.Draw(t, "clause")})
		}
		pages, width, height := p.Lay(print.Form{Page: page, Proof: text.Draw(t, "proof"), Printed: printed})
		inside(t, pages, width, height)
		if len(pages) < 2 {
			t.Fatalf("%d pages", len(pages))
		}
	})
}

// Hundreds of indicators, a name of a thousand characters, a sentence longer
// than a page: more pages, the head again on each, and every indicator there.
func TestFormWithoutMeasure(t *testing.T) {
	t.Parallel()
	page := *explaintest.Points(t, 6).Pages()[0]
	page.Name = strings.Repeat("长", 1000)
	page.Rows = slices.Clone(page.Rows)
	for i := range 60 {
		page.Rows = append(page.Rows, explain.Row{Level: 1, ID: fmt.Sprintf("X%d", i), Name: "指标", Value: "1", Full: "2", Sentence: strings.Repeat("说明", 2500), Clause: "条款"})
	}
	pages, _, _ := press(t).Lay(print.Form{Page: &page})
	if len(pages) < 4 {
		t.Fatalf("%d pages hold 60 more indicators", len(pages))
	}
	all := ""
	for _, p := range pages {
		sheet := ""
		for _, m := range p {
			sheet += m.Text
		}
		all += sheet
		if strings.Contains(sheet, " 指标") && !strings.Contains(sheet, "满分") {
			t.Error("a page with indicators lacks the table's head")
		}
	}
	for i := range 60 {
		if n := strings.Count(all, fmt.Sprintf("X%d 指标", i)); n != 2 {
			t.Errorf("X%d stands %d times, want once on each side", i, n)
		}
	}
}
