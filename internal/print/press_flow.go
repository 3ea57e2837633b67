package print

// tone is how dark something is drawn.
type tone int8

const (
	black tone = iota
	grey
	shade
)

// greys are the tones' values.
var greys = [...]uint8{black: 0, grey: 70, shade: 240}

// mark is something drawn on a page: text when it has some, else a rectangle.
// Coordinates are in points from the upper left; a text's Y is its baseline.
type mark struct {
	X, Y, W, H float64
	Size       float64
	Tone       tone
	Face       int8
	Text       string
}

// leaf is one page's marks.
type leaf struct{ marks []mark }

// flow lays words out on pages from top to bottom.
type flow struct {
	*setter
	width, height float64
	pages         []*leaf
	y             float64
}

// newFlow begins with one empty page of that size.
func newFlow(s *setter, width, height float64) *flow {
	f := &flow{setter: s, width: width, height: height}
	f.turn()
	return f
}

// turn begins a new page.
func (f *flow) turn() {
	f.pages = append(f.pages, &leaf{})
	f.y = marginTop
}

// body is the width between the margins, and floor the y where it ends.
func (f *flow) body() float64  { return f.width - 2*marginSide }
func (f *flow) floor() float64 { return f.height - marginFoot }

func (f *flow) page() *leaf { return f.pages[len(f.pages)-1] }

// box draws a filled rectangle: rules are thin ones.
func (f *flow) box(m mark) {
	p := f.page()
	p.marks = append(p.marks, m)
}

// across draws a rule over the body at y.
func (f *flow) across(y, thick float64) {
	f.box(mark{X: marginSide, Y: y, W: f.body(), H: thick})
}

// line draws characters from x on, their baseline at y.
func (f *flow) line(text []inked, x, y, size float64) {
	p := f.page()
	for len(text) > 0 {
		n := 1
		for n < len(text) && text[n].face == text[0].face && text[n].tone == text[0].tone {
			n++
		}
		runes := make([]rune, n)
		for i, c := range text[:n] {
			runes[i] = c.r
		}
		w := points(widthOf(text[:n]), size)
		p.marks = append(p.marks, mark{X: x, Y: y, W: w, H: size, Size: size, Tone: text[0].tone, Face: text[0].face, Text: string(runes)})
		x += w
		text = text[n:]
	}
}

// points converts a width in thousandths of the type size.
func points(width int32, size float64) float64 { return float64(width) * size / 1000 }

// thousandths converts a width in points.
func thousandths(width, size float64) int32 { return int32(width * 1000 / size) }

// need turns the page unless there is room for that height.
func (f *flow) need(height float64) {
	if f.y+height > f.floor() && f.y > marginTop {
		f.turn()
	}
}

// gap leaves a space, but none on top of a page.
func (f *flow) gap(height float64) {
	if f.y > marginTop {
		f.y += height
	}
}

// align is where a cell's words stand.
type align int8

const (
	left align = iota
	center
	right
)

// cell is one of a table's row.
type cell struct {
	spans []span
	align align
	fill  bool
}

// say makes a cell of black text.
func say(text string, a align) cell { return cell{spans: []span{{text: text}}, align: a} }

// table is a table being laid out. Its head stands again on every page.
type table struct {
	flow   *flow
	widths []float64
	size   float64
	padY   float64
	rule   float64 // thickness of the lines; 0 for none
	head   [][]cell

	from  float64 // where this page's part began
	fresh bool    // nothing but the head on this page yet
}

// headLines bounds a head's cell, so that a page always has room for a row.
const headLines = 6

// begin draws the head, on a new page when this one has no room for a line
// below it.
func (t *table) begin() {
	height := t.lead() + 2*t.padY + 2*t.rule
	heads := make([][][][]inked, len(t.head))
	tall := make([]int, len(t.head))
	for i, cells := range t.head {
		heads[i], tall[i] = t.lines(cells)
		tall[i] = min(tall[i], headLines)
		height += t.height(tall[i])
	}
	t.flow.need(height)
	onTop := t.flow.y <= marginTop
	t.from = t.flow.y
	if t.rule > 0 {
		t.flow.across(t.flow.y, t.rule)
	}
	for i, cells := range t.head {
		t.draw(cells, heads[i], 0, tall[i])
	}
	t.fresh = onTop
}

// end closes the table's part on this page.
func (t *table) end() {
	if t.rule == 0 {
		return
	}
	x := marginSide
	for i := 0; i <= len(t.widths); i++ {
		t.flow.box(mark{X: x, Y: t.from, W: t.rule, H: t.flow.y - t.from + t.rule})
		if i < len(t.widths) {
			x += t.widths[i]
		}
	}
}

func (t *table) next() {
	t.end()
	t.flow.turn()
	t.begin()
}

func (t *table) lead() float64 { return t.size * leading }

// height is that of a row of so many lines.
func (t *table) height(lines int) float64 { return float64(lines)*t.lead() + 2*t.padY + t.rule }

// lines wraps the cells and returns how many lines the tallest has.
func (t *table) lines(cells []cell) ([][][]inked, int) {
	out, most := make([][][]inked, len(cells)), 1
	for i, c := range cells {
		out[i] = wrap(t.flow.ink(c.spans...), thousandths(t.widths[i]-2*cellPad, t.size))
		most = max(most, len(out[i]))
	}
	return out, most
}

// row lays out one row. It stays whole where a page has room for it; one that
// is taller than a page goes on over the next.
func (t *table) row(cells ...cell) {
	lines, n := t.lines(cells)
	page := int((t.flow.floor() - marginTop) * 0.6 / t.lead())
	for from := 0; ; {
		room := int((t.flow.floor() - t.flow.y - t.height(0)) / t.lead())
		switch {
		case room >= n-from:
			t.draw(cells, lines, from, n)
			return
		case !t.fresh && (room < 1 || from == 0 && n <= page):
			t.next()
			continue
		}
		room = max(room, 1)
		t.draw(cells, lines, from, from+room)
		from += room
		t.next()
	}
}

// draw draws the lines from…to of a row, and what surrounds them.
func (t *table) draw(cells []cell, lines [][][]inked, from, to int) {
	f, height := t.flow, t.height(to-from)
	t.fill(cells, height)
	x := marginSide
	for i := range cells {
		own := lines[i][min(from, len(lines[i])):min(to, len(lines[i]))]
		y := f.y + t.rule + t.padY
		if from == 0 { // short cells stand in the middle
			y += float64(to-from-len(own)) * t.lead() / 2
		}
		for k, line := range own {
			f.line(line, x+cellPad+t.indent(line, t.widths[i], cells[i].align), y+float64(k)*t.lead()+t.size*baseline, t.size)
		}
		x += t.widths[i]
	}
	f.y += height
	if t.rule > 0 {
		f.across(f.y, t.rule)
	}
	t.fresh = false
}

// fill shades cells. The rule above is drawn again: viewers widen a surface to
// whole pixels, which would hide it.
func (t *table) fill(cells []cell, height float64) {
	f, x, any := t.flow, marginSide, false
	for i, c := range cells {
		if c.fill {
			f.box(mark{X: x, Y: f.y + t.rule, W: t.widths[i], H: height - t.rule, Tone: shade})
			any = true
		}
		x += t.widths[i]
	}
	if any && t.rule > 0 {
		f.across(f.y, t.rule)
	}
}

// baseline is how far the baseline lies below a line's upper edge, in multiples
// of the type size: half the leading above, then the ascent of Chinese faces.
const baseline = (leading-1)/2 + 0.88

func (t *table) indent(line []inked, width float64, a align) float64 {
	rest := max(width-2*cellPad-points(widthOf(line), t.size), 0)
	switch a {
	case center:
		return rest / 2
	case right:
		return rest
	}
	return 0
}

// words lays out a paragraph over the body's width.
func (f *flow) words(c cell, size float64) {
	t := &table{flow: f, widths: []float64{f.body()}, size: size}
	t.begin()
	t.row(c)
}

// foot writes a line below every page: left what is given, at the right the
// number of the page.
func (f *flow) foot(text string, number func(page, of int) string) {
	const size = 7.5
	y := f.height - marginFoot + 16
	for i, p := range f.pages {
		n := f.ink(span{number(i+1, len(f.pages)), grey})
		wide := widthOf(n)
		l := f.cut(f.ink(span{text, grey}), thousandths(f.body(), size)-wide-2000)
		at := &flow{setter: f.setter, pages: []*leaf{p}}
		at.line(l, marginSide, y, size)
		at.line(n, f.width-marginSide-points(wide, size), y, size)
	}
}
