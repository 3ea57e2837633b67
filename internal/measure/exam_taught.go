package measure

import (
	"cmp"
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
)

// taught is one class's result in a paper as far as it is a person's.
type taught struct {
	class, band string
	weight      num.Q
	work        []fact.Line
}

// derive gives everybody the lines of the classes they taught for each paper.
func (e *exam) derive(r *run) {
	lines := r.of("任课")
	results := e.results(r)
	slices.SortFunc(results, func(a, b *result) int {
		return cmp.Or(cmp.Compare(a.exam.ID, b.exam.ID), cmp.Compare(a.exam.Subject, b.exam.Subject))
	})
	cache := map[*result]map[string][]cell{}
	r.people(func(i int, s *evidence.Staff) {
		for _, res := range results {
			for _, class := range e.classesOf(r, res, lines.by[i]) {
				t := e.taughtBy(r, res, class, lines, i)
				if t.weight.Sign() == 0 {
					continue
				}
				if cache[res] == nil {
					cache[res] = map[string][]cell{}
				}
				r.add(i, e.row(res, t, cache[res]))
			}
		}
		if len(r.rows[i]) == 0 {
			r.missing(i, fact.NotApplicable, nil)
		}
	})
}

// classesOf returns the classes of the paper's grade in which the lines teach
// its subject, sorted, each once.
func (e *exam) classesOf(r *run, res *result, lines []int) []string {
	var out []string
	for _, k := range lines {
		l := &r.Lessons[k]
		if l.Subject != res.exam.Subject || l.ResultShare().Sign() == 0 {
			continue
		}
		c := r.classes[l.Class]
		if (c != nil && c.Grade == res.exam.Grade || slices.Contains(res.classes, l.Class)) && !slices.Contains(out, l.Class) {
			out = append(out, l.Class)
		}
	}
	slices.Sort(out)
	return out
}

// taughtBy returns how much of the class's result is the person's: the declared
// share over the declared span of time.
func (e *exam) taughtBy(r *run, res *result, class string, lines *sheetLines, person int) *taught {
	lo, hi := e.window(r, res)
	t := &taught{class: class}
	if c := r.classes[class]; c != nil {
		t.band = c.Band
	}
	var mine, all []int
	var weekly num.Q
	for _, k := range lines.by[person] {
		l := &r.Lessons[k]
		if l.Class != class || l.Subject != res.exam.Subject {
			continue
		}
		part := r.share(l.Start, l.End, lo, hi)
		if part.Sign() == 0 {
			continue
		}
		all, weekly = append(all, k), weekly.Add(l.Weekly.Or(num.Q{}).Mul(part))
		if l.ResultShare().Sign() > 0 {
			mine = append(mine, k)
			t.work = append(t.work, fact.Line{Source: lines.sources[k], Label: "成绩份额 " + l.ResultShare().String() + "，任教时间占 " + part.String(), Value: l.ResultShare(), Factor: part, Counts: l.ResultShare().Mul(part)})
		}
	}
	t.weight = total(t.work)
	if len(mine) > 1 {
		// Several lines of one teacher with one class count once a day, by the
		// largest share; the sum would count the class twice.
		if q := r.largest(mine, lo, hi, (*evidence.Lesson).ResultShare); !q.Equal(t.weight) {
			t.work = append(t.work, fact.Line{Label: "同一时间只按最大份额计", Value: q.Sub(t.weight), Factor: one, Counts: q.Sub(t.weight)})
			t.weight = q
		}
	}
	factor, label := one, ""
	switch e.weight {
	case "lessons":
		// The time is in the share already: lessons a week of the time they were taught.
		here := r.largest(all, lo, hi, func(*evidence.Lesson) num.Q { return one })
		factor, _ = weekly.Div(here)
		label = "按周课时加权"
	case "pupils":
		if k := slices.Index(res.classes, class); k >= 0 {
			factor, label = num.Int(int64(res.stats[k].Sat)), "按实考人数加权"
		}
	}
	if label != "" && t.weight.Sign() > 0 {
		t.work = append(t.work, fact.Line{Label: label, Value: t.weight, Factor: factor.Sub(one), Counts: t.weight.Mul(factor.Sub(one))})
		t.weight = total(t.work)
	}
	return t
}

// window returns the days whose teaching the result stands for.
func (e *exam) window(r *run, res *result) (lo, hi int) {
	hi, _ = dayNumber(res.exam.Date)
	switch e.taught {
	case "on-day":
		return hi, hi
	case "since-prior":
		for i := range r.Exams {
			if x := &r.Exams[i]; x.ID == res.exam.Prior && x.Subject == res.exam.Subject {
				if d, ok := dayNumber(x.Date); ok && d+1 > r.start {
					return d + 1, hi
				}
			}
		}
	}
	return min(r.start, hi), hi
}

// largest integrates the largest share of the lines over the days from lo to hi.
func (x *index) largest(lines []int, lo, hi int, shareOf func(*evidence.Lesson) num.Q) num.Q {
	type span struct {
		from, to int
		share    num.Q
	}
	var spans []span
	edges := []int{lo, hi + 1}
	for _, k := range lines {
		l := &x.Lessons[k]
		s := span{lo, hi, shareOf(l)}
		if d, ok := dayNumber(l.Start); ok {
			s.from = max(lo, d)
		}
		if d, ok := dayNumber(l.End); ok {
			s.to = min(hi, d)
		}
		spans = append(spans, s)
		edges = append(edges, s.from, s.to+1)
	}
	slices.Sort(edges)
	var sum num.Q
	for i := 1; i < len(edges); i++ {
		var most num.Q
		for _, s := range spans {
			if s.from <= edges[i-1] && s.to >= edges[i]-1 {
				most = num.Max(most, s.share)
			}
		}
		sum = sum.Add(most.Mul(num.Int(int64(edges[i] - edges[i-1]))))
	}
	q, _ := sum.Div(num.Int(int64(hi - lo + 1)))
	return q
}

// row builds the table's line. What does not depend on the person is worked out
// once a class.
func (e *exam) row(res *result, t *taught, cache map[string][]cell) row {
	line := row{item: res.exam.ID + "/" + res.exam.Subject + "/" + t.class, source: "考试/" + res.exam.ID + "/" + res.exam.Subject}
	class := slices.Index(res.classes, t.class)
	shared, ok := cache[t.class]
	if !ok {
		shared = make([]cell, len(e.gets))
		for i, f := range e.gets {
			shared[i] = e.cell(res, class, t, f)
			if res.opened != "" && shared[i].state == fact.Given {
				shared[i].work = append(slices.Clip(shared[i].work), fact.Line{Source: line.source, Label: res.opened})
			}
		}
		cache[t.class] = shared
	}
	line.cells = shared
	if at := slices.Index(e.names, "份额"); at >= 0 {
		line.cells = slices.Clone(shared)
		line.cells[at] = e.cell(res, class, t, e.gets[at])
	}
	return line
}

func (e *exam) cell(res *result, class int, t *taught, f examField) cell {
	switch {
	case f.coded && f.needs == 0:
		return f.get(res, class, t)
	case res.guard != "":
		return cell{state: fact.NotApplicable, work: []fact.Line{{Source: "考试/" + res.exam.ID + "/" + res.exam.Subject, Label: res.guard}}}
	case class < 0:
		return cell{state: fact.NotYet} // the class's marks are not in
	case res.stats[class].Sat < e.least:
		return cell{state: fact.NotApplicable, work: []fact.Line{{Source: res.source[class], Label: "实考人数少于 " + num.Int(int64(e.least)).String() + " 人"}}}
	}
	return f.get(res, class, t)
}
