// Package chart draws the few pictures of a result as SVG on the server: contributions to a total, a radar of
// indicators, a line over years, a distribution, a small bar for a table cell. They need no script, print, and are told
// to readers in words.
//
// A drawing is laid out here, as attributes, and written by templates: nothing in it is a style. The package knows no
// scores: what it draws are shares of the full mark, float64 between 0 and 1 and for the pen only, and what it writes
// are the words and rounded numbers it is handed. Nothing missing is drawn as zero.
package chart

import (
	"embed"
	"html/template"
	"math"
	"strconv"
)

//go:embed chart.html
var files embed.FS

// Parse adds the templates to t: chart-bar, chart-legend, chart-radar, chart-trend, chart-histogram, chart-mini, each
// for the value that the Draw of the same name returns.
func Parse(t *template.Template) (*template.Template, error) { return t.ParseFS(files, "chart.html") }

// tones is how many colours there are, c1 to c8; the words beside them tell the same.
const tones = 8

// tone names the colour of the i-th thing, from 0.
func tone(i int) string { return "c" + strconv.Itoa(i%tones+1) }

// named is what every drawing has for those who do not see it.
type named struct {
	ID    string // unique in the page
	Title string
	Desc  string // everything the drawing says, in words
}

// share brings a value into what can be drawn: a bonus may go beyond the full mark, a deduction below nothing.
func share(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return math.Min(math.Max(v, 0), 1)
}

// at writes a coordinate with one decimal at most. Drawings are small and pages many: whole tenths are written faster
// than floats.
func at(v float64) string {
	tenths := int(math.Round(v * 10))
	if tenths%10 == 0 {
		return strconv.Itoa(tenths / 10)
	}
	b := make([]byte, 0, 8)
	if tenths < 0 {
		b, tenths = append(b, '-'), -tenths
	}
	b = strconv.AppendInt(b, int64(tenths/10), 10)
	return string(append(b, '.', byte('0'+tenths%10)))
}

// circle is a path round a point: one path holds all dots of a line. It begins with the
// point as the line names it, which packs well.
func circle(x, y float64, r int) string {
	radius, across := strconv.Itoa(r), strconv.Itoa(2*r)
	arc := "a" + radius + " " + radius + " 0 1 0 "
	return "M" + at(x) + " " + at(y) + "m-" + radius + " 0" + arc + across + " 0" + arc + "-" + across + " 0"
}

// percent writes a share of the drawing's width; drawings laid out so grow with their place while their words do not.
func percent(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e4)/100, 'f', -1, 64) + "%"
}
