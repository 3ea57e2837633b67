package city

import (
	"fmt"
	"strings"

	"shiji/internal/evidence"
)

// team is the members of a pool in one 级部, or in the school.
type team struct {
	pool    *pool
	units   []unit
	members []*person
}

// unit is what one teacher of a team teaches in one class.
type unit struct {
	class *class
	hours []hour
	total int
}

// employ makes the people whose posts are not teaching posts.
func (s *school) employ() {
	for _, list := range [][]post{s.plan.management, s.plan.support} {
		for _, po := range list {
			for range po.number {
				p := &person{office: po.of}
				p.Position, p.Kind, p.Frontline = po.position, "管理", "否"
				switch po.position {
				case "实验员", "图书管理员", "电教员", "校医", "财务", "教务员":
					p.Kind, p.Group = "教辅", "教辅组"
				case "工勤":
					p.Kind, p.Group = "工勤", "后勤组"
				default:
					p.Subject, p.Stage, p.Group = po.subject, s.plan.stage, "行政"
				}
				s.add(p)
			}
		}
	}
}

// assign forms the teams, gives the managers who teach their classes, employs
// as many teachers as the rest needs, and writes the timetable.
func (s *school) assign() {
	for i := range s.plan.pools {
		po := &s.plan.pools[i]
		if !po.bound {
			s.fill(&team{pool: po, units: s.units(po, "")}, -1)
			continue
		}
		for k, g := range s.plan.grades {
			if g.section == g.name {
				s.fill(&team{pool: po, units: s.units(po, g.section)}, k)
			}
		}
	}
}

// units lists the classes that a pool teaches, of one 级部 or all, those of an
// attached stage last.
func (s *school) units(po *pool, section string) []unit {
	var list []unit
	for _, c := range s.classes {
		if section != "" && c.grade.section != section || po.stage != "" && c.Stage != po.stage {
			continue
		}
		u := unit{class: c}
		for _, h := range c.grade.hours(c.index) {
			if !s.teachesSubject(po, c, h.subject) {
				continue
			}
			u.hours, u.total = append(u.hours, h), u.total+h.weekly
		}
		if u.total > 0 {
			list = append(list, u)
		}
	}
	return list
}

// teachesSubject reports whether pool po teaches the subject in class c: the
// pools of an attached stage come before those of all stages.
func (s *school) teachesSubject(po *pool, c *class, subject string) bool {
	if !contains(po.subjects, subject) {
		return false
	}
	if po.stage != "" {
		return true
	}
	for i := range s.plan.pools {
		if other := &s.plan.pools[i]; other.stage == c.Stage && contains(other.subjects, subject) {
			return false
		}
	}
	return true
}

func contains(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if w == word {
			return true
		}
	}
	return false
}

// fill gives a team's classes to people; section is the index of its grade, -1
// for a team of the whole school.
func (s *school) fill(t *team, section int) {
	subject := strings.Fields(t.pool.subjects)[0]
	for i, po := range s.posts() {
		if po.subject != subject || section >= 0 && po.section != section {
			continue
		}
		s.people[i].Group = t.pool.group
		for range min(po.classes, len(t.units)/3) {
			last := len(t.units) - 1
			for last > 0 && t.units[last].class.grade.attached {
				last--
			}
			s.teach(s.people[i], t.units[last])
			t.units = append(t.units[:last:last], t.units[last+1:]...)
		}
	}
	if len(t.units) == 0 {
		return
	}
	var own, attached []unit
	lessons := 0
	for _, u := range t.units {
		if u.class.grade.attached && t.pool.stage == "" {
			attached = append(attached, u)
			continue
		}
		own, lessons = append(own, u), lessons+u.total
	}
	n := (len(own) + t.pool.each - 1) / max(t.pool.each, 1)
	if t.pool.load > 0 {
		n = max(1, (2*lessons+t.pool.load)/(2*t.pool.load))
	}
	s.hire(t, n, section)
	done := 0
	for _, u := range own { // to whoever's part of the whole the middle of the unit falls in
		s.teach(t.members[(2*done+u.total)*n/(2*lessons)], u)
		done += u.total
	}
	for _, u := range attached {
		s.teach(lightest(t.members), u)
	}
}

// posts lists the post of each person employed so far as a manager.
func (s *school) posts() []post {
	var list []post
	for _, po := range s.plan.management {
		for range po.number {
			list = append(list, po)
		}
	}
	return list
}

// hire employs n teachers for team t.
func (s *school) hire(t *team, n, section int) {
	for range n {
		p := &person{}
		p.Kind, p.Position, p.Frontline = "教学", "教师", "是"
		p.Stage, p.Subject, p.Group = s.plan.stage, strings.Fields(t.pool.subjects)[0], t.pool.group
		if t.pool.stage != "" {
			p.Stage = t.pool.stage
		}
		p.Section = "综合级部"
		if section >= 0 {
			p.Section = s.plan.grades[section].section
		} else if t.pool.stage != "" && t.pool.stage != s.plan.stage {
			p.Section = s.plan.grades[0].section
		}
		t.members = append(t.members, s.add(p))
	}
}

// teach writes the timetable's lines of a unit.
func (s *school) teach(p *person, u unit) {
	for _, h := range u.hours {
		s.p.Lessons = append(s.p.Lessons, lesson(p, u.class, h.subject, h.weekly))
	}
	p.lessons += u.total
	p.classes = append(p.classes, u.class.ID)
}

func lightest(list []*person) *person {
	best := list[0]
	for _, p := range list {
		if p.lessons < best.lessons {
			best = p
		}
	}
	return best
}

// lesson returns a line of the timetable in which nothing special is said.
func lesson(p *person, c *class, subject string, weekly int) evidence.Lesson {
	return evidence.Lesson{Staff: p.ID, Class: c.ID, Subject: subject, Kind: "正课", Weekly: known(weekly),
		Share: evidence.None, Difficulty: evidence.None, Preparation: evidence.None, Homework: evidence.None}
}

// add puts p on the staff under the next number.
func (s *school) add(p *person) *person {
	p.ID = fmt.Sprintf("T%03d", len(s.people)+1)
	p.ReducedLoad = evidence.None
	s.people = append(s.people, p)
	return p
}
