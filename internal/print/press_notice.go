package print

import "io"

// Notice writes n as a PDF with the same columns. The findings name whose name
// holds a character that no font has.
func (p *Press) Notice(w io.Writer, n Notice) ([]Finding, error) {
	j := p.job()
	j.info(n.School+" "+n.Title, n.Issued)
	width, height := paperWidth, paperHeight
	if n.across() {
		width, height = height, width
	}
	f := newFlow(&j.setter, width, height)
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
	if err := j.paintSized(f.pages, width, height); err != nil {
		return nil, err
	}
	return j.found, j.write(w)
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
	for _, r := range n.rows {
		f.about("", r[1])
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
	const wide, tall, size = 190.0, 96.0, 12.0
	f.need(tall)
	x, y := f.width-marginSide-wide, f.y+34
	for _, s := range n.Signed() {
		for _, line := range wrap(f.ink(span{text: s}), thousandths(wide, size)) {
			f.line(line, x+(wide-points(widthOf(line), size))/2, y, size)
			y += size * 1.6
		}
	}
	f.y = max(f.y+tall, y)
}
