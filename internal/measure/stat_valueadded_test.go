package measure

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// modelWant is a fitted model as expected.json writes it.
type modelWant struct {
	N         int
	REML      bool
	Criterion float64
	Fixef     map[string]float64
	SE        map[string]float64
	Variances map[string]float64
	Groups    map[string]int
}

// checkModel fits p and compares every figure of want. Fixed effects are
// matched by value order: the intercept is named, the others follow it.
func checkModel(t *testing.T, w worst, p Pupils, want modelWant) *ValueAdded {
	t.Helper()
	likelihood := ML
	if want.REML {
		likelihood = REML
	}
	got, err := p.Fit(likelihood)
	if err != nil {
		t.Fatalf("fit: %v", err)
	}
	w.absolute(t, "model n", float64(len(p.Post)), float64(want.N), 0)
	w.absolute(t, "criterion", got.Criterion, want.Criterion, tolCriterion)
	w.relative(t, "residual variance", got.Residual, want.Variances["Residual"], tolVariance)
	for name, v := range want.Variances {
		switch {
		case name == "Residual":
		case name == "school" && p.School != nil:
			w.relative(t, "school variance", got.SchoolVariance, v, tolVariance)
		default:
			w.relative(t, "class variance", got.ClassVariance, v, tolVariance)
		}
	}
	for name, value := range want.Fixef {
		i := 1
		switch {
		case name == "(Intercept)":
			i = 0
		case strings.HasSuffix(name, "2"):
			i = 2
		}
		w.absolute(t, "fixed effect ÷ se", got.Fixed[i].Value/want.SE[name], value/want.SE[name], 1e-4)
		w.relative(t, "fixed effect se", got.Fixed[i].SE, want.SE[name], tolCondSD)
	}
	return got
}

func responseSD(p Pupils) float64 {
	mean, ss := 0.0, 0.0
	for _, y := range p.Post {
		mean += y / float64(len(p.Post))
	}
	for _, y := range p.Post {
		ss += (y - mean) * (y - mean)
	}
	return math.Sqrt(ss / float64(len(p.Post)-1))
}

// readPupils reads a two-level set: post and one prior, grouped by school.
func readPupils(t *testing.T, data realTable, post, prior string) (Pupils, []string) {
	t.Helper()
	p := Pupils{Covariates: [][]float64{nil}}
	var names []string
	for i := range data.rows {
		school := data.text(i, "school")
		at := slices.Index(names, school)
		if at < 0 {
			at = len(names)
			names = append(names, school)
		}
		p.Post = append(p.Post, data.float(t, i, post))
		p.Covariates[0] = append(p.Covariates[0], data.float(t, i, prior))
		p.Class = append(p.Class, int32(at))
	}
	p.Classes = len(names)
	return p, names
}

func TestExamLondon(t *testing.T) {
	t.Parallel()
	p, names := readPupils(t, readTable(t, "data/exam_london.csv.gz"), "normexam", "standLRT")
	models, w := readExpected[struct{ ML, REML modelWant }](t, "exam_london"), worst{}
	checkModel(t, w, p, models.ML)
	got := checkModel(t, w, p, models.REML)
	want, sd := readTable(t, "expected/exam_london_schools.csv"), responseSD(p)
	for i := range want.rows {
		e := got.Classes[slices.Index(names, want.text(i, "school"))]
		w.absolute(t, "n", float64(e.N), want.float(t, i, "n"), 0)
		w.absolute(t, "blup ÷ sd", e.Value/sd, want.float(t, i, "blup")/sd, tolBLUP)
		w.relative(t, "cond sd", e.SD, want.float(t, i, "cond_sd"), tolCondSD)
	}
	w.report(t)
}

func TestDutchSchools(t *testing.T) {
	t.Parallel()
	data, w := readTable(t, "data/bdf_dutch.csv"), worst{}
	models := readExpected[struct {
		IQML   modelWant `json:"iq_ML"`
		IQREML modelWant `json:"iq_REML"`
		Lang   modelWant
		Arit   modelWant
	}](t, "bdf")
	iq, _ := readPupils(t, data, "lang_post", "iq_verb")
	mean := 0.0
	for _, x := range iq.Covariates[0] {
		mean += x / float64(len(iq.Post))
	}
	for i := range iq.Covariates[0] {
		iq.Covariates[0][i] -= mean
	}
	checkModel(t, w, iq, models.IQML)
	checkModel(t, w, iq, models.IQREML)
	want := readTable(t, "expected/bdf_schools.csv")
	for subject, model := range map[string]modelWant{"lang": models.Lang, "arit": models.Arit} {
		p, names := readPupils(t, data, subject+"_post", subject+"_pre")
		got, sd := checkModel(t, w, p, model), responseSD(p)
		for i := range want.rows {
			e := got.Classes[slices.Index(names, want.text(i, "school"))]
			w.absolute(t, "blup ÷ sd", e.Value/sd, want.float(t, i, "blup_"+subject)/sd, tolBLUP)
			w.relative(t, "cond sd", e.SD, want.float(t, i, "sd_"+subject), tolCondSD)
		}
	}
	w.report(t)
}

// draw makes a small population with whole scores, so that sums are exact.
func drawPupils(t *rapid.T) Pupils {
	schools := rapid.IntRange(2, 6).Draw(t, "schools")
	p := Pupils{Covariates: [][]float64{nil}, School: []int32{}, Schools: schools}
	noise := rapid.IntRange(-20, 20)
	for s := range schools {
		ofSchool := noise.Draw(t, "school effect")
		for range rapid.IntRange(2, 4).Draw(t, "classes") {
			ofClass := noise.Draw(t, "class effect")
			for range rapid.IntRange(2, 12).Draw(t, "pupils") {
				prior := rapid.IntRange(0, 100).Draw(t, "prior")
				p.Covariates[0] = append(p.Covariates[0], float64(prior))
				p.Post = append(p.Post, float64(prior+ofSchool+ofClass+noise.Draw(t, "noise")))
				p.Class = append(p.Class, int32(p.Classes))
			}
			p.School = append(p.School, int32(s))
			p.Classes++
		}
	}
	return p
}

func TestOrderAndNamesChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPupils(t)
		want, err := p.Fit(REML)
		if err != nil {
			t.Skip(err)
		}
		rows := rapid.Permutation(indexes(len(p.Post))).Draw(t, "rows")
		class := rapid.Permutation(indexes(p.Classes)).Draw(t, "class names")
		school := rapid.Permutation(indexes(p.Schools)).Draw(t, "school names")
		renamed := Pupils{Covariates: [][]float64{nil}, Classes: p.Classes, School: make([]int32, p.Classes), Schools: p.Schools}
		for _, r := range rows {
			renamed.Post = append(renamed.Post, p.Post[r])
			renamed.Covariates[0] = append(renamed.Covariates[0], p.Covariates[0][r])
			renamed.Class = append(renamed.Class, int32(class[p.Class[r]]))
		}
		for c, s := range p.School {
			renamed.School[class[c]] = int32(school[s])
		}
		got, err := renamed.Fit(REML)
		if err != nil {
			t.Fatalf("renamed: %v", err)
		}
		back := *got
		back.Classes, back.Schools = make([]Effect, p.Classes), make([]Effect, p.Schools)
		for c := range back.Classes {
			back.Classes[c] = got.Classes[class[c]]
		}
		for s := range back.Schools {
			back.Schools[s] = got.Schools[school[s]]
		}
		if d := cmp.Diff(*want, back); d != "" {
			t.Errorf("to the last bit (-want +got):\n%s", d)
		}
	})
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// TestFitIsAMaximum checks the optimum without a reference: no nearby ratio of
// variances is more likely.
func TestFitIsAMaximum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPupils(t)
		got, err := p.Fit(REML)
		if err != nil {
			t.Skip(err)
		}
		n, err := p.sums()
		if err != nil {
			t.Fatal(err)
		}
		n.likelihood = REML
		at := []float64{math.Sqrt(got.ClassVariance / got.Residual), math.Sqrt(got.SchoolVariance / got.Residual)}
		for _, by := range [][]float64{{.01, 0}, {-.01, 0}, {0, .01}, {0, -.01}, {.1, .1}, {-.1, -.1}, {.3, -.3}, {-.3, .3}} {
			if c := n.criterion([]float64{at[0] + by[0], at[1] + by[1]}); c < got.Criterion-1e-7 {
				t.Errorf("criterion %.9f at %v + %v, want none below %.9f", c, at, by, got.Criterion)
			}
		}
	})
}

// TestFitOfBalancedClasses holds REML to the closed form that analysis of
// variance gives when all classes are equal in size and there is no covariate.
func TestFitOfBalancedClasses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		classes, size := rapid.IntRange(2, 8).Draw(t, "classes"), rapid.IntRange(2, 8).Draw(t, "size")
		p := Pupils{Classes: classes}
		means := make([]float64, classes)
		total, within := 0.0, 0.0
		for c := range classes {
			effect := rapid.IntRange(-30, 30).Draw(t, "effect")
			var ys []float64
			for range size {
				y := float64(effect + rapid.IntRange(-10, 10).Draw(t, "noise"))
				ys = append(ys, y)
				means[c] += y / float64(size)
				p.Class = append(p.Class, int32(c))
			}
			for _, y := range ys {
				within += (y - means[c]) * (y - means[c])
			}
			p.Post = append(p.Post, ys...)
			total += means[c] / float64(classes)
		}
		between := 0.0
		for _, m := range means {
			between += float64(size) * (m - total) * (m - total) / float64(classes-1)
		}
		within /= float64(classes * (size - 1))
		if within == 0 {
			t.Skip("no variation within classes")
		}
		tau2 := max(0, (between-within)/float64(size))
		got, err := p.Fit(REML)
		if err != nil {
			t.Fatal(err)
		}
		if off := math.Abs(got.ClassVariance - tau2); off > 1e-5*(tau2+within) {
			t.Errorf("class variance: got %.9g, want %.9g", got.ClassVariance, tau2)
		}
		for c, e := range got.Classes {
			shrunk := tau2 / (tau2 + got.Residual/float64(size)) * (means[c] - total)
			if math.Abs(e.Value-shrunk) > 1e-4*math.Sqrt(within) {
				t.Errorf("class %d: got effect %.9g, want %.9g", c, e.Value, shrunk)
			}
		}
	})
}

func TestFitRefuses(t *testing.T) {
	t.Parallel()
	two := []int32{0, 0, 0, 1, 1, 1}
	for _, c := range []struct {
		name string
		p    Pupils
		want error
	}{
		{"nobody", Pupils{}, ErrTooFew},
		{"one class", Pupils{Post: []float64{1, 2, 3}, Class: []int32{0, 0, 0}, Classes: 1}, ErrTooFew},
		{"a pupil a class", Pupils{Post: []float64{1, 2, 4}, Class: []int32{0, 1, 2}, Classes: 3}, ErrTooFew},
		{"one class a school", Pupils{Post: []float64{1, 2, 4, 4, 2, 9}, Class: two, Classes: 2, School: []int32{0, 1}, Schools: 2}, ErrTooFew},
		{"equal priors", Pupils{Post: []float64{1, 2, 4, 4, 2, 9}, Covariates: [][]float64{{5, 5, 5, 5, 5, 5}}, Class: two, Classes: 2}, ErrCollinear},
		{"one prior twice", Pupils{Post: []float64{1, 2, 4, 4, 2, 9}, Covariates: [][]float64{{1, 2, 3, 4, 5, 7}, {2, 4, 6, 8, 10, 14}}, Class: two, Classes: 2}, ErrCollinear},
		{"no number", Pupils{Post: []float64{1, 2, math.NaN(), 4, 2, 9}, Class: two, Classes: 2}, ErrNotFinite},
		{"all equal", Pupils{Post: []float64{7, 7, 7, 7, 7, 7}, Class: two, Classes: 2}, ErrNoSpread},
		{"equal within classes", Pupils{Post: []float64{7, 7, 7, 9, 9, 9}, Class: two, Classes: 2}, ErrNoSpread},
		{"post is prior", Pupils{Post: []float64{1, 2, 4, 4, 2, 9}, Covariates: [][]float64{{1, 2, 4, 4, 2, 9}}, Class: two, Classes: 2}, ErrNoSpread},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got, err := c.p.Fit(REML); !errors.Is(err, c.want) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value, sd float64
		want      Verdict
	}{{2, 1, Above}, {1.96, 1, Alike}, {-1.96, 1, Alike}, {-2, 1, Below}, {0, 0, Alike}} {
		if got := (Effect{Value: c.value, SD: c.sd}).Verdict(1.96); got != c.want {
			t.Errorf("%v ± %v: got %d, want %d", c.value, c.sd, got, c.want)
		}
	}
}

// TestInterceptIsTheFitAtPriorZero: moving the prior scale by k moves the
// intercept by −k slopes and leaves all else; far out its error is that of the slope.
func TestInterceptIsTheFitAtPriorZero(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPupils(t)
		want, err := p.Fit(REML)
		if err != nil {
			t.Skip(err)
		}
		const k = 65536
		moved := p
		moved.Covariates = [][]float64{nil}
		for _, x := range p.Covariates[0] {
			moved.Covariates[0] = append(moved.Covariates[0], x+k)
		}
		got, err := moved.Fit(REML)
		if err != nil {
			t.Fatal(err)
		}
		near := func(what string, got, want, allowed float64) {
			if !(math.Abs(got-want) <= allowed) {
				t.Errorf("%s: got %.12g, want %.12g", what, got, want)
			}
		}
		slope := want.Fixed[1]
		near("slope", got.Fixed[1].Value, slope.Value, 1e-6)
		near("intercept", got.Fixed[0].Value, want.Fixed[0].Value-k*got.Fixed[1].Value, 1e-2)
		near("intercept se ÷ k", got.Fixed[0].SE/k, slope.SE, 1e-2*slope.SE+1e-3)
		near("intercept se at home", want.Fixed[0].SE, math.Sqrt(interceptVariance(p, want)), 1e-6)
	})
}

// interceptVariance inverts X'V⁻¹X by hand for one covariate, uncentred.
func interceptVariance(p Pupils, v *ValueAdded) float64 {
	class, school := v.ClassVariance/v.Residual, v.SchoolVariance/v.Residual
	type sums struct{ n, x, xx float64 }
	classes, total := make([]sums, p.Classes), sums{}
	for i, c := range p.Class {
		x := p.Covariates[0][i]
		classes[c] = sums{classes[c].n + 1, classes[c].x + x, classes[c].xx + x*x}
	}
	schools := make([]sums, p.Schools)
	for c, s := range classes {
		w := 1 / (1 + s.n*class)
		total.n, total.x, total.xx = total.n+s.n*w, total.x+s.x*w, total.xx+s.xx-s.x*s.x*class*w
		of := &schools[p.School[c]]
		of.n, of.x = of.n+s.n*w, of.x+s.x*w
	}
	for _, s := range schools {
		f := school / (1 + s.n*school)
		total.n, total.x, total.xx = total.n-s.n*s.n*f, total.x-s.x*s.n*f, total.xx-s.x*s.x*f
	}
	return v.Residual * total.xx / (total.n*total.xx - total.x*total.x)
}
