package measure

import (
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/num"
)

// roster is everybody an exam has marks of, class by class: class i holds the
// pupils from bounds[i] to bounds[i+1]. All subjects of the exam share it.
type roster struct {
	classes []string
	bounds  []uint32
	rows    []int // lines of the marks sheet
	pupils  []string
}

// paperKey names one subject of one exam.
type paperKey struct{ exam, subject string }

// paper is one subject of one exam: its marks packed in the roster's order.
type paper struct {
	*roster
	exam   *evidence.Exam
	unit   Unit
	full   num.Q
	scores []uint16
}

// rosters groups the marks by exam and class. Only classes are sorted: within
// a class nothing depends on the order of pupils.
func (x *index) rosters() map[string]*roster {
	if x.rosterOf != nil {
		return x.rosterOf
	}
	x.rosterOf = map[string]*roster{}
	type place struct{ exam, class string }
	byClass := map[place][]int{}
	for i := range x.Marks {
		m := &x.Marks[i]
		k := place{m.Exam, m.Class}
		byClass[k] = append(byClass[k], i)
	}
	for k := range byClass {
		if x.rosterOf[k.exam] == nil {
			x.rosterOf[k.exam] = &roster{}
		}
		x.rosterOf[k.exam].classes = append(x.rosterOf[k.exam].classes, k.class)
	}
	for id, r := range x.rosterOf {
		slices.Sort(r.classes)
		r.bounds = append(r.bounds, 0)
		for _, class := range r.classes {
			for _, i := range byClass[place{id, class}] {
				r.rows = append(r.rows, i)
				r.pupils = append(r.pupils, x.Marks[i].Pupil)
			}
			r.bounds = append(r.bounds, uint32(len(r.rows)))
		}
	}
	return x.rosterOf
}

// paper returns the packed marks of one subject of one exam, nil when nobody
// has marks in it.
func (x *index) paper(e *evidence.Exam) *paper {
	key := paperKey{e.ID, e.Subject}
	if p, ok := x.papers[key]; ok {
		return p
	}
	var p *paper
	if r := x.rosters()[e.ID]; r != nil && e.Full.State == evidence.Given {
		p = x.pack(e, r)
	}
	x.papers[key] = p
	return p
}

// pack turns one column of marks into units of the exam's smallest step.
func (x *index) pack(e *evidence.Exam, all *roster) *paper {
	column := slices.IndexFunc(evidence.Subjects, func(c evidence.Code) bool { return c.Name == e.Subject })
	step, _ := e.MarkStep().Mul(hundred).Int64()
	if column < 0 || step < 10 || 100%step != 0 {
		x.faults.Addf(fault.Invalid, fault.Place{Sheet: "考试", Row: e.Line, Field: "最小分值"}, "measure.mark-step", e.ID, e.Subject)
		return nil
	}
	p := &paper{roster: all, exam: e, unit: Unit(100 / step), full: e.Full.Q, scores: make([]uint16, len(all.rows))}
	took := false
	for i, row := range all.rows {
		m := x.Marks[row].By[column]
		code, ok := codeOf(int64(m), step)
		if !ok {
			x.faults.Addf(fault.Invalid, fault.Place{Sheet: "成绩", Row: x.Marks[row].Line, Field: e.Subject}, "measure.mark-grid", num.Frac(int64(m), 100).String(), e.MarkStep().String())
		}
		p.scores[i] = code
		took = took || code != StateNotApplicable
	}
	if !took {
		return nil
	}
	return p.without()
}

// without drops the classes in which nobody takes the subject.
func (p *paper) without() *paper {
	if !slices.ContainsFunc(p.classRanges(), p.untaken) {
		return p
	}
	n := len(p.scores)
	keep := roster{bounds: make([]uint32, 1, len(p.bounds)), rows: make([]int, 0, n), pupils: make([]string, 0, n)}
	scores := make([]uint16, 0, n)
	for i, class := range p.classes {
		lo, hi := p.bounds[i], p.bounds[i+1]
		if p.untaken([2]uint32{lo, hi}) {
			continue
		}
		keep.classes = append(keep.classes, class)
		keep.rows = append(keep.rows, p.rows[lo:hi]...)
		keep.pupils = append(keep.pupils, p.pupils[lo:hi]...)
		scores = append(scores, p.scores[lo:hi]...)
		keep.bounds = append(keep.bounds, uint32(len(scores)))
	}
	return &paper{roster: &keep, exam: p.exam, unit: p.unit, full: p.full, scores: scores}
}

// classRanges returns where each class begins and ends.
func (r *roster) classRanges() [][2]uint32 {
	out := make([][2]uint32, len(r.classes))
	for i := range out {
		out[i] = [2]uint32{r.bounds[i], r.bounds[i+1]}
	}
	return out
}

// untaken reports whether nobody in the range takes the subject.
func (p *paper) untaken(class [2]uint32) bool {
	return !slices.ContainsFunc(p.scores[class[0]:class[1]], func(s uint16) bool { return s != StateNotApplicable })
}

// codeOf packs a mark in hundredths; false when it is off the grid of steps.
func codeOf(m, step int64) (uint16, bool) {
	switch evidence.Points(m) {
	case evidence.AbsentMark:
		return StateAbsent, true
	case evidence.ExcusedMark:
		return StateExcused, true
	case evidence.NotYetMark:
		return StateNotYet, true
	case evidence.RefusedMark:
		return StateRefused, true
	}
	if m < 0 {
		return StateNotApplicable, m == int64(evidence.NoMark)
	}
	if m%step != 0 || m/step >= int64(FirstState) {
		return StateNotApplicable, false
	}
	return uint16(m / step), true
}

// tally returns the table of the given lines, which exams of equal full marks
// share: making one costs as much as counting a school.
func (x *index) tally(l Lines) *Tally {
	if x.tallies == nil {
		x.tallies = map[Lines]*Tally{}
	}
	t := x.tallies[l]
	if t == nil {
		t = NewTally(l)
		x.tallies[l] = t
	}
	return t
}

// cut returns the paper's lines in units.
func (l *examLines) cut(p *paper) Lines {
	line := func(own evidence.Quantity, share *num.Q) uint16 {
		mark := num.Q{}
		switch {
		case l.own && own.State == evidence.Given:
			mark = own.Q
		case share != nil:
			mark = p.full.Mul(*share)
		}
		code, ok := p.unit.Line(mark)
		if !ok {
			return 0
		}
		return code
	}
	e := p.exam
	return Lines{Excellent: line(e.Excellent, l.excellent), Good: line(e.Good, l.good), Pass: line(e.Pass, l.pass), Low: line(e.Low, l.low)}
}
