package print

import (
	"strconv"
	"strings"

	"shiji/internal/explain"
)

// paper is what the two pages of a form say, shortened to fit: the same for
// HTML and for PDF.
type paper struct {
	*explain.Page
	Styles, Icon, Proof, Printed string
	Front, Back                  int // grades
	Scores                       []scoreLine
	Notes                        []noteLine
}

// scoreLine is an indicator of level 1 or 2 on the first page.
type scoreLine struct {
	Top                                  bool // level 1
	Name, Weight, Full, Value, Part, How string
}

// noteLine tells on the second page how an indicator came to its value.
type noteLine struct {
	Name, Value, How, Rule, Tail string
}

// The titles of the two pages.
const formTitle, notesTitle = "教师考核表", "评分说明"

// The columns, as shares of the page's width; the style sheet has the same.
var (
	scoreWidths = []float64{0.27, 0.11, 0.07, 0.10, 0.09, 0.36}
	noteWidths  = []float64{0.25, 0.10, 0.65}
)

// cellPad is the space left and right of a cell's words, in points.
const cellPad = 3.0

// columnEms returns how many ems of type fit into a column.
func columnEms(share, size float64) float64 { return (bodyWidth*share - 2*cellPad) / size }

// compose chooses for each page the first grade by which it is likely to fit.
func compose(f Form) *paper {
	p := &paper{Page: f.Page, Styles: f.Styles, Icon: f.Icon, Proof: f.Proof, Printed: stamp(f.Printed)}
	for p.Front = range frontGrades {
		if p.score(); p.frontHeight() <= bodyHeight {
			break
		}
	}
	for p.Back = range backGrades {
		if p.note(); p.backHeight() <= bodyHeight {
			break
		}
	}
	return p
}

// score fills the first page's lines by its grade.
func (p *paper) score() {
	g := frontGrades[p.Front]
	p.Scores = p.Scores[:0]
	for i := range p.Rows {
		r := &p.Rows[i]
		p.Scores = append(p.Scores, p.scoreLine(r, g))
		for k := range r.Kids {
			p.Scores = append(p.Scores, p.scoreLine(&r.Kids[k], g))
		}
	}
	for _, part := range p.Parts {
		if part.Bonus {
			p.Scores = append(p.Scores, scoreLine{Top: true, Name: part.Name, Part: part.Value, How: shorten(part.How, g, scoreWidths[5])})
		}
	}
}

func (p *paper) scoreLine(r *explain.Row, g grade) scoreLine {
	s := scoreLine{Top: r.Level == 1, Name: r.ID + " " + r.Name, Weight: r.Weight, Full: r.Full, Value: valueOf(r), Part: r.Part}
	if r.Share != "" {
		s.Weight += "（实际 " + r.Share + "）"
	}
	if len(r.Kids) > 0 { // a leaf is told on the second page
		s.How = shorten(r.Sentence, g, scoreWidths[5])
	}
	for _, part := range p.Parts {
		if r.Level == 1 && part.Node == r.ID && part.How != "" {
			s.How = shorten(part.How+"；"+r.Sentence, g, scoreWidths[5])
		}
	}
	return s
}

// valueOf is the value, or the state in its place.
func valueOf(r *explain.Row) string {
	if r.Value == "" {
		return r.State
	}
	return r.Value
}

// shorten cuts s to the lines that the grade allows in a column.
func shorten(s string, g grade, share float64) string {
	if g.Lines == 0 {
		return s
	}
	return clip(s, float64(g.Lines)*(columnEms(share, g.Size)-ragged))
}

// note fills the second page's lines by its grade: every leaf, and what lies
// below level 2 or has a rule of its own. The rest is told on the first page.
func (p *paper) note() {
	g := backGrades[p.Back]
	p.Notes = p.Notes[:0]
	p.Each(func(r *explain.Row) {
		if len(r.Kids) == 0 || r.Level > 2 || r.Rule != "" {
			p.Notes = append(p.Notes, newNoteLine(r, g))
		}
	})
}

// newNoteLine words r within the grade's lines. Clause and material stay whole,
// for they lead to the proof; the rule is shortened first, since it stands in
// the scheme too.
func newNoteLine(r *explain.Row, g grade) noteLine {
	n := noteLine{Name: r.ID + " " + r.Name, Value: valueOf(r), How: r.Sentence, Rule: r.Rule, Tail: tail(r)}
	if r.Value != "" && r.Full != "" {
		n.Value += " / " + r.Full
	}
	if strings.Contains(r.Sentence, r.Rule) {
		n.Rule = "" // the sentence says it
	}
	if g.Lines == 0 {
		return n
	}
	if r.Value == "" {
		n.Rule = "" // it was not applied; the room serves those that were
	}
	room := float64(g.Lines) * (columnEms(noteWidths[2], g.Size) - 1.5)
	n.Tail = clip(n.Tail, room*0.6)
	room -= ems(n.Tail) + 1
	n.How = clip(n.How, room)
	if room -= ems(n.How) + ruleMark; room < fewest {
		n.Rule = ""
	}
	n.Rule = clip(n.Rule, room)
	return n
}

// ruleMark is how wide the word before a rule is, in ems, and fewest the
// shortest piece of a rule that still tells something.
const ruleMark, fewest = 5.0, 6.0

// tail cites the clause and sums up the material.
func tail(r *explain.Row) string {
	if m := materials(r); m != "" {
		return r.Clause + "；材料：" + m
	}
	return r.Clause
}

// materials counts the lines that were handed in for r by the sheet they stand
// in; a quantity that was worked out has its own lines counted. What comes from
// the group is named, for the person cannot check it alone.
func materials(r *explain.Row) string {
	var sheets []string
	count := map[string]int{}
	for _, key := range r.Sources() {
		sheet, _, handedIn := strings.Cut(key, "/")
		if !handedIn {
			continue
		}
		if count[sheet]++; count[sheet] == 1 {
			sheets = append(sheets, sheet)
		}
	}
	var parts []string
	for _, s := range sheets {
		parts = append(parts, s+" "+strconv.Itoa(count[s])+" 条")
	}
	cohort := 0
	for _, x := range r.Reads {
		if x.Cohort {
			cohort++
		}
	}
	if cohort > 0 {
		parts = append(parts, "取自全组的数 "+strconv.Itoa(cohort)+" 项")
	}
	return strings.Join(parts, "、")
}

// frontHeight estimates the height of the first page's words.
func (p *paper) frontHeight() float64 {
	g := frontGrades[p.Front]
	h := 22 + titleHeight(p) // the label above
	for _, text := range []string{p.Name + p.Subject + p.Group, p.Scheme.Title, p.Scheme.Policy} {
		h += float64(linesIn(text, headEms))*9.5*leading + 5
	}
	h += rowHeight(1, g.Size) * 2 // the table's head and its sum
	for _, s := range p.Scores {
		lines := 1
		for i, text := range []string{s.Name, s.Weight, s.Full, s.Value, s.Part, s.How} {
			lines = max(lines, linesIn(text, columnEms(scoreWidths[i], g.Size)))
		}
		h += rowHeight(lines, g.Size)
	}
	for _, c := range p.Consequences {
		h += float64(linesIn(c.Name+c.Text+c.Clause, bodyWidth/9))*9*leading + 3
	}
	return h + 26 + signHeight + 14
}

// backHeight estimates the height of the second page's words.
func (p *paper) backHeight() float64 {
	g := backGrades[p.Back]
	h := 26 + titleHeight(p) + rowHeight(1, g.Size)
	for _, n := range p.Notes {
		how := n.How + n.Tail
		if n.Rule != "" {
			how += "　规则：" + n.Rule
		}
		lines := max(linesIn(n.Name, columnEms(noteWidths[0], g.Size)), linesIn(n.Value, columnEms(noteWidths[1], g.Size)), linesIn(how, columnEms(noteWidths[2], g.Size)))
		h += rowHeight(lines, g.Size)
	}
	for _, s := range p.Findings {
		h += float64(linesIn(s, bodyWidth/g.Size)) * g.Size * leading
	}
	return h + 26
}

// headEms is how many ems of the head's type a line of it takes.
const headEms = bodyWidth*0.8/9.5 - 1

// titleHeight estimates the height of a page's title.
func titleHeight(p *paper) float64 {
	return float64(linesIn(p.School+p.Term+formTitle, bodyWidth/titleSize))*titleSize*leading + 6
}

// rowHeight is the height of a table's row with its line.
func rowHeight(lines int, size float64) float64 {
	return float64(lines)*size*leading + 2*rowPad + 0.5
}

// rowPad is the space above and below a cell's words, and signHeight what the
// opinions and signatures take, in points.
const (
	titleSize  = 16.0
	rowPad     = 1.0
	signHeight = 118.0
)
