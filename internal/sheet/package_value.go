package sheet

import (
	"strings"
	"unicode/utf8"

	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/num"
)

// maxText bounds the characters of a text cell: what is longer is no name and
// would burst every page it is printed on.
const maxText = 500

// maxList bounds a cell that lists many short parts, such as single ballots: as
// much as a spreadsheet's cell can hold.
const maxList = 32_767

type valueReader = func(Cell) (evidence.Value, *fault.Error)

// reader returns what reads the cells of a column.
func (in *intake) reader(c *evidence.Column) valueReader {
	switch c.Type {
	case evidence.ID:
		return readID
	case evidence.Coded:
		return in.codeReader(c).read
	case evidence.Number, evidence.Mark:
		return func(cell Cell) (evidence.Value, *fault.Error) { return readNumber(c, cell) }
	case evidence.Date:
		return func(cell Cell) (evidence.Value, *fault.Error) { return textOf(ParseDate(cell)) }
	case evidence.Month:
		return func(cell Cell) (evidence.Value, *fault.Error) { return textOf(ParseMonth(cell)) }
	case evidence.List:
		if c.Codes != nil {
			return in.codeReader(c).readList
		}
		return func(cell Cell) (evidence.Value, *fault.Error) {
			return readList(cell, func(s string) (string, *fault.Error) { return HalfWidth(s), nil })
		}
	}
	return readText
}

func textOf(s string, e *fault.Error) (evidence.Value, *fault.Error) {
	if e != nil || s == "" {
		return evidence.Blank, e
	}
	return evidence.Value{Text: s}, nil
}

func readText(c Cell) (evidence.Value, *fault.Error) { return readTextUpTo(c, maxText) }

func readTextUpTo(c Cell, most int) (evidence.Value, *fault.Error) {
	s, e := ParseText(c)
	if e != nil {
		return evidence.Blank, e
	}
	if len(s) > most && utf8.RuneCountInString(s) > most {
		return evidence.Blank, at(fault.New(fault.TooLarge, "evidence.text-too-long", utf8.RuneCountInString(s), most), c)
	}
	return evidence.Value{Text: unguarded(s)}, nil
}

// readID reads what lines are known by. ７（1）and 7(1) name the same class.
func readID(c Cell) (evidence.Value, *fault.Error) {
	v, e := readText(c)
	v.Text = HalfWidth(v.Text)
	return v, e
}

// readNumber reads a number or the state that stands for one.
func readNumber(col *evidence.Column, c Cell) (evidence.Value, *fault.Error) {
	if c.Kind == Text {
		if s, ok := evidence.ParseState(tidied(c)); ok {
			v := evidence.Value{State: s}
			if e := col.Check(v); e != nil && s == evidence.Absent {
				return evidence.Blank, at(e, c)
			}
			return v, nil
		}
	}
	q, e := ParseNumber(c)
	if e != nil {
		return evidence.Blank, e
	}
	if q, e = inUnit(col, c, q); e != nil {
		return evidence.Blank, at(e, c)
	}
	v := evidence.Value{Q: q}
	if col.Type == evidence.Mark { // packed at once, so it must fit at once
		if e := col.Check(v); e != nil {
			return evidence.Blank, at(e, c)
		}
	}
	return v, nil
}

// inUnit holds a percent sign, and what a cell formatted as percent leaves of
// it, against the column's unit: a rate column counts in percent, and 0.885 in
// it would silently be less than one.
func inUnit(col *evidence.Column, c Cell, q num.Q) (num.Q, *fault.Error) {
	signed := c.Kind == Text && strings.HasSuffix(tidied(c), "%")
	switch {
	case col.Unit == "%" && signed:
		return q.Mul(num.Int(100)), nil
	case col.Unit == "%" && q.Sign() > 0 && q.Cmp(num.Int(1)) <= 0:
		return q, fault.New(fault.Invalid, "evidence.rate-as-fraction", q.String(), q.Mul(num.Int(100)).String())
	case col.Unit != "" && col.Unit != "%" && signed:
		return q, fault.New(fault.Invalid, "evidence.percent-not-unit", clip(Tidy(c.Text)), col.Unit)
	}
	return q, nil
}

// readList splits a cell into its parts and reads each.
func readList(c Cell, part func(string) (string, *fault.Error)) (evidence.Value, *fault.Error) {
	v, e := readTextUpTo(c, maxList)
	if e != nil {
		return evidence.Blank, e
	}
	var parts []string
	for _, s := range strings.FieldsFunc(v.Text, func(r rune) bool { return strings.ContainsRune("、，,；;\n", r) }) {
		if s = Tidy(s); s == "" {
			continue
		}
		if utf8.RuneCountInString(s) > maxText {
			return evidence.Blank, at(fault.New(fault.TooLarge, "evidence.text-too-long", utf8.RuneCountInString(s), maxText), c)
		}
		p, e := part(s)
		if e != nil {
			return evidence.Blank, at(e, c)
		}
		parts = append(parts, p)
	}
	return textOf(strings.Join(parts, "、"), nil)
}

// codeReader reads cells by a value list, each spelling once.
type codeReader struct {
	codes []Code
	names map[string]string // by Code.Code: the value
	pair  bool
	known map[string]evidence.Value // by the cell's text
}

// codeReader returns the reader of c's value list, shared by the columns that
// draw from the same one.
func (in *intake) codeReader(c *evidence.Column) *codeReader {
	key := &c.Codes[0]
	if r := in.codes[key]; r != nil {
		return r
	}
	r := &codeReader{names: map[string]string{}, known: map[string]evidence.Value{}, pair: c.Pair}
	for _, e := range c.Codes {
		code := Code{Code: e.Code, Name: e.Name, Aliases: e.Aliases}
		if code.Code == "" {
			code.Code = e.Name
		}
		r.codes = append(r.codes, code)
		r.names[code.Code] = e.Name
	}
	in.codes[key] = r
	return r
}

// knownMost bounds the spellings that are remembered.
const knownMost = 4096

func (r *codeReader) read(c Cell) (evidence.Value, *fault.Error) {
	if c.Kind == Text {
		if v, ok := r.known[c.Text]; ok {
			return v, nil
		}
	}
	s, e := r.parse(c)
	if e != nil {
		return evidence.Blank, e
	}
	v := evidence.Value{Text: s}
	if c.Kind == Text && len(r.known) < knownMost {
		r.known[strings.Clone(c.Text)] = v
	}
	return v, nil
}

func (r *codeReader) parse(c Cell) (string, *fault.Error) {
	c.Text = unguarded(c.Text)
	code, e := ParseCode(c, r.codes)
	if e == nil {
		return r.names[code], nil
	}
	if r.pair && c.Kind == Text {
		if s, ok := r.halves(tidied(c)); ok {
			return s, nil
		}
	}
	return "", e
}

// halves reads two codes in one cell, morning and afternoon; twice the same is
// a whole day of it. Digits do not pair: 11 is a slip.
func (r *codeReader) halves(s string) (string, bool) {
	for i := range s {
		if i == 0 {
			continue
		}
		left, right := s[:i], strings.TrimLeft(s[i:], "/、+ ")
		a, ok := r.half(left)
		if !ok {
			continue
		}
		if b, ok := r.half(right); ok {
			if a == b {
				return a, true
			}
			return a + b, true
		}
	}
	return "", false
}

func (r *codeReader) half(s string) (string, bool) {
	if i := findCode(r.codes, s); i >= 0 && !isDigits(s) {
		return r.names[r.codes[i].Code], true
	}
	return "", false
}

func (r *codeReader) readList(c Cell) (evidence.Value, *fault.Error) {
	return readList(c, func(s string) (string, *fault.Error) {
		code, e := ParseCode(Cell{Column: c.Column, Kind: Text, Text: s}, r.codes)
		return r.names[code], e
	})
}

// guarded returns s such that no program takes it for a formula when it opens
// the file: ASVS 1.2.10's characters get an apostrophe in front, as Excel itself
// writes for text that looks like a formula.
func guarded(s string) string {
	if isFormulaLike(s) {
		return "'" + s
	}
	return s
}

// unguarded takes guarded's apostrophe off again.
func unguarded(s string) string {
	if len(s) > 1 && s[0] == '\'' && isFormulaLike(s) {
		return s[1:]
	}
	return s
}

// isFormulaLike reports whether s begins as a formula would, be it behind
// apostrophes, so that guarding can be undone whatever s was.
func isFormulaLike(s string) bool {
	s = strings.TrimLeft(s, "'")
	for _, r := range s {
		return strings.ContainsRune("=+-@\t\r\x00＝＋－＠", r)
	}
	return false
}
