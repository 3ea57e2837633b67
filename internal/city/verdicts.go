package city

import (
	"fmt"
	"strings"

	"shiji/internal/evidence"
)

// judgeConduct writes the yearly conclusion on everybody's conduct, and three
// reports of breaches of which only one was confirmed (济宁2018 三(一)).
func (s *school) judgeConduct() {
	r := s.stream("conduct")
	for _, p := range s.people {
		item := "合格"
		switch {
		case p == s.cast.breach:
			item = "不合格"
		case p == s.cast.truant:
			item = "基本合格"
		case !s.cast.taken[p] && r.chance(180):
			item = "优秀"
		}
		s.p.Conduct = append(s.p.Conduct, evidence.Conduct{Staff: p.ID, Kind: "年度结论", Item: item, State: "已认定", Decided: "2026-07-06", By: "师德考核小组"})
	}
	breach := func(p *person, item, state, happened, decided string) {
		if p == nil {
			return
		}
		c := evidence.Conduct{Staff: p.ID, Kind: "违规认定", Item: item, State: state, Happened: happened, Decided: decided}
		if decided != "" {
			c.By, c.Document = counties[s.n%len(counties)], "教体师字〔2026〕"+item+"号"
		}
		s.p.Conduct = append(s.p.Conduct, c)
	}
	breach(s.cast.breach, "9", "已生效", "2025-12-20", "2026-02-03")
	breach(s.cast.probed, "5", "调查中", "2026-06-17", "")
	breach(s.cast.lifted, "7", "已撤销", "2025-10-09", "2025-12-01")
}

var (
	committeeItems = strings.Fields("遵纪守法 爱岗敬业 关爱学生 团结协作")
	judges         = 5
)

// sitCommittee writes what the members of the committee gave for conduct, its
// conclusions without points, and the exceptions it granted.
func (s *school) sitCommittee() {
	r := s.stream("committee")
	for i, p := range s.people {
		if p == s.cast.twins[1] && p != nil {
			s.copyCommittee(s.cast.twins[0], p)
			continue
		}
		for _, item := range committeeItems {
			for j := range judges {
				if j == i%40 { // a member's kin: the member stays away
					continue
				}
				score := scored(r, 92, p.care, 100)
				if p == s.cast.breach {
					score = hundredths(6000 + 50*r.below(20))
				}
				s.p.Committee = append(s.p.Committee, evidence.Committee{Staff: p.ID, Item: item, Judge: fmt.Sprint(j + 1), Score: score, Full: known(100)})
			}
		}
		s.conclude(p)
	}
	s.except()
}

// conclude writes the conclusions of an appraisal without points.
func (s *school) conclude(p *person) {
	for _, item := range strings.Fields("德 能 勤 绩 廉 考核小组结论") {
		verdict := "合格"
		switch {
		case p == s.cast.breach && (item == "德" || item == "考核小组结论"):
			verdict = "不合格"
		case p == s.cast.truant && (item == "勤" || item == "考核小组结论"):
			verdict = "基本合格"
		case !s.cast.taken[p] && p.care+p.skill > 1800:
			verdict = "优秀"
		}
		s.p.Committee = append(s.p.Committee, evidence.Committee{Staff: p.ID, Item: item, Score: evidence.None, Full: evidence.None, Conclusion: verdict})
	}
}

func (s *school) copyCommittee(a, b *person) {
	for _, x := range s.p.Committee {
		if x.Staff == a.ID {
			x.Staff = b.ID
			s.p.Committee = append(s.p.Committee, x)
		}
	}
}

// except writes the exceptions, each with its reason and approval.
func (s *school) except() {
	add := func(p *person, kind, reason, document string) {
		if p != nil {
			s.p.Exceptions = append(s.p.Exceptions, evidence.Exception{Staff: p.ID, Kind: kind, Reason: reason, By: "教师评价工作委员会", Document: document, Date: "2026-07-03"})
		}
	}
	add(s.cast.star, "工作特别突出", "独立完成全校录播系统改造，全年设备零故障，并承担全区智慧教育平台试点", "校评字〔2026〕3号")
	add(s.cast.overloaded, "原则上例外", "体育教师空编，经本人同意承担超出标准的周课时", "校评字〔2026〕4号")
}
