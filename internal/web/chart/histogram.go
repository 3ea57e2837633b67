package chart

import (
	"strconv"
	"strings"
)

// Histogram is how many people lie in each range of values.
type Histogram struct {
	ID, Title string
	Unit      string // of the counts, "人"
	Own       string // what marks the reader's own range, "本人"
	Bins      []Bin
}

// Bin is one range. A group too small to be shown must not be handed in at all.
type Bin struct {
	From, To string // bounds as printed
	N        int
	Own      bool // the reader's value lies here
}

// HistogramDrawing is a Histogram laid out; across in percentages of the width, upwards in pixels.
type HistogramDrawing struct {
	named
	Height  int
	Base    string
	Columns []Column
	Ticks   []Tick
	Own     string // "" when no range is the reader's own
	Unit    string
}

// Column is one range's bar with its count.
type Column struct {
	X, Y, Width, Height string
	Middle, LabelY      string
	N                   int
	Mine                string // what marks it as the reader's own; "" when it is not
	MineY               string
}

// Tick is a bound below the base line.
type Tick struct {
	X, Y, Text string
	Anchor     string // "", "mid" or "end"
	Often      bool   // left out on phones
}

const (
	histHeight = 190
	histTop    = 40.0 // room for two lines above the highest column
	histBase   = 160.0
	histGap    = 0.12 // of a column's place
)

// Draw lays the columns out; nil when there are none.
func (h Histogram) Draw() *HistogramDrawing {
	if len(h.Bins) == 0 {
		return nil
	}
	most := 1
	for _, b := range h.Bins {
		most = max(most, b.N)
	}
	place := 1 / float64(len(h.Bins))
	d := &HistogramDrawing{named: named{ID: h.ID, Title: h.Title, Desc: h.desc()}, Height: histHeight, Base: at(histBase), Unit: h.Unit}
	for i, b := range h.Bins {
		x := place * float64(i)
		tall := (histBase - histTop) * float64(max(b.N, 0)) / float64(most)
		c := Column{
			X: percent(x + place*histGap/2), Y: at(histBase - tall), Width: percent(place * (1 - histGap)), Height: at(tall),
			Middle: percent(x + place/2), LabelY: at(histBase - tall - 6), N: b.N,
		}
		if b.Own {
			c.Mine, c.MineY, d.Own = h.Own, at(histBase-tall-22), h.Own
		}
		d.Columns = append(d.Columns, c)
		d.tick(i, len(h.Bins), b.From)
	}
	d.tick(len(h.Bins), len(h.Bins), h.Bins[len(h.Bins)-1].To)
	return d
}

// tick writes a bound below its edge; with many columns every second one, or fewer, and on phones fewer still.
func (d *HistogramDrawing) tick(i, n int, text string) {
	const most = 16 // bounds side by side on a wide screen, half as many on a phone
	every := (n + most - 1) / most
	if i%every != 0 {
		return
	}
	t := Tick{X: percent(float64(i) / float64(n)), Y: at(histBase + 18), Text: cut(text, 5), Anchor: "mid", Often: n > most/2 && i/every%2 != 0}
	switch i {
	case 0:
		t.Anchor = ""
	case n:
		t.Anchor = "end"
	}
	d.Ticks = append(d.Ticks, t)
}

func (h Histogram) desc() string {
	var b strings.Builder
	for _, bin := range h.Bins {
		b.WriteString(bin.From + " 到 " + bin.To + "：" + strconv.Itoa(bin.N) + " " + h.Unit)
		if bin.Own {
			b.WriteString("（" + h.Own + "在此）")
		}
		b.WriteString("；")
	}
	return b.String()
}
