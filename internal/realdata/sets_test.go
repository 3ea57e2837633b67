package realdata

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/measure"
	"shiji/internal/num"
)

func TestTimetable(t *testing.T) {
	t.Parallel()
	a := appraise(t, "timetable")
	want, w := reference(t, "timetable_teacher_load.csv"), newWorst(t)
	for i := range want.rows {
		person := want.text(i, "school") + "-" + want.text(i, "teacher")
		w.exact(t, "periods", a.value(t, person, "周课时", ""), want.number(i, "periods"))
		// No event of this data has two teachers, so both ways of counting agree.
		w.exact(t, "periods shared", a.value(t, person, "周课时", ""), want.number(i, "periods_shared"))
		w.exact(t, "class periods", a.value(t, person, "班级课时", ""), want.number(i, "class_periods"))
		w.relative(t, "ratio to mean", a.node(t, person, "1.1"), want.float(i, "ratio_to_mean"), tolMean)
	}
	if len(a.Package.Staff) != len(want.rows) {
		t.Errorf("got %d teachers, want %d", len(a.Package.Staff), len(want.rows))
	}
}

func TestBDF(t *testing.T) {
	t.Parallel()
	a := appraise(t, "bdf")
	want, w := reference(t, "bdf_schools.csv"), newWorst(t)
	models := expected[map[string]modelWant](t, "bdf")
	for _, s := range []struct{ subject, post, prior, model string }{
		{"语文", "mean_post", "mean_pre", "lang"}, {"数学", "mean_arit_post", "mean_arit_pre", "arit"},
	} {
		line, sd := models[s.model].Fixef, responseSD(a.Package, "后测", s.subject)
		slope := line["lang_pre"] + line["arit_pre"] // one of them, by model
		for i := range want.rows {
			person, item := "T"+want.text(i, "school"), "后测/"+s.subject+"/S"+want.text(i, "school")
			get := func(field string) num.Q { return a.value(t, person, "成绩."+field, item) }
			n := want.number(i, "n")
			w.exact(t, "n", get("人数"), n)
			w.exact(t, "n matched", get("匹配人数"), n)
			w.relative(t, "mean", get("均分"), want.float(i, s.post), tolMean)
			w.relative(t, "prior mean", get("上期均分"), want.float(i, s.prior), tolMean)
			w.relative(t, "raw gain", get("提高分"), want.float(i, s.post)-want.float(i, s.prior), tolMean)
			w.absolute(t, "value added ÷ sd", float(get("增值"))/sd, want.float(i, "blup_"+s.model)/sd, tolBLUP)
			// The residual that the model shrinks points the way the value added does.
			residual := want.float(i, s.post) - line["(Intercept)"] - slope*want.float(i, s.prior)
			if v := want.float(i, "blup_"+s.model); v*residual < 0 || math.Abs(v) > math.Abs(residual)+1e-6 {
				t.Errorf("%s: value added %g against a mean residual of %g", item, v, residual)
			}
		}
	}
}

// responseSD is the spread of an exam's scores in the package read back.
func responseSD(p *evidence.Package, exam, subject string) float64 {
	var x []float64
	for _, m := range p.Marks {
		if v := m.By[subjectAt(subject)]; m.Exam == exam && v >= 0 {
			x = append(x, float64(v)/100)
		}
	}
	return sampleSD(x)
}

func TestGCSE(t *testing.T) {
	t.Parallel()
	a := appraise(t, "gcsemv")
	w := newWorst(t)
	want := expected[struct {
		N, Both       int64
		WrittenAbsent int64   `json:"written_missing"`
		CourseAbsent  int64   `json:"course_missing"`
		MeanWritten   float64 `json:"mean_written"`
		MeanCourse    float64 `json:"mean_course"`
		SDWritten     float64 `json:"sd_written"`
		SDCourse      float64 `json:"sd_course"`
	}](t, "gcsemv")
	sums := map[string]num.Q{}
	for _, f := range a.Cohort.Facts {
		if exam, _, ok := strings.Cut(f.Item, "/"); ok && f.State == fact.Given {
			sums[exam+f.Key] = sums[exam+f.Key].Add(f.Value)
			switch f.Key { // the same for every class
			case "成绩.年级均分":
				w.relative(t, exam+" mean", f.Value, map[string]float64{"笔试": want.MeanWritten, "课程作业": 10 * want.MeanCourse}[exam], tolPrinted)
			case "成绩.年级标准差":
				w.relative(t, exam+" sd", f.Value, map[string]float64{"笔试": want.SDWritten, "课程作业": 10 * want.SDCourse}[exam], tolPrinted)
			}
		}
	}
	w.exact(t, "n", sums["笔试成绩.人数"], num.Int(want.N-want.WrittenAbsent))
	w.exact(t, "n", sums["课程作业成绩.人数"], num.Int(want.N-want.CourseAbsent))
	w.exact(t, "absent", sums["笔试成绩.缺考人数"], num.Int(want.WrittenAbsent))
	w.exact(t, "absent", sums["课程作业成绩.缺考人数"], num.Int(want.CourseAbsent))
	w.exact(t, "both", sums["课程作业成绩.匹配人数"], num.Int(want.Both))
	if w.n["笔试 mean"] == 0 || w.n["课程作业 sd"] == 0 {
		t.Error("nothing was compared")
	}
}

func TestSGP(t *testing.T) {
	t.Parallel()
	a := appraise(t, "sgp")
	want, w := reference(t, "sgp_g5_2022_teachers.csv"), newWorst(t)
	links, weights := map[string]num.Q{}, map[string]num.Q{}
	for _, f := range a.Cohort.Facts {
		switch f.Key {
		case "监测.人数":
			links[f.Subject] = links[f.Subject].Add(f.Value)
		case "监测.份额":
			weights[f.Subject] = weights[f.Subject].Add(f.Value)
		}
	}
	for i := range want.rows {
		who := want.text(i, "teacher_id")
		w.exact(t, "links", links[who], want.number(i, "links"))
		w.exact(t, "sum of weights", weights[who], want.number(i, "sum_w"))
		w.relative(t, "weighted mean", a.node(t, who, "1.1"), want.float(i, "mean_post"), tolMean)
		for id, column := range map[string]string{"1.2": "pass_rate", "1.3": "excellent_rate", "1.4": "low_rate"} {
			// Weights are decimals, so a weighted rate is no count over n: what the
			// tree rounds to 12 places is held to the printed digits.
			w.absolute(t, "weighted "+column, float(a.node(t, who, id)), want.float(i, column), tolRate)
		}
		w.relative(t, "weighted residual gain", a.node(t, who, "2.1"), want.float(i, "resid_gain"), tolOLS)
	}
	if len(a.Package.Staff) != len(want.rows) {
		t.Errorf("got %d teachers, want %d", len(a.Package.Staff), len(want.rows))
	}
	t.Run("shared", func(t *testing.T) { checkMembership(t, a.Package) })
}

// checkMembership fits the model in which a pupil has several teachers over the
// package that was read back; no measure offers it yet.
func checkMembership(t *testing.T, p *evidence.Package) {
	w := newWorst(t)
	want := expected[struct{ Multimember modelWant }](t, "sgp_dev").Multimember
	staff, schools, home := map[string]int32{}, map[string]int32{}, map[string]int32{}
	var names []string
	for i, s := range p.Staff {
		staff[s.ID] = int32(i)
		if _, ok := schools[s.Section]; !ok {
			schools[s.Section] = int32(len(schools))
			names = append(names, strings.TrimPrefix(s.Section, "学校"))
		}
	}
	byClass := map[string][]evidence.Lesson{}
	for _, l := range p.Lessons {
		byClass[l.Class] = append(byClass[l.Class], l)
		home[l.Class] = schools[p.Staff[staff[l.Staff]].Section]
	}
	prior := map[string]float64{}
	for _, m := range p.Marks {
		if m.Exam == "2021" {
			prior[m.Pupil] = float64(m.By[subjectAt("数学")] / 100)
		}
	}
	in := measure.SharedPupils{Covariates: make([][]float64, 1), Schools: len(schools), Teachers: len(staff)}
	for _, m := range p.Marks {
		if m.Exam != "2022" {
			continue
		}
		for _, l := range byClass[m.Class] {
			in.Links = append(in.Links, measure.TaughtBy{Pupil: int32(len(in.Post)), Teacher: staff[l.Staff], Share: l.Share.Q})
		}
		in.Post = append(in.Post, float64(m.By[subjectAt("数学")]/100))
		in.Covariates[0] = append(in.Covariates[0], prior[m.Pupil])
		in.School = append(in.School, home[m.Class])
	}
	fit, err := in.Fit(measure.REML)
	if err != nil {
		t.Fatal(err)
	}
	w.absolute(t, "n", float64(len(in.Post)), float64(want.N), 0)
	w.absolute(t, "−2 log likelihood", fit.Criterion, want.Criterion, tolCriterion)
	w.near(t, "variance", fit.TeacherVariance, want.Variances["td"], tolVariance)
	w.near(t, "variance", fit.SchoolVariance, want.Variances["school"], tolVariance)
	w.near(t, "variance", fit.Residual, want.Variances["Residual"], tolVariance)
	sd := sampleSD(in.Post)
	teachers, ofSchools := reference(t, "sgp_math_multimember_g5_2022_teachers.csv"), reference(t, "sgp_math_multimember_g5_2022_schools.csv")
	for i := range teachers.rows {
		w.absolute(t, "teacher ÷ sd", fit.Teachers[staff[teachers.text(i, "teacher_id")]].Value/sd, teachers.float(i, "blup")/sd, tolBLUP)
	}
	for i := range ofSchools.rows {
		k := slices.Index(names, ofSchools.text(i, "school"))
		w.absolute(t, "school ÷ sd", fit.Schools[k].Value/sd, ofSchools.float(i, "blup")/sd, tolBLUP)
	}
}

// inPoints is a mean rating in the points of its scale: facts are in percent.
func inPoints(q num.Q, full int64) num.Q {
	return q.Mul(num.Frac(full, 100))
}

func TestTurkiye(t *testing.T) {
	t.Parallel()
	a := appraise(t, "turkiye")
	w := newWorst(t)
	byCourse, byPerson := reference(t, "turkiye_instr_class.csv"), reference(t, "turkiye_instr.csv")
	for i := range byCourse.rows {
		person := "I" + byCourse.text(i, "instr")
		var sum num.Q
		for q := 1; q <= turkiyeItems; q++ {
			n, mean, rounded := a.rated(t, person, "学生", turkiyeItem(byCourse.text(i, "class"), q), 5)
			w.exact(t, "n", n, byCourse.number(i, "n"))
			w.relative(t, "item mean", mean, byCourse.float(i, fmt.Sprint("Q", q)), tolMean)
			// The means as handed in have four places.
			w.absolute(t, "item mean of four places", float(rounded), float(mean), 0.00005)
			sum = sum.Add(mean)
		}
		mean, _ := sum.Div(num.Int(turkiyeItems))
		w.relative(t, "course mean", mean, byCourse.float(i, "mean"), tolMean)
	}
	for i := range byPerson.rows {
		person := "I" + byPerson.text(i, "instr")
		w.relative(t, "instructor mean", inPoints(a.node(t, person, "1"), 5), byPerson.float(i, "mean"), tolMean)
	}
}

// rated adds up the lines on one item: how many ballots, their mean from the
// ballots, and from the means that were handed in.
func (a *appraisal) rated(t *testing.T, person, by, item string, full int64) (n, mean, rounded num.Q) {
	t.Helper()
	for batch := 0; ; batch++ {
		line, ok := a.items["测评/"+person+"/"+by+"/"+batchItem(item, batch)]
		if !ok {
			break
		}
		votes := a.value(t, person, "逐票.有效票数", line)
		n = n.Add(votes)
		mean = mean.Add(votes.Mul(inPoints(a.value(t, person, "逐票.均分", line), full)))
		rounded = rounded.Add(votes.Mul(inPoints(a.value(t, person, "测评.均分", line), full)))
	}
	mean, ok := mean.Div(n)
	if !ok {
		t.Fatalf("%s: nothing rated under %s", person, item)
	}
	rounded, _ = rounded.Div(n)
	return n, mean, rounded
}

func TestInstEval(t *testing.T) {
	t.Parallel()
	a := appraise(t, "insteval")
	want, w := reference(t, "insteval_dev_lecturers.csv"), newWorst(t)
	for i := range want.rows {
		person := "L" + want.text(i, "lecturer_id")
		n, mean, _ := a.rated(t, person, "学生", "总体评价", 5)
		w.exact(t, "n", n, want.number(i, "n"))
		w.relative(t, "mean", mean, want.float(i, "mean"), tolMean)
		w.relative(t, "mean through the tree", inPoints(a.node(t, person, "1"), 5), want.float(i, "mean"), tolMean)
	}
}

func TestWriting(t *testing.T) {
	t.Parallel()
	a := appraise(t, "writing")
	want, w := reference(t, "writing2_ratees.csv"), newWorst(t)
	votes := map[string]num.Q{}
	for _, f := range a.Cohort.Facts {
		if f.Key == "逐票.有效票数" {
			votes[f.Subject] = votes[f.Subject].Add(f.Value)
		}
	}
	for i := range want.rows {
		person := "E" + want.text(i, "ratee_id")
		w.exact(t, "n", votes[person], want.number(i, "n"))
		w.relative(t, "mean through the tree", inPoints(a.node(t, person, "1"), 3), want.float(i, "mean"), tolMean)
	}
}

func TestAbsence(t *testing.T) {
	t.Parallel()
	a := appraise(t, "absence")
	w := newWorst(t)
	want := expected[struct {
		Absence struct {
			Rows, Hours int64
			ByReason    []struct {
				Reason int   `json:"reason_icd"`
				N      int64 `json:"N"`
				Hours  int64
			} `json:"by_reason"`
		}
	}](t, "staff_absence").Absence
	var rows, hours num.Q
	for _, r := range want.ByReason {
		person := fmt.Sprintf("R%02d", r.Reason)
		n := a.value(t, person, "缺勤次数", "")
		days := num.Q{}
		if r.Hours > 0 || a.facts[[3]string{person, "缺勤天数", ""}].State == fact.Given {
			days = a.value(t, person, "缺勤天数", "")
		}
		w.exact(t, "records of a reason", n, num.Int(r.N))
		w.exact(t, "hours of a reason", days.Mul(num.Int(2)), num.Int(r.Hours))
		rows, hours = rows.Add(n), hours.Add(days.Mul(num.Int(2)))
	}
	w.exact(t, "records", rows, num.Int(want.Rows))
	w.exact(t, "hours", hours, num.Int(want.Hours))
}
