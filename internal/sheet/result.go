package sheet

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"shiji/internal/explain"
)

// WriteResults writes explained results as a workbook: everybody's line, every
// indicator's value, every step with its reason, what people must look at, and
// the scheme in words. Numbers are numeric cells with the decimals that are
// shown; a fraction stays text, for a cell would round it. The workbook is for
// the committee, like the report.
func WriteResults(w io.Writer, o *explain.Overview, pages []*explain.Page) (err error) {
	b, err := newResultBook()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	for _, s := range []struct {
		name  string
		write func(t *resultTable, o *explain.Overview, pages []*explain.Page) error
	}{
		{"总表", writeTotals}, {"得分明细", writeValues}, {"计算依据", writeSteps}, {"提示与后果", writeNotices}, {"方案说明", writeRules},
	} {
		if err := b.addSheet(s.name); err != nil {
			return err
		}
		t := &resultTable{book: b, sheet: s.name}
		if err := s.write(t, o, pages); err != nil {
			return err
		}
		if err := t.close(); err != nil {
			return err
		}
	}
	return b.save(w)
}

// resultBook is a book with the styles of results.
type resultBook struct {
	*book
	head, cell, bold int
	number           [maxPlaces + 1]int // by decimals
}

// maxPlaces is how many decimals a scheme may keep, and a number format shows.
const maxPlaces = 12

func newResultBook() (*resultBook, error) {
	plain, err := newBook()
	if err != nil {
		return nil, err
	}
	b := &resultBook{book: plain}
	thin := []excelize.Border{
		{Type: "left", Color: "B0B7C1", Style: 1}, {Type: "right", Color: "B0B7C1", Style: 1},
		{Type: "top", Color: "B0B7C1", Style: 1}, {Type: "bottom", Color: "B0B7C1", Style: 1},
	}
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	type look struct {
		id    *int
		style *excelize.Style
	}
	styles := []look{
		{&b.head, &excelize.Style{Border: thin, Font: &excelize.Font{Bold: true}, Fill: fill("E8EEF4"), Alignment: &excelize.Alignment{Vertical: "center", Horizontal: "center", WrapText: true}}},
		{&b.cell, &excelize.Style{NumFmt: textFormat, Border: thin, Alignment: top}},
		{&b.bold, &excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true, Size: 13}}},
	}
	for places := range b.number {
		format := "0"
		if places > 0 {
			format += "." + strings.Repeat("0", places)
		}
		styles = append(styles, look{&b.number[places], &excelize.Style{CustomNumFmt: &format, Border: thin, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right"}}})
	}
	for _, s := range styles {
		if *s.id, err = b.NewStyle(s.style); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	return b, nil
}

// resultTable is one sheet being streamed: a title line, a header, lines.
type resultTable struct {
	book    *resultBook
	sheet   string
	out     *excelize.StreamWriter
	row     int // last row written
	columns []column
	cells   []any
}

// headRow is where headers stand; the title stands above.
const headRow = 2

// column is a header with its width in characters.
type column struct {
	name  string
	width float64
}

// begin sets the sheet up for paper and writes title and header; frozen columns
// stay in view.
func (t *resultTable) begin(title string, columns []column, frozen int, lines int) (err error) {
	b, last := t.book, columnCell(len(columns), headRow+max(lines, 1))
	t.columns = columns
	if err := t.paper(lines, last); err != nil {
		return err
	}
	if t.out, err = b.NewStreamWriter(t.sheet); err != nil {
		return err
	}
	for k, c := range columns {
		if err := t.out.SetColWidth(k+1, k+1, c.width); err != nil {
			return err
		}
	}
	panes := &excelize.Panes{Freeze: true, XSplit: frozen, YSplit: headRow, ActivePane: "bottomRight", TopLeftCell: columnCell(frozen+1, headRow+1)}
	if frozen == 0 {
		panes.ActivePane = "bottomLeft"
	}
	if err := t.out.SetPanes(panes); err != nil {
		return err
	}
	if err := t.out.SetRow("A1", []any{excelize.Cell{StyleID: b.bold, Value: guarded(title)}}, excelize.RowOpts{Height: 22}); err != nil {
		return err
	}
	head := make([]any, len(columns))
	for k, c := range columns {
		head[k] = excelize.Cell{StyleID: b.head, Value: guarded(c.name)}
	}
	t.row = headRow
	return t.out.SetRow("A"+strconv.Itoa(headRow), head, excelize.RowOpts{Height: 32})
}

// paper prints the sheet on A4 across, as wide as the page, the header again on
// every page, and lets people filter.
func (t *resultTable) paper(lines int, last string) error {
	b := t.book
	across, a4, wide, tall, fit := "landscape", 9, 1, 0, true
	quoted := "'" + t.sheet + "'"
	footer := excelize.HeaderFooterOptions{OddFooter: "&L" + t.sheet + "&R第 &P 页，共 &N 页"}
	var errs []error
	if lines > 0 { // before the sheet's properties, which it replaces
		errs = append(errs, b.AutoFilter(t.sheet, "A"+strconv.Itoa(headRow)+":"+last, nil))
	}
	errs = append(errs,
		b.SetSheetDimension(t.sheet, "A1:"+last),
		b.SetPageLayout(t.sheet, &excelize.PageLayoutOptions{Orientation: &across, Size: &a4, FitToWidth: &wide, FitToHeight: &tall}),
		b.SetSheetProps(t.sheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		b.SetHeaderFooter(t.sheet, &footer),
		b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quoted + "!$1:$" + strconv.Itoa(headRow), Scope: t.sheet}),
	)
	return errors.Join(errs...)
}

// line writes one line. Texts are guarded against being taken for formulas;
// numbers are recognised by their shape.
func (t *resultTable) line(cells ...any) error {
	t.cells = t.cells[:0]
	tall := 1
	for k, c := range cells {
		if s, ok := c.(string); ok {
			tall = max(tall, linesOf(s, t.columns[k].width))
		}
		switch c := c.(type) {
		case number:
			t.cells = append(t.cells, t.book.numeric(string(c)))
		case string:
			t.cells = append(t.cells, excelize.Cell{StyleID: t.book.cell, Value: guarded(c)})
		default:
			t.cells = append(t.cells, excelize.Cell{StyleID: t.book.number[0], Value: c})
		}
	}
	t.row++
	return t.out.SetRow("A"+strconv.Itoa(t.row), t.cells, excelize.RowOpts{Height: min(lineHeight*float64(tall), highestRow)})
}

const (
	lineHeight = 15.0  // points
	highestRow = 409.0 // Excel's limit
)

// linesOf estimates how many lines s takes in a column of that width; programs
// do not fit heights of streamed rows by themselves.
func linesOf(s string, width float64) int {
	n := 0.0
	for _, r := range s {
		n += 1.05
		if r > 0x7f {
			n += 1.05
		}
	}
	return max(1, int(math.Ceil(n/(width-1))))
}

// number is a text that becomes a numeric cell when it is a decimal.
type number string

// numeric returns the cell of a shown number: exactly its decimals, or its text
// when it is a fraction, has a unit, or more digits than a cell keeps.
func (b *resultBook) numeric(s string) excelize.Cell {
	body, isPercent := strings.CutSuffix(s, "%")
	d, ok := splitDecimal(body)
	if !ok || isPercent || len(d.digits) > keptDigits {
		return excelize.Cell{StyleID: b.cell, Value: guarded(s)}
	}
	x, err := strconv.ParseFloat(body, 64)
	if err != nil {
		return excelize.Cell{StyleID: b.cell, Value: guarded(s)}
	}
	_, decimals, _ := strings.Cut(body, ".")
	return excelize.Cell{StyleID: b.number[min(len(decimals), maxPlaces)], Value: x}
}

func (t *resultTable) close() error {
	if t.out == nil {
		return nil
	}
	return t.out.Flush()
}
