package explain

import (
	"strings"

	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// telling is one node's step being put into words.
type telling struct {
	c *scheme.Compiled
	n *scheme.CompiledNode
	s *eval.Step
	g string // the person's group

	brief bool // what each line adds is left to the lines
}

// reading is what a step read: formulas find their values in it.
type reading []eval.Arg

// find returns the own quantity or worked-out value of that name.
func (r reading) find(name string) (eval.Arg, bool) {
	for _, a := range r {
		if a.Name == name && !a.Ref {
			return a, true
		}
	}
	return eval.Arg{}, false
}

// ref returns the cohort's quantity of that name.
func (r reading) ref(name string) (num.Q, bool) {
	for _, a := range r {
		if a.Name == name && a.Ref {
			return a.Value, true
		}
	}
	return num.Q{}, false
}

// code returns the code read under name; "" if none was.
func (r reading) code(name string) string {
	a, _ := r.find(name)
	return a.Code
}

// value finds what e came to among what the step recorded.
func (r reading) value(e scheme.Expr) (num.Q, bool) {
	switch e := e.(type) {
	case scheme.Literal:
		return e.Q, true
	case scheme.Negate:
		q, ok := r.value(e.X)
		return q.Neg(), ok
	case scheme.Call:
		if e.Func == "iff" {
			branch, ok := r.branch(e)
			if !ok {
				return num.Q{}, false
			}
			return r.value(branch)
		}
	}
	a, ok := r.find(e.String())
	return a.Value, ok && a.Status == eval.Known
}

// branch returns the side of a 如果 that was taken.
func (r reading) branch(e scheme.Call) (scheme.Expr, bool) {
	holds, ok := r.holds(e.Args[0])
	switch {
	case !ok:
		return nil, false
	case holds:
		return e.Args[1], true
	}
	return e.Args[2], true
}

func (r reading) holds(e scheme.Expr) (holds, ok bool) {
	cond, isBinary := e.(scheme.Binary)
	if !isBinary {
		return false, false
	}
	x, ok1 := r.value(cond.X)
	y, ok2 := r.value(cond.Y)
	c := x.Cmp(y)
	return map[string]bool{"<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0, "==": c == 0, "!=": c != 0}[cond.Op], ok1 && ok2
}

// filled writes e with values in place of names; of a 如果 only the branch
// taken, of other functions the value.
func (r reading) filled(e scheme.Expr) scheme.Expr {
	switch e := e.(type) {
	case scheme.Name:
		if a, ok := r.find(e.Name); ok && a.Status == eval.Known {
			return scheme.Name{Name: inFormula(a.Value)}
		}
	case scheme.Negate:
		return scheme.Negate{X: r.filled(e.X)}
	case scheme.Binary:
		return scheme.Binary{Op: e.Op, X: r.filled(e.X), Y: r.filled(e.Y)}
	case scheme.Call:
		if e.Func == "iff" {
			if branch, ok := r.branch(e); ok {
				return r.filled(branch)
			}
			return e
		}
		args := make([]scheme.Expr, len(e.Args))
		for i, a := range e.Args {
			args[i] = r.filled(a)
		}
		return scheme.Call{Func: e.Func, Args: args}
	}
	return e
}

// asides words what the reader of a formula cannot see from its value: which
// branch was taken, and what a function inside it gave.
func (r reading) asides(e scheme.Expr, inner bool) []string {
	var out []string
	switch e := e.(type) {
	case scheme.Negate:
		return r.asides(e.X, true)
	case scheme.Binary:
		return append(r.asides(e.X, true), r.asides(e.Y, true)...)
	case scheme.Call:
		if e.Func == "iff" {
			branch, ok := r.branch(e)
			if !ok {
				return nil
			}
			holds, _ := r.holds(e.Args[0])
			word := "成立"
			if !holds {
				word = "不成立"
			}
			out = append(r.asides(e.Args[0], true), e.Args[0].String()+"（"+r.filled(e.Args[0]).String()+"）"+word+"，取 "+branch.String())
			return append(out, r.asides(branch, inner)...)
		}
		for _, a := range e.Args {
			out = append(out, r.asides(a, true)...)
		}
		if q, ok := r.value(e); ok && inner {
			out = append(out, r.filled(e).String()+" = "+shown(q))
		}
	}
	return out
}

// quantity words an expression with its value: 周课时 14 节, or
// 课时 + 兼职 = 12 + 2 = 14.
func (t *telling) quantity(e scheme.Expr, r reading) (string, num.Q, bool) {
	q, ok := r.value(e)
	if !ok {
		return t.lacking(r), q, false
	}
	switch e := e.(type) {
	case scheme.Literal:
		return shown(q), q, true
	case scheme.Name:
		return e.Name + " " + amount(q, t.declared(e.Name)), q, true
	}
	return t.worked(e, r, q), q, true
}

// worked writes a formula, the same with values, and what it came to.
func (t *telling) worked(e scheme.Expr, r reading, q num.Q) string {
	parts := []string{e.String()}
	for _, s := range []string{r.filled(e).String(), shown(q)} {
		if s != parts[len(parts)-1] {
			parts = append(parts, s)
		}
	}
	text := strings.Join(parts, " = ")
	if asides := r.asides(e, false); len(asides) > 0 {
		text += "（其中 " + strings.Join(asides, "；") + "）"
	}
	return text
}

// declared returns the declaration of a fact or field; zero for a child.
func (t *telling) declared(name string) scheme.FactDecl {
	switch x := t.c.Resolve(t.n.Node, t.n.Reads.Over, name); x.Kind {
	case scheme.Field:
		return t.c.Tables[t.n.Table].Fields[x.Index]
	case scheme.Scalar:
		return t.c.Scalars[x.Index]
	}
	return scheme.FactDecl{}
}

// plain returns the declaration of what e names; zero for a formula, whose unit
// nobody declares.
func (t *telling) plain(e scheme.Expr) scheme.FactDecl {
	if n, ok := e.(scheme.Name); ok {
		return t.declared(n.Name)
	}
	return scheme.FactDecl{}
}

// lacking names what a step needed and did not get.
func (t *telling) lacking(r reading) string {
	var out []string
	for _, a := range r {
		if a.Status != eval.Known {
			out = append(out, quoted(a.Name)+statusWords[a.Status])
		}
	}
	if len(out) == 0 {
		return "没有数据"
	}
	return list(out)
}

// finish ends a sentence that came to raw: limits, then rounding to the
// node's value.
func (t *telling) finish(text string, raw num.Q, l scheme.Limits) string {
	switch {
	case l.Cap != nil && raw.Cmp(*l.Cap) > 0:
		text, raw = text+"，超过上限 "+shown(*l.Cap)+"，按 "+shown(*l.Cap)+" 计", *l.Cap
	case l.Floor != nil && raw.Cmp(*l.Floor) < 0:
		text, raw = text+"，低于下限 "+shown(*l.Floor)+"，按 "+shown(*l.Floor)+" 计", *l.Floor
	}
	if !raw.Equal(t.s.Value) {
		text += "，" + places(t.c.Rounding.Places, t.c.Rounding.Mode) + "得 " + shown(t.s.Value)
	}
	return text
}

// ruleLimits words a form's limits.
func ruleLimits(l scheme.Limits) string {
	s := ""
	if l.Cap != nil {
		s += "，最高 " + shown(*l.Cap)
	}
	if l.Floor != nil {
		s += "，最低 " + shown(*l.Floor)
	}
	return s
}
