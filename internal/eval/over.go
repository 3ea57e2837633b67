package eval

import (
	"slices"

	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// perLine wraps a form so that it is applied to each line of a repeated fact
// and the values are combined. Lines that do not concern the person or are
// excused drop out; a line that is still to come, or was refused, decides the
// node. Without Over, base is used as it is.
func perLine(c *scheme.Compiled, n *scheme.CompiledNode, over *scheme.Over, base expr) expr {
	if over == nil {
		return base
	}
	keep := filter(c, n.Table, over.Where)
	by := expr(func(*input) (num.Q, Status) { return num.Int(1), Known })
	if over.By != "" {
		by = compileName(c, n, over.By)
	}
	return func(in *input) (num.Q, Status) {
		t := &in.cols.tables[n.Table]
		from, to := t.lines(in.member)
		acc := combiner{how: over.Combine}
		outer := in.step
		defer func() { in.line, in.step = -1, outer }()
		for in.line = from; in.line < to; in.line++ {
			if !keep(in) {
				continue
			}
			if outer != nil {
				outer.Kids = append(outer.Kids, Step{Name: t.items[in.line], Rule: "line"})
				in.step = &outer.Kids[len(outer.Kids)-1]
			}
			q, s := base(in)
			w, sw := by(in)
			s = worse(s, sw)
			if in.step != nil {
				in.step.Value, in.step.Status = q, s
			}
			if !acc.add(q, w, s) {
				return num.Q{}, s
			}
			if tooLarge(acc.sum) || tooLarge(acc.total) {
				return num.Q{}, in.fail("eval.too-large").Status
			}
		}
		return acc.result(over, t.state[in.member], from < to)
	}
}

// filter returns whether a line has the codes that where asks for.
func filter(c *scheme.Compiled, table int, where []scheme.Where) func(in *input) bool {
	fields := make([]int, len(where))
	for i, w := range where {
		fields[i] = c.Tables[table].Field(w.Field)
	}
	return func(in *input) bool {
		t := &in.cols.tables[table]
		for i, w := range where {
			if fields[i] < 0 || !slices.Contains(w.Codes, t.fields[fields[i]][in.line].code) {
				return false
			}
		}
		return true
	}
}

// combiner adds up lines.
type combiner struct {
	how        string
	n          int64
	sum, total num.Q // Σ weight × value, Σ weight; or the extreme
}

// add takes a line's value and reports false when the line decides the node.
func (a *combiner) add(q, w num.Q, s Status) bool {
	switch s {
	case NotApplicable, Excused:
		return true
	case Known:
	default:
		return false
	}
	a.n++
	switch a.how {
	case "max":
		if a.n == 1 || q.Cmp(a.sum) > 0 {
			a.sum = q
		}
	case "min":
		if a.n == 1 || q.Cmp(a.sum) < 0 {
			a.sum = q
		}
	case "weighted":
		a.sum, a.total = a.sum.Add(q.Mul(w)), a.total.Add(w)
	default:
		a.sum = a.sum.Add(q)
	}
	return true
}

func (a *combiner) result(over *scheme.Over, empty fact.State, lines bool) (num.Q, Status) {
	if a.n == 0 {
		switch {
		case !lines && empty != fact.Given:
			return num.Q{}, Status(empty)
		case over.None != nil:
			return *over.None, Known
		}
		return num.Q{}, NotApplicable
	}
	switch a.how {
	case "mean":
		q, _ := a.sum.Div(num.Int(a.n))
		return q, Known
	case "weighted":
		q, ok := a.sum.Div(a.total)
		if !ok {
			return num.Q{}, NotApplicable
		}
		return q, Known
	}
	return a.sum, Known
}
