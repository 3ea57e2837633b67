package eval

import (
	"shiji/internal/fact"
	"shiji/internal/num"
)

// Step is one node of a result's derivation, as people read it: what was read,
// what came out, and the steps below.
type Step struct {
	Node     string // id; "" for a line of a repeated fact
	Name     string // the node's name, or the line's item
	Rule     string // form
	Clause   string
	Guard    string // key of the closed guard that keeps the node off
	Weight   num.Q  // declared share of the parent; see Weighted
	Share    num.Q  // share after re-weighting; what the parent used
	Weighted bool
	Full     num.Q
	Args     []Arg
	Value    num.Q
	Code     string
	Status   Status
	Missing  Status // why the rule gave no value, when the missing rule acted
	Kids     []Step
}

// Arg is one thing a step read or worked out.
type Arg struct {
	Name    string
	Value   num.Q
	Code    string
	Status  Status
	Source  string      // natural key of the handed-in line
	Work    []fact.Line // how a derived fact came about
	Node    string      // of a child's or another node's value
	Ref     bool        // a quantity of the cohort, trusted in a bundle
	Derived bool        // worked out from the args before it
}

// read records a fact.
func (in *input) read(name string, at *cell) {
	if in.step == nil {
		return
	}
	a := Arg{Name: name, Value: at.q, Code: at.code, Status: Status(at.state)}
	if at.source >= 0 {
		a.Source, a.Work = in.cols.facts[at.source].Source, in.cols.facts[at.source].Work
	}
	in.note(a)
}

// note records a once; formulas may read a fact many times.
func (in *input) note(a Arg) {
	if in.step == nil {
		return
	}
	for _, b := range in.step.Args {
		if b.Name == a.Name && b.Source == a.Source && b.Node == a.Node {
			return
		}
	}
	in.step.Args = append(in.step.Args, a)
}

// noteRef records the node's k-th reference and returns it.
func (in *input) noteRef(k int) num.Q {
	q := in.ref(k)
	if in.step != nil {
		in.note(Arg{Name: in.refs[in.node.Index].names[k], Value: q, Ref: true})
	}
	return q
}
