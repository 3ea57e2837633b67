package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// ready makes the node's form ready. Each form's arithmetic stands in
// form_<name>.go.
func ready(c *scheme.Compiled, n *scheme.CompiledNode) former {
	switch f := n.Form.(type) {
	case *scheme.Formula:
		return readyFormula(c, n, f)
	case *scheme.Count:
		return readyCount(c, n, f)
	case *scheme.Bands:
		return readyBands(c, n, f)
	case *scheme.Select:
		return readySelect(c, n, f)
	case *scheme.Linear:
		return readyLinear(c, n, f)
	case *scheme.Ratio:
		return readyRatio(c, n, f)
	case *scheme.Rank:
		return readyRank(c, n, f)
	case *scheme.Difference:
		return readyDifference(c, n, f)
	case *scheme.Deduct:
		return readyDeduct(c, n, f)
	case *scheme.Raters:
		return readyRaters(c, n, f)
	case *scheme.Awards:
		return readyAwards(c, n, f)
	case *scheme.PoolShare:
		return readyPoolShare(c, n, f)
	case *scheme.GroupMean:
		return readyGroupMean(c, n, f)
	case *scheme.GroupCap:
		return readyGroupCap(c, n, f)
	case *scheme.WeightedSum:
		return weightedSum{}
	case *scheme.Sum:
		return sum{f}
	case *scheme.Round:
		return round{f}
	case *scheme.Record:
		return readyRecord(c, n, f)
	}
	panic("eval: no arithmetic for form " + n.Form.Kind())
}

// local is a form that needs the member's own facts only.
type local struct {
	x      expr
	limits scheme.Limits
}

func (f local) score(in *input) Value {
	q, s := f.x(in)
	if s != Known {
		return Value{Status: s}
	}
	return Value{Q: limit(f.limits, q)}
}

// then applies g to the value of x.
func then(x expr, g func(q num.Q) num.Q) expr {
	return func(in *input) (num.Q, Status) {
		q, s := x(in)
		if s != Known {
			return num.Q{}, s
		}
		return g(q), Known
	}
}

// code is a coded fact made ready: it gives the code, or why there is none.
type code func(in *input) (string, Status)

func compileCode(c *scheme.Compiled, n *scheme.CompiledNode, name string) code {
	r := c.Resolve(n.Node, n.Reads.Over, name)
	i, table := r.Index, n.Table
	if r.Kind == scheme.Field {
		return func(in *input) (string, Status) {
			at := &in.cols.tables[table].fields[i][in.line]
			in.read(name, at)
			return at.code, Status(at.state)
		}
	}
	return func(in *input) (string, Status) {
		at := &in.cols.scalars[i][in.member]
		in.read(name, at)
		return at.code, Status(at.state)
	}
}

// sample is a member's value among peers.
type sample struct {
	member int
	x      num.Q
}

// peers sorts the members who have a value by whom they are compared with. x is
// what comparable makes.
func peers(r *run, n *scheme.CompiledNode, members []int, p scheme.Peers, x expr) map[string][]sample {
	among := make([]code, len(p.Same))
	for i, name := range p.Same {
		among[i] = compileCode(r.Compiled, n, name)
	}
	out := map[string][]sample{}
	in := input{run: r, node: n, line: -1}
	for _, m := range members {
		in.member = m
		found := len(r.found[m])
		q, s := x(&in)
		r.found[m] = r.found[m][:found] // scoring will find it again
		if s != Known {
			continue
		}
		key := in.group()
		if p.All || len(among) > 0 {
			key = ""
		}
		for _, a := range among {
			which, _ := a(&in)
			key += which + "\x00"
		}
		out[key] = append(out[key], sample{m, q})
	}
	return out
}

// comparable is x as peers compare it: rounded, for cohort rules read rounded
// values only (means of exact ratios grow without bound), and without a value
// for a person of whom it is not known whom to compare with.
func comparable(c *scheme.Compiled, n *scheme.CompiledNode, p scheme.Peers, x expr) expr {
	among := make([]code, len(p.Same))
	for i, name := range p.Same {
		among[i] = compileCode(c, n, name)
	}
	return func(in *input) (num.Q, Status) {
		q, s := x(in)
		for _, a := range among {
			_, sa := a(in)
			s = worse(s, sa)
		}
		if s != Known {
			return num.Q{}, s
		}
		return q.Round(in.Rounding.Places, in.Rounding.Mode), Known
	}
}

func total(samples []sample) (sum num.Q) {
	for _, s := range samples {
		sum = sum.Add(s.x)
	}
	return sum
}
