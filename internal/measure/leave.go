package measure

import (
	"slices"

	"shiji/internal/num"
)

// protectedDays returns the days of the period, in order, that the person was
// on leave or duty which the law protects: whole days with such a code, and the
// rest days between two of them.
func (x *index) protectedDays(person int) []int {
	codes := make([]string, x.end-x.start+1)
	for _, k := range x.of("出勤").by[person] {
		x.eachDay(&x.Attendance[k], func(day int, code string, halves int) {
			if halves == 2 {
				codes[day-x.start] = code
			} else {
				codes[day-x.start] = "half"
			}
		})
	}
	var days, between []int
	for i, code := range codes {
		switch {
		case slices.Contains(statutory, code):
			days = append(append(days, between...), x.start+i)
			between = between[:0]
		case len(days) > 0 && (code == "" || code == "休") && days[len(days)-1]+len(between) == x.start+i-1:
			between = append(between, x.start+i)
		default:
			between = between[:0]
		}
	}
	return days
}

// protectedShare returns shares of the calendar days from lo to hi, less the
// protected days on which none of the spans stands: a timetable that ends where
// maternity leave begins is no smaller for it.
func (x *index) protectedShare(person, lo, hi int) timeShare {
	protected := x.protectedDays(person)
	return func(spans ...span) num.Q {
		a, b := spans[0].within(lo, hi)
		if b < a {
			return num.Q{}
		}
		days := hi - lo + 1
		for _, day := range protected {
			if day >= lo && day <= hi && !slices.ContainsFunc(spans, func(s span) bool { a, b := s.within(lo, hi); return a <= day && day <= b }) {
				days--
			}
		}
		return num.Frac(int64(b-a+1), int64(days))
	}
}
