package measure

import (
	"testing"

	"shiji/internal/evidence"
)

const flat = `
    coefficients: {课程难度: 1, 备课时间: 1, 作业批改量: 1, 班级数: 1, 学生数: 1}`

func TestWeeklyLoadCountsEveryLessonAtItsDeclaredWorth(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"), teacher("T2", "音乐"), teacher("T3", "数学"), teacher("T4", "体育"))
	half := lesson("T3", "七1", "数学", "正课", "6")
	half.End = "2026-03-01" // 182 of 365 days
	pkg.Classes = []evidence.Class{{ID: "七1", Stage: "初中", Grade: "七年级", Pupils: q("50")}, {ID: "七2", Stage: "初中", Grade: "七年级", Pupils: q("40")}, {ID: "九1", Stage: "初中", Grade: "九年级", Pupils: q("45")}}
	pkg.Lessons = []evidence.Lesson{
		lesson("T1", "七1", "语文", "", "5"), lesson("T1", "九1", "语文", "正课", "5"), lesson("T1", "七1", "语文", "早自习", "2"),
		lesson("T2", "七1", "音乐", "合堂", "10"), half,
	}
	got := derive(t, `
measures:
  周课时:
    from: weekly-load
    clause: 济宁2018 三(三)1
    lesson-kinds: {正课: 1, 早自习: 0.8, 合堂: 0.75}
    over: period
    relief: none
    none: not-applicable
    coefficients:
      课程难度: {by: 学科, values: {音乐: 0.7}, else: 1}
      备课时间: {by: 年级, values: {九年级: 1.2}, else: 1}
      作业批改量: 1
      班级数: {by: 班级数, bands: [{to: 1, factor: 1}], else: 1.1}
      学生数: {by: 本班学生数, bands: [{to: 45, factor: 1}], else: 1.05}
`, pkg)
	// (5·1·1.1·1.05) + (5·1.2·1.1·1) + (2·0.8·1.1·1.05) = 5.775 + 6.6 + 1.848
	got.want(t, "T1 周课时", "14.223")
	// wanbiaoku: 10 lessons for two classes at once, 0.75 × 0.7; the class of 50 adds 1.05
	got.want(t, "T2 周课时", "5.5125")
	got.want(t, "T3 周课时", "5733/1825") // 6 × 1.05 × 182 ÷ 365 days
	for _, id := range []string{"T1", "T2", "T3"} {
		got.adds(t, id+" 周课时")
	}
	got.want(t, "T4 周课时", "not-applicable")
}

func TestWeeklyLoadFaultsWhatIsNotDeclared(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"))
	pkg.Lessons = []evidence.Lesson{lesson("T1", "七1", "语文", "晚自习", "2"), lesson("T1", "七1", "语文", "操课", "1")}
	pkg.Lessons[0].Line = 7
	plan := compile(t, `
measures:
  周课时: {from: weekly-load, clause: c, lesson-kinds: {正课: 1}, skip: [操课], over: period, relief: none, none: zero, coefficients: {课程难度: 1, 备课时间: 1, 作业批改量: 1, 班级数: 1, 学生数: 1}}
`)
	_, err := plan.Derive(pkg)
	if got, want := err.Error(), "任课!7(课型): measure.lesson-kind [周课时 晚自习]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWeeklyLoadLiftsAReducedLoad(t *testing.T) {
	t.Parallel()
	old := teacher("T1", "语文")
	old.ReducedLoad = q("12")
	pkg := school(old, teacher("T2", "语文"))
	pkg.Lessons = []evidence.Lesson{lesson("T1", "七1", "语文", "正课", "12"), lesson("T2", "七2", "语文", "正课", "12")}
	got := derive(t, `
measures:
  周课时:
    from: weekly-load
    clause: c
    lesson-kinds: {正课: 1}
    over: period
    relief: {full: 18}
    none: zero`+flat, pkg)
	got.want(t, "T1 周课时", "18") // dybbs8: 12 节视满
	got.want(t, "T2 周课时", "12")
	got.adds(t, "T1 周课时")
}

func TestSheetStatesAreNotZero(t *testing.T) {
	t.Parallel()
	measures := `
measures:
  周课时:
    from: weekly-load
    clause: c
    lesson-kinds: {正课: 1}
    over: period
    relief: none
    for: {posts: [教学]}
    none: zero` + flat
	clerk := evidence.Staff{ID: "T2", Kind: "教辅", Position: "教务员"}
	missing := &evidence.Package{School: school().School, Staff: []evidence.Staff{teacher("T1", "语文"), clerk}}
	got := derive(t, measures, missing)
	got.want(t, "T1 周课时", "not-yet")
	got.want(t, "T2 周课时", "not-applicable")

	declined := school(teacher("T1", "语文"))
	declined.School[0].Declined = []string{"任课"}
	derive(t, measures, declined).want(t, "T1 周课时", "not-applicable")

	derive(t, measures, school(teacher("T1", "语文"))).want(t, "T1 周课时", "0")
}

// Maternity leave interrupts the lessons; the mean is not lowered.
func TestLeaveDoesNotLowerALoad(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"), teacher("T2", "语文"))
	before, after := lesson("T1", "七1", "语文", "正课", "12"), lesson("T1", "七1", "语文", "正课", "10")
	before.End, after.Start = "2025-10-31", "2026-03-01"
	pkg.Lessons = []evidence.Lesson{before, after, lesson("T2", "七1", "语文", "正课", "12")}
	// 20 days due in each of September, October and March; leave between.
	pkg.Attendance = yearOf("T1", 140, append(days(40, "出"), days(80, "产")...)...)
	pkg.Attendance = append(pkg.Attendance, yearOf("T2", 40, days(40, "产")...)...)
	const load = `
  周课时:
    from: weekly-load
    clause: c
    lesson-kinds: {正课: 1}
    relief: none
    none: zero
    over: `
	got := derive(t, attendanceMeasures+load+"due-days\n    days-of: 出勤率"+flat, pkg)
	got.want(t, "T1 周课时", "34/3") // (40·12 + 20·10) ÷ 60
	got.want(t, "T2 周课时", "not-applicable")
	got.adds(t, "T1 周课时")
	rounded := derive(t, attendanceMeasures+load+"due-days\n    days-of: 出勤率\n    round: {places: 2, mode: half-up}"+flat, pkg)
	rounded.want(t, "T1 周课时", "11.33")
	rounded.adds(t, "T1 周课时")
	calendar := derive(t, attendanceMeasures+load+"period"+flat, pkg)
	calendar.want(t, "T1 周课时", "2572/253") // 61 days of 12, 184 of 10, and 8 of nothing after leave from 1 November to 20 February
}
