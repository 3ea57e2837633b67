package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

type awards struct {
	f                              *scheme.Awards
	table                          int
	keep                           func(in *input) bool
	level, grade, series, kind, by code
	place, places                  expr
}

func readyAwards(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.Awards) former {
	none := code(func(*input) (string, Status) { return "", Known })
	opt := func(name string) code {
		if name == "" {
			return none
		}
		return compileCode(c, n, name)
	}
	a := &awards{f: f, table: n.Table, keep: filter(c, n.Table, f.Where), level: opt(f.Level), grade: opt(f.Grade), series: opt(f.Series), kind: opt(f.Kind_), by: opt(f.FactorBy)}
	if f.Rank != "" && f.Places != "" {
		a.place, a.places = compileExpr(c, n, scheme.Name{Name: f.Rank}), compileExpr(c, n, scheme.Name{Name: f.Places})
	}
	return a
}

// award is one line with what it is worth.
type award struct {
	item, series, kind string
	score              num.Q
}

func (a *awards) score(in *input) Value {
	t := &in.cols.tables[a.table]
	from, to := t.lines(in.member)
	if from == to && Status(t.state[in.member]) != Known {
		return Value{Status: Status(t.state[in.member])}
	}
	outer := in.step
	defer func() { in.line, in.step = -1, outer }()
	var all []award
	unclear := false
	for in.line = from; in.line < to; in.line++ {
		if !a.keep(in) {
			continue
		}
		if outer != nil {
			outer.Kids = append(outer.Kids, Step{Name: t.items[in.line], Rule: "line"})
			in.step = &outer.Kids[len(outer.Kids)-1]
		}
		w, ok := a.worth(in)
		unclear = unclear || !ok // the others are looked at all the same: all faults at once
		all = append(all, w)
	}
	if unclear {
		return Value{Status: Blocked}
	}
	counted := highest(all)
	sum := num.Q{}
	perKind := map[string]num.Q{}
	for i, w := range all {
		if outer != nil {
			outer.Kids[len(outer.Kids)-len(all)+i].Value = w.score
			if !counted[i] {
				outer.Kids[len(outer.Kids)-len(all)+i].Status = NotApplicable
			}
		}
		if counted[i] {
			perKind[w.kind] = perKind[w.kind].Add(w.score)
			sum = sum.Add(w.score)
		}
	}
	for _, c := range a.f.Caps {
		if over := perKind[c.Name].Sub(c.Q); over.Sign() > 0 {
			sum = sum.Sub(over)
		}
	}
	return Value{Q: limit(a.f.Limits, sum)}
}

// worth looks one line up; a line that the table has no cell for blocks the
// node, for somebody must say what it is worth.
func (a *awards) worth(in *input) (award, bool) {
	level, s1 := a.level(in)
	grade, s2 := a.grade(in)
	if a.place != nil && (s2 != Known || grade == "") {
		place, s := a.place(in)
		places, t := a.places(in)
		if worse(s, t) == Known {
			p, whole := place.Int64()
			of, known := places.Int64()
			if grade = ""; whole && known { // a place such as 1.5 is for people to settle
				grade = a.f.GradeOf(int(p), int(of))
			}
			if grade != "" {
				s2 = Known
				if in.step != nil {
					in.note(Arg{Name: "名次折算", Code: grade, Derived: true})
				}
			}
		}
	}
	q, ok := a.f.Score(level, grade)
	if worse(s1, s2) != Known || !ok {
		in.fail("eval.no-award", in.cols.tables[a.table].items[in.line], level, grade)
		return award{}, false
	}
	w := award{item: in.cols.tables[a.table].items[in.line], score: q}
	w.series, _ = a.series(in)
	w.kind, _ = a.kind(in)
	if which, s := a.by(in); s == Known {
		for _, f := range a.f.Factor {
			if f.Name == which {
				w.score = w.score.Mul(f.Q)
			}
		}
	} else {
		in.fail("eval.no-factor", w.item, a.f.FactorBy)
		return award{}, false
	}
	return w, true
}

// highest keeps, of each series, only the award worth most; of equals the first
// by item.
func highest(all []award) []bool {
	keep := make([]bool, len(all))
	best := map[string]int{}
	for i, w := range all {
		keep[i] = true
		if w.series == "" {
			continue
		}
		if j, ok := best[w.series]; !ok {
			best[w.series] = i
		} else if w.score.Cmp(all[j].score) > 0 {
			keep[j], best[w.series] = false, i
		} else {
			keep[i] = false
		}
	}
	return keep
}
