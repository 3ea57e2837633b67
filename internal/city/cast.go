package city

import (
	"fmt"

	"shiji/internal/evidence"
)

// cast are the people of whom a school's special cases are told; doc.go lists
// the cases.
type cast struct {
	mother, joiner, leaver *person // 产假 over half a year, joined and left within the year
	shared, helper         *person // teach a class's subject together
	sick, edge, truant     *person // attendance below 90 %, exactly 90 %, 旷工
	substitute             *person // 代课 for sick
	breach, probed, lifted *person // confirmed breach, under investigation, lifted by appeal
	relieved, overloaded   *person // a declared relief; a load out of range with approval
	star, few              *person // 工作特别突出; too few ballots
	twins                  [2]*person
	zero                   *person // nothing beside the timetable
	prolific               *person // every difficult kind of outcome
	leaves                 []leaveCase
	taken                  map[*person]bool
}

// leaveCase is a person on a kind of leave for some working days.
type leaveCase struct {
	who  *person
	code string
	from day
	days int
}

// castRoles chooses the cast, nobody twice. Schools too small for a case leave
// its person nil; the first of each kind has them all.
func (s *school) castRoles() {
	c := &s.cast
	c.taken = map[*person]bool{}
	section := s.plan.grades[1].section
	cover := func(p *person) bool {
		return p.Group == s.plan.cover && (p.Section == section || p.Section == "综合级部") && p.Kind == "教学"
	}
	c.mother, c.leaver = s.take(cover), s.take(cover)
	in := func(group string) func(*person) bool {
		return func(p *person) bool { return p.Group == group && p.Kind == "教学" }
	}
	colleague := func(p *person) *person {
		if p == nil {
			return nil
		}
		return s.take(func(q *person) bool { return q.Kind == "教学" && q.Group == p.Group && q.Section == p.Section })
	}
	c.shared = s.take(in("数学组"))
	c.helper = colleague(c.shared)
	c.sick = s.take(in("数学组"))
	c.substitute = colleague(c.sick)
	c.edge, c.breach = s.take(in("语文组")), s.take(in("数学组"))
	c.probed, c.truant = s.take(in("语文组")), s.take(in("体育组"))
	c.lifted = s.take(func(p *person) bool { return p.Kind == "教学" && p.Group == "英语组" })
	c.relieved = s.take(func(p *person) bool { return p.Kind == "教学" && (p.Group == "历史组" || p.Group == "音乐组") })
	c.overloaded, c.zero = s.take(in("体育组")), s.take(in("美术组"))
	c.prolific = s.take(in("语文组"))
	position := func(name string) func(*person) bool { return func(p *person) bool { return p.Position == name } }
	c.star, c.few = s.take(position("电教员")), s.take(position("工勤"))
	c.twins = [2]*person{s.take(position("图书管理员")), s.take(position("图书管理员"))}
	anyTeacher := func(p *person) bool { return p.Kind == "教学" && p.Position == "教师" }
	for i, code := range []string{"婚", "丧", "陪", "育", "出哺", "探", "公", "伤", "培", "迟", "退", "事", "病"} {
		if p := s.take(anyTeacher); p != nil {
			c.leaves = append(c.leaves, leaveCase{p, code, worked(on(2025, 9, 15) + day(i*9)), leaveDays[code]})
		}
	}
}

var leaveDays = map[string]int{"婚": 3, "丧": 3, "陪": 15, "育": 5, "出哺": 30, "探": 10, "公": 6, "伤": 12, "培": 5, "迟": 4, "退": 3, "事": 6, "病": 9}

// take returns a person whom nothing is told of yet and ok accepts, seeking from
// a different place each time so that the cases spread over the staff.
func (s *school) take(ok func(*person) bool) *person {
	n := len(s.people)
	for i := range n {
		p := s.people[(i+len(s.cast.taken)*31)%n]
		if !s.cast.taken[p] && ok(p) {
			s.cast.taken[p] = true
			return p
		}
	}
	return nil
}

// The days on which teachers change.
var (
	leaveStart  = on(2025, 11, 3)
	leaveEnd    = leaveStart + 188 - 1 // 98 days, 60 of the province, 15 for a difficult birth, 15 for a twin
	lastDayHere = leaveEnd
)

// rearrange changes the regular timetable as the special cases need it.
func (s *school) rearrange() {
	c := &s.cast
	if c.mother != nil && c.leaver != nil {
		j := &person{}
		j.Kind, j.Position, j.Frontline = "教学", "教师", "是"
		j.Stage, j.Subject, j.Group, j.Section = c.mother.Stage, c.mother.Subject, c.mother.Group, c.mother.Section
		j.Joined = leaveStart.String()
		c.joiner = s.add(j)
		c.taken[j] = true
		c.leaver.Left = lastDayHere.String()
		s.handOver(c.mother, j, leaveStart, leaveEnd)
		s.handOver(c.leaver, j, leaveEnd+1, yearEnd)
	}
	if c.shared != nil && c.helper != nil {
		s.share(c.shared, c.helper)
	}
	if c.relieved != nil {
		c.relieved.Joined = "1992-09-01"
		c.relieved.ReducedLoad = known(c.relieved.lessons)
	}
	s.standIn()
	s.addKinds()
	s.addFactors()
}

// handOver gives a's lessons to b from one day to another.
func (s *school) handOver(a, b *person, from, to day) {
	for i := range s.p.Lessons {
		l := &s.p.Lessons[i]
		if l.Staff != a.ID {
			continue
		}
		taken, after := *l, *l
		l.End = (from - 1).String()
		taken.Staff, taken.Start = b.ID, from.String()
		if to < yearEnd {
			taken.End = to.String()
			after.Start = (to + 1).String()
			s.p.Lessons = append(s.p.Lessons, after)
		}
		s.p.Lessons = append(s.p.Lessons, taken)
	}
	b.classes = append(b.classes, a.classes...)
	b.lessons = max(b.lessons, a.lessons)
}

// share lets b teach a part of a's first class; the result is divided 0.6 to 0.4.
func (s *school) share(a, b *person) {
	for i := range s.p.Lessons {
		l := &s.p.Lessons[i]
		if l.Staff != a.ID {
			continue
		}
		weekly, _ := l.Weekly.Q.Int64()
		part := *l
		part.Staff, part.Weekly, part.Share = b.ID, known(int(weekly)*2/5), hundredths(40)
		l.Weekly, l.Share = known(int(weekly)-int(weekly)*2/5), hundredths(60)
		s.p.Lessons = append(s.p.Lessons, part)
		a.lessons -= int(weekly) * 2 / 5
		b.lessons += int(weekly) * 2 / 5
		b.classes = append(b.classes, l.Class)
		return
	}
}

// The long illness of cast.sick: thirty working days.
var sickFrom, sickTo = on(2026, 3, 9), on(2026, 4, 20)

// standIn lets a colleague hold the lessons of the one who is ill.
func (s *school) standIn() {
	if s.cast.sick == nil || s.cast.substitute == nil {
		return
	}
	for _, l := range s.p.Lessons {
		if l.Staff == s.cast.sick.ID {
			l.Staff, l.Kind, l.Start, l.End = s.cast.substitute.ID, "代课", sickFrom.String(), sickTo.String()
			s.p.Lessons = append(s.p.Lessons, l)
		}
	}
}

// addKinds adds the lessons that come on top of the regular ones, and makes a
// joint lesson of the first two classes' school course.
func (s *school) addKinds() {
	early := map[string]string{"语文": "早自习", "英语": "早自习"}
	joint := -1 // a line that waits for a second class of the same teacher; -2 when found
	for i, n := 0, len(s.p.Lessons); i < n; i++ {
		l := &s.p.Lessons[i]
		extra := *l
		extra.Weekly, extra.Share = known(1), evidence.None
		switch {
		case l.Kind != "正课" || s.plan.stage == "小学" && l.Subject != "校本课程":
			continue
		case early[l.Subject] != "":
			extra.Kind = "早自习"
			s.p.Lessons = append(s.p.Lessons, extra)
		case l.Subject == "数学" && s.plan.stage == "普通高中":
			extra.Kind = "晚自习"
			s.p.Lessons = append(s.p.Lessons, extra)
		case l.Subject == "校本课程" && joint > -2:
			if joint >= 0 && s.p.Lessons[joint].Staff == l.Staff {
				s.p.Lessons[joint].Kind, l.Kind, joint = "合堂", "合堂", -2
			} else {
				joint = i
			}
		case s.cast.overloaded != nil && l.Staff == s.cast.overloaded.ID:
			extra.Kind = "操课"
			s.p.Lessons = append(s.p.Lessons, extra)
		}
	}
}

// addFactors records the school's judgement of difficulty, preparation and
// homework where it differs from the scheme's (济宁2018 三(三)1).
func (s *school) addFactors() {
	last := ""
	for _, g := range s.plan.grades {
		if !g.attached {
			last = g.name
		}
	}
	for i := range s.p.Lessons {
		l := &s.p.Lessons[i]
		if l.Kind != "正课" {
			continue
		}
		switch c := s.class(l.Class); {
		case c.grade.name == last && (l.Subject == "语文" || l.Subject == "数学"):
			l.Difficulty, l.Homework = hundredths(120), hundredths(110)
		case l.Subject == "心理健康" || l.Subject == "通用技术":
			l.Preparation = hundredths(90)
		}
	}
}

func (s *school) class(id string) *class {
	for _, c := range s.classes {
		if c.ID == id {
			return c
		}
	}
	panic(fmt.Sprintf("city: no class %q", id))
}

// staffSheet names everybody and writes the sheet.
func (s *school) staffSheet() {
	r := s.stream("staff")
	names := namer{r, map[string]bool{}}
	for _, p := range s.people {
		p.Name = names.next()
		p.skill, p.care = r.normal(), r.normal()
		if p.Joined == "" {
			p.Joined = fmt.Sprintf("%d-%02d-01", r.between(1992, 2025), pick(r, []int{3, 8, 9, 9, 9}))
			if p.Joined[:4] == "2025" {
				p.Joined = "2025-09-01"
			}
		}
	}
	plain := make([]*person, 0, len(s.people))
	for _, p := range s.people {
		if !s.cast.taken[p] {
			plain = append(plain, p)
		}
	}
	shuffle(r, plain)
	for i, name := range append([]string{sameName, sameName}, unusual...) {
		if i < len(plain) {
			plain[i].Name = name
		}
	}
	if a, b := s.cast.twins[0], s.cast.twins[1]; a != nil && b != nil {
		b.skill, b.care, b.Joined = a.skill, a.care, a.Joined
	}
	for _, g := range s.plan.grades {
		if g.section == g.name && !g.attached {
			s.leadSection(g.section)
		}
	}
	for _, p := range s.people {
		s.p.Staff = append(s.p.Staff, p.Staff)
	}
}

// leadSection makes the least loaded teacher of a 级部 its head.
func (s *school) leadSection(section string) {
	var head *person
	for _, p := range s.people {
		if p.Section == section && p.Position == "教师" && !s.cast.taken[p] && (head == nil || p.lessons < head.lessons) {
			head = p
		}
	}
	if head != nil {
		head.Position, head.office = "级部主任", section
	}
}
