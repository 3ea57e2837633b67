package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// expr is a formula made ready: it gives a number, or why there is none.
type expr func(in *input) (num.Q, Status)

// compileExpr turns a formula into closures over columns. Names are resolved
// once; Check has made sure that they can be.
func compileExpr(c *scheme.Compiled, n *scheme.CompiledNode, e scheme.Expr) expr {
	switch e := e.(type) {
	case scheme.Literal:
		q := e.Q
		return func(*input) (num.Q, Status) { return q, Known }
	case scheme.Name:
		return compileName(c, n, e.Name)
	case scheme.Negate:
		x := compileExpr(c, n, e.X)
		return func(in *input) (num.Q, Status) {
			q, s := x(in)
			return q.Neg(), s
		}
	case scheme.Binary:
		return compileBinary(c, n, e)
	case scheme.Call:
		return compileCall(c, n, e)
	}
	panic("eval: unknown expression")
}

func compileName(c *scheme.Compiled, n *scheme.CompiledNode, name string) expr {
	r := c.Resolve(n.Node, n.Reads.Over, name)
	i, table := r.Index, n.Table
	switch r.Kind {
	case scheme.Field:
		return func(in *input) (num.Q, Status) {
			at := &in.cols.tables[table].fields[i][in.line]
			in.read(name, at)
			return at.q, Status(at.state)
		}
	case scheme.Scalar:
		return func(in *input) (num.Q, Status) {
			at := &in.cols.scalars[i][in.member]
			in.read(name, at)
			return at.q, Status(at.state)
		}
	case scheme.Kid:
		return func(in *input) (num.Q, Status) {
			v := in.kid(i)
			if v.Status == Outside {
				v.Status = NotApplicable
			}
			in.note(Arg{Name: name, Node: in.Nodes[i].ID, Value: v.Q, Status: v.Status})
			return v.Q, v.Status
		}
	}
	panic("eval: unresolved name " + name)
}

func compileBinary(c *scheme.Compiled, n *scheme.CompiledNode, e scheme.Binary) expr {
	x, y := compileExpr(c, n, e.X), compileExpr(c, n, e.Y)
	apply := operator(e.Op)
	text := ""
	if _, arithmetic := arithmeticOps[e.Op]; arithmetic {
		text = e.String()
	}
	return func(in *input) (num.Q, Status) {
		a, s := x(in)
		b, t := y(in)
		if s = worse(s, t); s != Known {
			return num.Q{}, s
		}
		q, ok := apply(a, b)
		if !ok {
			return num.Q{}, in.fail("eval.divide-zero", e.String()).Status
		}
		if tooLarge(q) {
			return num.Q{}, in.fail("eval.too-large").Status
		}
		if text != "" {
			in.note(Arg{Name: text, Value: q, Derived: true})
		}
		return q, Known
	}
}

var arithmeticOps = map[string]bool{"+": true, "-": true, "*": true, "/": true}

// operator returns an operation; comparisons give 1 for true and 0 for false,
// which Check lets only conditions read.
func operator(op string) func(a, b num.Q) (num.Q, bool) {
	compare := func(holds func(c int) bool) func(a, b num.Q) (num.Q, bool) {
		return func(a, b num.Q) (num.Q, bool) {
			if holds(a.Cmp(b)) {
				return num.Int(1), true
			}
			return num.Q{}, true
		}
	}
	switch op {
	case "+":
		return func(a, b num.Q) (num.Q, bool) { return a.Add(b), true }
	case "-":
		return func(a, b num.Q) (num.Q, bool) { return a.Sub(b), true }
	case "*":
		return func(a, b num.Q) (num.Q, bool) { return a.Mul(b), true }
	case "/":
		return num.Q.Div
	case "<":
		return compare(func(c int) bool { return c < 0 })
	case "<=":
		return compare(func(c int) bool { return c <= 0 })
	case ">":
		return compare(func(c int) bool { return c > 0 })
	case ">=":
		return compare(func(c int) bool { return c >= 0 })
	case "==":
		return compare(func(c int) bool { return c == 0 })
	case "!=":
		return compare(func(c int) bool { return c != 0 })
	}
	panic("eval: unknown operator " + op)
}

func compileCall(c *scheme.Compiled, n *scheme.CompiledNode, e scheme.Call) expr {
	args := make([]expr, len(e.Args))
	for i, a := range e.Args {
		args[i] = compileExpr(c, n, a)
	}
	if e.Func == "iff" {
		// Only the branch taken is evaluated, so that a condition can guard a division.
		return func(in *input) (num.Q, Status) {
			cond, s := args[0](in)
			if s != Known {
				return num.Q{}, s
			}
			if cond.Sign() != 0 {
				return args[1](in)
			}
			return args[2](in)
		}
	}
	text := e.String()
	return func(in *input) (num.Q, Status) {
		var few [4]num.Q
		qs, status := few[:0], Known
		for _, a := range args {
			q, s := a(in)
			qs, status = append(qs, q), worse(status, s)
		}
		if status != Known {
			return num.Q{}, status
		}
		q := call(e.Func, qs)
		in.note(Arg{Name: text, Value: q, Derived: true})
		return q, Known
	}
}

func call(name string, qs []num.Q) num.Q {
	q := qs[0]
	switch name {
	case "min":
		for _, p := range qs[1:] {
			q = num.Min(q, p)
		}
	case "max":
		for _, p := range qs[1:] {
			q = num.Max(q, p)
		}
	case "clamp":
		q = num.Clamp(q, qs[1], qs[2])
	case "abs":
		q = q.Abs()
	}
	return q
}
