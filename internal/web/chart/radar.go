package chart

import (
	"math"
	"strconv"
	"strings"
)

// Radar sets a person's indicators against a reference.
type Radar struct {
	ID, Title string
	Own       string // "本人"
	Reference string // "全校均值"; "" when there is none to show
	Axes      []Axis // indicators that have a value: what is missing is told elsewhere, not drawn as zero
}

// Axis is one indicator.
type Axis struct {
	Name     string
	Label    string  // own value as printed
	Share    float64 // of its full mark
	RefLabel string
	RefShare float64
}

// RadarDrawing is a Radar laid out.
type RadarDrawing struct {
	named
	Own, Reference   string
	Height           string // of the box, which is 360 wide
	Floor            string // what the centre stands for, "60%"
	Grid             string // path of rings and spokes
	Ticks            []Text
	OwnLine, RefLine string // points
	Dots             string // path
	Labels           []Label
}

// Text is a word at its place.
type Text struct{ X, Y, Text string }

// Label is a name of one or two lines above its value.
type Label struct {
	X, Y   string
	Anchor string // "", "mid" or "end"
	First  string
	Second string // "" when one line is enough
	Value  string
}

// Fewest and most axes that make a figure people can read.
const (
	fewestAxes = 3
	mostAxes   = 8
)

const (
	radarX, radarY = 180.0, 150.0 // centre, in a box 360 wide
	radius         = 88.0
	rings          = 4
	lineHeight     = 16.0
	nameWidth      = 6.0 // em; 教育教学质量 stays whole
)

// Draw lays the figure out; nil with fewer than three axes or more than eight: the page then shows bars alone.
func (r Radar) Draw() *RadarDrawing {
	if len(r.Axes) < fewestAxes || len(r.Axes) > mostAxes {
		return nil
	}
	floor := r.floor()
	d := &RadarDrawing{named: named{ID: r.ID, Title: r.Title, Desc: r.desc()}, Own: r.Own, Reference: r.Reference}
	d.Floor = wholePercent(floor)
	d.Grid = r.grid()
	for ring := 1; ring < rings; ring++ { // the outermost is the full mark, and has names beside it
		part := float64(ring) / rings
		d.Ticks = append(d.Ticks, Text{at(radarX + 4), at(radarY - radius*part + 4), wholePercent(floor + (1-floor)*part)})
	}
	var own, ref, dots strings.Builder
	low := 0.0
	for i, a := range r.Axes {
		x, y := r.place(i, radius*(share(a.Share)-floor)/(1-floor))
		dots.WriteString(circle(x, y, 4))
		own.WriteString(at(x) + " " + at(y) + " ")
		x, y = r.place(i, radius*max(share(a.RefShare)-floor, 0)/(1-floor))
		ref.WriteString(at(x) + " " + at(y) + " ")
		label, bottom := r.label(i)
		d.Labels, low = append(d.Labels, label), max(low, bottom)
	}
	d.Height = at(low + 6)
	d.OwnLine, d.Dots = own.String(), dots.String()
	if r.Reference != "" {
		d.RefLine = ref.String()
	}
	return d
}

// floor is what the centre stands for: when all values are high, drawing from zero would show nothing but a disc. It
// is written into the figure.
func (r Radar) floor() float64 {
	least := 1.0
	for _, a := range r.Axes {
		least = min(least, share(a.Share))
		if r.Reference != "" {
			least = min(least, share(a.RefShare))
		}
	}
	for _, f := range []float64{0.6, 0.4, 0.2} {
		if least >= f+0.1 {
			return f
		}
	}
	return 0
}

func wholePercent(v float64) string { return strconv.Itoa(int(math.Round(v*100))) + "%" }

// place is the point of an axis that lies so far from the centre; the first axis points up.
func (r Radar) place(axis int, far float64) (x, y float64) {
	sin, cos := math.Sincos(2 * math.Pi * float64(axis) / float64(len(r.Axes)))
	return radarX + far*sin, radarY - far*cos
}

func (r Radar) grid() string {
	var b strings.Builder
	for ring := 1; ring <= rings; ring++ {
		for i := range r.Axes {
			x, y := r.place(i, radius*float64(ring)/rings)
			b.WriteString(pen(i > 0) + at(x) + " " + at(y))
		}
		b.WriteString("Z")
	}
	for i := range r.Axes {
		x, y := r.place(i, radius)
		b.WriteString("M" + at(radarX) + " " + at(radarY) + "L" + at(x) + " " + at(y))
	}
	return b.String()
}

// pen is the command of a path that draws or moves to a point.
func pen(down bool) string {
	if down {
		return "L"
	}
	return "M"
}

// label stands outside the ring: above it at the top, below it at the bottom, beside it elsewhere. It returns its last
// line's height too.
func (r Radar) label(i int) (l Label, bottom float64) {
	a := r.Axes[i]
	lines := wrap(a.Name, nameWidth)
	l = Label{First: lines[0], Value: cut(a.Label, nameWidth)}
	if len(lines) > 1 {
		l.Second = lines[1]
	}
	x, y := r.place(i, radius+10)
	tall := lineHeight * float64(len(lines)) // of what follows the first line
	switch {
	case math.Abs(x-radarX) > 1:
		if x < radarX {
			l.Anchor = "end"
		}
		y += 5 - tall/2
	case y < radarY:
		l.Anchor = "mid"
		y -= tall
	default:
		l.Anchor = "mid"
		y += 10
	}
	l.X, l.Y = at(x), at(y)
	return l, y + tall
}

func (r Radar) desc() string {
	var b strings.Builder
	for _, a := range r.Axes {
		b.WriteString(a.Name + "：" + r.Own + " " + a.Label)
		if r.Reference != "" {
			b.WriteString("，" + r.Reference + " " + a.RefLabel)
		}
		b.WriteString("；")
	}
	return b.String()
}
