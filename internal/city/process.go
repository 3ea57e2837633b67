package city

import (
	"fmt"
	"strings"

	"shiji/internal/evidence"
)

var routineKinds = strings.Fields("计划 课程资源 备课 上课 作业 考试与评价 课外指导 教研 反思")

// inspect writes the checks of the teaching routine, each kind once a term, and
// the inspections from outside.
func (s *school) inspect() {
	r := s.stream("inspections")
	rounds := []day{on(2025, 11, 20), on(2026, 4, 15)}
	for _, p := range s.people {
		if !p.teaches() {
			continue
		}
		for _, d := range rounds {
			if p.at(d) == "" || p.at(d) == "产" {
				continue
			}
			for k, kind := range routineKinds {
				s.p.Routines = append(s.p.Routines, evidence.Routine{Staff: p.ID, Kind: kind, Date: (d + day(k%2)).String(),
					Score: scored(r, 88, p.care, 10), Full: known(10)})
			}
		}
		if r.chance(350) && p.here(on(2025, 11, 12)) {
			s.inspection(r, p, "视导", on(2025, 11, 12), "秋季课程实施视导")
		}
		if r.chance(250) && p.here(on(2026, 4, 16)) {
			s.inspection(r, p, "视导", on(2026, 4, 16), "春季课程实施视导")
		}
		if s.plan.stage == "小学" || r.chance(120) {
			s.inspection(r, p, "素养考核", on(2026, 1, 14), p.Subject+"素养考核")
		}
		if s.plan.stage == "小学" || r.chance(120) {
			s.inspection(r, p, "主题活动", on(2026, 5, 22), p.Subject+"主题活动")
		}
	}
}

func (s *school) inspection(r *random, p *person, kind string, d day, name string) {
	by := strings.TrimSuffix(counties[s.n%len(counties)], "教育和体育局") + "教学研究中心"
	if kind != "视导" {
		by = "学校课程中心"
	}
	s.p.Inspections = append(s.p.Inspections, evidence.Inspection{Staff: p.ID, Kind: kind, Date: d.String(), Name: name, By: by,
		Score: scored(r, 86, p.skill, 100), Full: known(100)})
}

// develop writes courses built, outcomes and training.
func (s *school) develop() {
	r := s.stream("development")
	for _, p := range s.people {
		s.train(r, p)
		if p.Kind != "教学" && p.Kind != "管理" || p.Subject == "" || s.bare(p) {
			continue
		}
		s.course(r, p)
		if r.chance(600) {
			s.outcome(r, p, on(2025, 9, 20))
		}
		if r.chance(250) {
			s.outcome(r, p, on(2026, 3, 2))
		}
	}
	if s.cast.prolific != nil {
		s.oddOutcomes(s.cast.prolific)
	}
}

// bare reports whether p is somebody whose score must come from little.
func (s *school) bare(p *person) bool {
	return p == s.cast.zero || p == s.cast.truant || p == s.cast.prolific
}

func (s *school) train(r *random, p *person) {
	add := func(kind, name string, d day, hours int, verdict string) {
		if p.at(d) == "" || p.at(d) == "产" {
			return
		}
		s.p.Trainings = append(s.p.Trainings, evidence.Training{Staff: p.ID, Kind: kind, Name: name, Date: d.String(), Hours: known(hours), Verdict: verdict})
	}
	verdict := pickVerdict(r, p)
	if s.twin(p) {
		verdict = "合格"
	}
	add("继续教育", "教师全员远程研修", on(2026, 7, 9), 24, verdict)
	if p.Kind == "教学" || p.Kind == "管理" {
		add("校本研修", "新课标专题校本研修", on(2025, 10, 22), 8, "合格")
	}
	if s.twin(p) {
		return
	}
	if p.Kind == "教学" && r.chance(200) {
		add("专题研修", p.Subject+"骨干教师研修班", on(2026, 3, 25), 16, pickVerdict(r, p))
	}
	if p.Kind == "教学" && r.chance(100) {
		add("学术交流", p.Subject+"教学研讨会", on(2025, 12, 10), 6, "合格")
	}
	if p.Kind == "教学" && r.chance(120) {
		add("业务比赛", "校级课堂教学大比武", on(2025, 12, 3), 4, pickVerdict(r, p))
	}
}

func (s *school) twin(p *person) bool { return p == s.cast.twins[0] || p == s.cast.twins[1] }

func pickVerdict(r *random, p *person) string {
	switch x := p.care + r.normal(); {
	case x > 1200:
		return "优秀"
	case x > 0:
		return "良好"
	case x > -2600:
		return "合格"
	}
	return "不合格"
}

func (s *school) course(r *random, p *person) {
	role := "参与"
	if r.chance(250) {
		role = "主持"
	}
	add := func(kind, name string) {
		s.p.Courses = append(s.p.Courses, evidence.Course{Staff: p.ID, Kind: kind, Name: name, Role: role, Verdict: pickVerdict(r, p)})
	}
	if r.chance(600) {
		add("校本化", p.Subject+"学科课程校本化实施方案")
	}
	if r.chance(150) {
		add("地方课程实施", "儒家文化")
	}
	if r.chance(250) {
		add("校本课程", pick(r, []string{"运河文化", "木版年画", "机器人入门", "经典诵读", "趣味实验"}))
	}
}

// outcome writes one ordinary outcome of the months from a day on.
func (s *school) outcome(r *random, p *person, from day) {
	level := pick(r, []string{"校", "校", "乡镇", "县", "县", "县", "市", "市", "省"})
	issuer := map[string]string{"校": "本校", "乡镇": "镇教育办公室", "县": counties[s.n%len(counties)], "市": "济宁市教育局", "省": "山东省教育厅"}[level]
	when := worked(from + day(r.below(120)))
	o := evidence.Outcome{Staff: p.ID, Level: level, Own: "本人", Rank: evidence.None, Places: evidence.None, Issuer: issuer, Listed: "是",
		Grade: pick(r, []string{"一等", "二等", "二等", "三等", "三等", "优秀奖"}), Date: when.String()}
	serial := len(s.p.Outcomes)
	switch r.below(6) {
	case 0:
		o.Kind, o.Name = "教学竞赛", p.Subject+"优质课评比"
	case 1:
		o.Kind, o.Name, o.Grade, o.Listed = "论文", fmt.Sprintf("%s教学论文第%d篇", p.Subject, serial), "发表", ""
	case 2:
		o.Kind, o.Name, o.Grade, o.Listed = "课题", fmt.Sprintf("%s课堂教学研究课题%d", p.Subject, serial), pick(r, []string{"立项", "结题"}), ""
	case 3:
		o.Kind, o.Name, o.Grade, o.Listed = "荣誉", level+"优秀教师", "无等次", ""
	case 4:
		o.Kind, o.Name, o.Own = "指导学生", "学生"+pick(r, []string{"科技创新大赛", "艺术展演", "运动会", "诵读大赛"}), "指导"
	default:
		o.Kind, o.Name, o.Grade, o.Listed = "公开课", p.Subject+"公开课", "无等次", ""
	}
	if p.at(when) != "" {
		s.p.Outcomes = append(s.p.Outcomes, o)
	}
}

// oddOutcomes are the outcomes that rules stumble over. Nobody in the school has
// a book or a patent: the best of these is 0.
func (s *school) oddOutcomes(p *person) {
	o := func(kind, name, level, grade, own string) evidence.Outcome {
		return evidence.Outcome{Staff: p.ID, Kind: kind, Name: name, Level: level, Grade: grade, Own: own, Rank: evidence.None, Places: evidence.None,
			Date: "2026-03-20", Issuer: "济宁市教育局", Listed: "是"}
	}
	county, city := o("教学竞赛", "区优质课评比", "县", "一等", "本人"), o("教学竞赛", "市优质课评比", "市", "二等", "本人")
	county.Series, city.Series = "优质课2025", "优质课2025" // one work on its way up: the highest only
	county.Date, county.Issuer = "2025-11-28", counties[s.n%len(counties)]
	again := o("教学竞赛", "市优质课评比（复评）", "市", "二等", "本人") // the same work at the same height
	again.Series, again.Date = "优质课2025", "2026-04-02"
	ranked := o("指导学生", "学生经典诵读团体赛", "市", "", "指导") // a rank and places, no grade
	ranked.Rank, ranked.Places = known(3), known(8)
	guided := o("指导学生", "青少年科技创新大赛", "省", "二等", "指导")
	guided.Issuer = "山东省教育厅"
	unlisted := o("指导学生", "“未来之星”作文邀请赛", "国家", "特等", "指导") // a high-sounding contest on no list
	unlisted.Issuer, unlisted.Listed = "未来之星杂志社", "否"
	abroad := o("论文", "课堂观察研究", "国际", "发表", "本人")
	abroad.Issuer, abroad.Listed = "某国际学术期刊编辑部", ""
	s.p.Outcomes = append(s.p.Outcomes, county, city, again, ranked, guided, unlisted, abroad)
}
