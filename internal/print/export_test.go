package print

// Mark is something drawn, for tests of the layout.
type Mark struct {
	X, Y, W, H float64
	Text       string
}

// Lay lays a form out without drawing it.
func (p *Press) Lay(f Form) (pages [][]Mark, width, height float64) {
	return marks(p.job().form(f)), paperWidth, paperHeight
}

// LayNotice lays a notice out without drawing it.
func (p *Press) LayNotice(n Notice) (pages [][]Mark, width, height float64) {
	j := p.job()
	f := j.notice(n)
	return marks(f.pages), f.width, f.height
}

func marks(pages []*leaf) [][]Mark {
	out := make([][]Mark, len(pages))
	for i, p := range pages {
		for _, m := range p.marks {
			out[i] = append(out[i], Mark{m.X, m.Y, m.W, m.H, m.Text})
		}
	}
	return out
}

// Wrap breaks text into lines of that many thousandths of the type size, and
// returns their widths too.
func (p *Press) Wrap(text string, limit int) (lines []string, widths []int) {
	j := p.job()
	for _, l := range wrap(j.ink(span{text: text}), int32(limit)) {
		s := ""
		for _, c := range l {
			s += string(c.r)
		}
		lines, widths = append(lines, s), append(widths, int(widthOf(l)))
	}
	return lines, widths
}

// MendUnicode is the repair of a file's table of characters.
var MendUnicode = mendUnicode

// GradeSizes are the type sizes of the two pages by grade.
func GradeSizes() (front, back []float64) {
	for _, g := range frontGrades {
		front = append(front, g.Size)
	}
	for _, g := range backGrades {
		back = append(back, g.Size)
	}
	return front, back
}
