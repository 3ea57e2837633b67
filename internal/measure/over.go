package measure

import (
	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// over is what a mean over time is taken of: the days of the period, the
// person's days here, or the person's working days by an attendance rate's
// declarations. The last leaves out what that rate excuses, the others leave
// that the law protects (leave.go), so that a mean of lessons is not lowered by
// maternity leave (guard maternity_leave_penalty).
type over struct {
	kind string // period, employed, due-days
	rate string
}

func readOver(c *compiler, p *scheme.Params) over {
	o := over{kind: p.MustOneOf("over", "period", "employed", "due-days")}
	if o.kind == "due-days" {
		o.rate = c.needsRate(p.Text("days-of"))
	}
	return o
}

// sheets are those that the choice needs.
func (o over) sheets(list ...string) []string {
	if o.kind == "due-days" {
		list = append(list, "出勤")
	}
	return list
}

// span is a stretch of dates, both inclusive; blanks stand for the ends of
// somebody's time.
type span struct{ from, to string }

// timeShare returns the part of somebody's time that the first span covers. The
// others are spans of the same work, which may go on where the first ends.
type timeShare func(spans ...span) num.Q

// of returns the person's time. Where there is none the person is settled as
// not applicable, and ok is false.
func (o over) of(r *run, person int) (share timeShare, ok bool) {
	if o.kind != "due-days" {
		lo, hi := r.start, r.end
		if o.kind == "employed" {
			lo, hi = r.employed(r.staff[person])
		}
		return r.protectedShare(person, lo, hi), true
	}
	due := r.dueDays(o.rate, person)
	if due[len(due)-1] == 0 {
		r.missing(person, fact.NotApplicable, []fact.Line{{Label: "考核周期内没有应出勤的日子"}})
		return nil, false
	}
	return func(spans ...span) num.Q {
		a, b := spans[0].within(r.start, r.end)
		if b < a {
			return num.Q{}
		}
		return num.Frac(int64(due[b-r.start+1]-due[a-r.start]), int64(due[len(due)-1]))
	}, true
}

// within returns the span's days of [lo, hi]; a > b if there are none.
func (s span) within(lo, hi int) (a, b int) {
	if d, ok := dayNumber(s.from); ok {
		lo = max(lo, d)
	}
	if d, ok := dayNumber(s.to); ok {
		hi = min(hi, d)
	}
	return lo, hi
}

// dueDays returns how many half days the person was due before each day of the
// period, and in all.
func (x *index) dueDays(rate string, person int) []int {
	key := rateOf{rate, person}
	if due, ok := x.due[key]; ok {
		return due
	}
	uses := x.runs[rate].part.deriver.(*attendanceRate).days // link has seen to it
	due := make([]int, x.end-x.start+2)
	for _, k := range x.of("出勤").by[person] {
		x.eachDay(&x.Attendance[k], func(day int, code string, halves int) {
			if uses[code].due {
				due[day-x.start+1] += halves
			}
		})
	}
	for i := 1; i < len(due); i++ {
		due[i] += due[i-1]
	}
	x.due[key] = due
	return due
}

// rateOf is one person's attendance by one rate's declarations.
type rateOf struct {
	rate   string
	person int
}

// eachDay calls f for each code of the line's days within the period, with how
// many half days it stands for.
func (x *index) eachDay(line *evidence.Attendance, f func(day int, code string, halves int)) {
	first, ok := dayNumber(line.Month + "-01")
	if !ok {
		return
	}
	for d, code := range line.Days {
		if code == "" || first+d < x.start || first+d > x.end {
			continue
		}
		n := firstRune(code)
		if n == len(code) {
			f(first+d, code, 2)
			continue
		}
		f(first+d, code[:n], 1)
		f(first+d, code[n:], 1)
	}
}
