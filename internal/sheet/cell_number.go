package sheet

import (
	"strconv"
	"strings"

	"shiji/internal/fault"
	"shiji/internal/num"
)

const (
	// keptDigits is how many significant digits a spreadsheet's number keeps
	// and shows; whole numbers of more have lost their last ones.
	keptDigits = 15
	// maxScale bounds the zeros that an exponent stands for: far beyond any
	// score, and what keeps a residue such as 1E-300 from slowing arithmetic.
	maxScale = 40
)

// ParseNumber reads a cell as an exact number.
//
// A stored number is a binary double, of which programs write up to 17 digits
// (87.350000000000009 for 87.35). It is read as the decimal of at most 15
// significant digits that Excel shows for it, which is the one that was typed
// or computed to the cell's precision. One of 10^15 or more is refused: its
// last digits are gone.
//
// Text is read exactly: full-width digits, a leading plus, groups of three
// (1,234.5), a trailing % (87.5% is 0.875), an exponent (1.5E-2). States such
// as 缺考 are the caller's; anything else is a fault, never a guess.
func ParseNumber(c Cell) (num.Q, *fault.Error) {
	if f := unusable(c); f != nil {
		return num.Q{}, f
	}
	switch c.Kind {
	case Number:
		d, f := parseLiteral(c)
		if f != nil {
			return num.Q{}, f
		}
		q, err := num.Parse(d)
		if err != nil {
			return num.Q{}, badNumber(c)
		}
		return q, nil
	case Date:
		return num.Q{}, at(fault.New(fault.Invalid, "sheet.number-is-date", shownDate(c)).WithHint("sheet.hint-number-format"), c)
	case Bool:
		return num.Q{}, at(fault.New(fault.Invalid, "sheet.number-is-bool"), c)
	}
	return parseNumberText(c)
}

func badNumber(c Cell) *fault.Error {
	return at(fault.New(fault.Invalid, "sheet.not-a-number", clip(Tidy(c.Text))).WithHint("sheet.hint-number"), c)
}

func destroyed(c Cell) *fault.Error {
	return at(fault.New(fault.Invalid, "sheet.digits-destroyed", clip(Tidy(c.Text))).WithHint("sheet.hint-digits"), c)
}

// parseLiteral returns a stored number in plain notation, as Excel shows it at
// full width.
func parseLiteral(c Cell) (string, *fault.Error) {
	d, ok := splitDecimal(c.Text)
	if !ok {
		return "", badNumber(c)
	}
	if len(d.digits) > keptDigits {
		// The double and its 15 digits never leave these lines: strconv rounds
		// the exact binary value, as Excel does when it shows the cell.
		f, err := strconv.ParseFloat(c.Text, 64)
		if err != nil {
			return "", badNumber(c)
		}
		if d, ok = splitDecimal(strconv.FormatFloat(f, 'e', keptDigits-1, 64)); !ok {
			return "", badNumber(c)
		}
	}
	if len(d.digits)+d.exponent > keptDigits {
		return "", destroyed(c)
	}
	s, ok := d.plain()
	if !ok {
		return "", badNumber(c)
	}
	return s, nil
}

// decimal is ±digits·10^exponent with neither leading nor trailing zeros in
// digits; zero has none.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

// splitDecimal reads sign, digits, point and exponent; no other notation.
func splitDecimal(s string) (decimal, bool) {
	var d decimal
	if len(s) > maxLiteral || !isLiteral([]byte(s)) {
		return d, false
	}
	if s[0] == '-' || s[0] == '+' {
		d.negative, s = s[0] == '-', s[1:]
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		d.exponent, _ = strconv.Atoi(s[i+1:]) // isLiteral bounds it
		s = s[:i]
	}
	whole, part, _ := strings.Cut(s, ".")
	d.exponent -= len(part)
	d.digits = strings.TrimLeft(whole+part, "0")
	n := len(d.digits)
	d.digits = strings.TrimRight(d.digits, "0")
	d.exponent += n - len(d.digits)
	if d.digits == "" {
		return decimal{}, true
	}
	return d, true
}

// plain returns d without an exponent, and false when that takes more than
// maxScale zeros or is longer than a literal may be.
func (d decimal) plain() (string, bool) {
	if d.digits == "" {
		return "0", true
	}
	if d.exponent > maxScale || -d.exponent > maxScale {
		return "", false
	}
	s := d.digits
	switch point := len(s) + d.exponent; {
	case d.exponent >= 0:
		s += strings.Repeat("0", d.exponent)
	case point > 0:
		s = s[:point] + "." + s[point:]
	default:
		s = "0." + strings.Repeat("0", -point) + s
	}
	if d.negative {
		s = "-" + s
	}
	return s, len(s) <= maxLiteral
}

func parseNumberText(c Cell) (num.Q, *fault.Error) {
	s := tidied(c)
	if s == "" {
		return num.Q{}, at(fault.New(fault.Missing, "sheet.cell-blank"), c)
	}
	if isDestroyed(s) {
		if d, ok := splitDecimal(s); ok && len(d.digits)+d.exponent > keptDigits {
			return num.Q{}, destroyed(c)
		}
	}
	s, percent := strings.CutSuffix(s, "%")
	s, ok := ungroup(strings.TrimRight(s, " "))
	if !ok {
		return num.Q{}, badNumber(c)
	}
	d, ok := splitDecimal(s)
	if !ok {
		return num.Q{}, badNumber(c)
	}
	if percent {
		d.exponent -= 2
	}
	if s, ok = d.plain(); !ok {
		return num.Q{}, badNumber(c)
	}
	q, err := num.Parse(s)
	if err != nil {
		return num.Q{}, badNumber(c)
	}
	return q, nil
}

// ungroup drops the commas of 1,234,567.8 when they stand where they should:
// 1,5 may be one and a half and is refused.
func ungroup(s string) (string, bool) {
	if !strings.Contains(s, ",") {
		return s, true
	}
	whole, part, dot := strings.Cut(s, ".")
	groups := strings.Split(strings.TrimLeft(whole, "+-"), ",")
	for i, g := range groups {
		if !isDigits(g) || len(g) != 3 && (i > 0 || len(g) > 3) || i == 0 && g[0] == '0' {
			return "", false
		}
	}
	s = strings.ReplaceAll(whole, ",", "")
	if dot {
		s += "." + part
	}
	return s, true
}
