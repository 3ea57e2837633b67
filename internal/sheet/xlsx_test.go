package sheet_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"shiji/internal/fault"
	"shiji/internal/sheet"
)

// open reads the workbook in data under the default limits.
func open(data []byte) (*sheet.Workbook, error) {
	return sheet.OpenXLSX(bytes.NewReader(data), int64(len(data)), sheet.DefaultLimits())
}

// dump reads every sheet through and returns one line a cell.
func dump(w *sheet.Workbook) ([]string, error) {
	var lines []string
	for i := range w.Sheets {
		for row, err := range w.Rows(i) {
			if err != nil {
				return lines, err
			}
			for _, c := range row.Cells {
				s := fmt.Sprintf("%s!%s%d %v %q", w.Sheets[i].Name, fault.ColumnName(c.Column), row.Number, c.Kind, c.Text)
				if c.Formula {
					s += " formula"
				}
				if row.Hidden {
					s += " hidden"
				}
				lines = append(lines, s)
			}
		}
	}
	return lines, nil
}

func save(t testing.TB, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestReadExcelize reads a workbook of an independent writer, with a case of
// every kind of cell it can write.
func TestReadExcelize(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	set := func(cell string, v any) {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	set("A1", "姓名")
	set("B1", "  前后 空格 ")
	set("C1", "a<b>&\"c\"'d'\r\n第二行")
	set("A3", 87.35)
	tenth := 0.1
	set("B3", tenth+0.2)
	set("C3", 42)
	set("D3", true)
	set("E3", false)
	set("F3", "_x005F_x000D_")
	set("XFD3", -1.5e-10)
	date, err := f.NewStyle(&excelize.Style{CustomNumFmt: new(`yyyy"年"m"月"d"日";@`)})
	if err != nil {
		t.Fatal(err)
	}
	set("A5", 45901)
	_ = f.SetCellStyle("Sheet1", "A5", "A5", date)
	_ = f.SetCellFormula("Sheet1", "B5", "SUM(A3:C3)")
	rich := []excelize.RichTextRun{{Text: "张", Font: &excelize.Font{Bold: true}}, {Text: "三"}}
	_ = f.SetCellRichText("Sheet1", "C5", rich)
	_ = f.SetRowVisible("Sheet1", 5, false)
	_ = f.MergeCell("Sheet1", "A7", "B8")
	_, _ = f.NewSheet("隐藏")
	_ = f.SetCellStr("隐藏", "A1", "x")
	_ = f.SetSheetVisible("隐藏", false)

	w, err := open(save(t, f))
	if err != nil {
		t.Fatal(err)
	}
	got, err := dump(w)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`Sheet1!A1 文字 "姓名"`,
		`Sheet1!B1 文字 "  前后 空格 "`,
		`Sheet1!C1 文字 "a<b>&\"c\"'d'\r\n第二行"`,
		`Sheet1!A3 数值 "87.35"`,
		`Sheet1!B3 数值 "0.30000000000000004"`,
		`Sheet1!C3 数值 "42"`,
		`Sheet1!D3 逻辑值 "1"`,
		`Sheet1!E3 逻辑值 "0"`,
		`Sheet1!F3 文字 "_x000D_"`,
		`Sheet1!XFD3 数值 "-0.00000000015"`,
		`Sheet1!A5 日期 "45901" hidden`,
		`Sheet1!B5 没有结果的公式 "" formula hidden`,
		`Sheet1!C5 文字 "张三" hidden`,
		`隐藏!A1 文字 "x"`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("cells (-want +got):\n%s", d)
	}
	if w.Sheets[0].Hidden || !w.Sheets[1].Hidden || len(w.Sheets) != 2 {
		t.Errorf("sheets: got %+v", w.Sheets)
	}
	merged, err := w.MergedRanges(0)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]sheet.Range{{FirstRow: 7, FirstColumn: 1, LastRow: 8, LastColumn: 2}}, merged); d != "" {
		t.Errorf("merged (-want +got):\n%s", d)
	}
}
