package explain

import (
	"shiji/internal/eval"
	"shiji/internal/scheme"
)

// guardWord says in Chinese what a guard forbids or demands, and on what basis.
type guardWord struct{ text, basis string }

const (
	reform2020 = "《深化新时代教育评价改革总体方案》（2020）"
	exams2021  = "《教育部办公厅关于加强义务教育学校考试管理的通知》（2021）"
)

// guardWords are the guards of scheme.Guards for people; a test holds the two
// together.
var guardWords = map[string]guardWord{
	"use_zhongkao_gaokao_scores":    {"中考、高考成绩不得作为奖励教师的标准", reform2020},
	"use_admission_rate":            {"不得下达升学指标，升学率不得与评优、经费挂钩", reform2020},
	"publish_champion_or_admission": {"不得公布、宣传中考、高考状元和升学率", reform2020},
	"public_ranking_of_teachers":    {"教师排名不公开，本人只看到所在位置区间", "《个人信息保护法》最小必要原则"},
	"ethics_first":                  {"师德为先，没有师德结论不定等次", "《新时代中小学教师职业行为十项准则》《中小学教师违反职业道德行为处理办法》（2018）"},
	"papers_projects_hats":          {"论文、课题、人才称号的权重受限，称号默认不计分", reform2020},
	"excellent_quota":               {"优秀档次一般不超过应参加考核人数的 20%", "《事业单位工作人员考核规定》（人社部发〔2023〕6号）第十五条"},
	"maternity_leave_penalty":       {"产假、哺乳等法定假期不得使得分降低", "《妇女权益保障法》《女职工劳动保护特别规定》"},
	"student_survey_min_age":        {"不满 14 周岁的学生参加测评须监护人同意或完全匿名", "《个人信息保护法》第三十一条、《未成年人网络保护条例》"},
	"plan_needs_congress_vote":      {"方案须经教职工代表大会通过", "《学校教职工代表大会规定》（教育部令第32号）"},
	"auto_decision_alone":           {"最终等次由委员会确定，每个数都有说明", "《个人信息保护法》第二十四条"},
	"exam_grade_1_2_written":        {"小学一、二年级不进行纸笔考试", exams2021},
	"exam_primary_3_6":              {"小学其他年级每学期只由学校组织一次期末考试", exams2021},
	"exam_junior_midterm":           {"初中每学期可有期中、期末各一次，不得组织周考、月考、单元考试", exams2021},
	"exam_regional":                 {"义务教育非毕业年级不得组织区域性或跨校考试，其结果不作数据来源", exams2021 + "、《关于进一步加强中小学日常考试管理的通知》"},
	"exam_mock_final_grade":         {"初三总复习阶段只可组织一至两次模拟考试", exams2021},
	"exam_result_form":              {"考试结果以等级呈现，不排名、不公布", exams2021},
	"quality_monitoring":            {"义务教育质量监测结果只用于学校和县级", "教育部关于加强学业质量监测的通知（2021）"},
	"home_visit_and_afterschool":    {"家访、课后服务计入工作量", reform2020},
}

// guarded words a node that stands behind a closed guard.
func guarded(n *scheme.CompiledNode) string {
	w, ok := guardWords[n.Closed.Key]
	if !ok {
		w = guardWord{n.Closed.Text, n.Closed.Basis}
	}
	s := "按" + w.basis + "（" + w.text + "），这一项不适用，"
	if n.Weighted {
		return s + "权重由同级分担"
	}
	return s + "不计分"
}

// guardName words a guard's key where a finding names it.
func guardName(key string) string {
	if w, ok := guardWords[key]; ok {
		return w.text
	}
	return key
}

// withheld words a value whose references the person may not see.
func (t *telling) withheld() (string, bool) {
	if _, ok := reading(t.s.Args).ref(eval.RefValue); ok {
		return "与他人比较所得，" + tooFew + "参照值；由学校核算得 " + shown(t.s.Value), true
	}
	return "", false
}
