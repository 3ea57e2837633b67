package app_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"io"

	"shiji/internal/app"
	"shiji/internal/bundle"
	"shiji/internal/city"
	"shiji/internal/evidence"
	"shiji/internal/explain"
	"shiji/internal/sheet"
)

const junior = "jining-2018/junior"

func rules(t testing.TB, ref string) *app.Rules {
	t.Helper()
	r, err := app.LoadRules(ref)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func appraise(t testing.TB, r *app.Rules, p *evidence.Package) *app.Appraisal {
	t.Helper()
	a, err := r.Evaluate(p)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func toJSON(t testing.TB, a *app.Appraisal) []byte {
	t.Helper()
	report, err := a.Report()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := report.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSameBytesHoweverHandedIn: promise of a result that depends on nothing but
// scheme and facts. The school goes through .xlsx, CSV, and shuffled lines.
func TestSameBytesHoweverHandedIn(t *testing.T) {
	t.Parallel()
	r := rules(t, junior)
	school := city.School(1, 0)
	want := toJSON(t, appraise(t, r, school))

	var book bytes.Buffer
	if err := sheet.WritePackage(&book, school); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := sheet.WritePackageCSV(func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(folder, name)) }, school); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "..", "school.xlsx")
	if err := os.WriteFile(path, book.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string]string{"xlsx": path, "csv": folder} {
		p, err := app.ReadPackage(from, nil)
		if err != nil {
			t.Fatal(name, err)
		}
		if got := toJSON(t, appraise(t, r, p)); !bytes.Equal(got, want) {
			t.Errorf("%s: other bytes than from the package itself", name)
		}
	}
	shuffle(school)
	if got := toJSON(t, appraise(t, r, school)); !bytes.Equal(got, want) {
		t.Error("shuffled lines: other bytes")
	}
}

// shuffle disorders the lines of every sheet.
func shuffle(p *evidence.Package) {
	rng := rand.New(rand.NewPCG(1, 2))
	v := reflect.ValueOf(p).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && f.CanSet() {
			swap := reflect.Swapper(f.Interface())
			rng.Shuffle(f.Len(), swap)
		}
	}
}

// TestEveryTeacherAddsUp: what is shown as parts sums to what is shown as total,
// for everyone of every demo school, and every result replays.
func TestEveryTeacherAddsUp(t *testing.T) {
	t.Parallel()
	for n, ref := range []string{junior, "jining-2018/primary", "jining-2018/senior"} {
		a := appraise(t, rules(t, ref), city.School(1, n))
		if _, err := a.Derivations(); err != nil {
			t.Errorf("%s: %v", ref, err)
		}
		for _, res := range a.Outcome.Results {
			sum := res.Score.Sub(res.Score)
			for _, part := range res.Contributions {
				sum = sum.Add(part.Value)
			}
			if res.Scored && !sum.Equal(res.Score) {
				t.Errorf("%s %s: parts sum to %v, total %v", ref, res.Subject, sum, res.Score)
			}
		}
	}
}

func TestBundle(t *testing.T) {
	t.Parallel()
	school := city.School(1, 0)
	a := appraise(t, rules(t, junior), school)
	for _, person := range []evidence.Staff{school.Staff[0], school.Staff[50], school.Staff[len(school.Staff)-1]} {
		data, err := a.Bundle(person.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range school.Staff {
			if other.ID != person.ID && (bytes.Contains(data, []byte(`"`+other.ID+`"`)) || other.Name != person.Name && bytes.Contains(data, []byte(`"`+other.Name+`"`))) {
				t.Errorf("the bundle of %s holds %s %s", person.ID, other.ID, other.Name)
			}
		}
		b, err := bundle.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.Verify(); err != nil {
			t.Errorf("%s: %v", person.ID, err)
		}
		if err := app.VerifyCohort(b, a); err != nil {
			t.Errorf("%s: %v", person.ID, err)
		}
		// Every byte counts: a sample of them, spread over the file.
		for i := 0; i < len(data); i += len(data)/97 + 1 {
			bad := bytes.Clone(data)
			bad[i] ^= 1
			if _, err := bundle.Open(bad); err == nil {
				t.Fatalf("%s: byte %d changed and the seal holds", person.ID, i)
			}
		}
	}
}

// TestResealedBundleIsFound: whoever changes a value and seals the file anew is
// found by the recomputation, or by the school's own.
func TestResealedBundleIsFound(t *testing.T) {
	t.Parallel()
	school := city.School(1, 0)
	a := appraise(t, rules(t, junior), school)
	data, err := a.Bundle("T051")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(b *bundle.Bundle)
		own    bool // found without the cohort
	}{
		{"total", func(b *bundle.Bundle) { b.Result.Score = b.Result.Score.Add(b.Result.Score) }, true},
		{"contribution", func(b *bundle.Bundle) { b.Result.Contributions[0].Value = b.Result.Score }, true},
		{"node", func(b *bundle.Bundle) { b.Result.Values[0].Q = b.Result.Score }, true},
		{"fact", func(b *bundle.Bundle) { b.Facts[0].Source += "x" }, true},
		{"subject", func(b *bundle.Bundle) { b.Subject = "T052" }, true},
		{"scheme", func(b *bundle.Bundle) {
			b.Scheme.Text = bytes.Replace(b.Scheme.Text, []byte("weight: 10%"), []byte("weight: 11%"), 1)
		}, true},
		{"place", func(b *bundle.Bundle) { b.Result.Place++ }, true},
		{"cohort", func(b *bundle.Bundle) { b.Cohort[0] ^= 1 }, false},
	} {
		b, err := bundle.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		c.change(b)
		sealed, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if b, err = bundle.Open(sealed); err != nil {
			t.Fatal(err)
		}
		_, _, err = b.Verify()
		if (err != nil) != c.own {
			t.Errorf("%s: own verification says %v", c.name, err)
		}
		if !c.own && app.VerifyCohort(b, a) == nil {
			t.Errorf("%s: the school's verification finds nothing", c.name)
		}
	}
}

func TestPeopleAreFoundByNumberOrUniqueName(t *testing.T) {
	t.Parallel()
	school := city.School(1, 0)
	a := appraise(t, rules(t, junior), school)
	names := map[string]int{}
	for _, s := range school.Staff {
		names[s.Name]++
	}
	twice := 0
	for _, s := range school.Staff {
		page, err := a.Page(s.Name)
		if names[s.Name] > 1 {
			if twice++; err == nil {
				t.Errorf("%s is the name of %d people and was taken for one", s.Name, names[s.Name])
			}
			continue
		}
		if err != nil || page.Subject != s.ID {
			t.Errorf("%s: %v, %v", s.Name, page, err)
		} else if !strings.Contains(explain.Text(page), s.Name) {
			t.Errorf("%s: the explanation does not name the person", s.Name)
		}
	}
	if twice == 0 {
		t.Error("the demo school has no two people of one name")
	}
	if _, err := a.Page("nobody"); err == nil {
		t.Error("a stranger has a result")
	}
}
