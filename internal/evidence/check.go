package evidence

import (
	"shiji/internal/fault"
	"shiji/internal/num"
)

// Check reports everything in p that is incomplete or contradicts itself, as
// one fault.List in the order of Sheets: the package is taken whole or not at
// all. A place names sheet, row and the declared column; at which position the
// file holds that column only its reader knows.
func Check(p *Package) error {
	c := &check{Package: p}
	c.index()
	for _, s := range Sheets {
		c.sheet = s
		c.columns()
		c.keys()
		if rule := rules[s.Name]; rule != nil {
			rule(c)
		}
	}
	return c.Err()
}

// rules are what a sheet's lines must hold beyond their columns' declarations.
var rules = map[string]func(*check){
	"学校": (*check).school, "教职工": (*check).staff, "班级": (*check).classes, "任课": (*check).lessons,
	"兼职": (*check).duties, "其他工作": (*check).otherWork, "出勤": (*check).attendance, "活动出勤": (*check).events,
	"考试": (*check).exams, "成绩": (*check).marks, "参照": (*check).references, "视导": (*check).inspections,
	"常规检查": (*check).routines, "成果": (*check).outcomes, "培训": (*check).trainings, "测评": (*check).ratings,
	"目标任务": (*check).goals, "师德认定": (*check).conduct, "委员会评分": (*check).committee,
}

// check is one run of Check.
type check struct {
	*Package
	fault.List
	sheet *Sheet // being checked

	start, end string // the period, "" while it is not known
	known      map[string]map[string]bool
	examOf     map[examKey]*Exam
}

type examKey struct{ id, subject string }

// index collects what other sheets may name.
func (c *check) index() {
	if len(c.School) == 1 {
		s := &c.School[0]
		if validDate(s.Start) && validDate(s.End) && s.Start <= s.End {
			c.start, c.end = s.Start, s.End
		}
	}
	staff, classes, exams := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range c.Staff {
		staff[c.Staff[i].ID] = true
	}
	for i := range c.Classes {
		classes[c.Classes[i].ID] = true
	}
	c.examOf = make(map[examKey]*Exam, len(c.Exams))
	for i := range c.Exams {
		e := &c.Exams[i]
		exams[e.ID] = true
		if k := (examKey{e.ID, e.Subject}); c.examOf[k] == nil {
			c.examOf[k] = e
		}
	}
	c.known = map[string]map[string]bool{"教职工": staff, "班级": classes, "考试": exams}
}

// add reports a fault of the current sheet's column in the file's row line.
func (c *check) add(line int, column string, e *fault.Error) {
	c.Add(e.At(fault.Place{Sheet: c.sheet.Name, Row: line, Field: column}))
}

func (c *check) conflict(line int, column, key string, args ...any) {
	c.add(line, column, fault.New(fault.Conflict, key, args...))
}

func (c *check) missing(line int, column, key string, args ...any) {
	c.add(line, column, fault.New(fault.Missing, key, args...))
}

// columns holds every cell against its column's declaration. Marks are bounded
// by their exam instead.
func (c *check) columns() {
	for k := range c.sheet.Columns {
		col := &c.sheet.Columns[k]
		if col.Type == Mark {
			continue
		}
		refers := c.known[col.Refers]
		if c.partial[col.Refers] {
			refers = nil
		}
		if col.Refers != "" && len(refers) == 0 {
			c.unreferable(k)
		}
		for i := range c.sheet.Len(c.Package) {
			v := c.sheet.Cell(c.Package, i, k)
			if e := col.Check(v); e != nil {
				c.add(c.sheet.Line(c.Package, i), col.Name, e)
				continue
			}
			if len(refers) > 0 && v.Text != "" && !refers[v.Text] {
				c.conflict(c.sheet.Line(c.Package, i), col.Name, "evidence.unknown-reference", v.Text, col.Refers)
			}
		}
	}
}

// unreferable reports once that column k names lines of a sheet that has none.
func (c *check) unreferable(k int) {
	col := &c.sheet.Columns[k]
	if c.partial[col.Refers] || col.Refers == "教职工" {
		return // reported where it lies
	}
	for i := range c.sheet.Len(c.Package) {
		if v := c.sheet.Cell(c.Package, i, k); v.Text != "" {
			c.missing(c.sheet.Line(c.Package, i), col.Name, "evidence.reference-sheet-missing", col.Refers, v.Text)
			return
		}
	}
}

// keys finds lines that say twice what may be said once.
func (c *check) keys() {
	n := c.sheet.Len(c.Package)
	first := make(map[string]int, n)
	for i := range n {
		key := c.sheet.Source(c.Package, i)
		if at, twice := first[key]; twice {
			c.conflict(c.sheet.Line(c.Package, i), c.sheet.keyName(), "evidence.duplicate", c.sheet.KeyText(c.Package, i), c.sheet.Line(c.Package, at))
			continue
		}
		first[key] = i
	}
}

// interval holds two dates in order; blanks stand for the ends of the period.
func (c *check) interval(line int, from, to, fromColumn, toColumn string) {
	if validDate(from) && validDate(to) && from > to {
		c.conflict(line, toColumn, "evidence.dates-reversed", fromColumn, from, to)
	}
}

// within holds a date inside the period.
func (c *check) within(line int, column, date string) {
	if c.start != "" && validDate(date) && (date < c.start || date > c.end) {
		c.conflict(line, column, "evidence.outside-period", date, c.start, c.end)
	}
}

// post holds the dates of a lesson or duty inside the period and in order.
func (c *check) post(line int, from, to string) {
	c.within(line, "起", from)
	c.within(line, "止", to)
	c.interval(line, from, to, "起", "止")
}

// score holds a score at or below its full marks, which must be positive.
func (c *check) score(line int, column string, score, full Quantity) {
	if full.State == Given && full.Q.Sign() <= 0 {
		c.conflict(line, "满分", "evidence.full-not-positive")
		return
	}
	c.notAbove(line, column, score, full)
}

func (c *check) notAbove(line int, column string, q, full Quantity) {
	if q.State == Given && full.State == Given && q.Q.Cmp(full.Q) > 0 {
		c.conflict(line, column, "evidence.above-full", q.Q.String(), full.Q.String())
	}
}

// ordered holds given quantities ascending; names and list run in parallel.
func (c *check) ordered(line int, names []string, list ...Quantity) {
	last := -1
	for i, q := range list {
		if q.State != Given {
			continue
		}
		if last >= 0 && q.Q.Cmp(list[last].Q) < 0 {
			c.conflict(line, names[i], "evidence.order", q.Q.String(), names[last], list[last].Q.String())
		}
		last = i
	}
}

// Check says what is wrong with v as a value of c, or nil. Whether other
// sheets agree with it is the business of the package's Check.
func (c *Column) Check(v Value) *fault.Error {
	if v.Empty() {
		if c.Required {
			return fault.New(fault.Missing, "evidence.required")
		}
		return nil
	}
	switch c.Type {
	case Number, Mark:
		return c.checkNumber(v)
	case Coded:
		if !c.allows(v.Text) {
			return fault.New(fault.Invalid, "evidence.unknown-code", v.Text, c.Allowed())
		}
	case List:
		for _, part := range splitList(v.Text) {
			if c.Codes != nil && !c.allows(part) {
				return fault.New(fault.Invalid, "evidence.unknown-code", part, c.Allowed())
			}
		}
	case Date:
		if !validDate(v.Text) {
			return fault.New(fault.Invalid, "evidence.bad-date", v.Text)
		}
	case Month:
		if !validMonth(v.Text) {
			return fault.New(fault.Invalid, "evidence.bad-month", v.Text)
		}
	case ID:
		if isIdentityNumber(v.Text) {
			return fault.New(fault.Refused, "evidence.identity-number")
		}
	}
	return nil
}

// behind is the unit as it follows a number: 60 节/周, 100%.
func (c *Column) behind() string {
	if c.Unit == "" || c.Unit == "%" {
		return c.Unit
	}
	return " " + c.Unit
}

func (c *Column) checkNumber(v Value) *fault.Error {
	if v.State != Given {
		if v.State == Absent && c.Type != Mark {
			return fault.New(fault.Invalid, "evidence.absent-not-mark")
		}
		return nil
	}
	if c.Min != nil && v.Q.Cmp(*c.Min) < 0 {
		return fault.New(fault.Invalid, "evidence.below-min", v.Q.String(), c.Min.String())
	}
	if c.Max != nil && v.Q.Cmp(*c.Max) > 0 {
		return fault.New(fault.Invalid, "evidence.above-max", v.Q.String(), c.Max.String()+c.behind())
	}
	if !v.Q.Mul(num.Int(pow10(c.Places))).IsInt() {
		return fault.New(fault.Invalid, "evidence.too-many-places", v.Q.String(), c.Places)
	}
	return nil
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
