package print_test

import (
	"bytes"
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
	"shiji/internal/print"
)

func date(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC)
}

// announced completes a notice as a school would.
func announced(n print.Notice) print.Notice {
	n.Number, n.From, n.To, n.Issued = "明德〔2026〕12 号", date(7, 1), date(7, 7), date(6, 30)
	n.Office, n.Phone, n.Mail, n.Styles = "学校考核工作小组", "0537-0000000", "kaohe@example.cn", "paper.css"
	return n
}

func overview(t testing.TB, n int) *explain.Overview {
	t.Helper()
	s := explaintest.Points(t, n)
	return explain.Cohort(s.Scheme, s.Outcome, s.Roll)
}

func TestNoticeTable(t *testing.T) {
	t.Parallel()
	o := overview(t, 24)
	for name, c := range map[string]struct {
		columns []print.Column
		want    []string
	}{
		"names only": {nil, []string{"序号", "姓名", "组别"}},
		"totals":     {[]print.Column{print.Totals}, []string{"序号", "姓名", "组别", "总分"}},
		"all": {[]print.Column{print.Places, print.Tops, print.Totals},
			[]string{"序号", "姓名", "组别", "师德表现", "业务工作表现", "工作量", "教学质量", "工作满意度", "成果与贡献", "总分", "位次"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := print.NewNotice(o, c.columns...)
			head, rows := n.Table()
			if diff := cmp.Diff(c.want, head); diff != "" {
				t.Errorf("head (-want +got):\n%s", diff)
			}
			if len(rows) != 24 {
				t.Fatalf("%d rows, want 24", len(rows))
			}
			for i, r := range rows {
				if len(r) != len(head) || r[0] != fmt.Sprint(i+1) {
					t.Errorf("row %d: %v", i, r)
				}
			}
		})
	}
}

// Where no places are shown, the order does not tell them; where they are, the
// best comes first. Who has no total is listed with the reason. Consequences
// stay with the committee.
func TestNoticeTellsNoMoreThanAsked(t *testing.T) {
	t.Parallel()
	o := overview(t, 24)
	plain := print.NewNotice(o, print.Totals)
	ranked := print.NewNotice(o, print.Totals, print.Places)
	_, rows := plain.Table()
	byNumber := slices.Clone(o.Groups[0].Members)
	slices.SortFunc(byNumber, func(a, b explain.Member) int { return strings.Compare(a.Subject, b.Subject) })
	states := 0
	for i, m := range byNumber {
		if !strings.HasPrefix(rows[i][1], m.Name) {
			t.Errorf("row %d is %v, want %s", i, rows[i], m.Name)
		}
		if rows[i][3] == "暂不出分" {
			states++
		}
	}
	if states == 0 {
		t.Error("nobody without a total is listed with the reason")
	}
	_, rows = ranked.Table()
	for i, m := range o.Groups[0].Members {
		if want := map[bool]string{true: "—", false: fmt.Sprint(m.Place)}[m.Place == 0]; rows[i][4] != want || !strings.HasPrefix(rows[i][1], m.Name) {
			t.Errorf("row %d is %v, want %s at place %s", i, rows[i], m.Name, want)
		}
	}
	var b bytes.Buffer
	if err := print.WriteNotice(&b, announced(ranked)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "不合格") || strings.Contains(b.String(), "一票否决") {
		t.Error("the notice tells a consequence")
	}
}

func TestNoticeTellsNamesakesApart(t *testing.T) {
	t.Parallel()
	o := overview(t, 24)
	a, b := &o.Groups[0].Members[0], &o.Groups[0].Members[1]
	a.Name, b.Name = "王敏", "王敏"
	n := print.NewNotice(o)
	_, rows := n.Table()
	for _, m := range []*explain.Member{a, b} {
		if !slices.ContainsFunc(rows, func(r []string) bool { return r[1] == "王敏（工号 "+m.Subject+"）" }) {
			t.Errorf("%s is not told from the other", m.Subject)
		}
	}
}

// HTML and PDF show the same lines and columns, and what a notice must name.
func TestNoticeEverywhereTheSame(t *testing.T) {
	t.Parallel()
	n := announced(print.NewNotice(demo(t, "jining-2018/junior").Overview, print.Tops, print.Totals))
	var page, pdf bytes.Buffer
	if err := print.WriteNotice(&page, n); err != nil {
		t.Fatal(err)
	}
	found, err := press(t).Notice(&pdf, n)
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	plain := func(s string) string { return strings.Join(strings.Fields(s), "") }
	shown := map[string]string{
		"HTML": plain(html.UnescapeString(tag.ReplaceAllString(page.String(), ""))),
		"PDF":  plain(tool(t, "pdftotext", pdf.Bytes(), "-raw", "FILE", "-")),
	}
	head, rows := n.Table()
	for name, text := range shown {
		for _, want := range slices.Concat(n.Above(), n.Below(), n.Signed(), head, []string{n.Number, "自2026年7月1日至2026年7月7日", n.Phone, n.Mail, "（盖章）"}) {
			if name == "HTML" && !strings.Contains(text, plain(want)) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
		for _, r := range rows {
			if !strings.Contains(text, plain(strings.Join(r, ""))) {
				t.Errorf("%s lacks the line %v", name, r)
			}
		}
	}
	for _, want := range []string{"2026〕12", n.Phone, n.Mail, "（盖章）", "2026年7月7日"} {
		if !strings.Contains(shown["PDF"], want) {
			t.Errorf("PDF lacks %q", want)
		}
	}
}

func TestNoticeNamesWhoIsNotDrawn(t *testing.T) {
	t.Parallel()
	o := overview(t, 6)
	m := &o.Groups[0].Members[0]
	m.Name = "𠮷田"
	found, err := press(t).Notice(&bytes.Buffer{}, announced(print.NewNotice(o)))
	want := []print.Finding{{Subject: m.Subject, Name: "𠮷田", Rune: '𠮷'}}
	if diff := cmp.Diff(want, found); err != nil || diff != "" {
		t.Errorf("%v, findings (-want +got):\n%s", err, diff)
	}
}

func TestNoticeStaysOnThePaper(t *testing.T) {
	t.Parallel()
	p := press(t)
	rapid.Check(t, func(t *rapid.T) {
		text := words(20)
		o := &explain.Overview{School: text.Draw(t, "school"), Term: "2025-2026", Label: text.Draw(t, "label"), Scheme: explain.Head{Title: text.Draw(t, "scheme")}}
		for range rapid.IntRange(0, 3).Draw(t, "groups") {
			g := explain.Group{Name: text.Draw(t, "group")}
			for k := range rapid.IntRange(0, 24).Draw(t, "tops") {
				g.Tops = append(g.Tops, explain.Top{Name: fmt.Sprint(k) + text.Draw(t, "top")})
			}
			for i := range rapid.IntRange(0, 60).Draw(t, "members") {
				m := explain.Member{Subject: fmt.Sprint(i), Name: text.Draw(t, "name"), Total: "87.35", Place: i}
				for range g.Tops {
					m.Values = append(m.Values, "83.1234")
				}
				g.Members = append(g.Members, m)
			}
			o.Groups = append(o.Groups, g)
		}
		n := announced(print.NewNotice(o, print.Tops, print.Totals, print.Places))
		n.Title, n.Lines = text.Draw(t, "title"), rapid.SliceOfN(text, 0, 30).Draw(t, "lines")
		pages, width, height := p.LayNotice(n)
		inside(t, pages, width, height)
	})
}

func TestNoticeNamesTheYear(t *testing.T) {
	for term, want := range map[string]string{
		"2025-2026":    "关于2025-2026学年教师考核结果的公示",
		"2025-2026 学年": "关于2025-2026 学年教师考核结果的公示",
		"2025 年上半年":    "关于2025 年上半年教师考核结果的公示",
		"":             "关于教师考核结果的公示",
	} {
		if got := print.NewNotice(&explain.Overview{Term: term}).Title; got != want {
			t.Errorf("title of %q = %q, want %q", term, got, want)
		}
	}
}
