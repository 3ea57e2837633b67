package print

import "io"

// Notice writes n as a PDF with the same columns. The findings name whose name
// holds a character that no font has.
func (p *Press) Notice(w io.Writer, n Notice) (found []Finding, err error) {
	defer caught(&err)
	j := p.job()
	j.info(n.School+" "+n.Title, n.Issued)
	f := j.notice(n)
	if err := j.paint(f.pages, f.width, f.height); err != nil {
		return nil, err
	}
	return j.found, j.write(w)
}

// notice lays out the notice, upright or across.
func (j *job) notice(n Notice) *flow {
	f := newFlow(&j.setter, paperWidth, paperHeight)
	if n.across() {
		f = newFlow(&j.setter, paperHeight, paperWidth)
	}
	if n.Label != "" {
		f.words(say(n.Label, center), 9)
	}
	f.words(say(n.Title, center), 20)
	if n.Number != "" {
		f.gap(2)
		f.words(say(n.Number, center), 11)
	}
	f.gap(8)
	f.paragraphs(n.Above())
	f.gap(6)
	f.list(&n)
	f.gap(8)
	f.paragraphs(n.Below())
	f.seal(&n)
	f.foot(n.School+"　"+n.Title, pageOf)
	return f
}

// paragraphs lays out running text, each paragraph indented by two characters.
func (f *flow) paragraphs(texts []string) {
	for _, s := range texts {
		f.words(say("　　"+s, left), 12)
		f.gap(4)
	}
}

// list lays out the table of people.
func (f *flow) list(n *Notice) {
	t := &table{flow: f, widths: n.widths(f.body()), size: 10, padY: 3, rule: 0.75, head: [][]cell{heads(n.head...)}}
	if len(n.head) > 2*manyColumns {
		t.size = 7
	}
	t.begin()
	for k, r := range n.rows {
		f.about(n.people[k].Subject, n.people[k].Name)
		row := make([]cell, len(r))
		for i, s := range r {
			row[i] = say(s, center)
			if i >= n.numbers {
				row[i].align = right
			}
		}
		t.row(row...)
	}
	t.end()
	f.about("", "")
}

// widths gives number, name and group what they need, as far as the paper
// goes, and shares the rest.
func (n *Notice) widths(body float64) []float64 {
	out := make([]float64, len(n.head))
	weight := func(i int) float64 {
		switch i {
		case 0:
			return 0.6
		case 1:
			return 1.8
		}
		return 1
	}
	sum := 0.0
	for i := range out {
		sum += weight(i)
	}
	for i := range out {
		out[i] = body * weight(i) / sum
	}
	return out
}

// seal lays out who signs and leaves room for the seal over it.
func (f *flow) seal(n *Notice) {
	const wide, tall, above, size, most = 210.0, 110.0, 34.0, 12.0, 4
	var lines [][]inked
	for _, s := range n.Signed() {
		own := wrap(f.ink(span{text: s}), thousandths(wide, size))
		lines = append(lines, own[:min(len(own), most)]...)
	}
	height := max(tall, above+float64(len(lines))*size*1.6)
	f.need(height)
	for i, line := range lines {
		indent := (wide - points(widthOf(line), size)) / 2
		f.line(line, f.width-marginSide-wide+indent, f.y+above+float64(i)*size*1.6, size)
	}
	f.y += height
}
