package measure

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"shiji/internal/num"
)

// Tolerances of expected.json.
const (
	tolMean      = 1e-9
	tolOLS       = 1e-8
	tolVariance  = 2e-5
	tolCriterion = 1e-3 // absolute
	tolBLUP      = 2e-5 // × sd of the response
	tolCondSD    = 1e-4
)

// realPath returns where a file of the real data lies, and skips loudly where
// the folder is absent: the data stay out of the repository.
func realPath(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("SHIJI_REALDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "realdata")
	}
	if _, err := os.Stat(filepath.Join(root, "expected.json")); err != nil {
		t.Skip("real data absent: set SHIJI_REALDATA to check against the reference results; ", err)
	}
	return filepath.Join(root, name)
}

// realTable is a CSV file read by column name.
type realTable struct {
	at   map[string]int
	rows [][]string
}

func readTable(t testing.TB, name string) realTable {
	t.Helper()
	f, err := os.Open(realPath(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	tab := realTable{at: map[string]int{}, rows: rows[1:]}
	for i, name := range rows[0] {
		tab.at[name] = i
	}
	return tab
}

func (tab realTable) text(row int, column string) string {
	i, ok := tab.at[column]
	if !ok {
		panic("no column " + column)
	}
	if s := tab.rows[row][i]; s != "NA" {
		return s
	}
	return ""
}

func (tab realTable) float(t testing.TB, row int, column string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(tab.text(row, column), 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// code returns a mark in units, and StateAbsent for a blank.
func (tab realTable) code(t testing.TB, row int, column string, u Unit) uint16 {
	t.Helper()
	s := tab.text(row, column)
	if s == "" {
		return StateAbsent
	}
	q, err := num.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	n, ok := q.Mul(num.Int(int64(u))).Int64()
	if !ok {
		t.Fatalf("%s is not a number of 1/%d", s, u)
	}
	return uint16(n)
}

// readExpected decodes the "expected" part of one set of expected.json.
func readExpected[T any](t testing.TB, id string) (want T) {
	t.Helper()
	raw, err := os.ReadFile(realPath(t, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Sets []struct {
			ID       string
			Expected json.RawMessage
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for _, s := range file.Sets {
		if s.ID == id {
			if err := json.Unmarshal(s.Expected, &want); err != nil {
				t.Fatal(err)
			}
			return want
		}
	}
	t.Fatalf("no set %s", id)
	return want
}

func asFloat(q num.Q) float64 {
	f, _ := q.Rat().Float64()
	return f
}

// worst keeps the largest deviation a quantity showed, so that a run reports
// what was reached and not only that it passed.
type worst map[string]float64

func (w worst) relative(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	off := math.Abs(got-want) / max(math.Abs(want), 1e-300)
	if math.Abs(got-want) < 1e-13 { // zero in the reference is noise of this size
		off = 0
	}
	w.check(t, what, got, want, off, tolerance)
}

func (w worst) absolute(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	w.check(t, what, got, want, math.Abs(got-want), tolerance)
}

func (w worst) check(t testing.TB, what string, got, want, off, tolerance float64) {
	t.Helper()
	w[what] = max(w[what], off)
	if !(off <= tolerance) {
		t.Errorf("%s: got %.15g, want %.15g (off by %.2g, allowed %.2g)", what, got, want, off, tolerance)
	}
}

func (w worst) report(t testing.TB) {
	t.Helper()
	for what, off := range w {
		t.Logf("worst deviation of %s: %.2g", what, off)
	}
}
