package sheet

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"shiji/internal/fault"
)

// Tidy returns s without the blanks at its ends: spaces, line ends, full-width
// and no-break spaces, and the invisible marks that copying from web pages and
// chat programs leaves behind.
func Tidy(s string) string { return strings.TrimFunc(s, isBlankRune) }

func isBlankRune(r rune) bool {
	switch r {
	case '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff', '\u3164':
		return true
	}
	return unicode.IsSpace(r) || unicode.IsControl(r)
}

// HalfWidth returns s with full-width letters, digits and signs (Ａ５．％－) as
// ASCII, which is how Chinese input methods produce them by accident.
func HalfWidth(s string) string {
	i := strings.IndexFunc(s, isWideForm)
	if i < 0 {
		return s
	}
	return s[:i] + strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000':
			return ' '
		case r == '−' || r == '–': // minus sign and en dash
			return '-'
		}
		return r
	}, s[i:])
}

func isWideForm(r rune) bool {
	return r >= '！' && r <= '～' || r == '\u3000' || r == '−' || r == '–'
}

// isPlain reports whether s is short ASCII that neither Tidy nor HalfWidth
// would change, which spares most cells both.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// tidied returns what a person meant to type in c.
func tidied(c Cell) string {
	if isPlain(c.Text) {
		return c.Text
	}
	return Tidy(HalfWidth(c.Text))
}

// at locates f in the cell's column; the caller knows row and sheet.
func at(f *fault.Error, c Cell) *fault.Error {
	return f.At(fault.Place{Column: c.Column})
}

// unusable returns the fault of a cell that holds no value at all, or nil.
func unusable(c Cell) *fault.Error {
	switch c.Kind {
	case Blank:
		return at(fault.New(fault.Missing, "sheet.cell-blank"), c)
	case Error:
		return at(fault.New(fault.Invalid, "sheet.cell-error", clip(c.Text)).WithHint("sheet.hint-formula"), c)
	case NoValue:
		return at(fault.New(fault.Invalid, "sheet.cell-no-value").WithHint("sheet.hint-recalculate"), c)
	}
	return nil
}

// ParseText reads a cell of words: a name, a number of staff, an identity
// number. Blanks at the ends are dropped; everything else stays as written. What
// cannot be seen within it is refused: it makes two people look like one.
//
// A number is taken in plain notation (1001, not 1001.0) unless it has lost
// digits: beyond 15, spreadsheets keep zeros in their place. A date is refused,
// for it is what Excel makes of a class called 3-5.
func ParseText(c Cell) (string, *fault.Error) {
	if f := unusable(c); f != nil {
		return "", f
	}
	switch c.Kind {
	case Number:
		d, f := parseLiteral(c)
		if f != nil {
			return "", f
		}
		return d, nil
	case Date:
		return "", at(fault.New(fault.Invalid, "sheet.text-is-date", shownDate(c)).WithHint("sheet.hint-as-text"), c)
	case Bool:
		return "", at(fault.New(fault.Invalid, "sheet.text-is-bool").WithHint("sheet.hint-as-text"), c)
	}
	s := Tidy(c.Text)
	if s == "" {
		return "", at(fault.New(fault.Missing, "sheet.cell-blank"), c)
	}
	if i := strings.IndexFunc(s, isUnseen); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		return "", at(fault.New(fault.Invalid, "sheet.text-unseen", fmt.Sprintf("%U", r), utf8.RuneCountInString(s[:i])+1).WithHint("sheet.hint-retype"), c)
	}
	if isDestroyed(s) {
		return "", at(fault.New(fault.Invalid, "sheet.digits-destroyed", clip(s)).WithHint("sheet.hint-digits"), c)
	}
	return s, nil
}

// isUnseen knows the characters that show nothing, or change how others show:
// controls, marks of direction, joiners, fillers and tags. Line ends and tabs
// lay out text; variants of a character and Mongolian need their selectors.
func isUnseen(r rune) bool {
	switch {
	case r < 0x80:
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
	case r == '\u180e':
		return false
	case r == '\u2028' || r == '\u2029' || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0':
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf)
}

// isDestroyed reports whether s is what a spreadsheet writes to CSV, or leaves
// in text, for a number of more than eleven digits: 3.50E+17.
func isDestroyed(s string) bool {
	mantissa, exponent, ok := strings.Cut(HalfWidth(s), "E+")
	if !ok || len(exponent) != 2 || exponent[0] == '0' || !isDigits(exponent) {
		return false
	}
	whole, part, dot := strings.Cut(mantissa, ".")
	return len(whole) == 1 && isDigits(whole) && (!dot || isDigits(part))
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return s != ""
}
