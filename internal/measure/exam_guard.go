package measure

import (
	"cmp"
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/scheme"
)

// examGuards keeps off what later law forbids as a source (2021 notices on
// exams in compulsory schools, and the newer one on daily exams).
type examGuards struct {
	opened map[string]scheme.OpenGuard
	within map[sitting]int // its place among those of the same kind in grade and term
	junior bool            // 五四制: 初四 is the final grade, 初三 is not
}

// sitting is one exam of one grade, in whatever subjects.
type sitting struct{ id, grade string }

// Exams that state law itself sets are no regional exams of the notice.
var stateExams = []string{"中考", "高考", "学业水平测试"}

func newExamGuards(r *run) *examGuards {
	g := &examGuards{opened: r.opened, within: map[sitting]int{}}
	for i := range r.Classes {
		g.junior = g.junior || r.Classes[i].Grade == "初四"
	}
	type series struct{ kind, grade, term string }
	type dated struct{ id, date string }
	first := map[series][]dated{}
	for i := range r.Exams {
		x := &r.Exams[i]
		k := series{x.Kind, x.Grade, termOf(x.Date)}
		at := slices.IndexFunc(first[k], func(d dated) bool { return d.id == x.ID })
		switch {
		case at < 0:
			first[k] = append(first[k], dated{x.ID, x.Date})
		case x.Date < first[k][at].date:
			first[k][at].date = x.Date
		}
	}
	for k, list := range first {
		slices.SortFunc(list, func(a, b dated) int { return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.id, b.id)) })
		for i, d := range list {
			g.within[sitting{d.id, k.grade}] = i + 1
		}
	}
	return g
}

// termOf names the half of the school year a date lies in: February to August,
// or September to January.
func termOf(date string) string {
	if len(date) < 7 {
		return ""
	}
	y, _ := digits(date[:4])
	switch m := date[5:7]; {
	case m >= "02" && m <= "08":
		return date[:4] + "春"
	case m == "01":
		return string(rune('0'+(y-1)%10)) + "秋"
	}
	return string(rune('0'+y%10)) + "秋"
}

// check returns the guard that keeps the exam off, "" if none does, and what an
// office opened for it.
func (g *examGuards) check(x *evidence.Exam, stage string) (closed, opened string) {
	key := g.guard(x, stage)
	if key == "" {
		return "", ""
	}
	if o, ok := g.opened[key]; ok {
		return "", "门槛“" + key + "”由" + o.Office + "批准开启：" + o.Reason
	}
	return "门槛“" + key + "”：" + guardText[key], ""
}

// guardText says in Chinese why the exam may not be used.
var guardText = map[string]string{
	"exam_grade_1_2_written": "小学一、二年级不得进行纸笔考试，不作依据",
	"exam_regional":          "小学和非毕业年级不得组织区域性或跨校考试，不作依据",
	"exam_primary_3_6":       "小学三至六年级每学期只可由学校组织一次期末考试，不作依据",
	"exam_junior_midterm":    "初中每学期只可有期末和一次期中考试，不作依据",
	"exam_mock_final_grade":  "毕业年级总复习阶段至多两次模拟考试，不作依据",
	"quality_monitoring":     "国家和省的监测结果只到学校或县，不到教师，不作依据",
}

func (g *examGuards) guard(x *evidence.Exam, stage string) string {
	final := g.final(x.Grade)
	state := slices.Contains(stateExams, x.Kind)
	switch {
	case stage == "小学" && (x.Grade == "一年级" || x.Grade == "二年级"):
		return "exam_grade_1_2_written"
	case x.Kind == "统一监测" && (x.Level == "省" || x.Level == "国家" || x.Level == "国际"):
		return "quality_monitoring"
	case x.Level != "校" && !state && !final:
		return "exam_regional"
	case state || x.Kind == "入学基线":
		return ""
	}
	place := g.within[sitting{x.ID, x.Grade}]
	switch stage {
	case "小学":
		if x.Kind != "期末" || place > 1 {
			return "exam_primary_3_6"
		}
	case "初中":
		spring := len(x.Date) >= 7 && x.Date[5:7] >= "02" && x.Date[5:7] <= "08"
		switch {
		case (x.Kind == "平时" || x.Kind == "统一监测") && final && spring && place > 2:
			return "exam_mock_final_grade"
		case x.Kind == "平时" && !(final && spring), (x.Kind == "期中" || x.Kind == "期末") && place > 1:
			return "exam_junior_midterm"
		}
	}
	return ""
}

// final reports whether the grade leaves its school stage. No grade of a
// primary school counts: the ban there has no exception.
func (g *examGuards) final(grade string) bool {
	switch grade {
	case "九年级", "初四", "高三":
		return true
	case "初三":
		return !g.junior
	}
	return false
}
