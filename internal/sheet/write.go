package sheet

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

// WritePackage writes p as a workbook that ReadPackage reads back as the same
// package: a sheet for each that was handed in, lines in p's order.
func WritePackage(w io.Writer, p *evidence.Package) (err error) {
	b, err := newBook()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	for _, s := range evidence.Sheets {
		if !p.Has(s.Name) && s.Len(p) == 0 {
			continue
		}
		if err := b.addSheet(s.Name); err != nil {
			return err
		}
		if err := b.writeLines(s, p); err != nil {
			return err
		}
	}
	return b.save(w)
}

// WritePackageCSV writes p as CSV files in UTF-8 that ReadPackageCSV reads back
// as the same package; create is asked for each file by its name, 出勤.csv.
func WritePackageCSV(create func(name string) (io.WriteCloser, error), p *evidence.Package) error {
	for _, s := range evidence.Sheets {
		if !p.Has(s.Name) && s.Len(p) == 0 {
			continue
		}
		f, err := create(s.Name + ".csv")
		if err != nil {
			return err
		}
		if err := errors.Join(writeCSV(f, s, p), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func writeCSV(w io.Writer, s *evidence.Sheet, p *evidence.Package) error {
	// The byte order mark is how Excel knows UTF-8.
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	record := make([]string, len(s.Columns))
	for k := range s.Columns {
		record[k] = s.Columns[k].Name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	row := make([]evidence.Value, len(s.Columns))
	for i := range s.Len(p) {
		s.Row(p, i, row)
		for k := range row {
			record[k] = cellText(&s.Columns[k], row[k])
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// cellText returns a value as text that reads back as the value. A rate of at
// most one percent carries its sign, for a bare 0.5 may mean a half.
func cellText(c *evidence.Column, v evidence.Value) string {
	switch {
	case v.Empty():
		return ""
	case v.Text != "":
		return guarded(v.Text)
	case v.State != evidence.Given:
		return evidence.StateToken(v.State)
	case isSmallRate(c, v):
		return v.Q.String() + "%"
	}
	return v.Q.String()
}

func isSmallRate(c *evidence.Column, v evidence.Value) bool {
	return c.Unit == "%" && v.Q.Sign() > 0 && v.Q.Cmp(num.Int(1)) <= 0
}

// cellValue returns a value for a workbook's cell, nil for none. A number of at
// most 15 digits is the same decimal before and after its trip through a
// double; a longer one is written as text.
func cellValue(c *evidence.Column, v evidence.Value) any {
	text := cellText(c, v)
	switch {
	case text == "":
		return nil
	case v.Text != "" || v.State != evidence.Given || isSmallRate(c, v):
		return text
	}
	if n, ok := v.Q.Int64(); ok && -1e15 < n && n < 1e15 {
		return n
	}
	if d, ok := splitDecimal(text); ok && len(d.digits) <= keptDigits {
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return f
		}
	}
	return text
}

// book is a workbook being written, with the looks that all of ours share.
type book struct {
	*excelize.File
	header, required, text, wrap int // styles
	sheets                       int
}

func newBook() (*book, error) {
	b := &book{File: excelize.NewFile()}
	border := []excelize.Border{{Type: "bottom", Color: "808080", Style: 1}}
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.header, excelize.Style{NumFmt: textFormat, Border: border, Font: &excelize.Font{Bold: true}, Fill: fill("E8EEF4")}},
		{&b.required, excelize.Style{NumFmt: textFormat, Border: border, Font: &excelize.Font{Bold: true, Color: "9C0006"}, Fill: fill("E8EEF4")}},
		{&b.text, excelize.Style{NumFmt: textFormat}},
		{&b.wrap, excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
	} {
		style := s.style
		id, err := b.NewStyle(&style)
		if err != nil {
			return nil, errors.Join(err, b.Close())
		}
		*s.id = id
	}
	return b, nil
}

// textFormat is the number format "@": what is typed stays as typed.
const textFormat = 49

func fill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

// addSheet adds a sheet behind the others; the first takes the place of the
// one that a new workbook has.
func (b *book) addSheet(name string) error {
	b.sheets++
	if b.sheets == 1 {
		return b.SetSheetName("Sheet1", name)
	}
	_, err := b.NewSheet(name)
	return err
}

func (b *book) save(w io.Writer) error {
	_, err := b.File.WriteTo(w)
	return err
}

// writeLines streams the header and all lines of s.
func (b *book) writeLines(s *evidence.Sheet, p *evidence.Package) error {
	out, err := b.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	for k := range s.Columns {
		if err := out.SetColWidth(k+1, k+1, width(&s.Columns[k])); err != nil {
			return err
		}
	}
	if err := out.SetPanes(frozen(s)); err != nil {
		return err
	}
	cells := make([]any, len(s.Columns))
	for k := range s.Columns {
		cells[k] = excelize.Cell{StyleID: b.headerStyle(&s.Columns[k]), Value: s.Columns[k].Name}
	}
	if err := out.SetRow("A1", cells); err != nil {
		return err
	}
	row := make([]evidence.Value, len(s.Columns))
	for i := range s.Len(p) {
		s.Row(p, i, row)
		for k := range row {
			cells[k] = cellValue(&s.Columns[k], row[k])
			if cells[k] != nil && isTextual(&s.Columns[k]) {
				cells[k] = excelize.Cell{StyleID: b.text, Value: cells[k]}
			}
		}
		if err := out.SetRow("A"+strconv.Itoa(i+2), cells); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (b *book) headerStyle(c *evidence.Column) int {
	if c.Required {
		return b.required
	}
	return b.header
}

// isTextual reports whether the cells of c would lose something as numbers.
func isTextual(c *evidence.Column) bool {
	switch c.Type {
	case evidence.Number, evidence.Mark:
		return false
	}
	return true
}

// frozen keeps the header row and the key columns at the left in view.
func frozen(s *evidence.Sheet) *excelize.Panes {
	keys := 0
	for keys < len(s.Columns) && keys < 3 && s.Columns[keys].Key {
		keys++
	}
	p := &excelize.Panes{Freeze: true, XSplit: keys, YSplit: 1, ActivePane: "bottomRight", TopLeftCell: columnCell(keys+1, 2)}
	if keys == 0 {
		p.ActivePane = "bottomLeft"
	}
	return p
}

// width fits the header and the example; Chinese characters count double.
func width(c *evidence.Column) float64 {
	n := 0
	for _, s := range []string{c.Name + "*", c.Example} {
		w := 0
		for _, r := range s {
			w++
			if r > 0x7f {
				w++
			}
		}
		n = max(n, w)
	}
	return float64(min(max(n+2, 5), 32))
}

// fitToPage prints a sheet across one page, however many pages down.
func fitToPage(f *excelize.File, sheet string) error {
	yes, orientation, one, all := true, "landscape", 1, 0
	if err := f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	return f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &orientation, FitToWidth: &one, FitToHeight: &all})
}

func columnCell(column, row int) string {
	name, _ := excelize.ColumnNumberToName(column) // 1 and up, which is never refused
	return strings.Join([]string{name, strconv.Itoa(row)}, "")
}
