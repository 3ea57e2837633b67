package measure

import (
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// weeklyLoad is a person's mean number of weekly lessons over the period, each
// lesson at the declared worth (济宁2018 三(三)1).
type weeklyLoad struct {
	kinds        map[string]num.Q
	skip         []string // kinds that deliberately do not count
	coefficients []*coefficient
	over         over
	weeks        num.Q
	relief       *relief
	round        *rounding
	none         none
}

// relief lifts the load of a person whose full load the school reduced: full
// lessons ÷ reduced lessons.
type relief struct {
	full  num.Q
	named string // a measure that tells full; "" for the declared number
}

func readWeeklyLoad(c *compiler, p *scheme.Params) deriver {
	kinds := allowedIn("任课", "课型")
	w := &weeklyLoad{
		kinds: rates(p, "lesson-kinds", kinds), skip: codesIn(p, "skip", "任课", "课型"),
		coefficients: readCoefficients(p), over: readOver(c, p), weeks: p.QOr("weeks", one),
		none: readNone(p, "zero", "not-applicable", "not-yet"),
	}
	if len(w.kinds) == 0 {
		p.Fault("", "measure.need-mapping", "lesson-kinds", strings.Join(kinds, "、"))
	}
	for _, k := range w.skip {
		if _, both := w.kinds[k]; both {
			p.Fault("skip", "measure.both-ways", k)
		}
	}
	w.relief = readRelief(c, p)
	if round, ok := readRounding(p); ok {
		w.round = &round
	}
	return w
}

func readRelief(c *compiler, p *scheme.Params) *relief {
	if s, ok := written(p, "relief"); ok {
		if s != "none" {
			p.Fault("relief", "measure.relief")
		}
		return nil
	}
	m := p.Map("relief")
	if m == nil {
		if !p.Has("relief") {
			p.Fault("", "measure.relief")
		}
		return nil
	}
	defer m.End()
	s := m.Text("full")
	if q, err := num.Parse(s); err == nil {
		return &relief{full: q}
	}
	return &relief{named: c.needs(s)}
}

func (w *weeklyLoad) fields() []field  { return scalar }
func (w *weeklyLoad) sheets() []string { return w.over.sheets("任课") }

func (w *weeklyLoad) derive(r *run) {
	lines := r.of("任课")
	r.people(func(i int, _ *evidence.Staff) {
		lessons := w.count(r, lines.by[i])
		if len(lessons) == 0 {
			w.none.put(r, i)
			return
		}
		time, ok := w.over.of(r, i)
		if !ok {
			return
		}
		about := teachingOf(r, lessons)
		var work []fact.Line
		for _, k := range lessons {
			l := &r.Lessons[k]
			factor, label, ok := w.factor(r, l, about)
			if !ok {
				continue
			}
			part := time(lessonSpans(r, lessons, l)...)
			if !part.Equal(one) {
				label += " × 时间 " + part.String()
			}
			if !w.weeks.Equal(one) {
				label += " × " + w.weeks.String() + " 周"
			}
			factor = factor.Mul(part).Mul(w.weeks)
			work = append(work, fact.Line{Source: lines.sources[k], Label: label, Value: l.Weekly.Q, Factor: factor, Counts: l.Weekly.Q.Mul(factor)})
		}
		if work, ok = w.relieve(r, i, work); !ok {
			return
		}
		sum := total(work)
		if w.round != nil {
			if rest := w.round.apply(sum).Sub(sum); rest.Sign() != 0 {
				work = append(work, fact.Line{Label: "按规定舍入", Value: rest, Factor: one, Counts: rest})
				sum = sum.Add(rest)
			}
		}
		r.number(i, sum, work)
	})
}

// count returns the lines that count, reporting those whose kind nobody declared.
func (w *weeklyLoad) count(r *run, lines []int) []int {
	var out []int
	for _, k := range lines {
		l := &r.Lessons[k]
		kind := lessonKind(l)
		_, counts := w.kinds[kind]
		switch {
		case counts && l.Weekly.State == evidence.Given:
			out = append(out, k)
		case !counts && !slices.Contains(w.skip, kind):
			r.fault("任课", l.Line, "课型", "measure.lesson-kind", kind)
		}
	}
	return out
}

// factor returns what one weekly lesson of the line counts, and how that is said.
func (w *weeklyLoad) factor(r *run, l *evidence.Lesson, about *teaching) (num.Q, string, bool) {
	kind := lessonKind(l)
	factor := w.kinds[kind]
	label := l.Class + " " + l.Subject + " " + kind
	if !factor.Equal(one) {
		label += " × " + factor.String()
	}
	for _, c := range w.coefficients {
		q, ok := c.of(r, l, about)
		if !ok {
			return num.Q{}, "", false
		}
		if !q.Equal(one) {
			label += " × " + c.name + " " + q.String()
		}
		factor = factor.Mul(q)
	}
	return factor, label, true
}

// relieve adds what a relief lifts the load by. It is false when the full load
// is not known, which settles the person.
func (w *weeklyLoad) relieve(r *run, person int, work []fact.Line) ([]fact.Line, bool) {
	s := r.staff[person]
	if w.relief == nil || s.ReducedLoad.State != evidence.Given || s.ReducedLoad.Q.Sign() <= 0 {
		return work, true
	}
	full := w.relief.full
	if w.relief.named != "" {
		var state fact.State
		if full, state = r.value(w.relief.named, person); state != fact.Given {
			r.missing(person, state, work)
			return nil, false
		}
	}
	ratio, _ := full.Div(s.ReducedLoad.Q)
	sum := total(work)
	return append(work, fact.Line{
		Source: "教职工/" + s.ID, Label: "按规定减免：" + s.ReducedLoad.Q.String() + " 节视为满课时 " + full.String() + " 节",
		Value: sum, Factor: ratio.Sub(one), Counts: sum.Mul(ratio.Sub(one)),
	}), true
}

// lessonSpans returns when the line stands, and then when the others do that
// teach the same class the same subject in the same way.
func lessonSpans(r *run, lines []int, l *evidence.Lesson) []span {
	spans := []span{{l.Start, l.End}}
	for _, k := range lines {
		if o := &r.Lessons[k]; o != l && o.Class == l.Class && o.Subject == l.Subject && lessonKind(o) == lessonKind(l) {
			spans = append(spans, span{o.Start, o.End})
		}
	}
	return spans
}

func total(work []fact.Line) num.Q {
	var sum num.Q
	for i := range work {
		sum = sum.Add(work[i].Counts)
	}
	return sum
}

func lessonKind(l *evidence.Lesson) string {
	if l.Kind == "" {
		return "正课"
	}
	return l.Kind
}
