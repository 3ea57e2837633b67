package realdata

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

// source reads the files of one set and keeps the first thing that went wrong,
// so that assembling reads like a description of the data.
type source struct {
	folder Folder
	err    error
}

func (s *source) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

// table is a CSV file read by column name.
type table struct {
	*source
	name string
	at   map[string]int
	rows [][]string
}

// table reads the file of that name, packed or not; an empty one after a fault.
func (s *source) table(name string) *table {
	t := &table{source: s, name: name, at: map[string]int{}}
	f, err := os.Open(s.folder.Path(name))
	if err != nil {
		s.fail("read: %w", err)
		return t
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			s.fail("read %s: %w", name, err)
			return t
		}
	}
	rows, err := csv.NewReader(r).ReadAll()
	if err == nil && len(rows) == 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		s.fail("read %s: %w", name, err)
		return t
	}
	for i, column := range rows[0] {
		t.at[column] = i
	}
	t.rows = rows[1:]
	return t
}

// text returns a cell; "" is a missing value.
func (t *table) text(row int, column string) string {
	i, ok := t.at[column]
	if !ok {
		t.fail("read %s: no column %s", t.name, column)
		return ""
	}
	if s := t.rows[row][i]; s != "NA" {
		return s
	}
	return ""
}

// number returns a cell that must hold a number.
func (t *table) number(row int, column string) num.Q {
	q, err := num.Parse(t.text(row, column))
	if err != nil {
		t.fail("read %s, row %d, %s: %w", t.name, row+2, column, err)
	}
	return q
}

// whole returns a cell that must hold a whole number.
func (t *table) whole(row int, column string) int {
	n, ok := t.number(row, column).Int64()
	if !ok {
		t.fail("read %s, row %d, %s: not a whole number", t.name, row+2, column)
	}
	return int(n)
}

// mark returns a score as it stands in the marks sheet. Why a score is missing
// the data do not say; either way it is no zero and leaves the counts alone.
func (t *table) mark(row int, column string) evidence.Points {
	if t.text(row, column) == "" {
		return evidence.AbsentMark
	}
	n, ok := t.number(row, column).Mul(num.Int(100)).Int64()
	if !ok {
		t.fail("read %s, row %d, %s: more than two decimals", t.name, row+2, column)
	}
	return evidence.Points(n)
}
