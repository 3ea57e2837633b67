package measure

import (
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
)

// result is one paper counted by the measure's declarations.
type result struct {
	*paper
	e       *exam
	stats   []ClassStats // by class
	all     ClassStats
	own     []figures // by class
	grade   figures
	spread  *num.Q // standard deviation of the grade, once asked for
	peers   []int  // classes with enough pupils to be compared
	ranks   []int  // by class, 0 for those that are not compared; nil: not known
	prior   *prior
	outside *evidence.Reference
	source  []string // by class: natural key of the marks
	guard   string   // what keeps the paper off, "" if nothing does
	opened  string   // what an office let through
}

// figures are the counts of one group of pupils and what they are divided by.
type figures struct {
	ClassStats
	of     num.Q // denominator of rates
	meanOf num.Q
	known  bool // false: the class figures the denominator needs are missing
	unit   Unit
	full   num.Q
	lows   uint32
	label  string // how the denominator is called
}

// results counts every paper that the measure takes in, by exam and subject.
func (e *exam) results(r *run) []*result {
	var out []*result
	guards := newExamGuards(r)
	for i := range r.Exams {
		x := &r.Exams[i]
		if !e.selected(r, x) {
			continue
		}
		res := &result{e: e}
		if p := r.paper(x); p != nil {
			res = e.count(r, p)
		} else {
			res.paper = &paper{roster: &roster{bounds: []uint32{0}}, exam: x}
		}
		res.guard, res.opened = guards.check(x, res.stage(r))
		out = append(out, res)
	}
	return out
}

func (e *exam) count(r *run, p *paper) *result {
	res := &result{paper: p, e: e, stats: make([]ClassStats, len(p.classes))}
	r.tally(e.lines.cut(p)).Classes(res.stats, p.scores, p.bounds)
	gradeOf, known := num.Q{}, true
	for i, class := range p.classes {
		f := e.figures(r, p, res.stats[i], class)
		res.own = append(res.own, f)
		res.all = res.all.Merge(res.stats[i])
		gradeOf, known = gradeOf.Add(f.of), known && f.known
		if f.Sat > 0 && f.Sat >= e.least {
			res.peers = append(res.peers, i)
		}
		res.source = append(res.source, "成绩/"+p.exam.ID+"/"+class+"/"+p.exam.Subject)
	}
	res.grade = e.figures(r, p, res.all, "")
	res.grade.of, res.grade.known = gradeOf, known
	if e.meanOver != "sat" {
		res.grade.meanOf = gradeOf
	}
	if e.needs(needRank) {
		res.rank()
	}
	if e.reference != "" {
		for k := range r.References {
			if x := &r.References[k]; x.Exam == p.exam.ID && x.Subject == p.exam.Subject && x.Range == e.reference {
				res.outside = x
			}
		}
	}
	if e.needs(needPrior) {
		res.prior = e.before(r, res)
	}
	return res
}

// figures sets the denominators. The grade's opening numbers are the sum of
// its classes', so class is "" for the grade.
func (e *exam) figures(r *run, p *paper, s ClassStats, class string) figures {
	f := figures{ClassStats: s, unit: p.unit, full: p.full, lows: s.Low, known: true}
	sat := num.Int(int64(s.Sat))
	switch e.denominator {
	case "sat":
		f.of, f.label = sat, "实考"
	case "listed":
		f.of, f.label = num.Int(int64(s.Sat+s.Absent+s.Refused)), "应考"
	default:
		f.label = "起始加转入减转出"
		if class != "" {
			f.of, f.known = opening(r, class)
		}
	}
	f.meanOf = sat
	if e.meanOver != "sat" {
		f.meanOf = f.of
	}
	if e.absentLow {
		f.lows += s.Absent + s.Refused
	}
	return f
}

// opening is 起始人数 + 正常转入 − 转出.
func opening(r *run, class string) (num.Q, bool) {
	c := r.classes[class]
	if c == nil || c.AtStart.State != evidence.Given {
		return num.Q{}, false
	}
	return c.AtStart.Q.Add(c.In.Or(num.Q{})).Sub(c.Out.Or(num.Q{})), true
}

func (f *figures) mean() (num.Q, bool) {
	return num.Frac(int64(f.Sum), int64(f.unit)).Div(f.meanOf)
}

// rate names the counts that are divided by the denominator.
func (f *figures) count(name string) uint32 {
	switch name {
	case "合格率":
		return f.Pass
	case "优秀率":
		return f.Excellent
	case "良好率":
		return f.Good
	}
	return f.lows
}

// value returns a figure by its field's name.
func (f *figures) value(name string) (num.Q, bool) {
	switch name {
	case "均分":
		return f.mean()
	case "得分率":
		m, ok := f.mean()
		if !ok {
			return m, false
		}
		return m.Div(f.full)
	}
	return num.Int(int64(f.count(name))).Div(f.of)
}

// cell explains a figure as counted and divided.
func (f *figures) cell(name, source string) cell {
	q, ok := f.value(name)
	if !f.known || !ok {
		return cell{state: fact.NotYet}
	}
	w := fact.Line{Source: source}
	switch name {
	case "均分", "得分率":
		w.Value = num.Frac(int64(f.Sum), int64(f.unit))
		w.Label = "总分 " + w.Value.String() + " ÷ " + f.meanOf.String() + " 人"
		if name == "得分率" {
			w.Label += " ÷ 满分 " + f.full.String()
		}
	default:
		w.Value = num.Int(int64(f.count(name)))
		w.Label = name + "：" + w.Value.String() + " 人 ÷ " + f.label + " " + f.of.String() + " 人"
	}
	w.Counts = q
	if w.Value.Sign() != 0 {
		w.Factor, _ = q.Div(w.Value)
	} else {
		w.Factor, _ = one.Div(f.of)
	}
	return cell{value: q, work: []fact.Line{w}}
}

// rank places the classes that can be compared; none has a place as long as
// the figure of one of them is not known.
func (res *result) rank() {
	values := make([]num.Q, len(res.peers))
	for i, class := range res.peers {
		q, ok := res.own[class].value(res.e.rankBy)
		if !ok {
			return
		}
		values[i] = q
	}
	res.ranks = make([]int, len(res.classes))
	for i, place := range Ranks(values, res.e.ties, num.Q{}) {
		res.ranks[res.peers[i]] = place
	}
}

// best returns the highest value of a figure among the classes compared, or
// the lowest for the rate of low scores; false when the figure of one of them
// is not known.
func (res *result) best(name string) (best num.Q, ok bool) {
	for k, i := range res.peers {
		q, ok := res.own[i].value(name)
		if !ok {
			return num.Q{}, false
		}
		if c := q.Cmp(best); k == 0 || c > 0 && name != "低分率" || c < 0 && name == "低分率" {
			best = q
		}
	}
	return best, true
}

// compared reports whether the class has others in its grade to be compared with.
func (res *result) compared(class int) bool {
	return len(res.peers) > 1 && slices.Contains(res.peers, class)
}

// stage returns the stage of the classes that sat, that of the grade's classes
// when no marks are in.
func (res *result) stage(r *run) string {
	for _, class := range res.classes {
		if c := r.classes[class]; c != nil {
			return c.Stage
		}
	}
	for i := range r.Classes {
		if r.Classes[i].Grade == res.exam.Grade {
			return r.Classes[i].Stage
		}
	}
	return ""
}
