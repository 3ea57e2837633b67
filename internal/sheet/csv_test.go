package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"shiji/internal/fault"
	"shiji/internal/sheet"
)

// readCSV returns the records as lists of fields, with gaps as "".
func readCSV(data []byte, limits sheet.Limits) (*sheet.CSV, map[int][]string, error) {
	c, err := sheet.ReadCSV(bytes.NewReader(data), limits)
	if err != nil {
		return nil, nil, err
	}
	rows := map[int][]string{}
	for row, err := range c.Rows() {
		if err != nil {
			return c, rows, err
		}
		var fields []string
		for _, cell := range row.Cells {
			for len(fields) < cell.Column-1 {
				fields = append(fields, "")
			}
			if cell.Kind != sheet.Text || cell.Column <= len(fields) {
				return c, rows, fmt.Errorf("cell %+v", cell)
			}
			fields = append(fields, cell.Text)
		}
		rows[row.Number] = fields
	}
	return c, rows, nil
}

func gbk(t testing.TB, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReadCSV(t *testing.T) {
	t.Parallel()
	const roll = "姓名,成绩\r\n张三,87.5\r\n"
	want := map[int][]string{1: {"姓名", "成绩"}, 2: {"张三", "87.5"}}
	for _, c := range []struct {
		name     string
		data     []byte
		encoding string
		comma    byte
		want     map[int][]string
	}{
		{"utf-8", []byte(roll), "utf-8", ',', want},
		{"utf-8 with mark", []byte("\ufeff" + roll), "utf-8", ',', want},
		{"gbk", gbk(t, roll), "gb18030", ',', want},
		{"gb18030 four bytes", gbk(t, "姓名,𬭎\n"), "gb18030", ',', map[int][]string{1: {"姓名", "𬭎"}}},
		{"tab", []byte(strings.ReplaceAll(roll, ",", "\t")), "utf-8", '\t', want},
		{"semicolon", []byte(strings.ReplaceAll(roll, ",", ";")), "utf-8", ';', want},
		{"commas in quotes do not count", []byte("\"a,b,c\";d\n1;2\n"), "utf-8", ';', map[int][]string{1: {"a,b,c", "d"}, 2: {"1", "2"}}},
		{"one column", []byte("a\nb"), "utf-8", ',', map[int][]string{1: {"a"}, 2: {"b"}}},
		{"lf, cr, crlf", []byte("a\nb\rc\r\nd"), "utf-8", ',', map[int][]string{1: {"a"}, 2: {"b"}, 3: {"c"}, 4: {"d"}}},
		{"empty lines keep their number", []byte("\n\na\n,,\n,b\n\n"), "utf-8", ',', map[int][]string{3: {"a"}, 5: {"", "b"}}},
		{"quotes", []byte("\"a\"\"b\",\"c\r\nd\",\"\"\"\",\"\"\n\"e\""), "utf-8", ',', map[int][]string{1: {`a"b`, "c\r\nd", `"`}, 2: {"e"}}},
		{"blanks stay", []byte(" a , b\n"), "utf-8", ',', map[int][]string{1: {" a ", " b"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, rows, err := readCSV(c.data, sheet.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, rows); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
			if got.Encoding != c.encoding || got.Comma != c.comma {
				t.Errorf("got %s and %q, want %s and %q", got.Encoding, got.Comma, c.encoding, c.comma)
			}
		})
	}
}

func TestCSVRefuses(t *testing.T) {
	t.Parallel()
	small := sheet.DefaultLimits()
	small.FileBytes, small.Rows, small.Columns, small.Cells, small.CellBytes = 100, 3, 4, 9, 20
	for _, c := range []struct {
		name, data string
		limits     sheet.Limits
		want       string // key, row, column and first argument
	}{
		{"empty", "", small, "sheet.file-empty 0 0"},
		{"only a mark", "\ufeff", small, "sheet.file-empty 0 0"},
		{"utf-16 le", "\xff\xfea\x00", small, "sheet.csv-utf16 0 0"},
		{"utf-16 be", "\xfe\xff\x00a", small, "sheet.csv-utf16 0 0"},
		{"utf-16 without mark", "a\x00b\x00", small, "sheet.csv-binary 0 0 1"},
		{"zip", "PK\x03\x04xxxx", small, "sheet.csv-is-workbook 0 0"},
		{"xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", small, "sheet.csv-is-workbook 0 0"},
		{"neither encoding", "a\nb\n\xff\xff\xff\n", small, "sheet.csv-encoding 0 0 3"},
		{"mark and gbk", "\ufeffa\n\xd5\xc5\xc8\xfd", small, "sheet.csv-encoding 0 0 2"},
		{"bare quote", "a,b\n1,2\"3\n", small, "sheet.csv-bare-quote 2 2 2"},
		{"open quote", "a\n\"b\nc\nd", small, "sheet.csv-open-quote 2 1 2"},
		{"after quote", "\"a\nb\",\"c\"d", small, "sheet.csv-after-quote 1 2 2"},
		{"too large", strings.Repeat("x", 101), small, "sheet.file-too-large 0 0 1"},
		{"too many rows", "1\n2\n3\n4", small, "sheet.too-many-rows 4 0 3"},
		{"too many columns", "1,2,3,4,5", small, "sheet.too-many-columns 1 0 4"},
		{"too many cells", "1,2,3,4\n1,2,3,4\n1,2", small, "sheet.too-many-cells 3 0 9"},
		{"long cell", "1," + strings.Repeat("x", 21), small, "sheet.cell-too-long 1 2 20"},
	} {
		_, _, err := readCSV([]byte(c.data), c.limits)
		var f *fault.Error
		if !errors.As(err, &f) {
			t.Errorf("%s: got %v, want a fault", c.name, err)
			continue
		}
		got := fmt.Sprint(f.Key, " ", f.Where.Row, " ", f.Where.Column)
		if len(f.Args) > 0 {
			got += fmt.Sprint(" ", f.Args[0])
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	if _, err := sheet.ReadCSV(iotest.ErrReader(io.ErrClosedPipe), small); err != io.ErrClosedPipe {
		t.Errorf("broken reader: got %v", err)
	}
}

// FuzzCSV holds the parser to encoding/csv where both know the dialect: UTF-8,
// a comma, no CR. What one accepts the other must read the same.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\"\"b\",\"c\nd\"\n", "\ufeff姓名\t成绩\n", "\xd5\xc5\xc8\xfd,1", "\"", "a\"b", "\"a\"b", ",,\n\n,x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := sheet.DefaultLimits()
		limits.Columns, limits.FileBytes = 1000, 1<<20
		c, got, err := readCSV(data, limits)
		var fault *fault.Error
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("%q: %v", data, err)
		}
		if c == nil || c.Encoding != "utf-8" || bytes.IndexByte(data, '\r') >= 0 {
			return
		}
		want, wantErr := csvOracle(bytes.TrimPrefix(data, []byte("\ufeff")), rune(c.Comma))
		if (err == nil) != (wantErr == nil) {
			if fault != nil && strings.HasPrefix(fault.Key, "sheet.too-many") {
				return
			}
			t.Fatalf("%q: got error %v, encoding/csv %v", data, err, wantErr)
		}
		if err == nil {
			if d := cmp.Diff(want, joinRows(got)); d != "" {
				t.Fatalf("%q (-want +got):\n%s", data, d)
			}
		}
	})
}

// csvOracle reads with the standard library, which leaves out empty lines.
func csvOracle(data []byte, comma rune) (rows []string, err error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord = comma, -1
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		for len(fields) > 0 && fields[len(fields)-1] == "" {
			fields = fields[:len(fields)-1]
		}
		if len(fields) > 0 {
			rows = append(rows, fmt.Sprintf("%q", fields))
		}
	}
}

func joinRows(rows map[int][]string) (out []string) {
	last := 0
	for n := range rows {
		last = max(last, n)
	}
	for n := 1; n <= last; n++ {
		if rows[n] != nil {
			out = append(out, fmt.Sprintf("%q", rows[n]))
		}
	}
	return out
}
