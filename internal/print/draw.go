package print

import (
	"math"
	"strconv"

	"shiji/internal/explain"
)

// node is an indicator with how it stands in a tree.
type node struct {
	*explain.Row
	Open  bool // unfolded from the start
	Rules bool // the rule is told beside it, not in a table of its own
}

func newNode(r explain.Row, open, rules bool) node { return node{&r, open, rules} }

// segment is a rectangle of a drawing, in the drawing's own units.
type segment struct {
	X, Y, Width, Height string
	Tone                int // of the palette
	Label               string
	LabelX, LabelY      string
}

// bar is the contributions side by side.
type bar struct {
	Width    int
	Segments []segment
}

// tones is how many colours the palette has.
const tones = 6

// newBar lays the parts of a total side by side. A total beyond full marks
// shortens everything, so that nothing is cut off.
func newBar(parts []explain.Part) bar {
	const width = 600.0
	whole := 0.0
	for _, p := range parts {
		whole += math.Max(p.Share, 0)
	}
	scale := width / math.Max(1, whole)
	b := bar{Width: int(width)}
	x := 0.0
	for i, p := range parts {
		w := math.Max(p.Share, 0) * scale
		s := segment{X: at(x), Y: "0", Width: at(math.Max(w-2, 0)), Height: "26", Tone: i%tones + 1, LabelX: at(x + w/2), LabelY: "18"}
		if w > 44 {
			s.Label = p.Value
		}
		b.Segments = append(b.Segments, s)
		x += w
	}
	return b
}

// columns is a distribution as upright bars.
type columns struct {
	Width, Height int
	Base          string
	Segments      []segment
	Ticks         []segment
}

func newColumns(bins []explain.Bin) columns {
	const step, top, tall = 46.0, 18.0, 110.0
	c := columns{Width: int(step*float64(len(bins)) + 20), Height: int(top + tall + 24), Base: at(top + tall)}
	for i, b := range bins {
		h := tall * b.Share
		x := 10 + step*float64(i)
		s := segment{X: at(x + 4), Y: at(top + tall - h), Width: at(step - 8), Height: at(h), LabelX: at(x + step/2), LabelY: at(top + tall - h - 5)}
		if b.N > 0 {
			s.Label = strconv.Itoa(b.N)
		}
		c.Segments = append(c.Segments, s)
		c.Ticks = append(c.Ticks, segment{LabelX: at(x), LabelY: at(top + tall + 16), Label: b.From})
	}
	if n := len(bins); n > 0 {
		c.Ticks = append(c.Ticks, segment{LabelX: at(10 + step*float64(n)), LabelY: at(top + tall + 16), Label: bins[n-1].To})
	}
	return c
}

// at writes a coordinate with one decimal: enough for the eye, and short.
func at(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }
