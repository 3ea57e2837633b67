package sheet_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"shiji/internal/sheet"
)

// scores writes a workbook as a school hands it in, codes and names and then
// numbers, with its text in the cells.
func scores(t testing.TB, rows, columns int) []byte {
	t.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	values := make([]any, columns)
	for r := range rows {
		for c := range values {
			switch c {
			case 0:
				values[c] = fmt.Sprintf("20250%06d", r)
			case 1:
				values[c] = fmt.Sprintf("学生%d", r%977)
			default:
				values[c] = float64((r*31+c*17)%201) / 2
			}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", r+1), values); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return save(t, f)
}

// sharedScores writes the same with shared strings, as Excel does.
func sharedScores(t testing.TB, rows, columns int) []byte {
	t.Helper()
	f := excelize.NewFile()
	for r := range rows {
		row := []any{fmt.Sprintf("20250%06d", r), fmt.Sprintf("学生%d", r%977)}
		for c := len(row); c < columns; c++ {
			row = append(row, float64((r*31+c*17)%201)/2)
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", r+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	return save(t, f)
}

// BenchmarkRead reads the same workbook with this package and with the
// streaming reader of excelize, by turns, and reports how many times as long
// excelize takes.
func BenchmarkRead(b *testing.B) {
	for _, size := range []struct {
		rows, columns int
		save          func(testing.TB, int, int) []byte
		text          string
	}{{10_000, 10, scores, "inline"}, {10_000, 10, sharedScores, "shared"}, {100_000, 10, scores, "inline"}} {
		data := size.save(b, size.rows, size.columns)
		b.Run(fmt.Sprintf("%dx%d-%s", size.rows, size.columns, size.text), func(b *testing.B) {
			b.ReportAllocs()
			var ours, theirs time.Duration
			for b.Loop() {
				start := time.Now()
				n := readOurs(b, data)
				ours += time.Since(start)
				start = time.Now()
				m := readExcelize(b, data)
				theirs += time.Since(start)
				if n != size.rows*size.columns || m != n {
					b.Fatalf("cells: got %d and %d, want %d", n, m, size.rows*size.columns)
				}
			}
			b.ReportMetric(ours.Seconds()*1000/float64(b.N), "ms/ours")
			b.ReportMetric(theirs.Seconds()*1000/float64(b.N), "ms/excelize")
			b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
		})
	}
}

// BenchmarkReadOurs reads alone, for profiles and allocations.
func BenchmarkReadOurs(b *testing.B) {
	data := scores(b, 10_000, 10)
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		readOurs(b, data)
	}
}

func readOurs(t testing.TB, data []byte) int {
	w, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for row, err := range w.Rows(0) {
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range row.Cells {
			if c.Kind != sheet.Blank {
				n++
			}
		}
	}
	return n
}

func readExcelize(t testing.TB, data []byte) int {
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.Rows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for rows.Next() {
		columns, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range columns {
			if c != "" {
				n++
			}
		}
	}
	return n
}
