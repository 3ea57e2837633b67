package chart

import (
	"math"
	"strconv"
	"strings"
)

// Trend is a value over the years against a reference.
type Trend struct {
	ID, Title string
	Own       string  // "本人"
	Reference string  // "全校均值"; "" when there is none to show
	Full      float64 // what a share of 1 stands for on the axis, 100
	Years     []Year  // oldest first
}

// Year is one point. Without its label a value is missing, and the line has a gap there.
type Year struct {
	Name     string // "2024—25"
	Label    string // own value as printed
	Share    float64
	RefLabel string
	RefShare float64
}

// TrendDrawing is a Trend laid out.
type TrendDrawing struct {
	named
	Own, Reference   string
	Grid             string // path
	Ticks            []Text
	OwnLine, RefLine string // paths
	Dots, RefDots    string // paths
	Values, Names    []Text
}

// Places in a box of 360 by 250. The first and the last year keep away from the edges for their labels' sake.
const (
	trendLeft, trendRight = 40.0, 350.0
	trendFirst, trendLast = 66.0, 320.0
	trendTop, trendBottom = 30.0, 202.0
	trendNames            = 240.0
)

// Draw lays the line out; nil when no year has a value.
func (t Trend) Draw() *TrendDrawing {
	axis, ok := t.axis()
	if !ok {
		return nil
	}
	d := &TrendDrawing{named: named{ID: t.ID, Title: t.Title, Desc: t.desc()}, Own: t.Own, Reference: t.Reference}
	d.scale(axis)
	d.OwnLine, d.Dots = t.line(axis, 4, func(p Year) (string, float64) { return p.Label, p.Share })
	if t.Reference != "" {
		d.RefLine, d.RefDots = t.line(axis, 3, func(p Year) (string, float64) { return p.RefLabel, p.RefShare })
	}
	every := t.every()
	for i, p := range t.Years {
		if (len(t.Years)-1-i)%every != 0 {
			continue
		}
		x := at(t.x(i))
		d.Names = append(d.Names, Text{x, at(trendNames), cut(p.Name, 6)})
		if p.Label != "" {
			d.Values = append(d.Values, Text{x, at(axis.y(share(p.Share)*t.Full) + t.aside(p)), cut(p.Label, 6)})
		}
	}
	return d
}

// scale draws the axis.
func (d *TrendDrawing) scale(a axis) {
	var grid strings.Builder
	for i := range int(math.Round((a.high-a.low)/a.step)) + 1 {
		v := a.low + a.step*float64(i)
		y := a.y(v)
		grid.WriteString("M" + at(trendLeft) + " " + at(y) + "H" + at(trendRight))
		d.Ticks = append(d.Ticks, Text{at(trendLeft - 6), at(y + 4), strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)})
	}
	d.Grid = grid.String()
}

// line draws through the years that have a value, with a gap where one has none.
func (t Trend) line(a axis, r int, of func(Year) (label string, share float64)) (line, dots string) {
	var l, c strings.Builder
	down := false
	for i, p := range t.Years {
		label, v := of(p)
		if label == "" {
			down = false
			continue
		}
		x, y := t.x(i), a.y(share(v)*t.Full)
		l.WriteString(pen(down) + at(x) + " " + at(y))
		c.WriteString(circle(x, y, r))
		down = true
	}
	return l.String(), c.String()
}

// aside is how far below its point a value is written: on the side where the reference is not.
func (t Trend) aside(p Year) float64 {
	if t.Reference != "" && p.RefLabel != "" && p.RefShare > p.Share {
		return 20
	}
	return -11
}

// every tells which years are labelled when there are too many for all: each so-manieth, counted from the last.
func (t Trend) every() int {
	const room = 5 // between two labels
	widest := 0.0
	for _, p := range t.Years {
		widest = max(widest, min(em(p.Name), 6)*12, min(em(p.Label), 6)*13)
	}
	n := len(t.Years)
	if n < 2 {
		return 1
	}
	return max(1, int(math.Ceil((widest+room)*float64(n-1)/(trendLast-trendFirst))))
}

func (t Trend) x(i int) float64 {
	if len(t.Years) == 1 {
		return (trendFirst + trendLast) / 2
	}
	return trendFirst + (trendLast-trendFirst)*float64(i)/float64(len(t.Years)-1)
}

// axis is the part of the scale that is shown.
type axis struct{ low, high, step float64 }

func (a axis) y(v float64) float64 {
	return trendBottom - (trendBottom-trendTop)*(v-a.low)/(a.high-a.low)
}

// axis shows from the round number below the least value to the one above the greatest, in three to six steps.
func (t Trend) axis() (axis, bool) {
	low, high := math.Inf(1), math.Inf(-1)
	see := func(label string, v float64) {
		if label != "" {
			low, high = min(low, share(v)*t.Full), max(high, share(v)*t.Full)
		}
	}
	for _, p := range t.Years {
		see(p.Label, p.Share)
	}
	if math.IsInf(low, 1) || t.Full <= 0 {
		return axis{}, false
	}
	for _, p := range t.Years {
		if t.Reference != "" {
			see(p.RefLabel, p.RefShare)
		}
	}
	step := roundStep(max(high-low, t.Full/20) / 4)
	a := axis{low: math.Floor(low/step) * step, high: math.Ceil(high/step) * step, step: step}
	for a.high-a.low < 1.5*step { // a flat line: room around it, above the full mark only when there is none below
		if a.high+step <= t.Full || a.low < step {
			a.high += step
		} else {
			a.low -= step
		}
	}
	return a, true
}

// roundStep is the least of 1, 2, 5 times a power of ten that is not below v.
func roundStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

func (t Trend) desc() string {
	var b strings.Builder
	for _, p := range t.Years {
		b.WriteString(p.Name + "：" + t.Own + " ")
		if p.Label == "" {
			b.WriteString("没有")
		} else {
			b.WriteString(p.Label)
		}
		if t.Reference != "" && p.RefLabel != "" {
			b.WriteString("，" + t.Reference + " " + p.RefLabel)
		}
		b.WriteString("；")
	}
	return b.String()
}
