package measure_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/city"
	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/measure"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// everyKind compiles testdata/measures.yaml, which has a measure of every kind.
func everyKind(t testing.TB) *measure.Plan {
	t.Helper()
	text, err := os.ReadFile("testdata/measures.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scheme.Parse(scheme.File{Name: "measures.yaml", Text: text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, m := range s.Measures {
		used[m.From] = true
	}
	for _, kind := range measure.Kinds() {
		if !used[kind] {
			t.Errorf("no measure of kind %s", kind)
		}
	}
	plan, _, err := measure.Compile(s.Measures, s.Tables)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func deriveAll(t testing.TB, p *measure.Plan, pkg *evidence.Package) []fact.Fact {
	t.Helper()
	facts, err := p.Derive(pkg)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// The three kinds of synthetic school give every teacher believable figures.
func TestSchoolsAreBelievable(t *testing.T) {
	t.Parallel()
	plan := everyKind(t)
	for n, name := range []string{"初中", "小学", "高中"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pkg := city.School(1, n)
			facts := deriveAll(t, plan, pkg)
			within := func(key string, lo, hi string, least int) {
				t.Helper()
				given := 0
				for _, f := range facts {
					if f.Key != key || f.State != fact.Given {
						continue
					}
					given++
					if f.Value.Cmp(num.MustParse(lo)) < 0 || f.Value.Cmp(num.MustParse(hi)) > 0 {
						t.Errorf("%s %s %s: %s is not within [%s, %s]", f.Subject, key, f.Item, f.Value, lo, hi)
					}
				}
				if given < least {
					t.Errorf("%s: %d facts given, want at least %d", key, given, least)
				}
			}
			teaching := 0
			for _, s := range pkg.Staff {
				if s.Kind == "教学" {
					teaching++
				}
			}
			within("周课时", "4", "30", teaching)
			within("标准下限", "10", "14", teaching)
			within("管理课时", "0", "25", len(pkg.Staff))
			within("其他工作", "0", "15", len(pkg.Staff))
			within("出勤率", "0.5", "1", len(pkg.Staff)-2)
			within("期末成绩.得分率", "0.2", "1", 50)
			within("期末成绩.合格率", "0", "1", 50)
			within("期末成绩.进步率", "0", "1", 10)
			within("期末成绩.T", "30", "70", 50)
			within("期末成绩.残差增益", "-20", "20", 10)
			within("期末成绩.份额", "0.01", "1", 50)
			within("备课", "50", "100", teaching/2)
			within("爱岗敬业", "50", "100", teaching)
			within("测评.均分", "30", "100", len(pkg.Staff))
		})
	}
}

// Facts come in the order of fact.Sort, each once, and only as declared.
func TestDeriveIsCanonical(t *testing.T) {
	t.Parallel()
	facts := deriveAll(t, everyKind(t), city.School(1, 0))
	sorted := slices.Clone(facts)
	fact.Sort(sorted)
	for i := range facts {
		f := &facts[i]
		if f.Subject != sorted[i].Subject || f.Key != sorted[i].Key || f.Item != sorted[i].Item {
			t.Fatalf("fact %d is out of order: %s %s %s", i, f.Subject, f.Key, f.Item)
		}
		if i > 0 && facts[i-1].Subject == f.Subject && facts[i-1].Key == f.Key && facts[i-1].Item == f.Item {
			t.Fatalf("fact twice: %s %s %s", f.Subject, f.Key, f.Item)
		}
	}
}

// Every derived number names what it was made of.
func TestNumbersCarryTheirWork(t *testing.T) {
	t.Parallel()
	for _, f := range deriveAll(t, everyKind(t), city.School(1, 0)) {
		if f.Source == "" {
			t.Errorf("%s %s %s has no source", f.Subject, f.Key, f.Item)
		}
		table, name, isField := strings.Cut(f.Key, ".")
		if f.State != fact.Given || f.Code != "" || f.Value.Sign() == 0 || isField && (table != "期末成绩" || name == "班数") {
			continue // lines handed on as they are say all by their source
		}
		var sum num.Q
		for _, w := range f.Work {
			sum = sum.Add(w.Counts)
		}
		if len(f.Work) > 0 && !sum.Equal(f.Value) {
			t.Errorf("%s %s: work adds up to %s, value is %s", f.Subject, f.Key, sum, f.Value)
		}
		if len(f.Work) == 0 && f.Key != "在岗比例" {
			t.Errorf("%s %s = %s has no work", f.Subject, f.Key, f.Value)
		}
	}
}

// The order in which a clerk sorted the sheets changes nothing.
func TestOrderOfLinesMakesNoDifference(t *testing.T) {
	t.Parallel()
	plan := everyKind(t)
	want := deriveAll(t, plan, city.School(3, 0))
	for seed := range uint64(3) {
		pkg := city.School(3, 0)
		random := seed
		shuffle(&random, pkg.Staff)
		shuffle(&random, pkg.Classes)
		shuffle(&random, pkg.Lessons)
		shuffle(&random, pkg.Duties)
		shuffle(&random, pkg.OtherWork)
		shuffle(&random, pkg.Attendance)
		shuffle(&random, pkg.Events)
		shuffle(&random, pkg.Exams)
		shuffle(&random, pkg.Marks)
		shuffle(&random, pkg.References)
		shuffle(&random, pkg.Inspections)
		shuffle(&random, pkg.Routines)
		shuffle(&random, pkg.Courses)
		shuffle(&random, pkg.Outcomes)
		shuffle(&random, pkg.Trainings)
		shuffle(&random, pkg.Ratings)
		shuffle(&random, pkg.Goals)
		shuffle(&random, pkg.Conduct)
		shuffle(&random, pkg.Committee)
		shuffle(&random, pkg.Exceptions)
		got := deriveAll(t, plan, pkg)
		if len(got) != len(want) {
			t.Fatalf("seed %d: %d facts, want %d", seed, len(got), len(want))
		}
		for i := range got {
			if !sameFact(&got[i], &want[i]) {
				t.Fatalf("seed %d (-sorted +shuffled):\n%s", seed, cmp.Diff(want[i], got[i], cmp.Comparer(num.Q.Equal)))
			}
		}
	}
}

// sameFact compares to the last line of work.
func sameFact(a, b *fact.Fact) bool {
	return a.Subject == b.Subject && a.Key == b.Key && a.Item == b.Item && a.Value.Equal(b.Value) && a.Code == b.Code &&
		a.State == b.State && a.Source == b.Source && slices.EqualFunc(a.Work, b.Work, func(v, w fact.Line) bool {
		return v.Source == w.Source && v.Label == w.Label && v.Value.Equal(w.Value) && v.Factor.Equal(w.Factor) && v.Counts.Equal(w.Counts)
	})
}

// shuffle permutes list by a small generator, so that a failure can be repeated.
func shuffle[T any](state *uint64, list []T) {
	for i := len(list) - 1; i > 0; i-- {
		*state = *state*6364136223846793005 + 1442695040888963407
		k := int(*state>>33) % (i + 1)
		list[i], list[k] = list[k], list[i]
	}
}

// A colleague's departure leaves the facts of everybody else alone, but for
// the means and places that the colleague was part of.
func TestFactsAreOnesOwn(t *testing.T) {
	t.Parallel()
	plan := everyKind(t)
	pkg := city.School(1, 0)
	before := map[string]string{}
	for _, f := range deriveAll(t, plan, pkg) {
		before[f.Subject+"|"+f.Key+"|"+f.Item] = f.Value.String() + f.Code + f.State.String()
	}
	pkg = city.School(1, 0)
	gone := pkg.Staff[len(pkg.Staff)/2].ID
	pkg.Staff = slices.DeleteFunc(pkg.Staff, func(s evidence.Staff) bool { return s.ID == gone })
	for _, f := range deriveAll(t, plan, pkg) {
		if f.Subject == gone {
			t.Fatalf("a fact about a person who is not on the staff: %s", f.Key)
		}
		if f.Key == "管理课时" {
			continue // reads the mean of the teaching staff
		}
		if got := f.Value.String() + f.Code + f.State.String(); got != before[f.Subject+"|"+f.Key+"|"+f.Item] {
			t.Errorf("%s %s %s: got %s, was %s", f.Subject, f.Key, f.Item, got, before[f.Subject+"|"+f.Key+"|"+f.Item])
		}
	}
}

// Deriving must leave the package as it was: it is evidence.
func TestDeriveChangesNothing(t *testing.T) {
	t.Parallel()
	pkg := city.School(1, 0)
	deriveAll(t, everyKind(t), pkg)
	if d := cmp.Diff(city.School(1, 0), pkg, cmp.Comparer(num.Q.Equal), cmp.AllowUnexported(evidence.Package{})); d != "" {
		t.Errorf("package (-before +after):\n%s", d)
	}
}

// BenchmarkDerive derives every kind of measure for the first synthetic junior
// school: the part of a school's evaluation (budget: 20 ms with eval) that is
// this room's.
func BenchmarkDerive(b *testing.B) {
	plan := everyKind(b)
	pkg := city.School(1, 0)
	marks := 0
	for i := range pkg.Marks {
		for _, m := range pkg.Marks[i].By {
			if m != evidence.NoMark {
				marks++
			}
		}
	}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n = len(deriveAll(b, plan, pkg))
	}
	b.ReportMetric(float64(n), "facts")
	b.ReportMetric(float64(marks), "marks")
	b.ReportMetric(float64(len(pkg.Staff)), "staff")
}
