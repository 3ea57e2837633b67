package sheet

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"shiji/internal/evidence"
	"shiji/internal/fault"
)

// headerName reduces a header to what it names: full and half width are one,
// blanks, the asterisk of required columns and line ends do not count.
func headerName(s string) string {
	s = HalfWidth(s)
	s = strings.Map(func(r rune) rune {
		if isBlankRune(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	return strings.Trim(s, "*")
}

// withoutUnit drops the unit that people write behind a header: 周课时(节).
func withoutUnit(name string) string {
	if i := strings.LastIndexByte(name, '('); i > 0 && strings.HasSuffix(name, ")") {
		return name[:i]
	}
	return name
}

func sheetNamed(name string) *evidence.Sheet {
	name = headerName(name)
	for _, s := range evidence.Sheets {
		if headerName(s.Name) == name {
			return s
		}
		for _, a := range s.Aliases {
			if headerName(a) == name {
				return s
			}
		}
	}
	return nil
}

func sheetNames() []string {
	names := make([]string, len(evidence.Sheets))
	for i, s := range evidence.Sheets {
		names[i] = s.Name
	}
	return names
}

// columnNamed returns the index of the declared column with the header, or -1.
func columnNamed(s *evidence.Sheet, header string) int {
	whole := headerName(header)
	for _, name := range []string{whole, withoutUnit(whole)} {
		for i := range s.Columns {
			c := &s.Columns[i]
			if headerName(c.Name) == name {
				return i
			}
			for _, a := range c.Aliases {
				if headerName(a) == name {
					return i
				}
			}
		}
	}
	return -1
}

// header reads the first row that holds something: which column stands where.
func (f *form) header(row Row) {
	f.headerRow = row.Number
	f.columnOf = make([]int, len(f.sheet.Columns))
	if row.Hidden {
		f.hide(row.Number)
	}
	for _, c := range row.Cells {
		if c.IsBlank() {
			continue
		}
		text, e := ParseText(c)
		if e != nil {
			f.addCell(row.Number, c.Column, "", e)
			f.sheetPartial()
			continue
		}
		for len(f.layout) < c.Column {
			f.layout = append(f.layout, noHeader)
		}
		k := columnNamed(f.sheet, text)
		switch {
		case k < 0:
			key, near := "evidence.header-unknown", ""
			// Sixteen thousand wrong headers are no slips of the pen.
			if f.unknown++; f.unknown <= len(f.sheet.Columns) {
				near = nearest(headerName(text), f.columnNames())
			}
			if near != "" {
				key = "evidence.header-unknown-near"
			}
			f.addCell(row.Number, c.Column, "", fault.New(fault.Invalid, key, clip(Tidy(text)), f.sheet.Name, near))
			f.layout[c.Column-1] = passOver
		case f.columnOf[k] > 0:
			f.addCell(row.Number, c.Column, "", fault.New(fault.Conflict, "evidence.header-twice", f.sheet.Columns[k].Name, fault.ColumnName(f.columnOf[k])))
			f.layout[c.Column-1] = passOver
			f.missing[k] = true
		default:
			f.layout[c.Column-1] = k
			f.columnOf[k] = c.Column
		}
	}
	for k := range f.sheet.Columns {
		col := &f.sheet.Columns[k]
		if f.columnOf[k] > 0 || !col.Required {
			continue
		}
		f.missing[k] = true
		f.later(row.Number, 0, col.Name, fault.New(fault.Missing, "evidence.header-missing", col.Name))
		if col.Key {
			f.sheetPartial()
		}
	}
}

func (f *form) columnNames() []string {
	names := make([]string, len(f.sheet.Columns))
	for i := range f.sheet.Columns {
		names[i] = f.sheet.Columns[i].Name
	}
	return names
}

// later keeps a fault about a header until it is known whether a merged cell
// explains it.
func (f *form) later(row, column int, field string, e *fault.Error) {
	f.headless = append(f.headless, e.At(fault.Place{Row: row, Column: column, Field: field}))
}

// mergedCells refuses merged cells: in a header they hide which column is
// meant, below it all but the first cell lost its value. What lacks a header is
// reported here, unless headers are merged and that is the fault.
func (f *form) mergedCells() error {
	var ranges []Range
	if f.table.merged != nil {
		var err error
		if ranges, err = f.table.merged(); err != nil {
			return err
		}
	}
	for _, m := range ranges {
		if m.FirstRow == m.LastRow && m.FirstColumn == m.LastColumn {
			continue
		}
		key := "evidence.merged-cells"
		if m.FirstRow <= f.headerRow {
			key, f.headless = "evidence.merged-header", nil
		}
		f.addCell(m.FirstRow, m.FirstColumn, "", fault.New(fault.Refused, key, m.String()))
		f.sheetPartial()
	}
	for _, e := range f.headless {
		f.addCell(e.Where.Row, e.Where.Column, e.Where.Field, e)
	}
	return nil
}

// String returns the range as spreadsheets write it: B2:D2.
func (r Range) String() string {
	return fmt.Sprintf("%s%d:%s%d", fault.ColumnName(r.FirstColumn), r.FirstRow, fault.ColumnName(r.LastColumn), r.LastRow)
}

// nearest returns the name that differs least from s, or "" when none is near
// enough to be meant.
func nearest(s string, names []string) string {
	best, least := "", max(1, utf8.RuneCountInString(s)/2)+1
	for _, n := range names {
		d := distance([]rune(s), []rune(n))
		// A part of the other is near whatever its length: 教研组名称.
		if (strings.Contains(s, n) || strings.Contains(n, s)) && utf8.RuneCountInString(n) > 1 && s != "" {
			d = min(d, 1)
		}
		if d < least {
			best, least = n, d
		}
	}
	return best
}

// distance counts the insertions, deletions and replacements between a and b.
func distance(a, b []rune) int {
	if len(a) > 100 {
		return len(a) // no header is that long; the table below is quadratic
	}
	row := make([]int, len(b)+1)
	for k := range row {
		row[k] = k
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for k := range b {
			cost := diagonal
			if a[i] != b[k] {
				cost++
			}
			diagonal = row[k+1]
			row[k+1] = min(cost, row[k]+1, row[k+1]+1)
		}
	}
	return row[len(b)]
}
