package measure

import (
	"strings"
	"testing"

	"shiji/internal/evidence"
	"shiji/internal/scheme"
)

// Which exams may be a source at all: facts.md §2.7, domain/policy_guards.csv.
func TestExamGuards(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		stage, grade, kind, level, date string
		earlier                         int // exams of the same kind before it in the term
		want                            string
	}{
		"小学二年级期末":    {"小学", "二年级", "期末", "校", "2026-06-28", 0, "exam_grade_1_2_written"},
		"小学五年级期末":    {"小学", "五年级", "期末", "校", "2026-06-28", 0, ""},
		"小学五年级第二次期末": {"小学", "五年级", "期末", "校", "2026-06-28", 1, "exam_primary_3_6"},
		"小学五年级期中":    {"小学", "五年级", "期中", "校", "2026-04-28", 0, "exam_primary_3_6"},
		"小学六年级乡镇统考":  {"小学", "六年级", "统一监测", "乡镇", "2026-06-28", 0, "exam_regional"},
		"小学五年级乡镇期末":  {"小学", "五年级", "期末", "乡镇", "2026-06-28", 0, "exam_regional"},
		"七年级县统考":     {"初中", "七年级", "统一监测", "县", "2026-06-28", 0, "exam_regional"},
		"七年级期中":      {"初中", "七年级", "期中", "校", "2026-04-28", 0, ""},
		"七年级第二次期中":   {"初中", "七年级", "期中", "校", "2026-05-28", 1, "exam_junior_midterm"},
		"七年级月考":      {"初中", "七年级", "平时", "校", "2026-03-28", 0, "exam_junior_midterm"},
		"八年级学业水平测试":  {"初中", "八年级", "学业水平测试", "市", "2026-06-09", 0, ""},
		"九年级县统考":     {"初中", "九年级", "统一监测", "县", "2026-04-28", 1, ""},
		"九年级第三次模拟":   {"初中", "九年级", "平时", "校", "2026-05-28", 2, "exam_mock_final_grade"},
		"九年级秋季月考":    {"初中", "九年级", "平时", "校", "2025-10-28", 0, "exam_junior_midterm"},
		"高一市统考":      {"普通高中", "高一", "统一监测", "市", "2026-06-28", 0, "exam_regional"},
		"高一月考":       {"普通高中", "高一", "平时", "校", "2026-03-28", 3, ""},
		"高三市统考":      {"普通高中", "高三", "统一监测", "市", "2026-03-28", 0, ""},
		"高三省质量监测":    {"普通高中", "高三", "统一监测", "省", "2026-03-28", 0, "quality_monitoring"},
		"七年级入学基线":    {"初中", "七年级", "入学基线", "校", "2025-09-03", 0, ""},
		"五四制初三县统考":   {"初中", "初三", "统一监测", "县", "2026-06-28", 0, "exam_regional"},
		"六三制初三县统考":   {"初中", "初三", "统一监测", "县", "2026-06-28", -1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pkg := school(teacher("T1", "语文"))
			pkg.Classes = []evidence.Class{{ID: "班1", Stage: tc.stage, Grade: tc.grade}, {ID: "班2", Stage: tc.stage, Grade: "初四"}}
			if tc.earlier < 0 {
				pkg.Classes = pkg.Classes[:1]
			}
			pkg.Lessons = []evidence.Lesson{lesson("T1", "班1", "语文", "正课", "5")}
			pkg.Exams = []evidence.Exam{examLine("考", tc.kind, tc.level, tc.date, tc.grade)}
			sat(pkg, "考", "班1", "A", "语文", "80")
			for i := range tc.earlier {
				// On days before it, in the same half of the year.
				pkg.Exams = append(pkg.Exams, examLine("早"+string(rune('1'+i)), tc.kind, tc.level, tc.date[:8]+"0"+string(rune('1'+i)), tc.grade))
			}
			got := derive(t, `
measures:
  测: {from: exam, clause: c, kinds: [期中, 期末, 平时, 统一监测, 学业水平测试, 入学基线], levels: [校, 乡镇, 县, 市, 省], fields: [均分, 班级], own-lines: win, denominator: sat, mean-over: sat, taught: on-day, weight: share}
`, pkg)
			f := got["T1 测.均分 考/语文/班1"]
			got.want(t, "T1 测.班级 考/语文/班1", "班1") // the line stands, its figures do not
			if tc.want == "" {
				got.want(t, "T1 测.均分 考/语文/班1", "80")
				return
			}
			got.want(t, "T1 测.均分 考/语文/班1", "not-applicable")
			if len(f.Work) != 1 || !strings.Contains(f.Work[0].Label, "“"+tc.want+"”") {
				t.Errorf("work %+v does not name guard %s", f.Work, tc.want)
			}
		})
	}
}

// A guard that an office may open is opened with its reason on the line; one
// that is blocked stays.
func TestOpenedGuards(t *testing.T) {
	t.Parallel()
	pkg := grade()
	pkg.Exams[0].Kind = "平时"
	yaml := strings.Replace(finals, "[期末]", "[平时, 统一监测]", 1) + "    fields: [均分]\n    denominator: sat\n    mean-over: sat\n"
	open := func() []scheme.OpenGuard {
		return []scheme.OpenGuard{{Guard: "exam_junior_midterm", Office: "区教体局", Reason: "试点"}, {Guard: "exam_regional", Office: "区教体局", Reason: "试点"}}
	}
	plan := compile(t, yaml)
	plan.Opened = open()
	facts, err := plan.Derive(pkg)
	if err != nil {
		t.Fatal(err)
	}
	shown := false
	for _, f := range facts {
		if f.Key == "期末.均分" && f.Subject == "T1" {
			shown = f.Value.String() == "230/3" && strings.Contains(f.Work[len(f.Work)-1].Label, "区教体局批准开启：试点")
		}
	}
	if !shown {
		t.Error("an opened exam does not show who opened it")
	}

	pkg.Exams[0].Kind, pkg.Exams[0].Level = "统一监测", "县"
	yaml = strings.Replace(yaml, "levels: [校]", "levels: [县]", 1)
	plan = compile(t, yaml)
	plan.Opened = open()
	facts, err = plan.Derive(pkg)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facts {
		if f.Key == "期末.均分" && f.State.String() != "not-applicable" {
			t.Errorf("a blocked guard was opened: %+v", f)
		}
	}
}

func TestEntranceExamsNeedTheirGuard(t *testing.T) {
	t.Parallel()
	s := parse(t, `
measures:
  中考: {from: exam, clause: c, kinds: [中考], levels: [市], fields: [均分], own-lines: win, denominator: sat, mean-over: sat, taught: on-day, weight: share}
  期末: {from: exam, clause: c, kinds: [期末], levels: [校], fields: [均分], own-lines: win, denominator: sat, mean-over: sat, taught: on-day, weight: share}
`)
	_, facts, err := Compile(s.Measures, s.Tables)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facts {
		want := ""
		if f.Table == "中考" {
			want = "use_zhongkao_gaokao_scores"
		}
		if f.Guard != want {
			t.Errorf("%s.%s: guard %q, want %q", f.Table, f.Name, f.Guard, want)
		}
	}
}
