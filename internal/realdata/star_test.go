package realdata

import (
	"math"
	"slices"
	"strings"
	"testing"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/measure"
	"shiji/internal/num"
)

// starPlace finds the line of a class in the tables: person and item.
func starPlace(want *table, i int, grade string) (person, item string) {
	subject := map[string]string{"read": "语文", "math": "数学"}[want.text(i, "subject")]
	who := want.text(i, "teacher_id")
	return "T" + who, grade + "/" + subject + "/" + grade + "-" + who
}

func TestStar(t *testing.T) {
	t.Parallel()
	a := appraise(t, "star")
	t.Run("classes", func(t *testing.T) { checkStarClasses(t, a) })
	t.Run("progress", func(t *testing.T) { checkStarProgress(t, a) })
	t.Run("nested", func(t *testing.T) { checkStarNested(t, a) })
	t.Run("totals", func(t *testing.T) { checkStarTotals(t, a) })
	t.Run("guard", func(t *testing.T) { checkStarGuard(t, a) })
}

func checkStarClasses(t *testing.T, a *appraisal) {
	want, w := reference(t, "star_class_stats.csv"), newWorst(t)
	for i := range want.rows {
		person, item := starPlace(want, i, want.text(i, "grade"))
		get := func(field string) num.Q { return a.value(t, person, "成绩."+field, item) }
		n, _ := want.number(i, "n").Int64()
		w.exact(t, "n", get("人数"), num.Int(n))
		w.relative(t, "mean", get("均分"), want.float(i, "mean"), tolMean)
		if n > 1 {
			w.relative(t, "sd", get("标准差"), want.float(i, "sd"), tolMean)
		} else if f := a.facts[[3]string{person, "成绩.标准差", item}]; f.State != fact.NotApplicable {
			t.Errorf("%s: the deviation of one pupil is %s, want not applicable", item, f.State)
		}
		for field, column := range map[string]string{"合格率": "pass", "优秀率": "excellent", "低分率": "low"} {
			count, _ := want.number(i, column).Int64()
			w.exact(t, column+" rate from count", get(field), num.Frac(count, n))
			w.rate(t, column+" rate", get(field), want.float(i, column+"_rate"), n)
		}
		w.relative(t, "z", get("Z"), want.float(i, "mean_z"), tolMean)
		w.relative(t, "T", get("T"), want.float(i, "mean_T"), tolMean)
		w.exact(t, "rank", get("名次"), want.number(i, "rank_mean"))
	}
	if got := a.given("成绩.均分"); got != len(want.rows) {
		t.Errorf("got %d class means, want %d", got, len(want.rows))
	}
}

func checkStarProgress(t *testing.T, a *appraisal) {
	want, w := reference(t, "star_progress_valueadded.csv"), newWorst(t)
	sd := map[string]float64{}
	for _, s := range starSubjects {
		sd[s[0]] = sampleSD(starPupils(a.Package, s[1]).Post)
	}
	for i := range want.rows {
		person, item := starPlace(want, i, "1")
		get := func(field string) num.Q { return a.value(t, person, "成绩."+field, item) }
		n, _ := want.number(i, "n").Int64()
		w.exact(t, "n matched", get("匹配人数"), num.Int(n))
		w.relative(t, "raw gain", get("提高分"), want.float(i, "gain_raw"), tolMean)
		w.relative(t, "gain in z", get("标准分进步"), want.float(i, "gain_z"), tolMean)
		w.rate(t, "progress rate", get("进步率"), want.float(i, "progress_rate"), n)
		w.relative(t, "residual gain", get("残差增益"), want.float(i, "resid_gain"), tolOLS)
		blup, spread := want.float(i, "blup_class_only"), want.float(i, "sd_class_only")
		scale := sd[want.text(i, "subject")]
		w.absolute(t, "value added ÷ sd", float(get("增值"))/scale, blup/scale, tolBLUP)
		w.relative(t, "conditional sd", get("增值误差"), spread, tolCondSD)
		verdict := "相当"
		switch {
		case blup > 1.96*spread:
			verdict = "高于"
		case blup < -1.96*spread:
			verdict = "低于"
		}
		off := 0.0
		if got := a.facts[[3]string{person, "成绩.增值档", item}].Code; got != verdict {
			off = math.Abs(math.Abs(blup) - 1.96*spread)
		}
		w.absolute(t, "group of value added", off, 0, tolBLUP*scale)
	}
	if got := a.given("成绩.匹配人数"); got < len(want.rows) {
		t.Errorf("got %d matched classes, want at least %d", got, len(want.rows))
	}
}

// starPupils gathers what the models read from the package that was read back:
// matched scores, classes, and the schools that stand in 级部.
func starPupils(p *evidence.Package, subject string) measure.Pupils {
	column := slices.IndexFunc(evidence.Subjects, func(c evidence.Code) bool { return c.Name == subject })
	prior, classOf, schoolOf, schools := map[string]evidence.Points{}, map[string]int32{}, map[string]int32{}, map[string]int32{}
	for _, s := range p.Staff {
		if _, ok := schools[s.Section]; !ok {
			schools[s.Section] = int32(len(schools))
		}
		schoolOf[s.ID] = schools[s.Section]
	}
	out := measure.Pupils{Covariates: make([][]float64, 1), Schools: len(schools)}
	for _, l := range p.Lessons {
		if _, ok := classOf[l.Class]; !ok && l.Start == starGrades["1"].from {
			classOf[l.Class] = int32(len(classOf))
			out.School = append(out.School, schoolOf[l.Staff])
		}
	}
	out.Classes = len(classOf)
	for _, m := range p.Marks {
		if m.Exam == "K" {
			prior[m.Pupil] = m.By[column]
		}
	}
	for _, m := range p.Marks {
		if x, ok := prior[m.Pupil]; ok && m.Exam == "1" && x >= 0 && m.By[column] >= 0 {
			out.Post = append(out.Post, float64(m.By[column]/100))
			out.Covariates[0] = append(out.Covariates[0], float64(x/100))
			out.Class = append(out.Class, classOf[m.Class])
		}
	}
	return out
}

type modelWant struct {
	N         int
	Criterion float64
	Fixef     map[string]float64
	SE        map[string]float64
	Variances map[string]float64
}

// checkStarNested fits school/class over the package that was read back: the
// exam table offers value added over classes alone.
func checkStarNested(t *testing.T, a *appraisal) {
	want, w := reference(t, "star_progress_valueadded.csv"), newWorst(t)
	models := expected[map[string]struct {
		School modelWant `json:"school_class"`
	}](t, "star_dev")
	for _, s := range starSubjects {
		pupils, model := starPupils(a.Package, s[1]), models["grade_K_to_1_"+s[0]].School
		fit, err := pupils.Fit(measure.REML)
		if err != nil {
			t.Fatal(err)
		}
		w.absolute(t, "n matched", float64(len(pupils.Post)), float64(model.N), 0)
		w.absolute(t, "−2 log likelihood", fit.Criterion, model.Criterion, tolCriterion)
		w.near(t, "variance", fit.ClassVariance, model.Variances["class:school"], tolVariance)
		w.near(t, "variance", fit.SchoolVariance, model.Variances["school"], tolVariance)
		w.near(t, "variance", fit.Residual, model.Variances["Residual"], tolVariance)
		index, sd := starIndex(a.Package), sampleSD(pupils.Post)
		for i := range want.rows {
			if want.text(i, "subject") != s[0] {
				continue
			}
			k := index["1-"+want.text(i, "teacher_id")]
			class, school := fit.Classes[k], fit.Schools[pupils.School[k]]
			w.absolute(t, "class ÷ sd", class.Value/sd, want.float(i, "blup_class")/sd, tolBLUP)
			w.absolute(t, "school ÷ sd", school.Value/sd, want.float(i, "blup_school")/sd, tolBLUP)
			w.near(t, "cond. sd", class.SD, want.float(i, "sd_class"), tolCondSD)
			w.near(t, "cond. sd", school.SD, want.float(i, "sd_school"), tolCondSD)
		}
	}
}

// starIndex numbers the classes of grade 1 as starPupils does.
func starIndex(p *evidence.Package) map[string]int {
	index := map[string]int{}
	for _, l := range p.Lessons {
		if _, ok := index[l.Class]; !ok && l.Start == starGrades["1"].from {
			index[l.Class] = len(index)
		}
	}
	return index
}

// checkStarTotals computes the totals once more, in floats and from the
// reference tables alone.
func checkStarTotals(t *testing.T, a *appraisal) {
	w := newWorst(t)
	type mean struct{ sum, n float64 }
	byPerson := map[string]*[4]mean{}
	add := func(person string, k int, x float64) {
		if byPerson[person] == nil {
			byPerson[person] = &[4]mean{}
		}
		m := &byPerson[person][k]
		m.sum, m.n = m.sum+x, m.n+1
	}
	classes, added := reference(t, "star_class_stats.csv"), reference(t, "star_progress_valueadded.csv")
	for i := range classes.rows {
		person, _ := starPlace(classes, i, "")
		add(person, 0, 100*classes.float(i, "pass_rate"))
		add(person, 1, 100*classes.float(i, "excellent_rate"))
	}
	for i := range added.rows {
		person, _ := starPlace(added, i, "")
		add(person, 2, 100*added.float(i, "progress_rate"))
		add(person, 3, 60+added.float(i, "blup_class_only"))
	}
	for person, parts := range byPerson {
		total, of := 0.0, 0.0
		for k, weight := range []float64{0.3, 0.2, 0.2, 0.3} {
			if parts[k].n > 0 {
				total, of = total+weight*parts[k].sum/parts[k].n, of+weight
			}
		}
		// Four contributions of two places each.
		w.absolute(t, "total", float(a.own[person].Score), total/of, 4*0.005+1e-3)
	}
}

// checkStarGuard says the same classes as what they are, a first grade, and
// finds the guard in the way of every number.
func checkStarGuard(t *testing.T, a *appraisal) {
	p := *a.Package
	p.School, p.Classes, p.Exams = slices.Clone(p.School), slices.Clone(p.Classes), slices.Clone(p.Exams)
	p.School[0].Stages = []string{"小学"}
	for i := range p.Classes {
		p.Classes[i].Stage = "小学"
		p.Classes[i].Grade = map[string]string{"学前": "学前", "七年级": "一年级"}[p.Classes[i].Grade]
	}
	for i := range p.Exams {
		if p.Exams[i].ID == "1" {
			p.Exams[i].Grade = "一年级"
		}
	}
	facts, err := a.Plan.Derive(&p)
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, f := range facts {
		if f.Key != "成绩.均分" || !strings.HasPrefix(f.Item, "1/") {
			continue
		}
		kept++
		if f.State != fact.NotApplicable || len(f.Work) != 1 || !strings.Contains(f.Work[0].Label, "exam_grade_1_2_written") {
			t.Fatalf("%s %s: got %s, want it kept off by the guard", f.Subject, f.Item, f.State)
		}
	}
	if kept < 700 {
		t.Errorf("got %d guarded means, want all of the grade", kept)
	}
}
