package sheet

import (
	"errors"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"shiji/internal/evidence"
	"shiji/internal/text"
)

// lastTemplateRow bounds the drop-downs; people copy rows down further, and
// the format goes with them.
const lastTemplateRow = 5000

// WriteTemplate writes an empty package for people to fill: a sheet that says
// how, a sheet for each kind of evidence with drop-downs and notes, and the
// list of all codes.
func WriteTemplate(w io.Writer) (err error) {
	b, err := newBook()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	t := &template{book: b, lists: map[*evidence.Code]string{}}
	if err := t.addSheet(notesSheet); err != nil {
		return err
	}
	for _, s := range evidence.Sheets {
		if err := t.addSheet(s.Name); err != nil {
			return err
		}
	}
	if err := t.addSheet(codesSheet); err != nil {
		return err
	}
	if err := t.codes(); err != nil {
		return err
	}
	for _, s := range evidence.Sheets {
		if err := t.form(s); err != nil {
			return err
		}
	}
	if err := t.notes(); err != nil {
		return err
	}
	return t.save(w)
}

type template struct {
	*book
	lists map[*evidence.Code]string // by the first code: where the list stands
}

// codes writes each value list once, a column each, under the headers of the
// columns that draw from it.
func (t *template) codes() error {
	column := 0
	for _, s := range evidence.Sheets {
		for k := range s.Columns {
			c := &s.Columns[k]
			if c.Codes == nil || t.lists[&c.Codes[0]] != "" {
				continue
			}
			column++
			cell := columnCell(column, 1)
			if err := t.SetCellStr(codesSheet, cell, s.Name+" "+c.Name); err != nil {
				return err
			}
			for i, code := range c.Codes {
				if err := t.SetCellStr(codesSheet, columnCell(column, i+2), code.Name); err != nil {
					return err
				}
			}
			name, _, _ := strings.Cut(cell, "1")
			t.lists[&c.Codes[0]] = codesSheet + "!$" + name + "$2:$" + name + "$" + columnCell(1, len(c.Codes)+1)[1:]
		}
	}
	if err := t.SetCellStyle(codesSheet, "A1", columnCell(column, 1), t.header); err != nil {
		return err
	}
	if err := t.SetPanes(codesSheet, &excelize.Panes{Freeze: true, YSplit: 1, ActivePane: "bottomLeft", TopLeftCell: "A2"}); err != nil {
		return err
	}
	return t.SetColWidth(codesSheet, "A", strings.TrimRight(columnCell(column, 1), "1"), 16)
}

// form writes the empty sheet of s.
func (t *template) form(s *evidence.Sheet) error {
	for k := range s.Columns {
		if err := t.column(s, k); err != nil {
			return err
		}
	}
	if err := fitToPage(t.File, s.Name); err != nil {
		return err
	}
	return t.SetPanes(s.Name, frozen(s))
}

func (t *template) column(s *evidence.Sheet, k int) error {
	c := &s.Columns[k]
	cell := columnCell(k+1, 1)
	letters := strings.TrimSuffix(cell, "1")
	header := c.Name
	if c.Required {
		header = "*" + header
	}
	if err := t.SetColWidth(s.Name, letters, letters, width(c)); err != nil {
		return err
	}
	if isTextual(c) {
		if err := t.SetColStyle(s.Name, letters, t.text); err != nil {
			return err
		}
	}
	if err := t.SetCellStr(s.Name, cell, header); err != nil {
		return err
	}
	if err := t.SetCellStyle(s.Name, cell, cell, t.headerStyle(c)); err != nil {
		return err
	}
	note := columnNote(c)
	if err := t.AddComment(s.Name, excelize.Comment{Cell: cell, Author: text.Sprintf("evidence.template-author"), Text: note, Width: 260, Height: uint(40 + 20*(len([]rune(note))/16))}); err != nil {
		return err
	}
	if c.Codes == nil || c.Type != evidence.Coded {
		return nil
	}
	v := excelize.NewDataValidation(true)
	v.SetSqref(columnCell(k+1, 2) + ":" + columnCell(k+1, lastTemplateRow))
	v.SetSqrefDropList(t.lists[&c.Codes[0]])
	if !c.Pair { // two codes in a cell are not on the list, yet allowed
		v.SetError(excelize.DataValidationErrorStyleStop, c.Name, text.Sprintf("evidence.template-pick"))
	} else {
		v.ShowErrorMessage = false
	}
	return t.AddDataValidation(s.Name, v)
}

// columnNote says what belongs into a column.
func columnNote(c *evidence.Column) string {
	var lines []string
	add := func(key string, args ...any) { lines = append(lines, text.Sprintf(key, args...)) }
	if c.Required {
		add("evidence.note-required")
	}
	add(typeNotes[c.Type])
	if c.Unit != "" {
		add("evidence.note-unit", c.Unit)
	}
	if c.Type == evidence.Number {
		add("evidence.note-places", c.Places)
	}
	if c.Codes != nil {
		add("evidence.note-codes", c.Allowed())
	}
	if c.Refers != "" {
		add("evidence.note-refers", c.Refers)
	}
	if c.Note != "" {
		lines = append(lines, c.Note)
	}
	if c.Example != "" {
		add("evidence.note-example", c.Example)
	}
	return strings.Join(lines, "\n")
}

var typeNotes = map[evidence.Type]string{
	evidence.Text: "evidence.note-type-text", evidence.ID: "evidence.note-type-id", evidence.Coded: "evidence.note-type-coded",
	evidence.Number: "evidence.note-type-number", evidence.Mark: "evidence.note-type-mark", evidence.Date: "evidence.note-type-date",
	evidence.Month: "evidence.note-type-month", evidence.List: "evidence.note-type-list",
}

// notes writes the first sheet: the rules that hold everywhere, then a row for
// each sheet.
func (t *template) notes() error {
	row := 1
	put := func(cells ...string) error {
		for i, s := range cells {
			if err := t.SetCellStr(notesSheet, columnCell(i+1, row), s); err != nil {
				return err
			}
		}
		row++
		return nil
	}
	for i, line := range strings.Split(text.Sprintf("evidence.template-intro"), "\n") {
		if err := put(line); err != nil {
			return err
		}
		if i == 0 {
			if err := t.SetCellStyle(notesSheet, "A1", "A1", t.header); err != nil {
				return err
			}
		}
	}
	row++
	if err := put(strings.Split(text.Sprintf("evidence.template-heads"), "\n")...); err != nil {
		return err
	}
	if err := t.SetCellStyle(notesSheet, columnCell(1, row-1), columnCell(3, row-1), t.header); err != nil {
		return err
	}
	for _, s := range evidence.Sheets {
		var required []string
		for k := range s.Columns {
			if s.Columns[k].Required {
				required = append(required, s.Columns[k].Name)
			}
		}
		if err := t.SetCellHyperLink(notesSheet, columnCell(1, row), sheetLink(s.Name, "A1"), "Location"); err != nil {
			return err
		}
		if err := put(s.Name, s.Note, strings.Join(required, "、")); err != nil {
			return err
		}
	}
	if err := t.SetCellStyle(notesSheet, columnCell(1, row-len(evidence.Sheets)), columnCell(3, row-1), t.wrap); err != nil {
		return err
	}
	for column, w := range map[string]float64{"A": 14, "B": 100, "C": 50} {
		if err := t.SetColWidth(notesSheet, column, column, w); err != nil {
			return err
		}
	}
	return fitToPage(t.File, notesSheet)
}

// sheetLink is the address of a cell within the workbook.
func sheetLink(sheet, cell string) string {
	return "'" + strings.ReplaceAll(sheet, "'", "''") + "'!" + cell
}
