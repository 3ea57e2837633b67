package chart

import "strings"

// Bar is what the parts add to a total, side by side.
type Bar struct {
	ID, Title string
	Total     string // as printed
	Parts     []Part
}

// Part is one part of a total. Bonus is hatched: it comes on top of the full mark.
type Part struct {
	Name, Label string  // "职业道德", "9.60"
	Share       float64 // of the full total
	Bonus       bool
}

// BarDrawing is a Bar laid out.
type BarDrawing struct {
	named
	Segments []Segment
	Entries  []Entry
	Hatched  bool
}

// Segment is one part's rectangle, its label in the middle; positions are percentages of the width.
type Segment struct {
	X, Width string
	Tone     string // "" when hatched
	Label    string // "" when it has no room
	Tight    bool   // the label has no room on a phone
	Gap      bool   // a gap sets it off from the part before it
}

// Entry is a part's line in the legend.
type Entry struct{ Tone, Name, Label string }

// Narrowest segments, as shares of the width, that hold their label on a wide screen and on a phone.
const (
	roomWide  = 0.05
	roomPhone = 0.15
)

// Draw lays the parts out; nil when there are none. A total beyond the full mark shortens everything, so that nothing
// is cut off; a part below zero is told in the legend only.
func (b Bar) Draw() *BarDrawing {
	if len(b.Parts) == 0 {
		return nil
	}
	whole := 0.0
	for _, p := range b.Parts {
		whole += share(p.Share)
	}
	scale := 1 / max(1, whole)
	d := &BarDrawing{named: named{ID: b.ID, Title: b.Title}}
	var desc strings.Builder
	x := 0.0
	for i, p := range b.Parts {
		t := tone(i)
		if p.Bonus {
			t = "bonus"
		}
		d.Entries = append(d.Entries, Entry{t, p.Name, p.Label})
		desc.WriteString(p.Name + " " + p.Label + "；")
		w := share(p.Share) * scale
		if w == 0 {
			continue
		}
		s := Segment{X: percent(x), Width: percent(w), Tone: t, Tight: w < roomPhone, Gap: x > 0}
		if p.Bonus {
			s.Tone, d.Hatched = "", true
		} else if w >= roomWide {
			s.Label = p.Label
		}
		d.Segments = append(d.Segments, s)
		x += w
	}
	desc.WriteString("合计 " + b.Total)
	d.Desc = desc.String()
	return d
}

// Mini is a small bar beside a number in a table. Readers pass over it: the number says it.
type Mini struct {
	Tone  int       // place of its indicator among the coloured ones, from 0
	Share float64   // of the full mark
	Marks []float64 // shares to compare with, drawn as lines across
}

// MiniDrawing is a Mini laid out.
type MiniDrawing struct {
	Tone, Width string
	Marks       []string
}

// Draw lays the bar out.
func (m Mini) Draw() *MiniDrawing {
	d := &MiniDrawing{Tone: tone(m.Tone), Width: percent(share(m.Share))}
	for _, v := range m.Marks {
		d.Marks = append(d.Marks, percent(share(v)))
	}
	return d
}
