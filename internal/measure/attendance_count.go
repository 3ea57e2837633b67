package measure

import (
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// attendanceDays is how many days a person was due by an attendance rate's own
// declarations: what is counted is divided by them. The days present are no
// measure: they fall with every day of maternity leave (guard
// maternity_leave_penalty); the rate itself is the share to scale by.
type attendanceDays struct{ of string }

func readAttendanceDays(c *compiler, p *scheme.Params) deriver {
	if p.MustOneOf("which", "due", "present") == "present" {
		p.Fault("which", "measure.days-present")
	}
	return &attendanceDays{of: c.needsRate(p.Text("of"))}
}

func (a *attendanceDays) fields() []field  { return scalar }
func (a *attendanceDays) sheets() []string { return []string{"出勤"} }

func (a *attendanceDays) derive(r *run) {
	rate := r.runs[a.of].part.deriver.(*attendanceRate) // link has seen to it
	r.people(func(i int, _ *evidence.Staff) {
		for _, sheet := range rate.sheets() {
			if state := r.sheetState(sheet); state != fact.Given {
				r.missing(i, state, nil)
				return
			}
		}
		t := r.tallyOf(a.of, i)
		switch {
		case t.state != fact.Given:
			rate.none.putGap(r, i, t)
		default:
			r.number(i, total(t.due), t.due)
		}
	})
}

// attendanceCount counts the days, or the times, of some codes.
type attendanceCount struct {
	codes []string
	times bool
	none  none
}

func readAttendanceCount(_ *compiler, p *scheme.Params) deriver {
	a := &attendanceCount{codes: p.Texts("codes"), times: p.MustOneOf("unit-of", "days", "times") == "times", none: readNone(p, "zero", "not-applicable", "not-yet")}
	if len(a.codes) == 0 {
		p.Fault("", "measure.need-list", "codes", joined(dayCodes()))
	}
	for _, c := range a.codes {
		switch {
		case slices.Contains(statutory, c):
			p.Fault("codes", "measure.statutory", c)
		case !slices.Contains(dayCodes(), c):
			p.Fault("codes", "measure.not-among", c, joined(dayCodes()))
		}
	}
	return a
}

func (a *attendanceCount) fields() []field  { return scalar }
func (a *attendanceCount) sheets() []string { return []string{"出勤"} }

func (a *attendanceCount) derive(r *run) {
	lines := r.of("出勤")
	r.people(func(i int, _ *evidence.Staff) {
		if len(lines.by[i]) == 0 {
			a.none.put(r, i)
			return
		}
		var work []fact.Line
		for _, k := range lines.by[i] {
			line := &r.Attendance[k]
			var n num.Q
			r.eachDay(line, func(_ int, code string, halves int) {
				switch {
				case !slices.Contains(a.codes, code):
				case a.times:
					n = n.Add(one)
				default:
					n = n.Add(num.Frac(int64(halves), 2))
				}
			})
			if n.Sign() != 0 {
				work = append(work, fact.Line{Source: lines.sources[k], Label: line.Month, Value: n, Factor: one, Counts: n})
			}
		}
		r.number(i, total(work), work)
	})
}

// eventCount counts the events of some kinds at which a person's state is one
// of those named.
type eventCount struct {
	states, kinds []string
	none          none
}

func readEventCount(_ *compiler, p *scheme.Params) deriver {
	e := &eventCount{states: someCodesIn(p, "states", "活动出勤", "状态"), kinds: codesIn(p, "kinds", "活动出勤", "类别"), none: readNone(p, "zero", "not-applicable", "not-yet")}
	for _, s := range e.states {
		if slices.Contains(statutoryStates, s) {
			p.Fault("states", "measure.statutory", s)
		}
	}
	return e
}

func (e *eventCount) fields() []field  { return scalar }
func (e *eventCount) sheets() []string { return []string{"活动出勤"} }

func (e *eventCount) derive(r *run) {
	lines := r.of("活动出勤")
	r.people(func(i int, _ *evidence.Staff) {
		if len(lines.by[i]) == 0 {
			e.none.put(r, i)
			return
		}
		var work []fact.Line
		for _, k := range lines.by[i] {
			if x := &r.Events[k]; slices.Contains(e.states, x.State) && holds(e.kinds, x.Kind) {
				work = append(work, fact.Line{Source: lines.sources[k], Label: x.Event + "：" + x.State, Value: one, Factor: one, Counts: one})
			}
		}
		r.number(i, total(work), work)
	})
}
