package realdata

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shiji/internal/app"
	"shiji/internal/eval"
	"shiji/internal/evidence"
	"shiji/internal/explain"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
	"shiji/internal/sheet"
)

// Tolerances of expected.json. Facts that leave a statistic by the declared
// rounding to 12 places may be off by half of the last one besides.
const (
	tolMean      = 1e-9
	tolRate      = 1e-12
	tolOLS       = 1e-8
	tolVariance  = 2e-5
	tolCriterion = 1e-3 // absolute
	tolBLUP      = 2e-5 // × sd of the response
	tolCondSD    = 1e-4
	lastPlace    = 1e-12
	tolPrinted   = 1e-11 // numbers that expected.json itself prints with 12 digits
)

// folder returns where the data lie, and skips loudly where they are absent.
func folder(t testing.TB) Folder {
	t.Helper()
	f, err := Find("../..")
	if err != nil {
		t.Skip("REAL DATA ABSENT, nothing was checked: ", err)
	}
	return f
}

func set(t testing.TB, name string) Set {
	t.Helper()
	sets := Sets()
	i := slices.IndexFunc(sets, func(s Set) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("no set %s", name)
	}
	return sets[i]
}

// appraisal is a set on its whole way: assembled, written as a workbook, read
// back by the strict reader, derived, evaluated and replayed.
type appraisal struct {
	*app.Appraisal
	facts map[[3]string]fact.Fact // by person, key, item
	own   map[string]eval.Result
	items map[string]string // of ratings, by natural key of their line
}

func appraise(t *testing.T, name string) *appraisal {
	t.Helper()
	root, s := folder(t), set(t, name)
	clock := time.Now()
	lap := func() time.Duration {
		d := time.Since(clock)
		clock = time.Now()
		return d.Round(time.Millisecond)
	}
	made, err := s.Assemble(root)
	if err != nil {
		t.Fatal(err)
	}
	assembled := lap()
	path := filepath.Join(t.TempDir(), name+".xlsx")
	size := writeBook(t, path, made)
	written := lap()
	pkg := readBook(t, path)
	read := lap()
	rules, err := app.NewRules(scheme.File{Name: name + ".yaml", Text: s.Scheme()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := rules.Evaluate(pkg)
	if err != nil {
		t.Fatal(err)
	}
	evaluated := lap()
	if _, err := a.Derivations(); err != nil {
		t.Errorf("replay: %v", err)
	}
	t.Logf("%d people, %d facts, workbook of %d KB: assembled in %v, written in %v, read in %v, derived and evaluated in %v, replayed in %v",
		len(pkg.Staff), len(a.Cohort.Facts), size>>10, assembled, written, read, evaluated, lap())
	out := &appraisal{Appraisal: a, facts: map[[3]string]fact.Fact{}, own: map[string]eval.Result{}, items: map[string]string{}}
	for _, f := range a.Cohort.Facts {
		out.facts[[3]string{f.Subject, f.Key, f.Item}] = f
		if strings.HasPrefix(f.Source, "测评/") {
			out.items[f.Source] = f.Item
		}
	}
	for _, r := range a.Outcome.Results {
		out.own[r.Subject] = r
	}
	out.checkTotals(t)
	return out
}

func writeBook(t *testing.T, path string, p *evidence.Package) int64 {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(sheet.WritePackage(f, p), f.Close()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func readBook(t *testing.T, path string) *evidence.Package {
	t.Helper()
	p, err := app.ReadPackage(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// checkTotals holds every result to what a reader is promised: the shown
// contributions add up to the shown total, and somebody has one.
func (a *appraisal) checkTotals(t *testing.T) {
	t.Helper()
	scored := 0
	for _, r := range a.Outcome.Results {
		if !r.Scored {
			continue
		}
		scored++
		var sum num.Q
		for _, c := range r.Contributions {
			sum = sum.Add(c.Value)
		}
		if !sum.Equal(r.Score) {
			t.Errorf("%s: contributions add up to %s, total is %s", r.Subject, sum, r.Score)
		}
	}
	if scored == 0 {
		t.Error("nobody has a total")
	}
	t.Logf("%d of %d have a total", scored, len(a.Outcome.Results))
}

// value returns a given fact; an absent one fails the test.
func (a *appraisal) value(t *testing.T, person, key, item string) num.Q {
	t.Helper()
	f, ok := a.facts[[3]string{person, key, item}]
	if !ok || f.State != fact.Given {
		t.Errorf("%s %s %s: no value (state %s)", person, key, item, f.State)
	}
	return f.Value
}

// given returns how many facts of that key have a value.
func (a *appraisal) given(key string) (n int) {
	for _, f := range a.Cohort.Facts {
		if f.Key == key && f.State == fact.Given {
			n++
		}
	}
	return n
}

// node returns what a node of the tree came to for the person.
func (a *appraisal) node(t *testing.T, person, id string) num.Q {
	t.Helper()
	v := a.own[person].Values[a.NodeIndex(id)]
	if v.Status != eval.Known {
		t.Errorf("%s, node %s: %s", person, id, v.Status)
	}
	return v.Q
}

// explained returns the person's result in words.
func (a *appraisal) explained(t *testing.T, person string) string {
	t.Helper()
	page, err := a.Page(person)
	if err != nil {
		t.Fatal(err)
	}
	return explain.Text(page)
}

// reference opens a table of the reference results.
func reference(t *testing.T, name string) *table {
	t.Helper()
	src := &source{folder: folder(t)}
	tab := src.table("expected/" + name)
	if src.err != nil {
		t.Fatal(src.err)
	}
	t.Cleanup(func() {
		if src.err != nil {
			t.Error(src.err)
		}
	})
	return tab
}

// float returns a cell as the tools printed it: with 15 digits.
func (t *table) float(row int, column string) float64 {
	x, err := strconv.ParseFloat(t.text(row, column), 64)
	if err != nil {
		t.fail("read %s, row %d, %s: %w", t.name, row+2, column, err)
	}
	return x
}

// expected decodes the answers that expected.json itself holds for a set.
func expected[T any](t *testing.T, id string) (want T) {
	t.Helper()
	for _, s := range readManifest(t).Sets {
		if s.ID == id {
			if err := json.Unmarshal(s.Expected, &want); err != nil {
				t.Fatal(err)
			}
			return want
		}
	}
	t.Fatalf("expected.json: no set %s", id)
	return want
}

type manifest struct {
	Sets []struct {
		ID     string
		Inputs []struct{ Path, SHA256 string }
		Files  []struct{ Path, SHA256 string } `json:"expected_files"`

		Expected json.RawMessage
	}
}

func readManifest(t *testing.T) (m manifest) {
	t.Helper()
	raw, err := os.ReadFile(folder(t).Path("expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func float(q num.Q) float64 {
	f, _ := q.Rat().Float64()
	return f
}

// worst keeps the largest deviation each statistic showed, so that a run tells
// what was reached and over how many values.
type worst struct {
	off map[string]float64
	n   map[string]int
}

func newWorst(t *testing.T) *worst {
	w := &worst{map[string]float64{}, map[string]int{}}
	t.Cleanup(func() {
		for _, what := range slices.Sorted(keys(w.off)) {
			t.Logf("%-28s %6d values, off by at most %.2g", what, w.n[what], w.off[what])
		}
	})
	return w
}

func keys(m map[string]float64) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (w *worst) note(t *testing.T, what string, off, allowed, got, want float64) {
	t.Helper()
	w.off[what] = max(w.off[what], off)
	w.n[what]++
	if !(off <= allowed) {
		t.Errorf("%s: got %.15g, want %.15g (off by %.2g, allowed %.2g)", what, got, want, off, allowed)
	}
}

// exact holds got to a number that is known without rounding.
func (w *worst) exact(t *testing.T, what string, got, want num.Q) {
	t.Helper()
	off := math.Abs(float(got.Sub(want)))
	w.note(t, what, off, 0, float(got), float(want))
	if !got.Equal(want) {
		t.Errorf("%s: got %s, want %s", what, got, want)
	}
}

// rate holds a share of n to its printed value: it is a whole count over n, and
// that count is the one that the reference rounds to.
func (w *worst) rate(t *testing.T, what string, got num.Q, want float64, n int64) {
	t.Helper()
	w.exact(t, what, got, num.Frac(int64(math.Round(want*float64(n))), n))
	w.note(t, what+" as printed", math.Abs(float(got)-want), tolRate, float(got), want)
}

// relative allows the declared rounding of the fact on top of the tolerance.
func (w *worst) relative(t *testing.T, what string, got num.Q, want, tolerance float64) {
	t.Helper()
	w.near(t, what, float(got), want, tolerance)
}

func (w *worst) near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	size := max(math.Abs(want), 1e-300)
	w.note(t, what, math.Abs(got-want)/size, tolerance+lastPlace/size, got, want)
}

func (w *worst) absolute(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	w.note(t, what, math.Abs(got-want), tolerance, got, want)
}

func sampleSD(x []float64) float64 {
	mean, ss := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		ss += (v - mean) * (v - mean)
	}
	return math.Sqrt(ss / float64(len(x)-1))
}

// TestDataAreThoseOfTheReference tells changed input from a changed program.
func TestDataAreThoseOfTheReference(t *testing.T) {
	t.Parallel()
	root, want := folder(t), map[string]string{}
	for _, s := range readManifest(t).Sets {
		for _, f := range slices.Concat(s.Inputs, s.Files) {
			want[f.Path] = f.SHA256
		}
	}
	for _, s := range Sets() {
		for _, name := range s.Files {
			raw, err := os.ReadFile(root.Path(name))
			if err != nil {
				t.Fatal(err)
			}
			if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != want[name] {
				t.Errorf("%s: got sha256 %x, want %s", name, sum, want[name])
			}
		}
	}
}

// TestPackagesSayWhatTheyAre holds every set to its label, to declared sheets
// and to a scheme that compiles.
func TestPackagesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(schemes, "schemes/*.yaml")
	if err != nil || len(files) != len(Sets()) {
		t.Errorf("got %d schemes (%v), want one for each of %d sets", len(files), err, len(Sets()))
	}
	root := folder(t)
	for _, s := range Sets() {
		if _, err := app.NewRules(scheme.File{Name: s.Name, Text: s.Scheme()}, nil); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		p, err := s.Assemble(root)
		if err != nil {
			t.Error(err)
			continue
		}
		label := p.School[0].Label
		if !strings.Contains(label, "真实数据") || !strings.Contains(label, "映射") || strings.Contains(label, "拼接") != s.Joined {
			t.Errorf("%s: label %q does not say what the data are", s.Name, label)
		}
		for _, decl := range evidence.Sheets {
			if p.Has(decl.Name) == p.Declined(decl.Name) {
				t.Errorf("%s: sheet %s is neither or both of handed in and declined", s.Name, decl.Name)
			}
		}
	}
}

// TestOrderOfLinesChangesNothing hands every sheet in backwards.
func TestOrderOfLinesChangesNothing(t *testing.T) {
	t.Parallel()
	root := folder(t)
	for _, s := range Sets() {
		p, err := s.Assemble(root)
		if err != nil {
			t.Fatal(err)
		}
		rules, err := app.NewRules(scheme.File{Name: s.Name, Text: s.Scheme()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := rules.Evaluate(p)
		if err != nil {
			t.Fatal(err)
		}
		backwards := reversed(p)
		got, err := rules.Evaluate(backwards)
		if err != nil {
			t.Fatal(err)
		}
		if got.Outcome.Cohort != want.Outcome.Cohort {
			t.Errorf("%s: facts differ when lines come backwards", s.Name)
		}
		for i, r := range got.Outcome.Results {
			if w := want.Outcome.Results[i]; r.Subject != w.Subject || !r.Score.Equal(w.Score) {
				t.Errorf("%s: got %s %s, want %s %s", s.Name, r.Subject, r.Score, w.Subject, w.Score)
			}
		}
	}
}

func reversed(p *evidence.Package) *evidence.Package {
	out := &evidence.Package{}
	for _, decl := range evidence.Sheets {
		if !p.Has(decl.Name) {
			continue
		}
		out.HandIn(decl.Name)
		for i := decl.Len(p) - 1; i >= 0; i-- {
			row := make([]evidence.Value, len(decl.Columns))
			decl.Row(p, i, row)
			decl.Append(out, row, 0)
		}
	}
	return out
}

// TestFaultyFilesAreNamed says which cell of which file is wrong.
func TestFaultyFilesAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"no number":  {"school,event,periods_per_week,teachers,classes\nA,1,x,T1,K1\n", "timetable_events.csv, row 2, periods_per_week"},
		"no column":  {"school,event,teachers,classes\nA,1,T1,K1\n", "no column periods_per_week"},
		"ragged":     {"school,event,periods_per_week,teachers,classes\nA,1\n", "timetable_events.csv"},
		"empty":      {"", "timetable_events.csv"},
		"impossible": {"school,event,periods_per_week,teachers,classes\nA,1,61,T1,K1\n", "evidence.above-max"},
	} {
		dir := t.TempDir()
		if err := errors.Join(os.Mkdir(filepath.Join(dir, "data"), 0o755), os.WriteFile(filepath.Join(dir, timetableFile), []byte(c.text), 0o644)); err != nil {
			t.Fatal(err)
		}
		s := set(t, "timetable")
		if _, err := s.Assemble(Folder(dir)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want it to name %s", name, err, c.want)
		}
	}
}

func TestAbsentDataAreNamed(t *testing.T) {
	t.Setenv("SHIJI_REALDATA", t.TempDir())
	if _, err := Find("../.."); !errors.Is(err, ErrAbsent) {
		t.Errorf("got %v, want %v", err, ErrAbsent)
	}
	for _, s := range Sets() {
		if _, err := s.Assemble(Folder(t.TempDir())); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want a missing file", s.Name, err)
		}
	}
}
