package eval

import (
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// run is one evaluation: the scheme compiled to closures over the columns of a
// cohort, and the values so far.
type run struct {
	*scheme.Compiled
	cols   *columns
	forms  []former  // by node index
	values [][]Value // by node index, then member
	refs   []refs    // by node index
	given  []Ref     // in a replay: the references of the result
	found  [][]Finding
}

// refs are a node's references: a name and a column of values by member each.
type refs struct {
	names  []string
	values [][]num.Q
}

// former is a rule form made ready for evaluation. score gives the value of
// one member from own facts, children and references.
type former interface {
	score(in *input) Value
}

// cohortFormer is a form that needs references first.
type cohortFormer interface {
	former
	// refNames are the names of its references, in a fixed order.
	refNames() []string
	// gather computes the references of members, who are those the node applies
	// to, into into[reference][member].
	gather(r *run, n *scheme.CompiledNode, members []int, into [][]num.Q)
}

// input is what a form sees while it scores one member (or one of the member's
// lines): the facts, the children, the references. step, when not nil, records
// what was read.
type input struct {
	*run
	node   *scheme.CompiledNode
	member int
	line   int // of the form's table; -1 outside Over
	step   *Step
}

func newRun(c *scheme.Compiled, cols *columns) *run {
	r := &run{Compiled: c, cols: cols, forms: make([]former, len(c.Nodes)), values: make([][]Value, len(c.Nodes)), refs: make([]refs, len(c.Nodes)), found: make([][]Finding, len(cols.members))}
	for i, n := range c.Nodes {
		r.forms[i] = ready(c, n)
		r.values[i] = make([]Value, len(cols.members))
	}
	return r
}

// evaluate fills the values of all nodes.
func (r *run) evaluate() {
	members := make([]int, 0, len(r.cols.members))
	for i, n := range r.Nodes {
		members = members[:0]
		for m, member := range r.cols.members {
			if n.Applies(member.Group) {
				members = append(members, m)
			} else {
				r.values[i][m] = Value{Status: Outside}
			}
		}
		if cf, ok := r.forms[i].(cohortFormer); ok {
			names := cf.refNames()
			r.refs[i] = refs{names, make([][]num.Q, len(names))}
			for k := range names {
				r.refs[i].values[k] = make([]num.Q, len(r.cols.members))
			}
			if n.Closed == nil {
				cf.gather(r, n, members, r.refs[i].values)
			}
		}
		in := input{run: r, node: n, line: -1}
		for _, m := range members {
			in.member = m
			r.values[i][m] = in.value()
		}
	}
}

// value scores the node for the member: guard, rule, missing rule, rounding.
func (in *input) value() Value {
	n := in.node
	if n.Closed != nil {
		return Value{Status: NotApplicable}
	}
	v := in.forms[n.Index].score(in)
	if v.Status != Known && v.Status < Outside {
		if rule, ok := n.Missing[fact.State(v.Status)]; ok && !n.Reads.Kids {
			if in.step != nil {
				in.step.Missing = v.Status
			}
			switch rule.How {
			case "block":
				in.find("eval.blocked", n.Name, v.Status.String())
				return Value{Status: Blocked}
			case "value":
				v = Value{Q: rule.Value}
			}
		}
	}
	if v.Status == Known {
		v.Q = v.Q.Round(in.Rounding.Places, in.Rounding.Mode)
	}
	return v
}

// find notes something for people to look at.
func (in *input) find(key string, args ...string) {
	in.found[in.member] = append(in.found[in.member], Finding{Node: in.node.ID, Key: key, Args: args})
}

// tooLarge reports whether q has grown beyond what any score needs, so that a
// hostile scheme cannot keep a person's own machine busy.
func tooLarge(q num.Q) bool { return q.Bits() > scheme.MaxBits }

// fail blocks the node: its rule cannot be applied to what was handed in.
func (in *input) fail(key string, args ...string) Value {
	in.find(key, append([]string{in.node.Name}, args...)...)
	return Value{Status: Blocked}
}

// ref returns the member's k-th reference of the node.
func (in *input) ref(k int) num.Q { return in.refs[in.node.Index].values[k][in.member] }

// group returns the member's group.
func (in *input) group() string { return in.cols.members[in.member].Group }

// kid returns the value of the child with that node index.
func (in *input) kid(i int) Value { return in.values[i][in.member] }

// kids calls f for each child that is part of the member's tree.
func (in *input) kids(f func(kid *scheme.CompiledNode, v Value)) {
	for _, k := range in.node.Kids {
		if v := in.values[k][in.member]; v.Status != Outside {
			f(in.Nodes[k], v)
		}
	}
}

// only returns the one child that carries points and its value: Blocked when
// any child is, be it a record.
func (in *input) only() (kid *scheme.CompiledNode, v Value) {
	blocked := false
	in.kids(func(k *scheme.CompiledNode, own Value) {
		blocked = blocked || own.Status == Blocked
		if !k.Pointless() {
			kid, v = k, own
		}
	})
	if blocked {
		v = Value{Status: Blocked}
	}
	return kid, v
}

// limit holds q within l.
func limit(l scheme.Limits, q num.Q) num.Q {
	if l.Cap != nil {
		q = num.Min(q, *l.Cap)
	}
	if l.Floor != nil {
		q = num.Max(q, *l.Floor)
	}
	return q
}

// worse returns the status that wins when two values are needed and both are
// missing: what must be waited for before what cannot come.
func worse(a, b Status) Status {
	rank := func(s Status) int {
		switch s {
		case Known:
			return 0
		case NotApplicable:
			return 1
		case Excused:
			return 2
		case Refused:
			return 3
		case NotYet:
			return 4
		}
		return 5
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}
