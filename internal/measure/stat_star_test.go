package measure

import (
	"slices"
	"testing"

	"shiji/internal/num"
)

// starExam is one grade and subject of the STAR data as the program holds it:
// packed scores, pupils in class order.
type starExam struct {
	grade, subject string
	pupils         []string
	classes        []string // teacher of each class
	schools        []string // school of each class
	scores         []uint16
	bounds         []uint32
	lines          Lines
	stats          []ClassStats
	all            ClassStats
}

func loadStar(t testing.TB) map[string]*starExam {
	t.Helper()
	data := readTable(t, "data/star_K_1.csv.gz")
	lines := readTable(t, "expected/star_exam_stats.csv")
	exams := map[string]*starExam{}
	for i := range lines.rows {
		e := &starExam{grade: lines.text(i, "grade"), subject: lines.text(i, "subject")}
		e.lines = Lines{
			Excellent: lines.code(t, i, "excellent_line", 1), Pass: lines.code(t, i, "pass_line", 1), Low: lines.code(t, i, "low_line", 1),
		}
		e.fill(t, data)
		exams[e.grade+" "+e.subject] = e
	}
	return exams
}

func (e *starExam) fill(t testing.TB, data realTable) {
	t.Helper()
	var rows []int
	for i := range data.rows {
		if data.text(i, "grade") == e.grade {
			rows = append(rows, i)
		}
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		return slices.Compare([]string{data.text(a, "teacher_id")}, []string{data.text(b, "teacher_id")})
	})
	for _, i := range rows {
		if teacher := data.text(i, "teacher_id"); len(e.classes) == 0 || e.classes[len(e.classes)-1] != teacher {
			e.classes = append(e.classes, teacher)
			e.schools = append(e.schools, data.text(i, "school_id"))
			e.bounds = append(e.bounds, uint32(len(e.scores)))
		}
		e.pupils = append(e.pupils, data.text(i, "student_id"))
		e.scores = append(e.scores, data.code(t, i, e.subject, 1))
	}
	e.bounds = append(e.bounds, uint32(len(e.scores)))
	e.stats = make([]ClassStats, len(e.classes))
	NewTally(e.lines).Classes(e.stats, e.scores, e.bounds)
	for _, s := range e.stats {
		e.all = e.all.Merge(s)
	}
}

func (e *starExam) class(teacher string) int { return slices.Index(e.classes, teacher) }

func TestStarExams(t *testing.T) {
	t.Parallel()
	exams, want, w := loadStar(t), readTable(t, "expected/star_exam_stats.csv"), worst{}
	for i := range want.rows {
		e := exams[want.text(i, "grade")+" "+want.text(i, "subject")]
		m := e.all.Moments(1)
		mean, _ := m.Mean()
		w.absolute(t, "n", float64(e.all.Sat), want.float(t, i, "n"), 0)
		w.absolute(t, "max", float64(e.all.Max), want.float(t, i, "max"), 0)
		w.absolute(t, "min", float64(e.all.Min), want.float(t, i, "min"), 0)
		w.relative(t, "mean", asFloat(mean), want.float(t, i, "mean"), tolMean)
		w.relative(t, "sd", m.SD(Sample), want.float(t, i, "sd"), tolMean)
		w.relative(t, "sd_pop", m.SD(Population), want.float(t, i, "sd_pop"), tolMean)
	}
	w.report(t)
}

func TestStarClasses(t *testing.T) {
	t.Parallel()
	exams, want, w := loadStar(t), readTable(t, "expected/star_class_stats.csv"), worst{}
	ranks := map[string][]int{}
	for key, e := range exams {
		ranks[key] = rankMeans(e)
	}
	for i := range want.rows {
		key := want.text(i, "grade") + " " + want.text(i, "subject")
		e := exams[key]
		c := e.class(want.text(i, "teacher_id"))
		checkGroup(t, w, want, i, e.stats[c], e.all.Moments(1))
		median, _ := Median(e.scores[e.bounds[c]:e.bounds[c+1]], 1)
		w.absolute(t, "median", asFloat(median), want.float(t, i, "median"), 0)
		w.absolute(t, "rank", float64(ranks[key][c]), want.float(t, i, "rank_mean"), 0)
		for column, got := range map[string]uint32{"pass": e.stats[c].Pass, "excellent": e.stats[c].Excellent, "low": e.stats[c].Low} {
			w.absolute(t, column, float64(got), want.float(t, i, column), 0)
		}
	}
	w.report(t)
}

// rankMeans ranks the classes where anybody sat; the others get no place.
func rankMeans(e *starExam) []int {
	var means []num.Q
	var sat []int
	for c, s := range e.stats {
		if mean, ok := s.Moments(1).Mean(); ok {
			means, sat = append(means, mean), append(sat, c)
		}
	}
	ranks := make([]int, len(e.stats))
	for i, place := range Ranks(means, TiesMin, num.Q{}) {
		ranks[sat[i]] = place
	}
	return ranks
}

func TestStarSchools(t *testing.T) {
	t.Parallel()
	exams, want, w := loadStar(t), readTable(t, "expected/star_school_stats.csv"), worst{}
	for i := range want.rows {
		e := exams[want.text(i, "grade")+" "+want.text(i, "subject")]
		var school ClassStats
		for c, s := range e.stats {
			if e.schools[c] == want.text(i, "school_id") {
				school = school.Merge(s)
			}
		}
		checkGroup(t, w, want, i, school, e.all.Moments(1))
	}
	w.report(t)
}

// checkGroup compares a class or school with its line of the expected realTable.
func checkGroup(t *testing.T, w worst, want realTable, i int, s ClassStats, exam Moments) {
	t.Helper()
	m := s.Moments(1)
	mean, _ := m.Mean()
	w.absolute(t, "n", float64(s.Sat), want.float(t, i, "n"), 0)
	w.relative(t, "mean", asFloat(mean), want.float(t, i, "mean"), tolMean)
	if want.text(i, "sd") != "" {
		w.relative(t, "sd", m.SD(Sample), want.float(t, i, "sd"), tolMean)
	}
	w.relative(t, "mean_z", asFloat(exam.Z(mean, Sample)), want.float(t, i, "mean_z"), tolMean)
	w.relative(t, "mean_T", asFloat(exam.T(mean, Sample)), want.float(t, i, "mean_T"), tolMean)
	for column, count := range map[string]uint32{"pass_rate": s.Pass, "excellent_rate": s.Excellent, "low_rate": s.Low} {
		rate, _ := Rate(count, s.Sat)
		w.absolute(t, column, asFloat(rate), want.float(t, i, column), 1e-12)
	}
}

// starPairs matches the first grade with kindergarten.
func starPairs(t testing.TB, exams map[string]*starExam, subject string) (Pairs, *starExam, *starExam) {
	t.Helper()
	prior, post := exams["K "+subject], exams["1 "+subject]
	return Match(post.scores, post.bounds, prior.scores, Link(post.pupils, prior.pupils)), prior, post
}

type starModels struct {
	Matched  int `json:"n_matched"`
	Classes  int `json:"n_classes"`
	OLS      struct{ Intercept, Slope, R2, Sigma float64 }
	Class    modelWant `json:"class_only"`
	School   modelWant `json:"school_class"`
	TwoPrior modelWant `json:"two_priors"`
}

func TestStarProgress(t *testing.T) {
	t.Parallel()
	exams, want, w := loadStar(t), readTable(t, "expected/star_progress_valueadded.csv"), worst{}
	models := readExpected[map[string]starModels](t, "star_dev")
	for _, subject := range []string{"read", "math"} {
		p, prior, post := starPairs(t, exams, subject)
		classes, all := p.Sums()
		line, _ := all.Regress()
		model := models["grade_K_to_1_"+subject]
		w.absolute(t, "n matched", float64(all.N), float64(model.Matched), 0)
		w.relative(t, "intercept", asFloat(line.Intercept), model.OLS.Intercept, tolOLS)
		w.relative(t, "slope", asFloat(line.Slope), model.OLS.Slope, tolOLS)
		r, _ := all.Correlation()
		w.relative(t, "r2", asFloat(r.Mul(r)), model.OLS.R2, tolOLS)
		better := p.Improved(post.all.Moments(1), prior.all.Moments(1), Sample)
		for i := range want.rows {
			if want.text(i, "subject") != subject {
				continue
			}
			c := post.class(want.text(i, "teacher_id"))
			s := classes[c]
			w.absolute(t, "n", float64(s.N), want.float(t, i, "n"), 0)
			gain, _ := s.GainZ(post.all.Moments(1), prior.all.Moments(1), Sample)
			w.relative(t, "gain_z", asFloat(gain), want.float(t, i, "gain_z"), tolMean)
			w.absolute(t, "progress_rate", float64(better[c])/float64(s.N), want.float(t, i, "progress_rate"), 1e-12)
			residual, _ := s.ResidualGain(line)
			w.relative(t, "resid_gain", asFloat(residual), want.float(t, i, "resid_gain"), tolOLS)
		}
	}
	w.report(t)
}

func TestStarValueAdded(t *testing.T) {
	t.Parallel()
	exams, want, w := loadStar(t), readTable(t, "expected/star_progress_valueadded.csv"), worst{}
	models := readExpected[map[string]starModels](t, "star_dev")
	for _, subject := range []string{"read", "math"} {
		p, prior, post := starPairs(t, exams, subject)
		pupils := p.Pupils()
		model := models["grade_K_to_1_"+subject]
		plain := checkModel(t, w, pupils, model.Class)
		pupils.School, pupils.Schools = numberSchools(post)
		nested := checkModel(t, w, pupils, model.School)
		checkModel(t, w, withSecondPrior(pupils, exams, subject, prior, post), model.TwoPrior)
		sd := responseSD(pupils)
		for i := range want.rows {
			if want.text(i, "subject") != subject {
				continue
			}
			c := post.class(want.text(i, "teacher_id"))
			one, two, school := plain.Classes[c], nested.Classes[c], nested.Schools[pupils.School[c]]
			w.absolute(t, "blup ÷ sd", one.Value/sd, want.float(t, i, "blup_class_only")/sd, tolBLUP)
			w.relative(t, "cond sd", one.SD, want.float(t, i, "sd_class_only"), tolCondSD)
			w.relative(t, "reliability", one.Reliability, want.float(t, i, "reliability_class_only"), tolCondSD)
			w.absolute(t, "blup ÷ sd", two.Value/sd, want.float(t, i, "blup_class")/sd, tolBLUP)
			w.relative(t, "cond sd", two.SD, want.float(t, i, "sd_class"), tolCondSD)
			w.absolute(t, "blup ÷ sd", school.Value/sd, want.float(t, i, "blup_school")/sd, tolBLUP)
			w.relative(t, "cond sd", school.SD, want.float(t, i, "sd_school"), tolCondSD)
			w.absolute(t, "blup ÷ sd", (two.Value+school.Value)/sd, want.float(t, i, "va_total")/sd, 2*tolBLUP)
		}
	}
	w.report(t)
}

func numberSchools(e *starExam) (school []int32, n int) {
	at := map[string]int32{}
	for _, s := range e.schools {
		if _, ok := at[s]; !ok {
			at[s] = int32(len(at))
		}
		school = append(school, at[s])
	}
	return school, len(at)
}

// withSecondPrior adds the other subject's kindergarten score as a covariate
// and keeps the pupils who have it.
func withSecondPrior(p Pupils, exams map[string]*starExam, subject string, prior, post *starExam) Pupils {
	other := exams["K "+map[string]string{"read": "math", "math": "read"}[subject]]
	links := Link(post.pupils, prior.pupils)
	out := Pupils{Covariates: make([][]float64, 2), Classes: p.Classes, School: p.School, Schools: p.Schools}
	row := 0
	for c := range post.classes {
		for i := post.bounds[c]; i < post.bounds[c+1]; i++ {
			j := links[i]
			if j == NoLink || post.scores[i] >= FirstState || prior.scores[j] >= FirstState {
				continue
			}
			if other.scores[j] < FirstState { // both columns share the roster of their grade
				out.Post = append(out.Post, p.Post[row])
				out.Class = append(out.Class, p.Class[row])
				out.Covariates[0] = append(out.Covariates[0], p.Covariates[0][row])
				out.Covariates[1] = append(out.Covariates[1], float64(other.scores[j]))
			}
			row++
		}
	}
	return out
}

func TestStarKeepsNothingToThePupilWithoutPrior(t *testing.T) {
	t.Parallel()
	exams := loadStar(t)
	p, prior, post := starPairs(t, exams, "math")
	_, before := p.Sums()
	links := Link(post.pupils, prior.pupils)
	scores := slices.Clone(post.scores)
	moved := 0
	for i, j := range links {
		if scores[i] < FirstState && (j == NoLink || prior.scores[j] >= FirstState) {
			scores[i] = uint16(i) % 700
			moved++
		}
	}
	if moved < 1000 {
		t.Fatalf("got %d pupils without a prior, want many: the test would show nothing", moved)
	}
	if _, after := Match(scores, post.bounds, prior.scores, links).Sums(); after != before {
		t.Errorf("got sums %+v after changing pupils without a prior, want %+v", after, before)
	}
}
