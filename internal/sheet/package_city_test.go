package sheet

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"shiji/internal/city"
	"shiji/internal/evidence"
	"shiji/internal/num"
)

// bigSchool returns a whole school's package, in canonical order.
func bigSchool(t testing.TB) *evidence.Package {
	t.Helper()
	p := city.School(1, 0)
	if err := evidence.Check(p); err != nil {
		t.Fatalf("the school itself is at fault: %v", err)
	}
	return p.Canonical()
}

// difference compares line by line, for cmp takes minutes over a school. It
// returns the first difference, or "".
func difference(want, got *evidence.Package) string {
	for _, s := range evidence.Sheets {
		if want.Has(s.Name) != got.Has(s.Name) || s.Len(want) != s.Len(got) {
			return fmt.Sprintf("%s: got %v with %d lines, want %v with %d", s.Name, got.Has(s.Name), s.Len(got), want.Has(s.Name), s.Len(want))
		}
		a, b := make([]evidence.Value, len(s.Columns)), make([]evidence.Value, len(s.Columns))
		for i := range s.Len(want) {
			s.Row(want, i, a)
			s.Row(got, i, b)
			for k := range a {
				if a[k].Text != b[k].Text || a[k].State != b[k].State || !a[k].Q.Equal(b[k].Q) {
					return fmt.Sprintf("%s %s: got %v, want %v", s.Source(want, i), s.Columns[k].Name, b[k], a[k])
				}
			}
		}
	}
	return ""
}

func TestSchoolRoundTrip(t *testing.T) {
	want := bigSchool(t)
	files := folder(t, want)
	reads := map[string]func() (*evidence.Package, error){
		"xlsx":      func() (*evidence.Package, error) { return readBytes(written(t, want)) },
		"CSV UTF-8": func() (*evidence.Package, error) { return ReadPackageCSV(files, DefaultLimits()) },
	}
	if !testing.Short() {
		reads["shuffled"] = func() (*evidence.Package, error) {
			return readBytes(shuffled(t, files, rand.New(rand.NewPCG(1, 2))))
		}
	}
	for name, read := range reads {
		t.Run(name, func(t *testing.T) {
			got, err := read()
			if err != nil {
				t.Fatal(err)
			}
			if d := difference(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestDifferenceTells keeps the comparison above honest.
func TestDifferenceTells(t *testing.T) {
	a, b := example(t), example(t)
	if d := difference(a, b); d != "" {
		t.Errorf("got %q between equals", d)
	}
	b.Marks[0].By[0]++
	if difference(a, b) == "" {
		t.Error("a changed mark went unnoticed")
	}
}

// BenchmarkReadPackage reads a whole school's workbook into checked evidence.
func BenchmarkReadPackage(b *testing.B) {
	p := bigSchool(b)
	data := written(b, p)
	marks := 0
	for i := range p.Marks {
		for _, m := range p.Marks[i].By {
			if m != evidence.NoMark {
				marks++
			}
		}
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		if _, err := ReadPackage(bytes.NewReader(data), int64(len(data)), DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(marks), "marks")
	b.ReportMetric(float64(len(p.Attendance)), "months")
}

// BenchmarkCheckPackage is the part of it that needs no file.
func BenchmarkCheckPackage(b *testing.B) {
	p := bigSchool(b)
	b.ResetTimer()
	for b.Loop() {
		if err := evidence.Check(p); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWritePackage writes the same workbook.
func BenchmarkWritePackage(b *testing.B) {
	p := bigSchool(b)
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		written(b, p)
	}
}

// TestManyBallotsFitOneCell: a rule that trims needs all ballots in one line.
func TestManyBallotsFitOneCell(t *testing.T) {
	t.Parallel()
	p := city.School(1, 1)
	many := &p.Ratings[0]
	many.Ballots = nil
	for range 400 {
		many.Ballots = append(many.Ballots, "93.5")
	}
	many.Valid, many.Eligible = evidence.Known(num.Int(400)), evidence.Known(num.Int(450))
	many.Mean = evidence.Known(num.MustParse("93.5"))
	var b bytes.Buffer
	if err := WritePackage(&b, p); err != nil {
		t.Fatal(err)
	}
	got, err := ReadPackage(bytes.NewReader(b.Bytes()), int64(b.Len()), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range got.Ratings {
		if len(r.Ballots) == 400 {
			return
		}
	}
	t.Error("400 ballots went in, and no line with as many came back")
}
