package sheet

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Notice is a public notice as a table: what stands above the head, the head
// and its lines, what stands below. Room print makes the same as HTML and PDF.
type Notice struct {
	Title  string
	Above  []string // paragraphs, and the document's number first if it has one
	Head   []string
	Rows   [][]string
	Below  []string // paragraphs: period, contact
	Signed []string // who issues it, and when; room for the seal is left
}

// noticeSheet is the sheet's name.
const noticeSheet = "公示表"

// WriteNotice writes n as a workbook that prints on A4 with black lines and the
// head on every page. Totals and values are numeric cells with the decimals
// that are shown.
func WriteNotice(w io.Writer, n Notice) (err error) {
	plain, err := newBook()
	if err != nil {
		return err
	}
	b := &noticeBook{book: plain, n: n, number: map[int]int{}}
	defer func() { err = errors.Join(err, b.Close()) }()
	if err := b.addSheet(noticeSheet); err != nil {
		return err
	}
	if err := b.looks(); err != nil {
		return err
	}
	if err := b.paper(); err != nil {
		return err
	}
	if b.out, err = b.NewStreamWriter(noticeSheet); err != nil {
		return err
	}
	if err := b.lines(); err != nil {
		return err
	}
	if err := b.out.Flush(); err != nil {
		return err
	}
	return b.save(w)
}

// noticeBook is a notice being written.
type noticeBook struct {
	*book
	n                          Notice
	out                        *excelize.StreamWriter
	row                        int
	title, say, end, top, cell int         // styles
	number                     map[int]int // by decimals
}

// blackLines frame a cell as the regulations on official documents draw tables.
var blackLines = []excelize.Border{
	{Type: "left", Color: "000000", Style: 1}, {Type: "right", Color: "000000", Style: 1},
	{Type: "top", Color: "000000", Style: 1}, {Type: "bottom", Color: "000000", Style: 1},
}

func (b *noticeBook) looks() error {
	middle := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 18}, Alignment: middle}},
		{&b.say, excelize.Style{NumFmt: textFormat, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
		{&b.end, excelize.Style{NumFmt: textFormat, Alignment: &excelize.Alignment{Horizontal: "right"}}},
		{&b.top, excelize.Style{Border: blackLines, Font: &excelize.Font{Bold: true}, Fill: fill("EEEEEE"), Alignment: middle}},
		{&b.cell, excelize.Style{NumFmt: textFormat, Border: blackLines, Alignment: middle}},
	} {
		id, err := b.NewStyle(&s.style)
		if err != nil {
			return err
		}
		*s.id = id
	}
	return nil
}

// valued returns the cell of a shown value: a number with exactly its decimals,
// or its text when it is none, or has more digits than a cell keeps.
func (b *noticeBook) valued(s string) (excelize.Cell, error) {
	plain := excelize.Cell{StyleID: b.cell, Value: guarded(s)}
	d, ok := splitDecimal(s)
	if !ok || len(d.digits) > keptDigits {
		return plain, nil
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return plain, nil
	}
	_, fraction, _ := strings.Cut(s, ".")
	style, known := b.number[len(fraction)]
	if !known {
		format := "0"
		if fraction != "" {
			format += "." + strings.Repeat("0", len(fraction))
		}
		if style, err = b.NewStyle(&excelize.Style{CustomNumFmt: &format, Border: blackLines, Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "center"}}); err != nil {
			return plain, err
		}
		b.number[len(fraction)] = style
	}
	return excelize.Cell{StyleID: style, Value: x}, nil
}

// headAt is the row where the table's head stands: title, what stands above, head.
func (b *noticeBook) headAt() int { return 2 + len(b.n.Above) }

// paper prints on A4, as wide as the page, the head again on every page.
func (b *noticeBook) paper() error {
	orientation := "portrait"
	if len(b.n.Head) > 8 {
		orientation = "landscape"
	}
	a4, wide, tall, fit, middle := 9, 1, 0, true, true
	head := strconv.Itoa(b.headAt())
	return errors.Join(
		b.SetPageLayout(noticeSheet, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &a4, FitToWidth: &wide, FitToHeight: &tall}),
		b.SetSheetProps(noticeSheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		b.SetPageMargins(noticeSheet, &excelize.PageLayoutMarginsOptions{Horizontally: &middle}),
		b.SetHeaderFooter(noticeSheet, &excelize.HeaderFooterOptions{OddFooter: "&R第 &P 页，共 &N 页"}),
		b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + noticeSheet + "'!$" + head + ":$" + head, Scope: noticeSheet}),
	)
}

// The table's columns in characters: serial, name, group, values.
var noticeWidths = []float64{6, 22, 14}

const valueWidth = 12.0

func (b *noticeBook) lines() error {
	total := 0.0
	for k := range b.n.Head {
		width := valueWidth
		if k < len(noticeWidths) {
			width = noticeWidths[k]
		}
		total += width
		if err := b.out.SetColWidth(k+1, k+1, width); err != nil {
			return err
		}
	}
	if err := b.across(b.n.Title, b.title, 30); err != nil {
		return err
	}
	if err := b.paragraphs(b.n.Above, b.say, total); err != nil {
		return err
	}
	head := make([]any, len(b.n.Head))
	tall := 1
	for k, s := range b.n.Head {
		head[k] = excelize.Cell{StyleID: b.top, Value: guarded(s)}
		tall = max(tall, linesOf(s, valueWidth))
	}
	if err := b.write(head, 8+lineHeight*float64(tall)); err != nil {
		return err
	}
	for _, r := range b.n.Rows {
		if err := b.line(r); err != nil {
			return err
		}
	}
	if err := b.paragraphs(b.n.Below, b.say, total); err != nil {
		return err
	}
	if err := b.across("", b.say, sealHeight); err != nil { // for the seal
		return err
	}
	return b.paragraphs(b.n.Signed, b.end, total)
}

// sealHeight is the room above who signs, in points: a seal is 42 mm wide.
const sealHeight = 60.0

// line writes one person's row: numbers from the fourth column on.
func (b *noticeBook) line(r []string) error {
	cells := make([]any, len(r))
	tall := 1
	for k, s := range r {
		width := valueWidth
		if k < len(noticeWidths) {
			width = noticeWidths[k]
		}
		tall = max(tall, linesOf(s, width))
		cells[k] = excelize.Cell{StyleID: b.cell, Value: guarded(s)}
		if k == 0 || k >= len(noticeWidths) {
			cell, err := b.valued(s)
			if err != nil {
				return err
			}
			cells[k] = cell
		}
	}
	return b.write(cells, min(4+lineHeight*float64(tall), highestRow))
}

// paragraphs writes texts over the table's width.
func (b *noticeBook) paragraphs(texts []string, style int, width float64) error {
	for _, s := range texts {
		if err := b.across(s, style, min(4+lineHeight*float64(linesOf(s, width)), highestRow)); err != nil {
			return err
		}
	}
	return nil
}

// across writes a text over the table's width.
func (b *noticeBook) across(s string, style int, height float64) error {
	if err := b.write([]any{excelize.Cell{StyleID: style, Value: guarded(s)}}, height); err != nil {
		return err
	}
	if len(b.n.Head) < 2 {
		return nil
	}
	at := strconv.Itoa(b.row)
	return b.out.MergeCell("A"+at, columnCell(len(b.n.Head), b.row))
}

func (b *noticeBook) write(cells []any, height float64) error {
	b.row++
	return b.out.SetRow("A"+strconv.Itoa(b.row), cells, excelize.RowOpts{Height: height})
}
