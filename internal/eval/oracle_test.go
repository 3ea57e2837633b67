package eval_test

import (
	"math/big"
	"slices"
	"strings"

	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// oracle evaluates a scheme the slow way, as its documents say and not as room
// eval does it: one member at a time, down the tree from each level-1 node,
// over naive maps and math/big, working out what a cohort rule needs from
// others by asking for each of them. It is what the fast evaluator is held to.
type oracle struct {
	s       *scheme.Scheme
	decls   []scheme.FactDecl
	members []fact.Member // by subject
	facts   map[string]map[string]map[string]fact.Fact
	memo    map[[2]string]ovalue
	refs    map[string]map[string]*big.Rat // subject → node/name
	found   map[string]map[string]bool     // subject → node/key/what
}

// ovalue is a value of the oracle; q is nil unless status is Known.
type ovalue struct {
	q      *big.Rat
	code   string
	status eval.Status
}

func newOracle(s *scheme.Scheme, decls []scheme.FactDecl, cohort eval.Cohort) *oracle {
	o := &oracle{s: s, decls: decls, members: slices.Clone(cohort.Members),
		facts: map[string]map[string]map[string]fact.Fact{}, memo: map[[2]string]ovalue{},
		refs: map[string]map[string]*big.Rat{}, found: map[string]map[string]bool{}}
	slices.SortFunc(o.members, func(a, b fact.Member) int { return strings.Compare(a.Subject, b.Subject) })
	for _, m := range o.members {
		o.facts[m.Subject] = map[string]map[string]fact.Fact{}
		o.refs[m.Subject] = map[string]*big.Rat{}
		o.found[m.Subject] = map[string]bool{}
	}
	for _, f := range cohort.Facts {
		byItem := o.facts[f.Subject][f.Key]
		if byItem == nil {
			byItem = map[string]fact.Fact{}
			o.facts[f.Subject][f.Key] = byItem
		}
		byItem[f.Item] = f
	}
	return o
}

func rat(n, d int64) *big.Rat         { return big.NewRat(n, d) }
func add(a, b *big.Rat) *big.Rat      { return new(big.Rat).Add(a, b) }
func sub(a, b *big.Rat) *big.Rat      { return new(big.Rat).Sub(a, b) }
func mul(a, b *big.Rat) *big.Rat      { return new(big.Rat).Mul(a, b) }
func quo(a, b *big.Rat) *big.Rat      { return new(big.Rat).Quo(a, b) }
func least(a, b *big.Rat) *big.Rat    { return choose(a.Cmp(b) <= 0, a, b) }
func greatest(a, b *big.Rat) *big.Rat { return choose(a.Cmp(b) >= 0, a, b) }

func choose(c bool, a, b *big.Rat) *big.Rat {
	if c {
		return a
	}
	return b
}

// roundRat rounds through the two whole neighbours, which num does not.
func roundRat(x *big.Rat, places int, mode num.Mode) *big.Rat {
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil))
	y := mul(x, scale)
	below := new(big.Int).Div(y.Num(), y.Denom()) // Euclidean: floor, since the denominator is positive
	lo := new(big.Rat).SetInt(below)
	if lo.Cmp(y) == 0 {
		return x
	}
	hi := add(lo, rat(1, 1))
	zero := new(big.Rat)
	toward, away := lo, hi
	if y.Cmp(zero) < 0 {
		toward, away = hi, lo
	}
	var pick *big.Rat
	switch mode {
	case num.Floor:
		pick = lo
	case num.Ceil:
		pick = hi
	case num.Down:
		pick = toward
	case num.Up:
		pick = away
	default:
		c := sub(y, lo).Cmp(sub(hi, y))
		pick = choose(c < 0, lo, hi)
		if c == 0 {
			pick = away
			if mode == num.HalfEven && toward.Num().Bit(0) == 0 {
				pick = toward
			}
		}
	}
	return quo(pick, scale)
}

func (o *oracle) places(x *big.Rat) *big.Rat {
	return roundRat(x, o.s.Rounding.Places, o.s.Rounding.Mode)
}

// find notes a finding, of several with the same key together with what it is about.
func (o *oracle) find(m fact.Member, n *scheme.Node, key string, about ...string) {
	id := ""
	if n != nil {
		id = n.ID
	}
	o.found[m.Subject][strings.Join(append([]string{id, key}, about...), "/")] = true
}

// inTree: the node and everything above it are for the group.
func (o *oracle) inTree(n *scheme.Node, group string) bool {
	for ; n != nil; n = o.s.Node(n.Parent) {
		if n.Groups != nil && !slices.Contains(n.Groups, group) {
			return false
		}
	}
	return true
}

// closed: the node or one above it stands behind a guard that nobody opened.
func (o *oracle) closed(n *scheme.Node) bool {
	for ; n != nil; n = o.s.Node(n.Parent) {
		if n.Guard != "" && !slices.ContainsFunc(o.s.Opened, func(g scheme.OpenGuard) bool { return g.Guard == n.Guard }) {
			return true
		}
	}
	return false
}

// value is the node's value for the member.
func (o *oracle) value(n *scheme.Node, m fact.Member) ovalue {
	key := [2]string{n.ID, m.Subject}
	if v, ok := o.memo[key]; ok {
		return v
	}
	v := o.work(n, m)
	o.memo[key] = v
	return v
}

func (o *oracle) work(n *scheme.Node, m fact.Member) ovalue {
	if !o.inTree(n, m.Group) {
		return ovalue{status: eval.Outside}
	}
	if o.closed(n) {
		return ovalue{status: eval.NotApplicable}
	}
	v := o.form(n, m)
	switch v.status {
	case eval.NotApplicable, eval.Excused, eval.NotYet, eval.Refused:
		rule, ok := n.Missing[fact.State(v.status)]
		if !ok {
			rule, ok = o.s.Missing[fact.State(v.status)]
		}
		switch n.Form.(type) {
		case *scheme.WeightedSum, *scheme.Sum, *scheme.Round, *scheme.GroupCap:
			ok = false // what is missing below has been dealt with below
		}
		if ok && rule.How == "block" {
			o.find(m, n, "eval.blocked")
			return ovalue{status: eval.Blocked}
		}
		if ok && rule.How == "value" {
			v = ovalue{q: rule.Value.Rat()}
		}
	}
	if v.status == eval.Known && v.q != nil {
		v.q = o.places(v.q)
	}
	return v
}

// kids are the children that are part of the member's tree.
func (o *oracle) kids(n *scheme.Node, m fact.Member) []*scheme.Node {
	var out []*scheme.Node
	for _, k := range o.s.Nodes {
		if k.Parent == n.ID && o.inTree(k, m.Group) {
			out = append(out, k)
		}
	}
	return out
}

// only is the one child with points, and its value: blocked when any child is.
func (o *oracle) only(n *scheme.Node, m fact.Member) (kid *scheme.Node, v ovalue) {
	blocked := false
	for _, k := range o.kids(n, m) {
		w := o.value(k, m)
		blocked = blocked || w.status == eval.Blocked
		if !pointless(k) {
			kid, v = k, w
		}
	}
	if blocked {
		v = ovalue{status: eval.Blocked}
	}
	return kid, v
}

// at is where a name is read: a member, a node, and perhaps a line of a table.
type at struct {
	m     fact.Member
	n     *scheme.Node
	table string
	item  string
}

func (o *oracle) declared(table, name string) bool {
	return slices.ContainsFunc(o.decls, func(d scheme.FactDecl) bool { return d.Table == table && d.Name == name })
}

// fact returns a fact where it is read; one that nobody handed in is not yet.
func (o *oracle) fact(a at, name string) fact.Fact {
	key, item := name, ""
	if a.table != "" && o.declared(a.table, name) {
		key, item = a.table+"."+name, a.item
	}
	if f, ok := o.facts[a.m.Subject][key][item]; ok {
		return f
	}
	return fact.Fact{State: fact.NotYet}
}

func (o *oracle) name(a at, name string) ovalue {
	if a.table != "" && o.declared(a.table, name) || o.declared("", name) {
		f := o.fact(a, name)
		return ovalue{q: f.Value.Rat(), status: eval.Status(f.State)}
	}
	for _, k := range o.kids(a.n, a.m) {
		if k.Name == name {
			v := o.value(k, a.m)
			return ovalue{q: v.q, status: v.status}
		}
	}
	return ovalue{status: eval.NotApplicable}
}

// urgency orders what is missing: what must be settled before what must be
// waited for before what cannot come.
var urgency = []eval.Status{eval.Known, eval.NotApplicable, eval.Excused, eval.Refused, eval.NotYet, eval.Blocked}

func worst(all ...eval.Status) eval.Status {
	out := eval.Known
	for _, s := range all {
		if slices.Index(urgency, s) > slices.Index(urgency, out) {
			out = s
		}
	}
	return out
}

func (o *oracle) expr(a at, e scheme.Expr) ovalue {
	switch e := e.(type) {
	case scheme.Literal:
		return ovalue{q: e.Q.Rat()}
	case scheme.Name:
		return o.name(a, e.Name)
	case scheme.Negate:
		v := o.expr(a, e.X)
		if v.status == eval.Known {
			v.q = new(big.Rat).Neg(v.q)
		}
		return v
	case scheme.Binary:
		return o.binary(a, e)
	case scheme.Call:
		if e.Func == "iff" {
			c := o.expr(a, e.Args[0])
			if c.status != eval.Known {
				return c
			}
			if c.q.Sign() != 0 {
				return o.expr(a, e.Args[1])
			}
			return o.expr(a, e.Args[2])
		}
		return o.call(a, e)
	}
	panic("oracle: expression")
}

func (o *oracle) binary(a at, e scheme.Binary) ovalue {
	x, y := o.expr(a, e.X), o.expr(a, e.Y)
	if s := worst(x.status, y.status); s != eval.Known {
		return ovalue{status: s}
	}
	c := x.q.Cmp(y.q)
	truth := map[string]bool{"<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0, "==": c == 0, "!=": c != 0}
	if t, ok := truth[e.Op]; ok {
		return ovalue{q: choose(t, rat(1, 1), rat(0, 1))}
	}
	switch e.Op {
	case "+":
		return ovalue{q: add(x.q, y.q)}
	case "-":
		return ovalue{q: sub(x.q, y.q)}
	case "*":
		return ovalue{q: mul(x.q, y.q)}
	}
	if y.q.Sign() == 0 {
		o.find(a.m, a.n, "eval.divide-zero")
		return ovalue{status: eval.Blocked}
	}
	return ovalue{q: quo(x.q, y.q)}
}

func (o *oracle) call(a at, e scheme.Call) ovalue {
	var qs []*big.Rat
	status := eval.Known
	for _, arg := range e.Args {
		v := o.expr(a, arg)
		status = worst(status, v.status)
		qs = append(qs, v.q)
	}
	if status != eval.Known {
		return ovalue{status: status}
	}
	q := qs[0]
	switch e.Func {
	case "abs":
		q = new(big.Rat).Abs(q)
	case "clamp":
		q = greatest(qs[1], least(q, qs[2]))
	case "min", "max":
		for _, p := range qs[1:] {
			q = choose((p.Cmp(q) < 0) == (e.Func == "min"), p, q)
		}
	}
	return ovalue{q: q}
}

// items are the member's lines of a table, in order, that where keeps.
func (o *oracle) items(m fact.Member, table string, where []scheme.Where) (kept []string, any bool) {
	seen := map[string]bool{}
	for key, byItem := range o.facts[m.Subject] {
		if t, _, ok := strings.Cut(key, "."); ok && t == table {
			for item := range byItem {
				seen[item] = true
			}
		}
	}
	for item := range seen {
		keep := true
		for _, w := range where {
			keep = keep && slices.Contains(w.Codes, o.fact(at{m: m, table: table, item: item}, w.Field).Code)
		}
		if keep {
			kept = append(kept, item)
		}
	}
	slices.Sort(kept)
	return kept, len(seen) > 0
}

// empty says what a table without lines means: it was handed in empty, or not.
func (o *oracle) empty(m fact.Member, table string) eval.Status {
	if f, ok := o.facts[m.Subject][table][""]; ok {
		return eval.Status(f.State)
	}
	return eval.NotYet
}

// lines applies base to the member, or to each line and combines.
func (o *oracle) lines(a at, over *scheme.Over, base func(a at) ovalue) ovalue {
	if over == nil {
		return base(a)
	}
	items, any := o.items(a.m, over.Table, over.Where)
	var qs, ws []*big.Rat
	for _, item := range items {
		line := at{a.m, a.n, over.Table, item}
		v, w := base(line), ovalue{q: rat(1, 1)}
		if over.Combine == "weighted" {
			w = o.name(line, over.By)
		}
		switch s := worst(v.status, w.status); s {
		case eval.Known:
			qs, ws = append(qs, v.q), append(ws, w.q)
		case eval.NotApplicable, eval.Excused:
		default:
			return ovalue{status: s}
		}
	}
	switch {
	case len(qs) > 0:
		return combine(over.Combine, qs, ws)
	case !any && o.empty(a.m, over.Table) != eval.Known:
		return ovalue{status: o.empty(a.m, over.Table)}
	case over.None != nil:
		return ovalue{q: over.None.Rat()}
	}
	return ovalue{status: eval.NotApplicable}
}

func combine(how string, qs, ws []*big.Rat) ovalue {
	sum, weights := new(big.Rat), new(big.Rat)
	lo, hi := qs[0], qs[0]
	for i, q := range qs {
		if how == "weighted" {
			q = mul(q, ws[i])
		}
		sum, weights = add(sum, q), add(weights, ws[i])
		lo, hi = least(lo, qs[i]), greatest(hi, qs[i])
	}
	switch how {
	case "max":
		return ovalue{q: hi}
	case "min":
		return ovalue{q: lo}
	case "sum":
		return ovalue{q: sum}
	case "mean":
		return ovalue{q: quo(sum, rat(int64(len(qs)), 1))}
	}
	if weights.Sign() == 0 {
		return ovalue{status: eval.NotApplicable}
	}
	return ovalue{q: quo(sum, weights)}
}

func held(l scheme.Limits, v ovalue) ovalue {
	if v.status != eval.Known {
		return v
	}
	if l.Cap != nil {
		v.q = least(v.q, l.Cap.Rat())
	}
	if l.Floor != nil {
		v.q = greatest(v.q, l.Floor.Rat())
	}
	return v
}
