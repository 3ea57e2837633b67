package print

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"shiji/internal/explain"
)

// Notice is a school's 公示表: what is announced, for how long, and where
// objections go. Whether the period is long enough is for the caller to check.
// HTML, PDF and workbook show the same table.
type Notice struct {
	School, Term string
	Label        string // printed on top when not empty, e.g. that data are synthetic
	Title        string
	Number       string // 文号; "" if none
	Lines        []string
	From, To     time.Time // first and last day of the period, as dates
	Issued       time.Time // date below the seal
	Office       string    // who receives objections
	Phone, Mail  string
	Basis        string // the scheme, its edition and digest
	Styles       string // where the page finds StyleSheet; for HTML only
	Icon         string // likewise its icon, an SVG; "" for none

	head    []string
	rows    [][]string
	people  []explain.Member // of the rows
	numbers int              // the first column of numbers
}

// Column is a group of columns that a notice may show beside number, name and
// group.
type Column uint8

// What a notice may show. Places rank people in public, which the policies in
// force forbid unless an office has opened that guard: the caller decides.
const (
	Tops   Column = iota // level-1 indicators
	Totals               // 总分, or why there is none
	Places               // 位次 in the group
)

// NewNotice returns the notice about everybody in o with these columns, its
// words set as is usual; the caller sets number, period and contact. A scheme
// without points has neither totals nor places. People stand by place only
// where places are shown, and else by their number: the order would tell. Those
// who share a name carry their number. Consequences are never shown.
func NewNotice(o *explain.Overview, columns ...Column) Notice {
	n := Notice{
		School: o.School, Term: o.Term, Label: o.Label, Title: "关于" + year(o.Term) + "教师考核结果的公示",
		Lines: []string{"根据考核方案，" + o.School + year(o.Term) + "教师考核结果已经形成，现予公示，接受监督。"},
		Basis: o.Scheme.Title + "（第 " + strconv.Itoa(o.Scheme.Edition) + " 版，摘要 " + o.Scheme.Digest + "）",
		head:  []string{"序号", "姓名", "组别"}, numbers: 3,
	}
	shows := func(c Column) bool { return slices.Contains(columns, c) && (c == Tops || !o.Pointless) }
	tops := []string{}
	if shows(Tops) {
		tops = topNames(o)
	}
	n.head = append(n.head, tops...)
	if shows(Totals) {
		n.head = append(n.head, "总分")
	}
	if shows(Places) {
		n.head = append(n.head, "位次")
	}
	twice := shared(o)
	for _, g := range o.Groups {
		members := slices.Clone(g.Members)
		if !shows(Places) {
			slices.SortStableFunc(members, func(a, b explain.Member) int { return cmp.Compare(a.Subject, b.Subject) })
		}
		for _, m := range members {
			row := []string{strconv.Itoa(len(n.rows) + 1), m.Name, g.Name}
			if twice[m.Name] > 1 || m.Name == "" {
				row[1] += "（工号 " + m.Subject + "）"
			}
			for _, name := range tops {
				row = append(row, topOf(g, m, name))
			}
			if shows(Totals) {
				row = append(row, cmp.Or(m.Total, m.State))
			}
			if shows(Places) {
				row = append(row, placeOf(m))
			}
			n.rows, n.people = append(n.rows, row), append(n.people, m)
		}
	}
	n.align(len(tops))
	return n
}

// year writes a term as a sentence wants it, 2025-2026学年; a term that is more
// than years stays as it was handed in.
func year(term string) string {
	if term == "" || strings.Trim(term, "0123456789-—–") != "" {
		return term
	}
	return term + "学年"
}

// align gives the numbers of each level-1 indicator the same number of decimals,
// for lines are compared down a column.
func (n *Notice) align(tops int) {
	column := make([]string, len(n.rows))
	for k := n.numbers; k < n.numbers+tops; k++ {
		for i, row := range n.rows {
			column[i] = row[k]
		}
		for i, value := range explain.Aligned(column) {
			n.rows[i][k] = value
		}
	}
}

// topNames are the level-1 indicators of all groups, each once.
func topNames(o *explain.Overview) []string {
	var out []string
	for _, g := range o.Groups {
		for _, t := range g.Tops {
			if !slices.Contains(out, t.Name) {
				out = append(out, t.Name)
			}
		}
	}
	return out
}

func topOf(g explain.Group, m explain.Member, name string) string {
	for i, t := range g.Tops {
		if t.Name == name {
			return m.Values[i]
		}
	}
	return "—" // the group is not appraised by it
}

func placeOf(m explain.Member) string {
	if m.Place == 0 {
		return "—"
	}
	return strconv.Itoa(m.Place)
}

// shared counts how many people have each name.
func shared(o *explain.Overview) map[string]int {
	out := map[string]int{}
	for _, g := range o.Groups {
		for _, m := range g.Members {
			out[m.Name]++
		}
	}
	return out
}

// Table returns the head and the lines, which every rendering shows alike. The
// caller changes neither.
func (n *Notice) Table() (head []string, rows [][]string) { return n.head, n.rows }

// Above returns the paragraphs over the table, below title and number.
func (n *Notice) Above() []string { return n.Lines }

// Below returns the paragraphs under the table: scheme, period, contact.
func (n *Notice) Below() []string {
	out := []string{"考核方案：" + n.Basis + "。"}
	if !n.From.IsZero() && !n.To.IsZero() {
		out = append(out, "公示期：自"+day(n.From)+"至"+day(n.To)+"。")
	}
	contact := "公示期内对结果有异议的，请向" + n.Office + "反映"
	if n.Phone != "" {
		contact += "，电话 " + n.Phone
	}
	if n.Mail != "" {
		contact += "，邮箱 " + n.Mail
	}
	if n.Office != "" {
		out = append(out, contact+"。")
	}
	return out
}

// Signed returns who issues the notice and when; the seal goes over it.
func (n *Notice) Signed() []string {
	out := []string{n.School + "（盖章）"}
	if !n.Issued.IsZero() {
		out = append(out, day(n.Issued))
	}
	return out
}

// day shows a date as it stands in its own place.
func day(t time.Time) string {
	return strconv.Itoa(t.Year()) + "年" + strconv.Itoa(int(t.Month())) + "月" + strconv.Itoa(t.Day()) + "日"
}

// manyColumns is from how many columns on a notice is printed across.
const manyColumns = 9

// across reports whether the table needs the long side of the paper.
func (n *Notice) across() bool { return len(n.head) >= manyColumns }

// WriteNotice writes n as one HTML page with print CSS.
func WriteNotice(w io.Writer, n Notice) error {
	return write(w, "notice", struct {
		*Notice
		Head    []string
		Rows    [][]string
		Numbers int
		Across  bool
	}{&n, n.head, n.rows, n.numbers, n.across()})
}
