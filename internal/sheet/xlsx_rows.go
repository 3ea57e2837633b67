package sheet

import (
	"bytes"
	"errors"
	"iter"

	"shiji/internal/fault"
)

// errStop ends reading because the caller's loop did.
var errStop = errors.New("stopped")

// Rows yields the sheet's rows that hold something, in order. The loop ends
// after the first error, which is a *fault.Error with its place unless the file
// itself could not be read. Row.Cells is overwritten by the next row.
//
// A sheet counts as read, and its checksum as verified, only when the loop ran
// to its end: rows may come before the fault, so adopt nothing earlier.
func (w *Workbook) Rows(sheet int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if sheet < 0 || sheet >= len(w.Sheets) {
			yield(Row{}, fault.New(fault.NotFound, "sheet.no-such-sheet", sheet+1))
			return
		}
		r := &rowReader{w: w, sheet: sheet, yield: yield}
		if err := r.read(); err != nil && err != errStop {
			yield(Row{}, r.place(err))
		}
	}
}

// MergedRanges returns the sheet's merged cells. They stand behind the rows in
// the file: when Rows has not run to the end, the sheet is read through.
func (w *Workbook) MergedRanges(sheet int) ([]Range, error) {
	if sheet >= 0 && sheet < len(w.Sheets) {
		w.mu.Lock()
		merged := w.merged[sheet]
		w.mu.Unlock()
		if merged != nil {
			return merged, nil
		}
	}
	for _, err := range w.Rows(sheet) {
		if err != nil {
			return nil, err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.merged[sheet], nil
}

// rowReader reads one worksheet part.
type rowReader struct {
	w      *Workbook
	sheet  int
	s      *scanner
	yield  func(Row, error) bool
	merged []Range

	row     Row
	lastRow int
	cells   int   // cells of this sheet so far
	others  int   // cells read from the other sheets
	text    int64 // bytes of text so far

	// Literals and inline strings of a row are gathered and become one string.
	own    []byte
	spans  []span
	column int // of the cell being read, for places
}

// span says which cell gets which part of own.
type span struct{ cell, start, end int }

func (r *rowReader) read() error {
	w := r.w
	r.merged = []Range{}
	w.mu.Lock()
	for i, n := range w.cells {
		if i != r.sheet {
			r.others += n
		}
	}
	w.mu.Unlock()
	seen := false
	_, err := w.pack.walk(w.Sheets[r.sheet].part, "worksheet", spaceMain, func(s *scanner) error {
		r.s = s
		return s.children(func() error {
			switch {
			case s.is("sheetData"):
				if seen {
					return errSyntax
				}
				seen = true
				return s.children(r.readRow)
			case s.is("mergeCells"):
				return s.children(r.readMerged)
			}
			r.row.Number, r.column = 0, 0
			return s.skip()
		})
	})
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.cells[r.sheet], w.merged[r.sheet] = r.cells, r.merged
	w.mu.Unlock()
	return nil
}

// place adds the sheet, and the row and column being read, to a fault.
func (r *rowReader) place(err error) error {
	f, ok := err.(*fault.Error)
	if !ok {
		return err
	}
	p := fault.Place{Sheet: r.w.Sheets[r.sheet].Name, Row: r.row.Number}
	if p.Row > 0 {
		p.Column = r.column
	}
	return f.At(p)
}

func (r *rowReader) readRow() error {
	s, limits := r.s, &r.w.pack.limits
	if !s.is("row") {
		return errSyntax
	}
	number, hidden := r.lastRow+1, false
	r.row.Number, r.column = 0, 0
	for i := range s.attrs {
		a := &s.attrs[i]
		if len(a.prefix) > 0 {
			continue
		}
		switch string(a.name) {
		case "r":
			n, ok := atoi(a.value, limits.Rows)
			if !ok || n <= r.lastRow {
				return fault.New(fault.Invalid, "sheet.row-number", clip(string(a.value)), limits.Rows, r.lastRow).WithHint("sheet.hint-resave")
			}
			number = n
		case "hidden":
			hidden = len(a.value) == 1 && a.value[0] == '1' || string(a.value) == "true"
		}
	}
	if number > limits.Rows {
		return fault.New(fault.TooLarge, "sheet.too-many-rows", limits.Rows).WithHint("sheet.hint-split")
	}
	r.lastRow = number
	r.row = Row{Number: number, Hidden: hidden, Cells: r.row.Cells[:0]}
	r.own, r.spans = r.own[:0], r.spans[:0]
	if err := s.children(r.readCell); err != nil {
		return err
	}
	if len(r.row.Cells) == 0 {
		return nil
	}
	own := string(r.own)
	for _, p := range r.spans {
		r.row.Cells[p.cell].Text = own[p.start:p.end]
	}
	if !r.yield(r.row, nil) {
		return errStop
	}
	return nil
}

// cellType is the t attribute.
type cellType uint8

const (
	typeNumber cellType = iota
	typeShared
	typeString // a formula's text
	typeInline
	typeBool
	typeError
	typeISODate
)

var cellTypes = map[string]cellType{
	"n": typeNumber, "s": typeShared, "str": typeString, "inlineStr": typeInline, "b": typeBool, "e": typeError, "d": typeISODate,
}

func (r *rowReader) readCell() error {
	s, limits := r.s, &r.w.pack.limits
	if !s.is("c") {
		if s.is("extLst") {
			return s.skip()
		}
		return errSyntax
	}
	if r.cells++; r.cells+r.others > limits.Cells {
		return fault.New(fault.TooLarge, "sheet.too-many-cells", limits.Cells).WithHint("sheet.hint-split")
	}
	last := r.column
	r.column++
	t, date, err := r.cellHead(last)
	if err != nil {
		return err
	}
	if r.column > limits.Columns {
		r.column = 0
		return fault.New(fault.TooLarge, "sheet.too-many-columns", limits.Columns).WithHint("sheet.hint-resave")
	}
	c := Cell{Column: r.column, Date1904: r.w.Date1904}
	raw := rawCell{t: t, date: date, start: len(r.own)}
	if err := r.cellBody(&c, &raw); err != nil {
		return err
	}
	return r.addCell(c, raw)
}

// cellBody reads the children of a c element; a value goes to the end of own.
func (r *rowReader) cellBody(c *Cell, raw *rawCell) error {
	s := r.s
	for {
		tok, err := s.next()
		switch {
		case err != nil:
			return err
		case tok == tokenEnd:
			return nil
		case tok == tokenText:
			if len(bytes.TrimSpace(s.text)) > 0 {
				return errSyntax
			}
			continue
		}
		switch {
		case s.is("v") && !raw.valued:
			raw.valued = true
			r.own, err = s.elementText(r.own)
		case s.is("f") && !c.Formula:
			c.Formula = true
			err = s.skip()
		case s.is("is") && !raw.valued && raw.t == typeInline:
			raw.valued = true
			r.own, err = s.richText(r.own)
		case s.is("extLst"):
			err = s.skip()
		default:
			err = errSyntax
		}
		if err != nil {
			return err
		}
	}
}

// rawCell is what addCell must know to give a cell its kind and text.
type rawCell struct {
	t      cellType
	date   bool // style shows a date
	valued bool // there is a v or is element
	start  int  // its text is r.own[start:]
}

// cellHead reads the attributes of a c element: its column, type and whether
// its style shows a date.
func (r *rowReader) cellHead(last int) (t cellType, date bool, err error) {
	limits := &r.w.pack.limits
	for i := range r.s.attrs {
		a := &r.s.attrs[i]
		if len(a.prefix) > 0 {
			continue
		}
		switch string(a.name) {
		case "r":
			column, row, ok := parseRef(a.value, limits)
			if !ok || row != r.row.Number || column <= last {
				r.column = last
				return 0, false, fault.New(fault.Invalid, "sheet.cell-reference", clip(string(a.value)), r.row.Number).WithHint("sheet.hint-resave")
			}
			r.column = column
		case "t":
			known := false
			if t, known = cellTypes[string(a.value)]; !known {
				return 0, false, fault.New(fault.Invalid, "sheet.cell-type", clip(string(a.value))).WithHint("sheet.hint-resave")
			}
		case "s":
			n, ok := atoi(a.value, 1<<24)
			if !ok || n > 0 && n >= len(r.w.dates) {
				return 0, false, fault.New(fault.Invalid, "sheet.cell-style", clip(string(a.value)), len(r.w.dates)).WithHint("sheet.hint-resave")
			}
			date = n < len(r.w.dates) && r.w.dates[n]
		}
	}
	return t, date, nil
}

func (r *rowReader) addCell(c Cell, raw rawCell) error {
	value := r.own[raw.start:]
	bad := func(key string) error {
		return fault.New(fault.Invalid, key, clip(string(value))).WithHint("sheet.hint-resave")
	}
	numeric := raw.t != typeString && raw.t != typeInline
	if numeric {
		value = bytes.TrimSpace(value)
	}
	if !raw.valued || numeric && len(value) == 0 {
		if r.own = r.own[:raw.start]; !c.Formula {
			return nil // blank but for its format
		}
		c.Kind = NoValue
		r.row.Cells = append(r.row.Cells, c)
		return nil
	}
	switch raw.t {
	case typeShared:
		n, ok := atoi(value, len(r.w.strings.ends)-1)
		if !ok {
			return fault.New(fault.Invalid, "sheet.shared-string", clip(string(value)), len(r.w.strings.ends)).WithHint("sheet.hint-resave")
		}
		c.Kind = Text
		c.Text, _ = r.w.strings.at(n)
		r.own = r.own[:raw.start]
		r.text += int64(len(c.Text))
	case typeNumber:
		if !isLiteral(value) {
			return bad("sheet.cell-number")
		}
		c.Kind = Number
		if raw.date {
			c.Kind = Date
		}
	case typeBool:
		if len(value) != 1 || value[0] != '0' && value[0] != '1' {
			return bad("sheet.cell-bool")
		}
		c.Kind = Bool
	case typeError:
		c.Kind = Error
	case typeISODate:
		c.Kind = Date
	case typeString:
		r.own = unescape(r.own, raw.start)
		value = r.own[raw.start:]
		c.Kind = Text
	case typeInline:
		c.Kind = Text
	}
	if raw.t != typeShared {
		if numeric { // drop the blanks around it
			r.own = append(r.own[:raw.start], value...)
		}
		r.spans = append(r.spans, span{len(r.row.Cells), raw.start, len(r.own)})
		r.text += int64(len(r.own) - raw.start)
		if len(r.own)-raw.start > r.w.pack.limits.CellBytes {
			return fault.New(fault.TooLarge, "sheet.cell-too-long", r.w.pack.limits.CellBytes)
		}
	}
	if r.text > r.w.pack.limits.TextBytes {
		return fault.New(fault.TooLarge, "sheet.too-much-text", megabytes(r.w.pack.limits.TextBytes)).WithHint("sheet.hint-split")
	}
	r.row.Cells = append(r.row.Cells, c)
	return nil
}

func (r *rowReader) readMerged() error {
	r.row.Number, r.column = 0, 0
	if !r.s.is("mergeCell") {
		return errSyntax
	}
	limits := &r.w.pack.limits
	ref := r.s.attr("ref")
	from, to, two := bytes.Cut(ref, []byte(":"))
	if !two {
		to = from
	}
	var m Range
	var ok1, ok2 bool
	m.FirstColumn, m.FirstRow, ok1 = parseRef(from, limits)
	m.LastColumn, m.LastRow, ok2 = parseRef(to, limits)
	if !ok1 || !ok2 || m.FirstRow > m.LastRow || m.FirstColumn > m.LastColumn {
		return fault.New(fault.Invalid, "sheet.merged-range", clip(string(ref))).WithHint("sheet.hint-resave")
	}
	if len(r.merged) == limits.Merged {
		return fault.New(fault.TooLarge, "sheet.too-many-merged", limits.Merged).WithHint("sheet.hint-resave")
	}
	r.merged = append(r.merged, m)
	return r.s.skip()
}

// parseRef reads "AB12" within the limits.
func parseRef(b []byte, limits *Limits) (column, row int, ok bool) {
	i := 0
	for i < len(b) && i < 4 && 'A' <= b[i] && b[i] <= 'Z' {
		column = column*26 + int(b[i]-'A') + 1
		i++
	}
	if i == 0 || i > 3 || column > limits.Columns {
		return 0, 0, false
	}
	row, ok = atoi(b[i:], limits.Rows)
	return column, row, ok && row > 0 && b[i] != '0'
}

// atoi reads digits only, up to limit.
func atoi(b []byte, limit int) (int, bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, n <= limit
}

// maxLiteral bounds a number's literal; the longest that programs write for a
// double in plain notation without need for an exponent stays below.
const maxLiteral = 64

// isLiteral reports whether b is a finite number as workbooks write it:
// -12.5, 1.5E-2, .5.
func isLiteral(b []byte) bool {
	if len(b) > maxLiteral {
		return false
	}
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		b = b[1:]
	}
	i, digits := 0, 0
	for i < len(b) && b[i]-'0' <= 9 {
		i++
		digits++
	}
	if i < len(b) && b[i] == '.' {
		for i++; i < len(b) && b[i]-'0' <= 9; i++ {
			digits++
		}
	}
	if digits == 0 {
		return false
	}
	if i == len(b) {
		return true
	}
	if b[i] != 'e' && b[i] != 'E' {
		return false
	}
	b = b[i+1:]
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		b = b[1:]
	}
	_, ok := atoi(b, 400)
	return ok
}

// clip shortens what a file contains for a fault's sentence.
func clip(s string) string {
	const most = 40
	if n := 0; len(s) > most {
		for i := range s {
			if n++; n > most {
				return s[:i] + "…"
			}
		}
	}
	return s
}
