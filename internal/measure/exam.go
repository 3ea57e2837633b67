package measure

import (
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// exam is a table with a line for each (exam, subject, class) whose result is
// wholly or partly the person's (济宁2018 三(四)). What later law forbids as a
// source stands there as not applicable, with the guard named.
type exam struct {
	kinds, levels, subjects, grades []string
	from, to                        string // dates; "" the period's
	names                           []string
	gets                            []examField
	columns                         []field

	lines       examLines
	denominator string // sat, listed, opening
	meanOver    string // sat, denominator
	absentLow   bool
	least       uint32
	taught      string // on-day, since-start, since-prior
	weight      string // share, lessons, pupils
	rankBy      string
	ties        Ties
	divisor     Divisor
	round       rounding
	reference   string
	progress    *progressRule
	width       float64
}

// examLines are the shares of full marks at which pupils are counted; own lines
// of an exam win where they are declared to.
type examLines struct {
	excellent, good, pass, low *num.Q
	own                        bool
}

var entranceExams = []string{"中考", "高考"}

func readExam(_ *compiler, p *scheme.Params) deriver {
	e := &exam{
		kinds: someCodesIn(p, "kinds", "考试", "类别"), levels: someCodesIn(p, "levels", "考试", "级别"),
		subjects: codesIn(p, "subjects", "考试", "学科"), grades: p.Texts("grades"),
		from: dateIn(p, "from-date"), to: dateIn(p, "to-date"),
		denominator: p.MustOneOf("denominator", "sat", "listed", "opening"), meanOver: p.MustOneOf("mean-over", "sat", "denominator"),
		taught: p.MustOneOf("taught", "on-day", "since-start", "since-prior"), weight: p.MustOneOf("weight", "share", "lessons", "pupils"),
		least: uint32(p.IntOr("min-pupils", 1, 1, 1000)),
	}
	entrance := slices.ContainsFunc(e.kinds, func(k string) bool { return slices.Contains(entranceExams, k) })
	if entrance && slices.ContainsFunc(e.kinds, func(k string) bool { return !slices.Contains(entranceExams, k) }) {
		p.Fault("kinds", "measure.entrance-exam-mixed")
	}
	e.readFields(p)
	e.readLines(p)
	e.readPeers(p)
	e.readProgress(p)
	return e
}

func dateIn(p *scheme.Params, key string) string {
	s, ok := p.OptText(key)
	if !ok {
		return ""
	}
	if _, valid := dayNumber(s); !valid {
		p.Fault(key, "measure.date", s)
	}
	return s
}

// readFields reads which fields the table has: those nobody reads cost nothing,
// and those that need a declaration ask for it.
func (e *exam) readFields(p *scheme.Params) {
	e.names = p.Texts("fields")
	if len(e.names) == 0 {
		p.Fault("", "measure.need-list", "fields", joined(examFieldNames()))
	}
	for i, name := range e.names {
		f, ok := examFields[name]
		if !ok || slices.Contains(e.names[:i], name) {
			p.Fault("fields", "measure.not-among", name, joined(examFieldNames()))
			f = examFields["均分"]
		}
		e.gets = append(e.gets, f)
		e.columns = append(e.columns, field{name: name, coded: f.coded, unit: f.unit})
	}
	if len(e.columns) == 0 {
		e.columns = []field{{name: "均分"}} // reported above; a table has a column
	}
}

func (e *exam) needs(n examNeed) bool {
	return slices.ContainsFunc(e.gets, func(f examField) bool { return f.needs&n != 0 })
}

func (e *exam) readLines(p *scheme.Params) {
	e.lines.own = p.MustOneOf("own-lines", "win", "ignore") == "win"
	if m := p.Map("lines"); m != nil {
		for _, l := range []struct {
			key string
			at  **num.Q
		}{{"excellent", &e.lines.excellent}, {"good", &e.lines.good}, {"pass", &e.lines.pass}, {"low", &e.lines.low}} {
			if q, ok := m.OptQ(l.key); ok {
				q = share01(m, l.key, q)
				*l.at = &q
			}
		}
		m.End()
	}
	for _, l := range []struct {
		need examNeed
		key  string
		at   *num.Q
	}{{needExcellent, "excellent", e.lines.excellent}, {needGood, "good", e.lines.good}, {needPass, "pass", e.lines.pass}, {needLow, "low", e.lines.low}} {
		if e.needs(l.need) && l.at == nil {
			p.Fault("", "measure.exam-line", l.key)
		}
	}
	if e.needs(needLow) && e.denominator != "sat" {
		e.absentLow = p.MustOneOf("absent-low", "yes", "no") == "yes"
	}
}

func (e *exam) readPeers(p *scheme.Params) {
	if e.needs(needRank) {
		e.rankBy = p.MustOneOf("rank-by", "均分", "得分率", "合格率", "优秀率", "良好率")
		e.ties = readTies(p)
	}
	if e.needs(needDeviation) {
		e.divisor = readDivisor(p)
	}
	if e.needs(needRound) {
		round, ok := readRounding(p)
		if !ok {
			p.Fault("", "measure.need-round")
		}
		e.round = round
	}
	if e.needs(needReference) {
		e.reference = p.MustOneOf("reference", allowedIn("参照", "范围")...)
	}
}

func readTies(p *scheme.Params) Ties {
	switch p.MustOneOf("ties", "min", "max", "dense") {
	case "max":
		return TiesMax
	case "dense":
		return TiesDense
	}
	return TiesMin
}

func readDivisor(p *scheme.Params) Divisor {
	if p.MustOneOf("deviation", "population", "sample") == "sample" {
		return Sample
	}
	return Population
}

func (e *exam) fields() []field { return e.columns }

func (e *exam) sheets() []string {
	need := []string{"考试", "成绩", "任课"}
	if e.denominator == "opening" {
		need = append(need, "班级")
	}
	return need
}

// selected reports whether the measure takes the exam in.
func (e *exam) selected(r *run, x *evidence.Exam) bool {
	from, to := e.from, e.to
	if from == "" {
		from = r.School[0].Start
	}
	if to == "" {
		to = r.School[0].End
	}
	return holds(e.kinds, x.Kind) && holds(e.levels, x.Level) && holds(e.subjects, x.Subject) && holds(e.grades, x.Grade) && x.Date >= from && x.Date <= to
}

// entranceGuard is what any use of 中考 or 高考 results has to stand behind.
const entranceGuard = "use_zhongkao_gaokao_scores"

// entrance reports whether the table holds 中考 or 高考 results.
func (e *exam) entrance() bool { return slices.Contains(entranceExams, e.kinds[0]) }
