package city

import (
	"strings"

	"shiji/internal/evidence"
)

// holdDuties writes who holds which post beside teaching.
func (s *school) holdDuties() {
	head := s.headClasses()
	s.headGroups()
	for _, p := range s.people {
		switch {
		case p.Position == "级部主任":
			s.duty(p, "级部主任", p.office)
		case p.Kind == "管理":
			s.duty(p, "行政", p.office)
		case p.Position == "实验员":
			s.duty(p, "功能室", p.office)
		}
	}
	free := func(p *person) bool { return p.Kind == "教学" && p.Position == "教师" && !head[p] }
	for i, of := range []string{"团委", "工会", "少先队", "心理咨询室", "录播室"} {
		if p := s.take(free); p != nil {
			s.duty(p, []string{"团委工会", "团委工会", "团委工会", "功能室", "功能室"}[i], of)
		}
	}
}

func (s *school) duty(p *person, kind, of string) {
	s.p.Duties = append(s.p.Duties, evidence.Duty{Staff: p.ID, Kind: kind, Of: of})
}

// headClasses gives every class a 班主任, who teaches there, and the first
// grade's classes a 副班主任. Nobody heads two classes.
func (s *school) headClasses() map[*person]bool {
	head := map[*person]bool{}
	for _, c := range s.classes {
		if p := s.teacherFor(c, head); p != nil {
			head[p] = true
			s.headClass(p, c)
		}
	}
	for _, c := range s.classes {
		if c.grade != s.plan.grades[0] {
			continue
		}
		if p := s.teacherFor(c, head); p != nil {
			head[p] = true
			s.duty(p, "副班主任", c.ID)
		}
	}
	return head
}

// headClass writes a class teacher; the one who goes on leave is replaced by the
// joiner for its time.
func (s *school) headClass(p *person, c *class) {
	if p != s.cast.mother || s.cast.joiner == nil {
		s.duty(p, "班主任", c.ID)
		return
	}
	id := s.cast.joiner.ID
	s.p.Duties = append(s.p.Duties,
		evidence.Duty{Staff: p.ID, Kind: "班主任", Of: c.ID, End: (leaveStart - 1).String()},
		evidence.Duty{Staff: id, Kind: "班主任", Of: c.ID, Start: leaveStart.String(), End: leaveEnd.String()},
		evidence.Duty{Staff: p.ID, Kind: "班主任", Of: c.ID, Start: (leaveEnd + 1).String()})
}

// teacherFor finds a teacher of class c who heads none yet; the one who goes on
// leave first, so that a change of class teachers is there to be seen.
func (s *school) teacherFor(c *class, head map[*person]bool) *person {
	var best *person
	for _, p := range s.people {
		if p.Kind != "教学" || head[p] || p == s.cast.joiner || p == s.cast.leaver || p == s.cast.zero || p.Position != "教师" {
			continue
		}
		for _, id := range p.classes {
			if id != c.ID {
				continue
			}
			if p == s.cast.mother {
				return p
			}
			if best == nil {
				best = p
			}
		}
	}
	return best
}

// headGroups makes one of each 教研组 its head, and in the main subjects one of
// each 级部 the head of 备课.
func (s *school) headGroups() {
	led, prepared := map[string]bool{}, map[string]bool{}
	for _, p := range s.people {
		if p.Kind != "教学" || p.Position != "教师" || s.cast.taken[p] {
			continue
		}
		if !led[p.Group] {
			led[p.Group] = true
			s.duty(p, "教研组长", p.Group)
			continue
		}
		if of := p.Section + strings.TrimSuffix(p.Group, "组"); p.Section != "综合级部" && !prepared[of] {
			prepared[of] = true
			s.duty(p, "备课组长", of)
		}
	}
}
