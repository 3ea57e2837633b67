package eval

import (
	"slices"

	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// Derivation is a result with every step that led to it.
type Derivation struct {
	Result  Result
	Roots   []Step // level-1 nodes, in the scheme's order
	Trusted []Ref  // cohort quantities that were taken as given
}

// Replay recomputes res from the member's own facts and the references in it,
// step by step, and returns the steps. It trusts nothing else in res: when any
// value, contribution or consequence comes out differently, the error says
// which. It is what a page shows and what verify runs.
func Replay(c *scheme.Compiled, own []fact.Fact, res Result) (*Derivation, error) {
	cols, err := newColumns(c, Cohort{Members: []fact.Member{{Subject: res.Subject, Group: res.Group}}, Facts: own})
	if err != nil {
		return nil, err
	}
	var faults fault.List
	if len(res.Values) != len(c.Nodes) {
		return nil, differ(&faults, "eval.differ-nodes", len(res.Values), len(c.Nodes))
	}
	if got := fact.DigestOf(cols.facts); got != res.Facts {
		differ(&faults, "eval.differ-facts", got.String(), res.Facts.String())
	}
	r := newRun(c, cols)
	r.takeRefs(res.Refs)
	steps := make([]Step, len(c.Nodes))
	for i, n := range c.Nodes {
		v := Value{Status: Outside}
		if n.Applies(res.Group) {
			steps[i] = r.replay(n, steps)
			v = Value{steps[i].Value, steps[i].Code, steps[i].Status}
		}
		r.values[i][0] = v
		if !same(v, res.Values[i]) {
			differ(&faults, "eval.differ", n.ID, n.Name, show(v), show(res.Values[i]))
		}
	}
	again := Result{}
	r.settle(0, &again)
	if !again.Score.Equal(res.Score) || again.Scored != res.Scored || !sameParts(again.Contributions, res.Contributions) {
		differ(&faults, "eval.differ-total", again.Score.String(), res.Score.String())
	}
	if refs := r.refsOf(0); !sameRefs(refs, res.Refs) {
		differ(&faults, "eval.differ-refs", len(refs), len(res.Refs))
	}
	if !sameConsequences(again.Consequences, res.Consequences) {
		differ(&faults, "eval.differ-consequences", len(again.Consequences), len(res.Consequences))
	}
	if !sameFindings(again.Findings, res.Findings) {
		differ(&faults, "eval.differ-findings", len(again.Findings), len(res.Findings))
	}
	d := &Derivation{Result: res, Trusted: res.Refs}
	for _, i := range c.Roots[res.Group] {
		d.Roots = append(d.Roots, steps[i])
	}
	return d, faults.Err()
}

func differ(l *fault.List, key string, args ...any) error {
	l.Add(fault.New(fault.Conflict, key, args...))
	return l
}

// takeRefs puts the references of a result where the forms read them.
func (r *run) takeRefs(given []Ref) {
	r.given = given
	for i, n := range r.Nodes {
		cf, ok := r.forms[i].(cohortFormer)
		if !ok {
			continue
		}
		names := cf.refNames()
		if v, masked := r.masked(n); masked {
			r.refs[i] = refs{[]string{RefValue}, [][]num.Q{{v.Q}}}
			continue // the node is not scored, its value is the reference
		}
		r.refs[i] = refs{names, make([][]num.Q, len(names))}
		for k, name := range names {
			r.refs[i].values[k] = []num.Q{{}}
			for _, ref := range given {
				if ref.Node == n.ID && ref.Name == name {
					r.refs[i].values[k][0] = ref.Value
				}
			}
		}
	}
}

// replay scores one node while recording, and hangs its children below it.
func (r *run) replay(n *scheme.CompiledNode, steps []Step) Step {
	s := Step{Node: n.ID, Name: n.Name, Rule: n.Form.Kind(), Clause: n.Clause, Weight: n.Weight, Weighted: n.Weighted, Full: n.Full}
	if n.Closed != nil {
		s.Guard = n.Closed.Key
	}
	in := input{run: r, node: n, line: -1, step: &s}
	v, masked := r.masked(n)
	if !masked {
		v = in.value()
	} else {
		in.note(Arg{Name: RefValue, Value: v.Q, Ref: true})
	}
	s.Value, s.Code, s.Status = v.Q, v.Code, v.Status
	active := r.activeWeight(n)
	for _, k := range n.Kids {
		if r.values[k][0].Status == Outside {
			continue
		}
		kid := steps[k]
		if kid.Weighted && kid.Status == Known {
			kid.Share, _ = kid.Weight.Div(active)
		}
		s.Kids = append(s.Kids, kid)
	}
	return s
}

// masked returns the node's value when its references were withheld.
func (r *run) masked(n *scheme.CompiledNode) (Value, bool) {
	for _, ref := range r.given {
		if ref.Node == n.ID && ref.Name == RefValue {
			return Value{Q: ref.Value}, true
		}
	}
	return Value{}, false
}

// activeWeight adds up the weights of the children that have a value.
func (r *run) activeWeight(n *scheme.CompiledNode) (w num.Q) {
	for _, k := range n.Kids {
		if r.values[k][0].Status == Known {
			w = w.Add(r.Nodes[k].Weight)
		}
	}
	return w
}

func same(a, b Value) bool {
	return a.Status == b.Status && a.Q.Equal(b.Q) && a.Code == b.Code
}

func sameParts(a, b []Contribution) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Node != b[i].Node || !a[i].Value.Equal(b[i].Value) {
			return false
		}
	}
	return true
}

// sameRefs requires that res names each reference which its tree uses, once,
// and no other. The values are trusted.
func sameRefs(a, b []Ref) bool {
	return slices.EqualFunc(a, b, func(a, b Ref) bool { return a.Node == b.Node && a.Name == b.Name && a.Value.Equal(b.Value) })
}

func sameConsequences(a, b []Consequence) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// sameFindings compares what the own tree shows; that a group's cap cannot be
// met is seen in the cohort only.
func sameFindings(a, b []Finding) bool {
	own := func(list []Finding) []Finding {
		return slices.DeleteFunc(slices.Clone(list), func(f Finding) bool { return f.Key == "eval.cap-unmet" })
	}
	return slices.EqualFunc(own(a), own(b), func(a, b Finding) bool {
		return a.Node == b.Node && a.Key == b.Key && slices.Equal(a.Args, b.Args)
	})
}

func show(v Value) string {
	if v.Status != Known {
		return v.Status.String()
	}
	if v.Code != "" {
		return v.Code
	}
	return v.Q.String()
}
