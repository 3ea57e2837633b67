package measure

import (
	"slices"
	"strings"
	"unicode/utf8"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// statutory are the leaves and duties that never count against a person
// (guard maternity_leave_penalty): 婚丧产陪育哺探, 公差, 工伤, 培训.
var statutory = []string{"婚", "丧", "产", "陪", "育", "哺", "探", "公", "伤", "培"}

// statutoryStates are the same among the states of an event.
var statutoryStates = []string{"公差", "法定假"}

// dayUse says what a day with a code counts for.
type dayUse struct {
	due     bool  // a day on which the person should have been here
	present num.Q // the part of it that counts as present
}

// attendanceRate is the share of working days on which a person was present,
// added up day by day (济宁2018 三(三)3: 采取工作日累计办法).
type attendanceRate struct {
	days   map[string]dayUse
	missed map[string]num.Q // days a state at an event takes off; nil: events do not count
	kinds  []string         // of events; nil: all
	gap    string           // what a month without a line does
	none   none
}

func readAttendanceRate(_ *compiler, p *scheme.Params) deriver {
	a := &attendanceRate{days: readDayUses(p), gap: p.MustOneOf("missing-month", "ignore", "not-yet"), none: readNone(p, "not-applicable", "not-yet")}
	if s, ok := written(p, "events"); ok {
		if s != "none" {
			p.Fault("events", "measure.events")
		}
		return a
	}
	m := p.Map("events")
	if m == nil {
		if !p.Has("events") {
			p.Fault("", "measure.events")
		}
		return a
	}
	a.kinds = codesIn(m, "kinds", "活动出勤", "类别")
	a.missed = map[string]num.Q{}
	for _, state := range allowedIn("活动出勤", "状态") {
		switch {
		case state == "到":
		case slices.Contains(statutoryStates, state):
			if _, written := m.OptText(state); written {
				m.Fault(state, "measure.statutory", state)
			}
		default:
			a.missed[state] = share01(m, state, m.Q(state))
		}
	}
	m.End()
	return a
}

// readDayUses reads what each of the day codes counts for; all must be declared.
func readDayUses(p *scheme.Params) map[string]dayUse {
	m := p.Map("codes")
	names := dayCodes()
	if m == nil {
		p.Fault("", "measure.need-mapping", "codes", strings.Join(names, "、"))
		return nil
	}
	uses := map[string]dayUse{}
	for _, name := range names {
		if !m.Has(name) {
			m.Fault("", "measure.day-code-missing", name)
			continue
		}
		use, ok := dayUseOf(m.Text(name))
		if !ok {
			m.Fault(name, "measure.day-code", name)
		}
		if slices.Contains(statutory, name) && use.due && use.present.Cmp(one) < 0 {
			m.Fault(name, "measure.statutory", name)
		}
		uses[name] = use
	}
	m.End()
	return uses
}

func dayCodes() []string {
	var names []string
	for _, c := range evidence.Days {
		names = append(names, c.Name)
	}
	return names
}

func dayUseOf(word string) (dayUse, bool) {
	switch word {
	case "present":
		return dayUse{true, one}, true
	case "absent":
		return dayUse{true, num.Q{}}, true
	case "excused", "rest":
		return dayUse{}, true
	}
	q, err := num.Parse(word)
	return dayUse{true, q}, err == nil && q.Sign() >= 0 && q.Cmp(one) <= 0
}

func (a *attendanceRate) fields() []field { return share }

func (a *attendanceRate) sheets() []string {
	if a.missed != nil {
		return []string{"出勤", "活动出勤"}
	}
	return []string{"出勤"}
}

func (a *attendanceRate) derive(r *run) {
	r.people(func(i int, s *evidence.Staff) {
		t := r.tallyOf(r.part.Name, i)
		if t.state != fact.Given {
			a.none.putGap(r, i, t)
			return
		}
		per, ok := one.Div(total(t.due))
		if !ok {
			r.missing(i, fact.NotApplicable, nil)
			return
		}
		work := slices.Clone(t.present)
		for k := range work {
			w := &work[k]
			w.Factor = w.Factor.Mul(per)
			w.Counts = w.Value.Mul(w.Factor)
		}
		r.number(i, total(work), work)
	})
}

// putGap is put for a person some of whose months are missing.
func (n none) putGap(r *run, person int, t dayTally) {
	if t.gap != nil {
		r.missing(person, t.state, t.gap)
		return
	}
	n.put(r, person)
}

// dayTally adds up a person's days: a line of work for each month and missed
// event, of the days it adds to due and to present.
type dayTally struct {
	due, present []fact.Line
	state        fact.State // other than Given: no lines, or a gap
	gap          []fact.Line
}

// tallyOf returns the person's tally by the rate of that name, added up once.
func (r *run) tallyOf(rate string, person int) dayTally {
	key := rateOf{rate, person}
	t, ok := r.attended[key]
	if !ok {
		t = r.runs[rate].part.deriver.(*attendanceRate).tally(r, person)
		r.attended[key] = t
	}
	return t
}

func (a *attendanceRate) tally(r *run, person int) dayTally {
	lines := r.of("出勤")
	var t dayTally
	if len(lines.by[person]) == 0 {
		t.state = fact.NotYet
		return t
	}
	if a.gap == "not-yet" {
		if month := r.gapMonth(person, lines.by[person]); month != "" {
			t.state, t.gap = fact.NotYet, []fact.Line{{Label: "缺 " + month + " 的出勤表"}}
			return t
		}
	}
	for _, k := range lines.by[person] {
		due, present := a.month(r, &r.Attendance[k])
		if due.Sign() == 0 {
			continue
		}
		label := r.Attendance[k].Month + "：应出勤 " + due.String() + " 天，计出勤 " + present.String() + " 天"
		t.due = append(t.due, fact.Line{Source: lines.sources[k], Label: label, Value: due, Factor: one, Counts: due})
		t.present = append(t.present, fact.Line{Source: lines.sources[k], Label: label, Value: present, Factor: one, Counts: present})
	}
	if a.missed == nil {
		return t
	}
	lines = r.of("活动出勤")
	for _, k := range lines.by[person] {
		e := &r.Events[k]
		if cost := a.missed[e.State]; cost.Sign() > 0 && holds(a.kinds, e.Kind) {
			t.present = append(t.present, fact.Line{Source: lines.sources[k], Label: e.Event + "：" + e.State, Value: one, Factor: cost.Neg(), Counts: cost.Neg()})
		}
	}
	// More meetings missed than days attended: attendance ends at nothing.
	if sum := total(t.present); sum.Sign() < 0 {
		t.present = append(t.present, fact.Line{Label: "出勤不少于 0 天", Value: sum.Neg(), Factor: one, Counts: sum.Neg()})
	}
	return t
}

// month returns the days of the period in one line.
func (a *attendanceRate) month(r *run, line *evidence.Attendance) (due, present num.Q) {
	var halves [32]int // by code, and one more for none
	r.eachDay(line, func(_ int, code string, n int) { halves[dayIndex(code)] += n })
	for i, c := range evidence.Days {
		if halves[i] == 0 || !a.days[c.Name].due {
			continue
		}
		days := num.Frac(int64(halves[i]), 2)
		due = due.Add(days)
		present = present.Add(days.Mul(a.days[c.Name].present))
	}
	return due, present
}

// firstRune returns the length of the first code in a cell.
func firstRune(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// dayIndex returns the code's place in evidence.Days.
func dayIndex(code string) int {
	for i := range evidence.Days {
		if evidence.Days[i].Name == code {
			return i
		}
	}
	return len(evidence.Days)
}

// gapMonth returns a month of the person's time here that has no line, "" if none.
func (x *index) gapMonth(person int, lines []int) string {
	lo, hi := x.employed(x.staff[person])
	month := x.School[0].Start[:7]
	for month <= x.School[0].End[:7] {
		first, _ := dayNumber(month + "-01")
		last := first + evidence.DaysIn(month) - 1
		if last >= lo && first <= hi && !slices.ContainsFunc(lines, func(k int) bool { return x.Attendance[k].Month == month }) {
			return month
		}
		month = nextMonth(month)
	}
	return ""
}

func nextMonth(month string) string {
	y, _ := digits(month[:4])
	m, _ := digits(month[5:])
	if m++; m > 12 {
		y, m = y+1, 1
	}
	return num.Int(int64(y)).String() + "-" + string(rune('0'+m/10)) + string(rune('0'+m%10))
}
