package print

import "math"

// The paper, in points. A4 with margins that every office printer keeps.
const (
	paperWidth, paperHeight = 595.28, 841.89
	marginSide, marginTop   = 34.0, 32.0
	marginFoot              = 40.0 // with the footer inside
	bodyWidth               = paperWidth - 2*marginSide
	bodyHeight              = paperHeight - marginTop - marginFoot
)

// leading is the distance of lines in multiples of the type size.
const leading = 1.27

// grade is one way to fill a page: the type size in points, and how many lines
// a row's words may take before they are shortened (0: as many as they need).
type grade struct {
	Size  float64
	Lines int
}

// The grades of the two pages, in the order of preference: smaller type before
// shorter words, and never type below 6.5 points (小六), the smallest that
// printed forms use. Old browsers set to Chinese (Chrome before 118) raise all
// type to 9 points: a scheme of many indicators then takes a third page there,
// and the PDF remains.
var (
	frontGrades = []grade{{10, 0}, {9.5, 0}, {9, 0}, {9, 3}, {8.5, 3}, {8.5, 2}, {8, 2}, {7.5, 2}, {7, 2}, {7, 1}, {6.5, 1}}
	backGrades  = []grade{{9, 0}, {8.5, 0}, {8, 0}, {7.5, 0}, {7.5, 4}, {7, 4}, {7, 3}, {6.5, 3}, {6.5, 2}, {6.5, 1}}
)

// ems estimates how wide s is, in multiples of the type size, for any usual
// face: Chinese characters are square, Latin ones a bit over half. It errs on
// the wide side.
func ems(s string) float64 {
	n := 0.0
	for _, r := range s {
		n += emsOf(r)
	}
	return n
}

func emsOf(r rune) float64 {
	switch {
	case r == ' ':
		return 0.26
	case 'A' <= r && r <= 'Z':
		return 0.68
	case r < 0x2000:
		return 0.57
	}
	return 1
}

// ragged is how many ems a line ends early on the average, where a number or a
// sign may not be broken.
const ragged = 1.5

// linesIn estimates how many lines s takes in a column of that many ems.
func linesIn(s string, wide float64) int {
	n := ems(s)
	if n <= wide {
		return 1
	}
	return max(2, int(math.Ceil(n/math.Max(wide-ragged, 1))))
}

// clip shortens s to that many ems, ending with an ellipsis.
func clip(s string, wide float64) string {
	if ems(s) <= wide {
		return s
	}
	n := 1.0 // the ellipsis
	for i, r := range s {
		if n += emsOf(r); n > wide {
			return s[:i] + "…"
		}
	}
	return s
}
