package evidence

import (
	"slices"

	"shiji/internal/num"
)

// school holds the one line about the school against the rest of the package.
func (c *check) school() {
	if len(c.School) == 0 && c.partial["学校"] {
		return
	}
	if len(c.School) != 1 {
		line := 0
		if len(c.School) > 1 {
			line = c.School[1].Line
		}
		c.conflict(line, "", "evidence.one-school", len(c.School))
		return
	}
	s := &c.School[0]
	c.interval(s.Line, s.Start, s.End, "周期起", "周期止")
	if s.Term != "" && !validTerm(s.Term) {
		c.conflict(s.Line, "学年", "evidence.bad-term", s.Term)
	}
	for _, name := range s.Declined {
		sheet := SheetNamed(name)
		switch {
		case sheet == nil:
			c.conflict(s.Line, "不适用的表", "evidence.declined-unknown", name)
		case sheet == schoolSheet || sheet == staffSheet:
			c.conflict(s.Line, "不适用的表", "evidence.declined-needed", name)
		case sheet.Len(c.Package) > 0:
			c.conflict(s.Line, "不适用的表", "evidence.declined-filled", name, sheet.Len(c.Package))
		}
	}
}

// validTerm accepts a school year (2025-2026) or a calendar year (2025).
func validTerm(s string) bool {
	if len(s) == 4 {
		_, ok := digits(s)
		return ok
	}
	if len(s) != 9 || s[4] != '-' {
		return false
	}
	from, ok := digits(s[:4])
	to, ok2 := digits(s[5:])
	return ok && ok2 && to == from+1
}

func (c *check) staff() {
	if len(c.Staff) == 0 && !c.partial["教职工"] {
		c.missing(0, "", "evidence.no-staff")
	}
	for i := range c.Staff {
		s := &c.Staff[i]
		if s.Kind == "教学" && s.Stage == "" {
			c.missing(s.Line, "学段", "evidence.teaching-needs")
		}
		if s.Kind == "教学" && s.Subject == "" {
			c.missing(s.Line, "学科", "evidence.teaching-needs")
		}
		c.stage(s.Line, s.Stage)
		c.interval(s.Line, s.Joined, s.Left, "到校日期", "离校日期")
		if c.start == "" {
			continue
		}
		if validDate(s.Joined) && s.Joined > c.end {
			c.conflict(s.Line, "到校日期", "evidence.not-here", s.Joined, c.start, c.end)
		}
		if validDate(s.Left) && s.Left < c.start {
			c.conflict(s.Line, "离校日期", "evidence.not-here", s.Left, c.start, c.end)
		}
	}
}

// stage holds a line's 学段 among those of the school.
func (c *check) stage(line int, stage string) {
	if len(c.School) == 1 && len(c.School[0].Stages) > 0 && stage != "" && !slices.Contains(c.School[0].Stages, stage) {
		c.conflict(line, "学段", "evidence.stage-not-here", stage)
	}
}

func (c *check) classes() {
	for i := range c.Classes {
		c.stage(c.Classes[i].Line, c.Classes[i].Stage)
	}
}

// ResultShare returns the part of the class's result in the subject that is
// the line's teacher's: as declared, or, left blank, all of it for the lessons
// that teach the subject to the class and none for those that come on top.
func (l *Lesson) ResultShare() num.Q {
	if l.Share.State == Given {
		return l.Share.Q
	}
	switch l.Kind {
	case "", "正课", "合堂":
		return num.Int(1)
	}
	return num.Int(0)
}

func (c *check) lessons() {
	type place struct{ class, subject string }
	byPlace := map[place][]span{}
	type post struct{ staff, class, subject, kind string }
	posts := map[post][]span{}
	for i := range c.Lessons {
		l := &c.Lessons[i]
		c.post(l.Line, l.Start, l.End)
		s := c.span(l.Start, l.End, i)
		s.key = l.Kind + "/" + l.Start
		k := post{l.Staff, l.Class, l.Subject, l.Kind}
		if k.kind == "" {
			k.kind = "正课"
		}
		posts[k] = append(posts[k], s)
		if l.ResultShare().Sign() > 0 {
			byPlace[place{l.Class, l.Subject}] = append(byPlace[place{l.Class, l.Subject}], s)
		}
	}
	lineOf := func(at int) int { return c.Lessons[at].Line }
	for i := range c.Lessons { // in the order of lines, for maps have none
		l := &c.Lessons[i]
		k := post{l.Staff, l.Class, l.Subject, l.Kind}
		if k.kind == "" {
			k.kind = "正课"
		}
		c.overlaps(posts[k], i, lineOf)
		c.shares(byPlace[place{l.Class, l.Subject}], i)
	}
}

// shares reports line at when the shares running on the day it begins add up
// to more than the whole: a sum can only rise on the first day of some line.
// A teacher's several lines with the class count once, by their largest share.
func (c *check) shares(spans []span, at int) {
	mine := slices.IndexFunc(spans, func(s span) bool { return s.at == at })
	if mine < 0 {
		return
	}
	day, byStaff, lines := spans[mine].from, map[string]num.Q{}, []int(nil)
	for _, s := range spans {
		// Of lines beginning on the same day, the last reports.
		if s.from > day || s.to < day || s.from == day && s.at > at {
			continue
		}
		l := &c.Lessons[s.at]
		byStaff[l.Staff] = num.Max(byStaff[l.Staff], l.ResultShare())
		if s.at != at {
			lines = append(lines, l.Line)
		}
	}
	sum := num.Int(0)
	for _, q := range byStaff {
		sum = sum.Add(q)
	}
	// Report only the line that lifts the sum over the whole.
	l := &c.Lessons[at]
	if sum.Cmp(num.Int(1)) > 0 {
		c.conflict(l.Line, "成绩份额", "evidence.shares-exceed", l.Class, l.Subject, sum.String(), rowList(lines))
	}
}

func (c *check) duties() {
	type post struct{ staff, kind, of string }
	posts := map[post][]span{}
	for i := range c.Duties {
		d := &c.Duties[i]
		c.post(d.Line, d.Start, d.End)
		s := c.span(d.Start, d.End, i)
		s.key = d.Start
		posts[post{d.Staff, d.Kind, d.Of}] = append(posts[post{d.Staff, d.Kind, d.Of}], s)
	}
	for i := range c.Duties {
		d := &c.Duties[i]
		c.overlaps(posts[post{d.Staff, d.Kind, d.Of}], i, func(at int) int { return c.Duties[at].Line })
		if d.Kind != "班主任" && d.Kind != "副班主任" {
			continue
		}
		switch {
		case d.Of == "":
			c.missing(d.Line, "对象", "evidence.head-needs-class", d.Kind)
		case !c.known["班级"][d.Of] && !c.partial["班级"]:
			c.conflict(d.Line, "对象", "evidence.unknown-reference", d.Of, "班级")
		}
	}
}

// span is the time that a line covers.
type span struct {
	from, to string
	at       int    // the line's index
	key      string // what else is in the line's natural key, as handed in
}

// span fills blank ends with those of the period.
func (c *check) span(from, to string, at int) span {
	if from == "" {
		from = c.start
	}
	if to == "" {
		to = c.end
	}
	if to == "" {
		to = "9999-12-31" // the period is not known, and reported elsewhere
	}
	return span{from: from, to: to, at: at}
}

// overlaps reports line at when an earlier line of the same post covers one of
// its days. Lines that agree in the whole natural key are reported as such.
func (c *check) overlaps(spans []span, at int, lineOf func(int) int) {
	mine := slices.IndexFunc(spans, func(s span) bool { return s.at == at })
	for _, s := range spans[:max(mine, 0)] {
		if m := spans[mine]; s.key != m.key && s.from <= m.to && m.from <= s.to {
			c.conflict(lineOf(at), "起", "evidence.overlap", lineOf(s.at), s.from, s.to)
			return
		}
	}
}
