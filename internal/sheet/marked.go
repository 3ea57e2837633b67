package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"shiji/internal/fault"
	"shiji/internal/text"
)

// markColor fills the cells at fault, in the pale red that Excel itself uses
// for bad values.
const markColor = "FFC7CE"

// mostComments bounds how many cells get a comment; all faults stand in the
// list of the last sheet whatever their number.
const mostComments = 500

// Mark writes the workbook in original back to w with the cells at fault
// coloured and commented in Chinese, and a sheet 错误说明 that lists all faults
// with links to their cells. A workbook that the strict reader refuses is not
// touched: the reader's fault is returned, and so are faults of reading r.
//
// It lets excelize open the file, which takes memory in proportion to its
// cells; limits bound them.
func Mark(original io.ReaderAt, size int64, limits Limits, faults []*fault.Error, w io.Writer) (err error) {
	if err := accept(original, size, limits); err != nil {
		return err
	}
	file, err := excelize.OpenReader(io.NewSectionReader(original, 0, size), excelize.Options{
		UnzipSizeLimit: limits.UnpackedBytes, UnzipXMLSizeLimit: limits.UnpackedBytes,
	})
	if err != nil {
		return fmt.Errorf("open workbook to mark it: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	m := &marker{File: file, styles: map[int]int{}, sheets: file.GetSheetList()}
	if err := m.markAll(faults); err != nil {
		return err
	}
	if err := m.list(faults); err != nil {
		return fmt.Errorf("list faults: %w", err)
	}
	_, err = file.WriteTo(w)
	return err
}

// accept reads the whole workbook as strictly as for its values: only what
// passes may be shown to excelize.
func accept(original io.ReaderAt, size int64, limits Limits) error {
	book, err := OpenXLSX(original, size, limits)
	if err != nil {
		return err
	}
	for i := range book.Sheets {
		for _, err := range book.Rows(i) {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

type marker struct {
	*excelize.File
	sheets []string
	styles map[int]int // by the cell's own style: the same, coloured
}

// message words a fault without its place, for a comment in that very place.
func message(e *fault.Error) string {
	s := text.Sprintf(e.Key, e.Args...)
	if e.Hint != "" {
		s += text.Sprintf(e.Hint)
	}
	return s
}

// target returns the cell that stands for the fault's place: a fault of a row
// shows in its first column, one of a sheet in its first cell.
func (m *marker) target(p fault.Place) (sheet, cell string, ok bool) {
	if !slices.Contains(m.sheets, p.Sheet) {
		return "", "", false
	}
	return p.Sheet, columnCell(max(p.Column, 1), max(p.Row, 1)), true
}

// markAll colours every cell at fault, and comments the first mostComments of
// them with all that is wrong there.
func (m *marker) markAll(faults []*fault.Error) error {
	type cellAt struct{ sheet, cell string }
	var order []cellAt
	messages := map[cellAt][]string{}
	for _, e := range faults {
		sheet, cell, ok := m.target(e.Where)
		if !ok {
			continue // listed, though there is no cell to colour
		}
		at := cellAt{sheet, cell}
		if messages[at] == nil {
			order = append(order, at)
		}
		messages[at] = append(messages[at], message(e))
	}
	for i, at := range order {
		if err := m.colour(at.sheet, at.cell); err != nil {
			return fmt.Errorf("mark %s!%s: %w", at.sheet, at.cell, err)
		}
		if i >= mostComments {
			continue
		}
		if err := m.comment(at.sheet, at.cell, strings.Join(messages[at], "\n")); err != nil {
			return fmt.Errorf("comment %s!%s: %w", at.sheet, at.cell, err)
		}
	}
	return nil
}

func (m *marker) colour(sheet, cell string) error {
	style, err := m.GetCellStyle(sheet, cell)
	if err != nil {
		return err
	}
	coloured, err := m.coloured(style)
	if err != nil {
		return err
	}
	return m.SetCellStyle(sheet, cell, cell, coloured)
}

// coloured returns the style with the mark's fill, and all else as it was.
func (m *marker) coloured(style int) (int, error) {
	if id, ok := m.styles[style]; ok {
		return id, nil
	}
	look, err := m.GetStyle(style)
	if err != nil {
		return 0, err
	}
	look.Fill = fill(markColor)
	id, err := m.NewStyle(look)
	if err == nil {
		m.styles[style], m.styles[id] = id, id
	}
	return id, err
}

// comment writes s into the cell's comment, below what the user's own says.
func (m *marker) comment(sheet, cell, s string) error {
	all, err := m.GetComments(sheet)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Cell != cell {
			continue
		}
		var old strings.Builder
		old.WriteString(c.Text)
		for _, p := range c.Paragraph {
			old.WriteString(p.Text)
		}
		if err := m.DeleteComment(sheet, cell); err != nil {
			return err
		}
		if old.String() != "" {
			s = old.String() + "\n" + s
		}
	}
	return m.AddComment(sheet, excelize.Comment{
		Cell: cell, Author: text.Sprintf("evidence.template-author"), Text: s,
		Width: 260, Height: uint(40 + 20*(len([]rune(s))/16)),
	})
}

// list writes the sheet of all faults, in place of one from an earlier round.
func (m *marker) list(faults []*fault.Error) error {
	if err := m.DeleteSheet(faultsSheet); err != nil && slices.Contains(m.sheets, faultsSheet) {
		return err
	}
	if _, err := m.NewSheet(faultsSheet); err != nil {
		return err
	}
	heads := strings.Split(text.Sprintf("evidence.marked-heads"), "\n")
	if err := m.SetSheetRow(faultsSheet, "A1", &heads); err != nil {
		return err
	}
	for i, e := range faults {
		if err := m.listed(i+2, e); err != nil {
			return err
		}
	}
	bold, err := m.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: fill("E8EEF4")})
	if err != nil {
		return err
	}
	if err := m.SetCellStyle(faultsSheet, "A1", columnCell(len(heads), 1), bold); err != nil {
		return err
	}
	for i, w := range []float64{14, 10, 16, 100} {
		letters := fault.ColumnName(i + 1)
		if err := m.SetColWidth(faultsSheet, letters, letters, w); err != nil {
			return err
		}
	}
	if err := fitToPage(m.File, faultsSheet); err != nil {
		return err
	}
	index, err := m.GetSheetIndex(faultsSheet)
	if err != nil {
		return err
	}
	m.SetActiveSheet(index)
	return m.SetPanes(faultsSheet, &excelize.Panes{Freeze: true, YSplit: 1, ActivePane: "bottomLeft", TopLeftCell: "A2"})
}

// listed writes a line of the list: sheet, cell with its link, field, message.
func (m *marker) listed(row int, e *fault.Error) error {
	sheet, cell, ok := m.target(e.Where)
	shown := cell
	if e.Where.Row == 0 && e.Where.Column == 0 {
		shown = ""
	} else if e.Where.Column == 0 {
		shown = text.Sprintf("evidence.marked-row", e.Where.Row)
	}
	for i, s := range []string{e.Where.Sheet, shown, e.Where.Field, message(e)} {
		if err := m.SetCellStr(faultsSheet, columnCell(i+1, row), s); err != nil {
			return err
		}
	}
	if !ok {
		return nil
	}
	at := columnCell(2, row)
	if shown == "" {
		at = columnCell(1, row)
	}
	return m.SetCellHyperLink(faultsSheet, at, sheetLink(sheet, cell), "Location")
}
