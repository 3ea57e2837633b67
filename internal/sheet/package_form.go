package sheet

import (
	"fmt"

	"shiji/internal/evidence"
	"shiji/internal/fault"
)

// Entries of a form's layout that are no index into the sheet's columns.
const (
	noHeader = -1 // nothing stands above
	passOver = -2 // reported with the header, or already below it
)

// maxLines bounds the lines of one sheet: several times the marks of the
// largest school, and what keeps a file of short rows from filling the memory
// with long lines.
const maxLines = 200_000

// form reads one table into the package by its sheet's declaration.
type form struct {
	intake *intake
	sheet  *evidence.Sheet
	table  table

	headerRow int
	layout    []int        // by 0-based column of the file: index into sheet.Columns
	columnOf  []int        // by index into sheet.Columns: 1-based column of the file, 0 if absent
	missing   map[int]bool // columns whose header is at fault
	faulty    map[cellKey]bool
	headless  []*fault.Error // see later
	unknown   int            // headers that no column has
	lines     int            // rows below the header
	readers   []func(Cell) (evidence.Value, *fault.Error)
	values    []evidence.Value
	firstHide int // hidden rows not yet reported
	lastHide  int
}

type cellKey struct{ row, column int } // column: index into sheet.Columns

// read reads the table to its end.
func (f *form) read() error {
	f.missing, f.faulty = map[int]bool{}, map[cellKey]bool{}
	f.readers = make([]func(Cell) (evidence.Value, *fault.Error), len(f.sheet.Columns))
	for k := range f.sheet.Columns {
		f.readers[k] = f.intake.reader(&f.sheet.Columns[k])
	}
	f.values = make([]evidence.Value, len(f.sheet.Columns))
	for row, err := range f.table.rows {
		if err != nil {
			e, ok := err.(*fault.Error)
			if !ok {
				return err
			}
			f.intake.Add(e.At(f.table.place))
			f.sheetPartial()
			return nil
		}
		if f.headerRow > 0 {
			f.line(row)
		} else if !isBlankRow(row) {
			f.header(row)
		}
	}
	f.flushHidden()
	if f.headerRow == 0 {
		f.addCell(0, 0, "", fault.New(fault.Missing, "evidence.header-row-missing", f.sheet.Name))
		f.sheetPartial()
	}
	return f.mergedCells()
}

func isBlankRow(row Row) bool {
	for _, c := range row.Cells {
		if !c.IsBlank() {
			return false
		}
	}
	return true
}

// line reads one row below the header.
func (f *form) line(row Row) {
	filled, sound := false, true
	for k := range f.values {
		f.values[k] = evidence.Blank
	}
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.IsBlank() {
			continue
		}
		filled = true
		k := noHeader
		if c.Column <= len(f.layout) {
			k = f.layout[c.Column-1]
		}
		switch k {
		case passOver:
		case noHeader:
			f.later(row.Number, c.Column, "", fault.New(fault.Invalid, "evidence.no-header", clip(Tidy(c.Text))))
			f.passOver(c.Column)
		default:
			v, e := f.readers[k](*c)
			if e != nil {
				if f.intake.Dropped == 0 { // beyond, no other fault is listed either
					f.faulty[cellKey{row.Number, k}] = true
				}
				f.addCell(row.Number, c.Column, f.sheet.Columns[k].Name, e)
				sound = sound && !f.sheet.Columns[k].Key
				continue
			}
			f.values[k] = v
		}
	}
	if !filled {
		return
	}
	if row.Hidden {
		f.hide(row.Number)
	}
	if f.lines++; f.lines > maxLines {
		if f.lines == maxLines+1 {
			f.addCell(row.Number, 0, "", fault.New(fault.TooLarge, "evidence.too-many-lines", maxLines))
			f.sheetPartial()
		}
		return
	}
	if !sound || f.keyMissing() {
		f.sheetPartial()
		return
	}
	f.sheet.Append(f.intake.evidence, f.values, row.Number)
}

// passOver reports a column without a header once, not in every row.
func (f *form) passOver(column int) {
	for len(f.layout) < column {
		f.layout = append(f.layout, noHeader)
	}
	f.layout[column-1] = passOver
}

func (f *form) keyMissing() bool {
	for k := range f.missing {
		if f.sheet.Columns[k].Key {
			return true
		}
	}
	return false
}

func (f *form) sheetPartial() { f.intake.evidence.Partial(f.sheet.Name) }

// hide notes a hidden row: neighbours are reported together.
func (f *form) hide(row int) {
	if f.firstHide > 0 && row == f.lastHide+1 {
		f.lastHide = row
		return
	}
	f.flushHidden()
	f.firstHide, f.lastHide = row, row
}

func (f *form) flushHidden() {
	if f.firstHide == 0 {
		return
	}
	rows := fmt.Sprint(f.firstHide)
	if f.lastHide > f.firstHide {
		rows = fmt.Sprintf("%d–%d", f.firstHide, f.lastHide)
	}
	f.addCell(f.firstHide, 0, "", fault.New(fault.Refused, "evidence.row-hidden", rows))
	f.firstHide = 0
}

// addCell reports e at a place of the table.
func (f *form) addCell(row, column int, field string, e *fault.Error) {
	p := f.table.place
	p.Row, p.Column, p.Field = row, column, field
	f.intake.Add(e.At(p))
}

// knows reports whether the place's cell, or its column's header, is at fault
// already: what was not read cannot be missing or contradict anything.
func (f *form) knows(p fault.Place) bool {
	k := f.index(p.Field)
	return k >= 0 && (f.missing[k] || f.faulty[cellKey{p.Row, k}])
}

// locate turns a place of the declaration into one of the table.
func (f *form) locate(e *fault.Error) *fault.Error {
	c := *e
	if k := f.index(c.Where.Field); k >= 0 && c.Where.Column == 0 {
		c.Where.Column = f.columnOf[k]
	}
	c.Where.File, c.Where.Sheet = f.table.place.File, f.table.place.Sheet
	return &c
}

func (f *form) index(field string) int {
	for k := range f.sheet.Columns {
		if f.sheet.Columns[k].Name == field {
			return k
		}
	}
	return -1
}
