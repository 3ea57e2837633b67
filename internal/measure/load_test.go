package measure

import (
	"testing"

	"shiji/internal/evidence"
	"shiji/internal/fact"
)

const hoursTable = `
tables:
  weekly-hours:
    clause: 济宁2018 三(三)1
    keys: [学段, 学科]
    rows:
      - {学段: 小学, 学科: 语文、数学, min: 12, max: 14}
      - {学段: 小学, 学科: 其他专任教师, min: 14, max: 18}
      - {学段: 初中, 学科: 语文、数学、英语, min: 10, max: 12}
      - {学段: 初中, 学科: 物理、化学、生物、道德与法治、历史、地理, min: 12, max: 14}
      - {学段: 普通高中, 学科: 音乐、体育、美术, min: 14}
`

func TestStandardLoadFollowsTheLessons(t *testing.T) {
	t.Parallel()
	staff := []evidence.Staff{teacher("T1", "语文"), teacher("T2", "物理"), teacher("T3", "音乐"), teacher("T4", "体育"), teacher("T5", "语文")}
	staff[2].Stage, staff[3].Stage, staff[4].Subject = "小学", "普通高中", ""
	pkg := school(staff...)
	pkg.Classes = []evidence.Class{{ID: "七1", Stage: "初中", Grade: "七年级"}, {ID: "五1", Stage: "小学", Grade: "五年级"}, {ID: "高一1", Stage: "普通高中", Grade: "高一"}}
	pkg.Lessons = []evidence.Lesson{
		lesson("T1", "七1", "语文", "正课", "9"), lesson("T1", "五1", "音乐", "正课", "3"), lesson("T1", "五1", "音乐", "早自习", "50"),
		lesson("T2", "七1", "物理", "正课", "8"), lesson("T3", "五1", "音乐", "正课", "16"), lesson("T4", "高一1", "体育", "正课", "14"),
	}
	got := derive(t, hoursTable+`
measures:
  标准下限: {from: standard-load, clause: c, table: weekly-hours, column: min, by: lessons, skip: [早自习], over: period}
  标准上限: {from: standard-load, clause: c, table: weekly-hours, column: max, by: lessons, skip: [早自习], over: period}
  主学科下限: {from: standard-load, clause: c, table: weekly-hours, column: min, by: main-subject}
`, pkg)
	got.want(t, "T1 标准下限", "11") // (9·10 + 3·14) ÷ 12
	got.want(t, "T1 标准上限", "13.5")
	got.want(t, "T1 主学科下限", "10")
	got.want(t, "T2 标准上限", "14")
	got.want(t, "T3 主学科下限", "14")
	got.want(t, "T4 标准下限", "14")
	got.want(t, "T4 标准上限", "not-applicable") // 高中: 不低于14节, no upper end
	got.want(t, "T5 标准下限", "not-applicable")
	got.want(t, "T5 主学科下限", "not-applicable")
	got.adds(t, "T1 标准下限")
}

func TestStandardLoadDoesNotGuessASubject(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "书法"))
	pkg.Staff[0].Line = 5
	measure := `
measures:
  标准下限: {from: standard-load, clause: c, table: weekly-hours, column: min, by: main-subject%s}
`
	_, err := compile(t, hoursTable+sprintf(measure, "")).Derive(pkg)
	if got, want := err.Error(), "教职工!5(学科): measure.no-standard [标准下限 初中 书法]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	derive(t, hoursTable+sprintf(measure, ", else: 14"), pkg).want(t, "T1 标准下限", "14")
}

const posts = `
measures:
  周课时:
    from: weekly-load
    clause: c
    lesson-kinds: {正课: 1}
    over: period
    relief: none
    none: not-applicable
    coefficients: {课程难度: 1, 备课时间: 1, 作业批改量: 1, 班级数: 1, 学生数: 1}
  管理课时:
    from: post-load
    clause: 济宁2018 三(三)2
    of: 周课时
    mean-over: {posts: [教学]}
    mean-within: school
    shares: {校长: 1, 副校长: 80%, 中层: 60%}
    lessons: {班主任: 5, 教研组长: 2, 备课组长: 1, 级部主任: 4, 实验员: 8}
    skip: [副班主任, 工勤]
    combine: sum
    over: period
    none: zero
`

func postsSchool() *evidence.Package {
	pkg := school(teacher("T1", "语文"), teacher("T2", "数学"), teacher("T3", "英语"),
		evidence.Staff{ID: "L1", Kind: "管理", Position: "校长"}, evidence.Staff{ID: "L2", Kind: "管理", Position: "副校长"},
		evidence.Staff{ID: "L3", Kind: "管理", Position: "级部主任"}, evidence.Staff{ID: "S1", Kind: "教辅", Position: "实验员"})
	pkg.Lessons = []evidence.Lesson{lesson("T1", "七1", "语文", "正课", "10"), lesson("T2", "七1", "数学", "正课", "15"), lesson("L2", "七2", "数学", "正课", "6")}
	half := evidence.Duty{Staff: "T1", Kind: "班主任", Of: "七1", Start: "2025-09-01", End: "2026-03-01"}
	pkg.Duties = []evidence.Duty{half, {Staff: "T1", Kind: "教研组长", Of: "语文组"}, {Staff: "L3", Kind: "级部主任", Of: "七年级"}, {Staff: "T2", Kind: "副班主任", Of: "七1"}}
	return pkg
}

func TestPostLoadConvertsPosts(t *testing.T) {
	t.Parallel()
	got := derive(t, posts, postsSchool())
	got.want(t, "L1 管理课时", "12.5") // the mean of 10 and 15; T3 has no load and L2 is not teaching staff
	got.want(t, "L2 管理课时", "10")
	got.want(t, "L3 管理课时", "4") // once, though listed as 职务 and as 兼任
	got.want(t, "S1 管理课时", "8")
	got.want(t, "T1 管理课时", "328/73") // 5·182/365 + 2
	got.want(t, "T2 管理课时", "0")
	for _, id := range []string{"L1", "L2", "L3", "S1", "T1"} {
		got.adds(t, id+" 管理课时")
	}
}

func TestPostLoadRoundsTheMeanWhereDeclared(t *testing.T) {
	t.Parallel()
	pkg := postsSchool()
	pkg.Lessons = append(pkg.Lessons, lesson("T3", "七1", "英语", "正课", "12"))
	derive(t, posts, pkg).want(t, "L1 管理课时", "37/3")
	rounded := derive(t, posts+"    round: {places: 2, mode: half-up}\n", pkg)
	rounded.want(t, "L1 管理课时", "12.33")
	rounded.want(t, "L2 管理课时", "9.864")
}

func TestPostLoadFaultsAnUndeclaredPost(t *testing.T) {
	t.Parallel()
	pkg := postsSchool()
	pkg.Duties = append(pkg.Duties, evidence.Duty{Staff: "T3", Kind: "团委工会", Line: 9})
	_, err := compile(t, posts).Derive(pkg)
	if got, want := err.Error(), "兼职!9(兼任): measure.post [管理课时 团委工会]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPostLoadWithoutTeachersIsNotZero(t *testing.T) {
	t.Parallel()
	pkg := school(evidence.Staff{ID: "L1", Kind: "管理", Position: "校长"})
	derive(t, posts, pkg).want(t, "L1 管理课时", fact.NotApplicable.String())
}

func TestOtherWorkCountsEachKindAtItsRate(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"), teacher("T2", "语文"))
	for _, w := range []evidence.OtherWork{
		{Kind: "课后服务", Date: "2025-10-15", Amount: q("2"), Unit: "节"}, {Kind: "家访", Date: "2025-10-16", Amount: q("3"), Unit: "次"},
		{Kind: "考试", Date: "2026-01-16", Amount: q("4"), Unit: "场"}, {Kind: "其他", Date: "2026-01-16", Amount: q("9"), Unit: "次"},
	} {
		w.Staff, w.Line = "T1", len(pkg.OtherWork)+2
		pkg.OtherWork = append(pkg.OtherWork, w)
	}
	const rates = `
measures:
  其他工作: {from: other-work, clause: c, rates: {课后服务: {节: 1, 小时: 1.5}, 家访: {次: 0.5}, 考试: {场: 1.2}}, skip: [其他], basis: period, none: zero}
  每周: {from: other-work, clause: c, rates: {课后服务: {节: 1}, 家访: {次: 0.5}, 考试: {场: 1.2}}, skip: [其他], basis: week, weeks: 40, none: zero}
`
	got := derive(t, rates, pkg)
	got.want(t, "T1 其他工作", "8.3") // 2 + 1.5 + 4.8
	got.want(t, "T1 每周", "0.2075")
	got.want(t, "T2 其他工作", "0")
	got.adds(t, "T1 每周")

	pkg.OtherWork[0].Unit = "天"
	_, err := compile(t, rates).Derive(pkg)
	if got, want := err.Error(), "其他工作!2(单位): measure.work-rate [其他工作 课后服务 天]\n其他工作!2(单位): measure.work-rate [每周 课后服务 天]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
