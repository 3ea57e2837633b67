package measure

import (
	"slices"
	"strings"
	"testing"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

func subjectAt(name string) int {
	return slices.IndexFunc(evidence.Subjects, func(c evidence.Code) bool { return c.Name == name })
}

// sat adds one pupil's mark; "缺", "免" and "未" are states.
func sat(pkg *evidence.Package, exam, class, pupil, subject, mark string) {
	m := evidence.Marks{Exam: exam, Class: class, Pupil: pupil}
	for i := range m.By {
		m.By[i] = evidence.NoMark
	}
	points := map[string]evidence.Points{"缺": evidence.AbsentMark, "免": evidence.ExcusedMark, "未": evidence.NotYetMark}
	p, state := points[mark]
	if !state {
		n, _ := num.MustParse(mark).Mul(num.Int(100)).Int64()
		p = evidence.Points(n)
	}
	m.By[subjectAt(subject)] = p
	pkg.Marks = append(pkg.Marks, m)
}

func examLine(id, kind, level, date, grade string) evidence.Exam {
	return evidence.Exam{ID: id, Kind: kind, Level: level, Date: date, Grade: grade, Subject: "语文", Full: q("100"),
		Excellent: evidence.None, Good: evidence.None, Pass: evidence.None, Low: evidence.None, Unit: evidence.None}
}

// grade is two classes with a final exam and a baseline, small enough to count by hand.
func grade() *evidence.Package {
	pkg := school(teacher("T1", "语文"), teacher("T2", "语文"), teacher("T3", "音乐"))
	pkg.Classes = []evidence.Class{
		{ID: "七1", Stage: "初中", Grade: "七年级", Pupils: q("5"), AtStart: q("5"), In: q("1"), Out: q("1")},
		{ID: "七2", Stage: "初中", Grade: "七年级", Pupils: q("3"), AtStart: q("3"), In: evidence.None, Out: evidence.None},
	}
	pkg.Lessons = []evidence.Lesson{lesson("T1", "七1", "语文", "正课", "5"), lesson("T2", "七2", "语文", "正课", "6"), lesson("T3", "七1", "音乐", "正课", "2"), lesson("T3", "七1", "语文", "早自习", "2")}
	final := examLine("期末七", "期末", "校", "2026-06-28", "七年级")
	final.Prior = "基线七"
	pkg.Exams = []evidence.Exam{final, examLine("基线七", "入学基线", "校", "2025-09-03", "七年级")}
	for _, m := range []struct{ class, pupil, now, then string }{
		{"七1", "A", "90", "80"}, {"七1", "B", "80", "85"}, {"七1", "C", "60", "50"}, {"七1", "D", "缺", "60"}, {"七1", "H", "免", ""},
		{"七2", "E", "70", "70"}, {"七2", "F", "50", "40"}, {"七2", "G", "30", "45"},
	} {
		sat(pkg, "期末七", m.class, m.pupil, "语文", m.now)
		if m.then != "" {
			sat(pkg, "基线七", m.class, m.pupil, "语文", m.then)
		}
	}
	return pkg
}

const finals = `
measures:
  期末:
    from: exam
    clause: 济宁2018 三(四)
    kinds: [期末]
    levels: [校]
    lines: {excellent: 85%, good: 75%, pass: 60%, low: 40%}
    own-lines: win
    taught: since-start
    weight: share
`

const allRates = "    fields: [班级, 人数, 应考人数, 均分, 得分率, 合格率, 优秀率, 良好率, 低分率, 年级均分, 年级合格率, 年级最高均分, 年级最高优秀率, 年级最低低分率, 名次, 班数, 份额]\n    rank-by: 均分\n    ties: min\n"

func at(field, class string) string { return "期末." + field + " 期末七/语文/" + class }

func TestExamCountsThoseWhoSat(t *testing.T) {
	t.Parallel()
	got := derive(t, finals+allRates+"    denominator: sat\n    mean-over: sat\n", grade())
	for where, want := range map[string]string{
		"T1 " + at("人数", "七1"): "3", "T1 " + at("应考人数", "七1"): "3", "T1 " + at("均分", "七1"): "230/3", "T1 " + at("得分率", "七1"): "23/30",
		"T1 " + at("合格率", "七1"): "1", "T1 " + at("优秀率", "七1"): "1/3", "T1 " + at("良好率", "七1"): "2/3", "T1 " + at("低分率", "七1"): "0",
		"T2 " + at("合格率", "七2"): "1/3", "T2 " + at("低分率", "七2"): "1/3", "T2 " + at("年级均分", "七2"): "190/3", "T2 " + at("年级合格率", "七2"): "2/3",
		"T2 " + at("年级最高均分", "七2"): "not-applicable", "T1 " + at("年级最高优秀率", "七1"): "not-applicable", // the figure of one colleague
		"T1 " + at("名次", "七1"): "1", "T2 " + at("名次", "七2"): "2", "T2 " + at("班数", "七2"): "2",
		"T1 " + at("班级", "七1"): "七1", "T1 " + at("份额", "七1"): "1",
		"T3 期末": "not-applicable", // music has no exam, and an early reading session carries no result
	} {
		got.want(t, where, want)
	}
	f := got["T1 "+at("合格率", "七1")]
	if f.Source != "考试/期末七/语文" || len(f.Work) != 1 || f.Work[0].Label != "合格率：3 人 ÷ 实考 3 人" || f.Work[0].Source != "成绩/期末七/七1/语文" || !f.Work[0].Counts.Equal(f.Value) {
		t.Errorf("derivation: %+v", f)
	}
}

// Of five classes the best is told, not which it is.
func TestBestOfFiveClasses(t *testing.T) {
	t.Parallel()
	pkg := grade()
	for i, mark := range []string{"80", "64", "20"} {
		class := "七" + string(rune('3'+i))
		pkg.Classes = append(pkg.Classes, evidence.Class{ID: class, Stage: "初中", Grade: "七年级", Pupils: q("1"), AtStart: q("1"), In: evidence.None, Out: evidence.None})
		sat(pkg, "期末七", class, class+"A", "语文", mark)
	}
	got := derive(t, finals+allRates+"    denominator: sat\n    mean-over: sat\n", pkg)
	got.want(t, "T2 "+at("年级最高均分", "七2"), "80")
	got.want(t, "T2 "+at("年级最高优秀率", "七2"), "1/3")
	got.want(t, "T2 "+at("年级最低低分率", "七2"), "0")
	for field, label := range map[string]string{"年级最高均分": "年级 5 个班中的最高", "年级最低低分率": "年级 5 个班中的最低"} {
		if w := got["T2 "+at(field, "七2")].Work; len(w) != 1 || w[0].Label != label || w[0].Source != "成绩/期末七//语文" {
			t.Errorf("%s: got %+v, want %s", field, w, label)
		}
	}
}

func TestExamCountsTheAbsentAsDeclared(t *testing.T) {
	t.Parallel()
	listed := derive(t, finals+allRates+"    denominator: listed\n    mean-over: denominator\n    absent-low: yes\n", grade())
	listed.want(t, "T1 "+at("应考人数", "七1"), "4") // the excused pupil is out
	listed.want(t, "T1 "+at("均分", "七1"), "57.5")
	listed.want(t, "T1 "+at("合格率", "七1"), "0.75")
	listed.want(t, "T1 "+at("低分率", "七1"), "0.25")
	listed.want(t, "T1 "+at("年级合格率", "七1"), "4/7")

	// F03 郧县: 起始 5 + 转入 1 − 转出 1, and the class that declares nothing is not yet known.
	opening := finals + allRates + "    denominator: opening\n    mean-over: sat\n    absent-low: no\n"
	got := derive(t, opening, grade())
	got.want(t, "T1 "+at("合格率", "七1"), "0.6")
	got.want(t, "T1 "+at("均分", "七1"), "230/3")
	got.want(t, "T1 "+at("低分率", "七1"), "0")
	got.want(t, "T1 "+at("年级合格率", "七1"), "0.5") // 4 of 5 + 3
	pkg := grade()
	pkg.Classes[1].AtStart = evidence.None
	got = derive(t, opening, pkg)
	got.want(t, "T2 "+at("合格率", "七2"), "not-yet")
	got.want(t, "T1 "+at("合格率", "七1"), "0.6")
	got.want(t, "T1 "+at("年级合格率", "七1"), "not-yet")
}

func TestExamLines(t *testing.T) {
	t.Parallel()
	pkg := grade()
	pkg.Exams[0].Pass = q("65")
	rates := "    fields: [合格率]\n    denominator: sat\n    mean-over: sat\n"
	derive(t, finals+rates, pkg).want(t, "T1 "+at("合格率", "七1"), "2/3")
	derive(t, strings.Replace(finals, "own-lines: win", "own-lines: ignore", 1)+rates, pkg).want(t, "T1 "+at("合格率", "七1"), "1")
}

const progressFieldsAsked = "    fields: [匹配人数, 提高分, 进步率, 标准分进步, 残差增益, 上期均分, 上期合格率, 上期年级均分]\n    denominator: sat\n    mean-over: sat\n    deviation: population\n    round: {places: 4, mode: half-up}\n"

func TestExamProgress(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ rule, first, second string }{
		"z-rise":          {"{is: z-rise}", "2/3", "1/3"},
		"score-rate-rise": {"{is: score-rate-rise}", "2/3", "1/3"},
		"pass-crossing":   {"{is: pass-crossing}", "1", "0"}, // C crossed the line; F and G did not
		// Halves, now: 90 80 70 | 60 50 30; then: 85 80 70 | 60 50 45 40 (60 is 4th of 7).
		"band-rise, top drops": {"{is: band-rise, bands: [50%], band-line: share, ties: min, top-band: drops}", "0", "0"},
		"band-rise, top keeps": {"{is: band-rise, bands: [50%], band-line: share, ties: min, top-band: keeps}", "2/3", "1/3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := derive(t, finals+progressFieldsAsked+"    progress: "+tc.rule+"\n", grade())
			got.want(t, "T1 "+at("进步率", "七1"), tc.first)
			got.want(t, "T2 "+at("进步率", "七2"), tc.second)
			got.want(t, "T1 "+at("匹配人数", "七1"), "3")
			got.want(t, "T1 "+at("提高分", "七1"), "5")
			got.want(t, "T2 "+at("提高分", "七2"), "-5/3")
			got.want(t, "T1 "+at("标准分进步", "七1"), "0.0439")
			got.want(t, "T2 "+at("标准分进步", "七2"), "-0.0733")
			got.want(t, "T1 "+at("残差增益", "七1"), "3.4242")
			got.want(t, "T2 "+at("残差增益", "七2"), "-3.4242")
			got.want(t, "T1 "+at("上期均分", "七1"), "68.75") // D sat then
			got.want(t, "T1 "+at("上期合格率", "七1"), "0.75")
			got.want(t, "T1 "+at("上期年级均分", "七1"), "430/7")
		})
	}
}

func TestAClassAloneHasNoPeers(t *testing.T) {
	t.Parallel()
	pkg := grade()
	pkg.Marks = slices.DeleteFunc(pkg.Marks, func(m evidence.Marks) bool { return m.Class == "七2" })
	got := derive(t, finals+allRates+"    denominator: sat\n    mean-over: sat\n", pkg)
	got.want(t, "T1 "+at("均分", "七1"), "230/3")
	for _, field := range []string{"年级均分", "年级最高均分", "名次"} {
		got.want(t, "T1 "+at(field, "七1"), "not-applicable")
	}
	got.want(t, "T2 "+at("均分", "七2"), "not-yet") // the grade sat, the class's marks are not in

	small := derive(t, finals+allRates+"    denominator: sat\n    mean-over: sat\n    min-pupils: 4\n", grade())
	small.want(t, "T1 "+at("均分", "七1"), "not-applicable")
}

func TestSharedAndChangedTeaching(t *testing.T) {
	t.Parallel()
	pkg := grade()
	first, second := lesson("T1", "七1", "语文", "正课", "5"), lesson("T2", "七1", "语文", "正课", "5")
	first.End, second.Start = "2026-03-01", "2026-03-02"
	shared := lesson("T2", "七2", "语文", "正课", "6")
	shared.Share = q("0.4")
	pkg.Lessons = []evidence.Lesson{first, second, shared, lesson("T2", "七2", "语文", "合堂", "1")}
	fields := "    fields: [份额, 均分]\n    denominator: sat\n    mean-over: sat\n"
	got := derive(t, finals+fields, pkg)
	got.want(t, "T1 "+at("份额", "七1"), "26/43") // 182 of the 301 days to the exam
	got.want(t, "T2 "+at("份额", "七1"), "17/43")
	got.want(t, "T2 "+at("份额", "七2"), "1") // two lines of one teacher count once, by the larger share
	got.want(t, "T1 "+at("均分", "七1"), "230/3")

	onDay := derive(t, strings.Replace(finals, "since-start", "on-day", 1)+fields, pkg)
	onDay.want(t, "T2 "+at("份额", "七1"), "1")
	if _, has := onDay["T1 "+at("份额", "七1")]; has {
		t.Error("a teacher who left before the exam has its result")
	}
	byPupils := derive(t, strings.Replace(finals, "weight: share", "weight: pupils", 1)+fields, pkg)
	byPupils.want(t, "T1 "+at("份额", "七1"), "78/43")
	byLessons := derive(t, strings.Replace(finals, "weight: share", "weight: lessons", 1)+fields, pkg)
	byLessons.want(t, "T2 "+at("份额", "七2"), "7")
	byLessons.want(t, "T1 "+at("份额", "七1"), "130/43") // 26/43 of the time at 5 lessons a week, which the time does not shorten again
}

func TestReferencesAreSharesOfOne(t *testing.T) {
	t.Parallel()
	pkg := grade()
	pkg.References = []evidence.Reference{{Exam: "期末七", Subject: "语文", Range: "县", Mean: q("70.5"), SD: evidence.None, Pass: q("88.5"), Excellent: evidence.Quantity{State: evidence.NotYet}}}
	got := derive(t, finals+"    fields: [参照均分, 参照合格率, 参照优秀率, 参照标准差]\n    reference: 县\n    denominator: sat\n    mean-over: sat\n", pkg)
	got.want(t, "T1 "+at("参照均分", "七1"), "70.5")
	got.want(t, "T1 "+at("参照合格率", "七1"), "0.885")
	got.want(t, "T1 "+at("参照优秀率", "七1"), "not-yet")
	got.want(t, "T1 "+at("参照标准差", "七1"), "not-applicable")
}

// The model's effect of a class reaches the table in marks, with its verdict.
func TestValueAddedComesFromTheModel(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"))
	now, then := examLine("期末七", "期末", "校", "2026-06-28", "七年级"), examLine("基线七", "入学基线", "校", "2025-09-03", "七年级")
	now.Prior = "基线七"
	pkg.Exams = []evidence.Exam{now, then}
	pairs := Pairs{Bounds: []uint32{0}}
	random := uint64(7)
	draw := func(n int) int {
		random = random*6364136223846793005 + 1442695040888963407
		return int(random>>33) % n
	}
	gains := []int{-12, 0, 0, 0, 12, 0}
	for c, gain := range gains {
		class := "七" + string(rune('1'+c))
		pkg.Classes = append(pkg.Classes, evidence.Class{ID: class, Stage: "初中", Grade: "七年级"})
		pkg.Lessons = append(pkg.Lessons, lesson("T1", class, "语文", "正课", "2"))
		for i := range 25 {
			before := 40 + draw(40)
			after := before + gain + draw(7) - 3 // whole marks: two units each
			pupil := class + "-" + string(rune('A'+i))
			sat(pkg, "基线七", class, pupil, "语文", num.Int(int64(before)).String())
			sat(pkg, "期末七", class, pupil, "语文", num.Int(int64(after)).String())
			pairs.Post, pairs.Prior = append(pairs.Post, uint16(2*after)), append(pairs.Prior, uint16(2*before))
		}
		pairs.Bounds = append(pairs.Bounds, uint32(len(pairs.Post)))
	}
	model, err := pairs.Pupils().Fit(REML)
	if err != nil {
		t.Fatal(err)
	}
	got := derive(t, finals+"    fields: [增值, 增值误差, 增值信度, 增值档, 残差增益]\n    denominator: sat\n    mean-over: sat\n    round: {places: 3, mode: half-up}\n    value-added: {width: 1.96}\n", pkg)
	for c, want := range []string{"低于", "相当", "相当", "相当", "高于", "相当"} {
		class := pkg.Classes[c].ID
		effect, _ := FromFloat(model.Classes[c].Value/2, 3, num.HalfUp)
		got.want(t, "T1 "+at("增值", class), effect.String())
		spread, _ := FromFloat(model.Classes[c].SD/2, 3, num.HalfUp)
		reliable, _ := FromFloat(model.Classes[c].Reliability, 3, num.HalfUp)
		got.want(t, "T1 "+at("增值误差", class), spread.String())
		got.want(t, "T1 "+at("增值信度", class), reliable.String())
		got.want(t, "T1 "+at("增值档", class), want)
	}
}

func TestMarksOffTheGridAreFaults(t *testing.T) {
	t.Parallel()
	pkg := grade()
	sat(pkg, "期末七", "七2", "Z", "语文", "55.3")
	pkg.Marks[len(pkg.Marks)-1].Line = 40
	_, err := compile(t, finals+"    fields: [均分]\n    denominator: sat\n    mean-over: sat\n").Derive(pkg)
	if want := "成绩!40(语文): measure.mark-grid [55.3 0.5]"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	pkg.Exams[0].Unit = q("0.1")
	derive(t, finals+"    fields: [均分]\n    denominator: sat\n    mean-over: sat\n", pkg).want(t, "T2 "+at("均分", "七2"), "51.325")
}
