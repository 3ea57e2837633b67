package measure

import (
	"slices"
	"testing"

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
// every pupil has one teacher, they are the same model.
func TestWholeSharesAreClasses(t *testing.T) {
	t.Parallel()
	exams, w := loadStar(t), worst{}
	p, _, post := starPairs(t, exams, "math")
	nested := p.Pupils()
	nested.School, nested.Schools = numberSchools(post)
	// Classes without matched pupils would be teachers without links.
	shared := SharedPupils{Post: nested.Post, Covariates: nested.Covariates, Schools: nested.Schools, Teachers: nested.Classes}
	for i, c := range nested.Class {
		shared.School = append(shared.School, nested.School[c])
		shared.Links = append(shared.Links, TaughtBy{int32(i), c, num.Int(1)})
	}
	want, err := nested.Fit(REML)
	if err != nil {
		t.Fatal(err)
	}
	got, err := shared.Fit(REML)
	if err != nil {
		t.Fatal(err)
	}
	w.relative(t, "teacher variance", got.TeacherVariance, want.ClassVariance, 1e-6)
	w.relative(t, "school variance", got.SchoolVariance, want.SchoolVariance, 1e-6)
	for c, e := range want.Classes {
		w.absolute(t, "teacher effect", got.Teachers[c].Value, e.Value, 1e-5)
		w.relative(t, "teacher sd", got.Teachers[c].SD, e.SD, 1e-6)
	}
	for s, e := range want.Schools {
		w.absolute(t, "school effect", got.Schools[s].Value, e.Value, 1e-5)
		w.relative(t, "school sd", got.Schools[s].SD, e.SD, 1e-6)
	}
	w.report(t)
}
