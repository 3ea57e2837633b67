package city

import (
	"fmt"

	"shiji/internal/evidence"
)

// attend gives everybody a code for every day and writes a line a month.
func (s *school) attend() {
	r := s.stream("attendance")
	for _, p := range s.people {
		s.ordinaryYear(r, p)
	}
	s.specialLeaves()
	if a, b := s.cast.twins[0], s.cast.twins[1]; a != nil && b != nil {
		b.days = a.days
	}
	for _, p := range s.people {
		for m := yearStart; m <= yearEnd; {
			line := evidence.Attendance{Staff: p.ID, Month: m.month()}
			employed := false
			for ; m <= yearEnd && m.month() == line.Month; m++ {
				_, _, d := m.date()
				line.Days[d-1] = p.at(m)
				employed = employed || p.at(m) != ""
			}
			if employed {
				s.p.Attendance = append(s.p.Attendance, line)
			}
		}
	}
}

// ordinaryYear is the year of somebody of whom nothing special is told: a few
// days off, now and then late, a course.
func (s *school) ordinaryYear(r *random, p *person) {
	for d := yearStart; d <= yearEnd; d++ {
		code := "休"
		switch {
		case p.Joined > d.String() || p.Left != "" && p.Left < d.String():
			code = ""
		case works(d):
			code = "出"
			if !s.cast.taken[p] {
				code = usual(r)
			}
		}
		p.days[d-yearStart] = code
	}
}

func usual(r *random) string {
	switch x := r.below(10000); {
	case x < 40:
		return "病"
	case x < 65:
		return "事"
	case x < 85:
		return "出病"
	case x < 95:
		return "事出"
	case x < 120:
		return "迟"
	case x < 128:
		return "退"
	case x < 180:
		return "公"
	case x < 240:
		return "培"
	}
	return "出"
}

// specialLeaves tells the cases of the cast.
func (s *school) specialLeaves() {
	c := &s.cast
	for _, l := range c.leaves {
		l.who.away(l.code, l.from, l.days)
	}
	if c.mother != nil {
		for d := leaveStart; d <= leaveEnd; d++ {
			if works(d) {
				c.mother.days[d-yearStart] = "产"
			}
		}
		for d := leaveEnd + 1; d <= yearEnd; d++ { // an hour a day for nursing, taken as half days
			if works(d) && d.weekday() == 4 {
				c.mother.days[d-yearStart] = "出哺"
			}
		}
	}
	if c.sick != nil {
		c.sick.away("病", sickFrom, 30)
		c.sick.days[worked(sickTo+1)-yearStart] = "出病"
	}
	if c.edge != nil { // 180 of 200 working days: exactly 90 %
		c.edge.away("病", on(2025, 12, 1), 12)
		c.edge.away("事", on(2026, 6, 1), 8)
	}
	if c.truant != nil {
		c.truant.away("旷", on(2025, 10, 13), 2)
		c.truant.away("旷", on(2026, 3, 18), 1)
		c.truant.away("事", on(2026, 4, 8), 9)
		c.truant.away("迟", on(2025, 11, 3), 12)
		c.truant.away("退", on(2025, 12, 8), 4)
	}
}

// away sets the code on that many working days, from a day on.
func (p *person) away(code string, from day, days int) {
	for d := worked(from); days > 0 && d <= yearEnd; d = worked(d + 1) {
		p.days[d-yearStart] = code
		days--
	}
}

// event is something that people are expected at.
type event struct {
	name, kind string
	on         day
	expected   func(*person) bool
}

// meet writes who came to meetings, 教研活动, assemblies and political study.
func (s *school) meet() {
	r := s.stream("events")
	for _, e := range s.events() {
		for _, p := range s.people {
			if code := p.at(e.on); code == "" || !e.expected(p) {
				continue
			}
			s.p.Events = append(s.p.Events, evidence.EventAttendance{
				Event: e.name, Kind: e.kind, Date: e.on.String(), Staff: p.ID, State: s.came(r, p, e.on),
			})
		}
	}
}

// came words how a person's day shows at an event of that day.
func (s *school) came(r *random, p *person, d day) string {
	switch p.at(d) {
	case "病", "出病":
		return "病假"
	case "事", "事出":
		return "事假"
	case "公", "培":
		return "公差"
	case "旷":
		return "缺"
	case "迟":
		return "迟到"
	case "退":
		return "早退"
	case "出":
		if x := r.below(1000); !s.cast.taken[p] && x < 8 {
			return pick(r, []string{"迟到", "早退", "缺"})
		}
		return "到"
	}
	return "法定假"
}

// events lists the year's events: a staff meeting, political study and an
// activity of each 教研组 a month, an assembly each term's begin and holiday.
func (s *school) events() []event {
	everybody := func(*person) bool { return true }
	var list []event
	seen := map[string]bool{}
	var groups []string
	for _, p := range s.people {
		if p.Kind == "教学" && !seen[p.Group] {
			seen[p.Group] = true
			groups = append(groups, p.Group)
		}
	}
	for _, m := range []struct {
		y, m int
		name string
	}{{2025, 9, "九月"}, {2025, 10, "十月"}, {2025, 11, "十一月"}, {2025, 12, "十二月"}, {2026, 1, "一月"}, {2026, 3, "三月"}, {2026, 4, "四月"}, {2026, 5, "五月"}, {2026, 6, "六月"}, {2026, 7, "七月"}} {
		list = append(list,
			event{m.name + "全体教职工会", "会议", worked(on(m.y, m.m, 8)), everybody},
			event{m.name + "政治学习", "政治学习", worked(on(m.y, m.m, 9)), everybody})
		if m.m == 7 {
			continue
		}
		for i, g := range groups {
			list = append(list, event{fmt.Sprintf("%s%s教研活动", m.name, g), "教研活动", worked(on(m.y, m.m, 14) + day(i%5)),
				func(p *person) bool { return p.Group == g }})
		}
	}
	return append(list,
		event{"秋季开学典礼", "集会", on(2025, 9, 1), everybody}, event{"国庆升旗仪式", "集会", on(2025, 9, 30), everybody},
		event{"春季开学典礼", "集会", on(2026, 3, 2), everybody}, event{"学年总结大会", "集会", on(2026, 7, 10), everybody})
}
