package measure

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shiji/internal/num"
)

// sgpData is the fifth grade of 2022 with its fourth grade scores.
type sgpData struct {
	pairs            Pairs
	pupils, schools  []string
	teachers         []string
	links            []TaughtBy
	level            []string
	expectedStudents realTable
}

// loadSGP takes the pupils from the raw files; the reference counts those with
// one score in each year, at least one teacher, and a place in the table.
func loadSGP(t *testing.T) *sgpData {
	t.Helper()
	raw := readTable(t, "data/sgp_math_2021_2022.csv.gz")
	d := &sgpData{expectedStudents: readTable(t, "expected/sgp_g5_2022_students.csv.gz")}
	rows := map[string]map[string]int{"2021": {}, "2022": {}}
	for i := range raw.rows {
		if grade := map[string]string{"2021": "4", "2022": "5"}[raw.text(i, "year")]; raw.text(i, "grade") == grade {
			rows[raw.text(i, "year")][raw.text(i, "student_id")] = i
		}
	}
	at := map[string]int32{}
	for i := range d.expectedStudents.rows {
		id := d.expectedStudents.text(i, "student_id")
		post, prior := rows["2022"][id], rows["2021"][id]
		at[id] = int32(i)
		d.pupils = append(d.pupils, id)
		d.schools = append(d.schools, raw.text(post, "school"))
		d.level = append(d.level, raw.text(post, "level"))
		d.pairs.Post = append(d.pairs.Post, raw.code(t, post, "score", 1))
		d.pairs.Prior = append(d.pairs.Prior, raw.code(t, prior, "score", 1))
	}
	d.pairs.Bounds = []uint32{0, uint32(len(d.pupils))}
	taught := readTable(t, "data/sgp_math_teachers_2022.csv.gz")
	for i := range taught.rows {
		pupil, ok := at[taught.text(i, "student_id")]
		if !ok {
			continue
		}
		teacher := slices.Index(d.teachers, taught.text(i, "teacher_id"))
		if teacher < 0 {
			teacher = len(d.teachers)
			d.teachers = append(d.teachers, taught.text(i, "teacher_id"))
		}
		d.links = append(d.links, TaughtBy{pupil, int32(teacher), dec(taught.text(i, "weight"))})
	}
	return d
}

type sgpWant struct {
	SGP struct {
		N        int
		OLS      struct{ Intercept, Slope, R2 float64 }
		Teachers int
	}
	Multimember modelWant
}

func TestGrowth(t *testing.T) {
	t.Parallel()
	d, want, w := loadSGP(t), readExpected[sgpWant](t, "sgp_dev").SGP, worst{}
	_, all := d.pairs.Sums()
	line, _ := all.Regress()
	w.absolute(t, "n", float64(all.N), float64(want.N), 0)
	w.relative(t, "intercept", asFloat(line.Intercept), want.OLS.Intercept, tolOLS)
	w.relative(t, "slope", asFloat(line.Slope), want.OLS.Slope, tolOLS)
	band := make([]int, 1000)
	for i, prior := range d.pairs.Prior {
		band[prior] = int(d.expectedStudents.float(t, i, "band"))
	}
	byResidual, inBands := d.pairs.GrowthByResidual(line), d.pairs.GrowthInBands(band)
	for i := range d.pupils {
		one := sumPairs(d.pairs.Post[i:i+1], d.pairs.Prior[i:i+1])
		w.relative(t, "residual", asFloat(given(one.ResidualGain(line))), d.expectedStudents.float(t, i, "residual"), tolOLS)
		w.relative(t, "residual percentile", asFloat(byResidual[i]), d.expectedStudents.float(t, i, "resid_pct"), tolMean)
		w.relative(t, "band percentile", asFloat(inBands[i]), d.expectedStudents.float(t, i, "band_pct"), tolMean)
	}
	w.report(t)
}

func TestTeachersWhoSharePupils(t *testing.T) {
	t.Parallel()
	d, want, w := loadSGP(t), readTable(t, "expected/sgp_g5_2022_teachers.csv"), worst{}
	_, all := d.pairs.Sums()
	line, _ := all.Regress()
	values := map[string][]num.Q{}
	for i, y := range d.pairs.Post {
		one := sumPairs(d.pairs.Post[i:i+1], d.pairs.Prior[i:i+1])
		level := d.level[i]
		for column, v := range map[string]num.Q{
			"mean_post": num.Int(int64(y)), "resid_gain": given(one.ResidualGain(line)), "mean_sgp": dec(d.expectedStudents.text(i, "sgp")),
			"pass_rate":      num.Int(int64(counted(level == "Proficient" || level == "Advanced"))),
			"excellent_rate": num.Int(int64(counted(level == "Advanced"))),
			"low_rate":       num.Int(int64(counted(level == "Unsatisfactory"))),
		} {
			values[column] = append(values[column], v)
		}
	}
	for column, of := range values {
		got := WeightedByTeacher(of, d.links, len(d.teachers))
		w.absolute(t, "teachers", float64(len(got)), float64(len(want.rows)), 0)
		for i := range want.rows {
			g := got[slices.Index(d.teachers, want.text(i, "teacher_id"))]
			w.absolute(t, "links", float64(g.Links), want.float(t, i, "links"), 0)
			w.relative(t, "sum of weights", asFloat(g.Weight), want.float(t, i, "sum_w"), 1e-12)
			w.relative(t, column, asFloat(g.Mean), want.float(t, i, column), tolOLS)
			if column == "mean_sgp" {
				w.absolute(t, "median_sgp", asFloat(g.Median), want.float(t, i, "median_sgp"), 0)
			}
		}
	}
	w.report(t)
}

func TestMultipleMembership(t *testing.T) {
	t.Parallel()
	d, want, w := loadSGP(t), readExpected[sgpWant](t, "sgp_dev").Multimember, worst{}
	p := SharedPupils{Covariates: [][]float64{nil}, Links: d.links, Teachers: len(d.teachers)}
	var schools []string
	for i, y := range d.pairs.Post {
		p.Post = append(p.Post, float64(y))
		p.Covariates[0] = append(p.Covariates[0], float64(d.pairs.Prior[i]))
		at := slices.Index(schools, d.schools[i])
		if at < 0 {
			at = len(schools)
			schools = append(schools, d.schools[i])
		}
		p.School = append(p.School, int32(at))
	}
	p.Schools = len(schools)
	got, err := p.Fit(REML)
	if err != nil {
		t.Fatal(err)
	}
	w.absolute(t, "n", float64(len(p.Post)), float64(want.N), 0)
	w.absolute(t, "criterion", got.Criterion, want.Criterion, tolCriterion)
	w.relative(t, "teacher variance", got.TeacherVariance, want.Variances["td"], tolVariance)
	w.relative(t, "school variance", got.SchoolVariance, want.Variances["school"], tolVariance)
	w.relative(t, "residual variance", got.Residual, want.Variances["Residual"], tolVariance)
	w.relative(t, "intercept", got.Fixed[0].Value, want.Fixef["(Intercept)"], tolVariance)
	w.relative(t, "slope", got.Fixed[1].Value, want.Fixef["prior"], tolVariance)
	sd := responseSD(Pupils{Post: p.Post})
	for name, c := range map[string]struct {
		ids     []string
		effects []Effect
	}{"teacher": {d.teachers, got.Teachers}, "school": {schools, got.Schools}} {
		table := readTable(t, "expected/sgp_math_multimember_g5_2022_"+name+"s.csv")
		w.absolute(t, name+"s", float64(len(c.effects)), float64(len(table.rows)), 0)
		for i := range table.rows {
			e := c.effects[slices.Index(c.ids, table.text(i, name+map[string]string{"teacher": "_id"}[name]))]
			w.absolute(t, name+" blup ÷ sd", e.Value/sd, table.float(t, i, "blup")/sd, tolBLUP)
		}
	}
	w.report(t)
}

// TestWholeSharesAreClasses holds the membership model to the nested one: when
// every pupil has one teacher, they are the same model, reached by other algebra.
func TestWholeSharesAreClasses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		nested := drawPupils(t)
		want, err := nested.Fit(REML)
		if err != nil {
			t.Skip(err)
		}
		shared := SharedPupils{Post: nested.Post, Covariates: nested.Covariates, Schools: nested.Schools, Teachers: nested.Classes}
		for i, c := range nested.Class {
			shared.School = append(shared.School, nested.School[c])
			shared.Links = append(shared.Links, TaughtBy{int32(i), c, num.Int(1)})
		}
		got, err := shared.Fit(REML)
		if err != nil {
			t.Skip(err)
		}
		near := func(what string, got, want float64) {
			if math.Abs(got-want) > 1e-3 { // scores run to about 150; flat optima leave some play
				t.Errorf("%s: got %.9g, want %.9g", what, got, want)
			}
		}
		near("criterion", got.Criterion, want.Criterion)
		near("slope", got.Fixed[1].Value, want.Fixed[1].Value)
		near("slope se", got.Fixed[1].SE, want.Fixed[1].SE)
		for c, e := range want.Classes {
			near("teacher effect", got.Teachers[c].Value, e.Value)
			near("teacher sd", got.Teachers[c].SD, e.SD)
		}
		for s, e := range want.Schools {
			near("school effect", got.Schools[s].Value, e.Value)
			near("school sd", got.Schools[s].SD, e.SD)
		}
	})
}

func TestMembershipRefuses(t *testing.T) {
	t.Parallel()
	one := num.Int(1)
	post := []float64{1, 2, 4, 4, 2, 9}
	school := []int32{0, 0, 0, 1, 1, 1}
	links := []TaughtBy{{0, 0, one}, {1, 0, one}, {2, 0, one}, {3, 1, one}, {4, 1, one}, {5, 1, one}}
	for _, c := range []struct {
		name string
		p    SharedPupils
		want error
	}{
		{"one school", SharedPupils{Post: post, School: make([]int32, 6), Schools: 1, Links: links, Teachers: 2}, ErrTooFew},
		{"more effects than pupils", SharedPupils{Post: post, School: school, Schools: 2, Links: links, Teachers: 5}, ErrTooFew},
		{"no number", SharedPupils{Post: []float64{1, 2, 4, math.Inf(1), 2, 9}, School: school, Schools: 2, Links: links, Teachers: 2}, ErrNotFinite},
		{"all equal", SharedPupils{Post: make([]float64, 6), School: school, Schools: 2, Links: links, Teachers: 2}, ErrNoSpread},
		{"prior twice", SharedPupils{Post: post, Covariates: [][]float64{{1, 2, 3, 4, 5, 7}, {1, 2, 3, 4, 5, 7}}, School: school, Schools: 2, Links: links, Teachers: 2}, ErrCollinear},
	} {
		if got, err := c.p.Fit(REML); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, %v, want %v", c.name, got, err, c.want)
		}
	}
}

func TestGrowthByHand(t *testing.T) {
	t.Parallel()
	p := Pairs{Bounds: []uint32{0, 5}, Post: []uint16{10, 20, 30, 20, 40}, Prior: []uint16{10, 20, 20, 20, 40}}
	// Slope 1: residuals 0 0 10 0 0, so four equals below one.
	got := p.GrowthByResidual(Regression{Slope: num.Int(1)})
	if d := cmp.Diff([]string{"40", "40", "90", "40", "40"}, texts(got)); d != "" {
		t.Errorf("by residual (-want +got):\n%s", d)
	}
	band := make([]int, 41)
	band[40] = 1
	got = p.GrowthInBands(band) // among 10 20 30 20, and 40 alone
	if d := cmp.Diff([]string{"12.5", "50", "87.5", "50", "50"}, texts(got)); d != "" {
		t.Errorf("in bands (-want +got):\n%s", d)
	}
}

func TestWeightedByHand(t *testing.T) {
	t.Parallel()
	values := []num.Q{dec("80"), dec("90"), dec("40")}
	links := []TaughtBy{{0, 0, dec("0.4")}, {0, 1, dec("0.6")}, {1, 0, dec("1")}, {2, 1, dec("0.2")}, {2, 0, dec("0.8")}}
	got := WeightedByTeacher(values, links, 3)
	want := []Weighted{
		{Links: 3, Weight: dec("2.2"), Mean: dec("70"), Median: dec("80")}, // (32+90+32)/2.2; .8 and .4 pass 1.1
		{Links: 2, Weight: dec("0.8"), Mean: dec("70"), Median: dec("80")},
		{},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func texts(qs []num.Q) (out []string) {
	for _, x := range qs {
		out = append(out, x.String())
	}
	return out
}
