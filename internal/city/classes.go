package city

import (
	"fmt"
	"slices"

	"shiji/internal/evidence"
)

// pupil is known by a number of the school alone.
type pupil struct {
	number   string
	class    *class
	from, to day // zero: has always been, will always be here
	moved    *class
	movedOn  day
	excused  bool // 随班就读: excused from written exams by approval
	general  int  // ability, thousandths of a standard deviation
	subject  [26]int16
}

// in returns the class in which the pupil sits an exam of that day, nil if not
// in this school.
func (p *pupil) in(d day) *class {
	switch {
	case p.from > 0 && d < p.from, p.to > 0 && d > p.to:
		return nil
	case p.moved != nil && d >= p.movedOn:
		return p.moved
	}
	return p.class
}

// open makes the classes and their pupils.
func (s *school) open() {
	r := s.stream("pupils")
	for _, g := range s.plan.grades {
		for i := range g.classes {
			c := &class{grade: g, index: i, effect: r.normal() * 200 / 1000}
			c.ID, c.Stage, c.Grade, c.Band = fmt.Sprintf("%s%d", g.short, i+1), g.stage, g.name, g.band
			seats := g.size + r.between(-2, 1)
			for k := range seats {
				c.pupils = append(c.pupils, newPupil(r, c, k+1))
			}
			s.classes = append(s.classes, c)
		}
	}
	s.movePupils(r)
}

func newPupil(r *random, c *class, seat int) *pupil {
	p := &pupil{class: c, general: r.normal()}
	p.number = fmt.Sprintf("%02d%02d%02d%02d", c.grade.entered%100, c.grade.firstGrade, c.index+1, seat)
	for i := range p.subject {
		p.subject[i] = int16(r.normal())
	}
	return p
}

// The days on which pupils come, go and change classes.
var (
	cameOn  = on(2026, 3, 2)
	wentOn  = on(2025, 12, 19)
	movedOn = on(2026, 3, 2)
)

// movePupils tells the special cases of pupils: arrivals and departures in some
// classes, one change between classes, one 随班就读, one class newly formed.
func (s *school) movePupils(r *random) {
	for _, c := range s.classes {
		if c.grade.attached {
			continue
		}
		if r.chance(300) {
			p := newPupil(r, c, len(c.pupils)+1)
			p.from = cameOn
			c.pupils, c.came = append(c.pupils, p), c.came+1
		}
		if r.chance(250) {
			p := pick(r, c.pupils[:10])
			p.to = wentOn
		}
	}
	g := s.plan.grades[len(s.plan.grades)/2]
	first, second := s.class(g.short+"1"), s.class(g.short+"2")
	mover := first.pupils[20]
	mover.moved, mover.movedOn = second, movedOn
	s.class(g.short + "3").pupils[15].excused = true
}

// newClass reports whether c was formed at the beginning of the year from pupils
// of other schools, whose earlier marks did not come with them.
func (s *school) newClass(c *class) bool {
	return c.grade == s.plan.grades[len(s.plan.grades)/2] && c.index == c.grade.classes-1
}

// missesExam reports whether class c was closed by an infection at the mid-term
// exam of spring, or of autumn's final where there is none.
func (s *school) missesExam(c *class, sit *sitting) bool {
	return c.grade == s.plan.grades[len(s.plan.grades)/2-1] && c.index == c.grade.classes-2 && len(c.grade.papers) > 0 &&
		(sit.id == "2026春期中"+c.grade.short || s.plan.stage == "小学" && sit.id == "2025秋期末"+c.grade.short)
}

// classSheet writes the classes with the figures that rates are divided by.
func (s *school) classSheet() {
	for _, c := range s.classes {
		start, in, out := 0, c.came, 0
		for _, p := range c.pupils {
			switch {
			case p.from > 0:
			case p.to > 0 || p.moved != nil:
				start, out = start+1, out+1
			default:
				start++
			}
		}
		for _, other := range s.classes {
			for _, p := range other.pupils {
				if p.moved == c {
					in++
				}
			}
		}
		c.AtStart, c.In, c.Out = known(start), known(in), known(out)
		c.Pupils = known(start + in - out)
		s.p.Classes = append(s.p.Classes, c.Class)
	}
}

// size returns how many pupils the class has at the end of the year.
func (c *class) size() int {
	n, _ := c.Pupils.Q.Int64()
	return int(n)
}

// examined reports whether subject of class c is examined in writing.
func (c *class) examined(subject string) bool {
	return slices.Contains(c.grade.papers, subject) &&
		slices.ContainsFunc(c.grade.hours(c.index), func(h hour) bool { return h.subject == subject })
}

// subjectIndex returns the place of a subject in evidence.Subjects.
func subjectIndex(subject string) int {
	for i := range evidence.Subjects {
		if evidence.Subjects[i].Name == subject {
			return i
		}
	}
	panic("city: no subject " + subject)
}
