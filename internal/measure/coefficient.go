package measure

import (
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// The five things that 济宁2018 三(三)1 wants considered in a lesson's worth.
// A scheme declares a coefficient for each, even if it is 1.
var coefficientNames = []string{"课程难度", "备课时间", "作业批改量", "班级数", "学生数"}

// coefficient is one declared factor of a lesson: fixed, taken from the line,
// or looked up by what the line or the person's teaching is like.
type coefficient struct {
	name   string
	by     string // "" fixed
	fixed  num.Q
	values map[string]num.Q // by subject or grade
	bands  []step           // by a number
	other  *num.Q           // what is not listed; nil: a fault
}

// step is one band: up to and with to, factor.
type step struct{ to, factor num.Q }

var coefficientsBy = []string{"任课", "学科", "年级", "班级数", "同学科班级数", "本班学生数", "学生总数"}

func readCoefficients(p *scheme.Params) []*coefficient {
	m := p.Map("coefficients")
	if m == nil {
		p.Fault("", "measure.need-mapping", "coefficients", strings.Join(coefficientNames, "、"))
		return nil
	}
	var out []*coefficient
	for _, name := range coefficientNames {
		if !m.Has(name) {
			m.Fault("", "measure.coefficient-missing", name)
			continue
		}
		if s, ok := written(m, name); ok {
			q, err := num.Parse(s)
			if err != nil || q.Sign() < 0 {
				m.Fault(name, "measure.coefficient-number", name, s)
			}
			out = append(out, &coefficient{name: name, fixed: q})
			continue
		}
		if c := m.Map(name); c != nil {
			out = append(out, readCoefficient(c, name))
		}
	}
	m.End()
	return out
}

func readCoefficient(p *scheme.Params, name string) *coefficient {
	c := &coefficient{name: name, by: p.MustOneOf("by", coefficientsBy...)}
	if q, ok := p.OptQ("else"); ok {
		c.other = &q
	}
	switch c.by {
	case "任课":
		if !slices.Contains(coefficientNames[:3], name) {
			p.Fault("by", "measure.coefficient-line", name)
		}
	case "学科":
		c.values = rates(p, "values", allowedIn("任课", "学科"))
	case "年级":
		c.values = map[string]num.Q{}
		for _, e := range p.Numbers("values") {
			c.values[e.Name] = e.Q
		}
	default:
		for _, b := range p.Maps("bands") {
			s := step{b.Q("to"), b.Q("factor")}
			if n := len(c.bands); n > 0 && s.to.Cmp(c.bands[n-1].to) <= 0 {
				b.Fault("to", "measure.band-order", s.to.String())
			}
			c.bands = append(c.bands, s)
			b.End()
		}
		if c.other == nil {
			p.Fault("", "measure.band-else", name)
		}
	}
	p.End()
	return c
}

// teaching is what coefficients by number look at.
type teaching struct {
	classes   map[string]bool
	bySubject map[string]map[string]bool
}

func teachingOf(r *run, lessons []int) *teaching {
	t := &teaching{map[string]bool{}, map[string]map[string]bool{}}
	for _, k := range lessons {
		l := &r.Lessons[k]
		t.classes[l.Class] = true
		if t.bySubject[l.Subject] == nil {
			t.bySubject[l.Subject] = map[string]bool{}
		}
		t.bySubject[l.Subject][l.Class] = true
	}
	return t
}

// of returns the factor for the line. It is false when the scheme has none for
// it, which is reported.
func (c *coefficient) of(r *run, l *evidence.Lesson, about *teaching) (num.Q, bool) {
	switch c.by {
	case "":
		return c.fixed, true
	case "任课":
		if q := c.line(l); q.State == evidence.Given {
			return q.Q, true
		}
		return c.or(r, l, "")
	case "学科":
		if q, ok := c.values[l.Subject]; ok {
			return q, true
		}
		return c.or(r, l, l.Subject)
	case "年级":
		grade := ""
		if class := r.classes[l.Class]; class != nil {
			grade = class.Grade
		}
		if q, ok := c.values[grade]; ok {
			return q, true
		}
		return c.or(r, l, grade)
	}
	n, ok := c.number(r, l, about)
	if !ok {
		return num.Q{}, false
	}
	for _, s := range c.bands {
		if n.Cmp(s.to) <= 0 {
			return s.factor, true
		}
	}
	return *c.other, true
}

// line returns the judgement that the timetable's line carries.
func (c *coefficient) line(l *evidence.Lesson) evidence.Quantity {
	switch c.name {
	case "课程难度":
		return l.Difficulty
	case "备课时间":
		return l.Preparation
	}
	return l.Homework
}

func (c *coefficient) or(r *run, l *evidence.Lesson, what string) (num.Q, bool) {
	if c.other == nil {
		r.fault("任课", l.Line, c.name, "measure.coefficient-none", c.name, what)
		return num.Q{}, false
	}
	return *c.other, true
}

func (c *coefficient) number(r *run, l *evidence.Lesson, about *teaching) (num.Q, bool) {
	switch c.by {
	case "班级数":
		return num.Int(int64(len(about.classes))), true
	case "同学科班级数":
		return num.Int(int64(len(about.bySubject[l.Subject]))), true
	case "本班学生数":
		return pupils(r, l.Class, l)
	}
	var sum num.Q
	for class := range about.classes { // a sum, so the order makes no difference
		n, ok := pupils(r, class, l)
		if !ok {
			return num.Q{}, false
		}
		sum = sum.Add(n)
	}
	return sum, true
}

func pupils(r *run, class string, l *evidence.Lesson) (num.Q, bool) {
	if c := r.classes[class]; c != nil && c.Pupils.State == evidence.Given {
		return c.Pupils.Q, true
	}
	r.fault("任课", l.Line, "班级", "measure.class-pupils", class)
	return num.Q{}, false
}
