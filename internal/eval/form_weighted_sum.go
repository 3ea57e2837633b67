package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

type weightedSum struct{}

// score adds the children's shares of their full marks by weight. The weight
// of children without a value goes to the others in proportion.
func (weightedSum) score(in *input) Value {
	var sum, active num.Q
	status, large := NotApplicable, false
	in.kids(func(kid *scheme.CompiledNode, v Value) {
		switch {
		case v.Status == Blocked:
			status = Blocked
		case v.Status == Known && !kid.Pointless():
			share, _ := v.Q.Mul(kid.Weight).Div(kid.Full) // Check: full marks are positive
			if large = large || tooLarge(sum); !large {
				sum, active = sum.Add(share), active.Add(kid.Weight)
			}
		}
	})
	if status == Blocked {
		return Value{Status: Blocked}
	}
	if large {
		return in.fail("eval.too-large")
	}
	q, ok := sum.Mul(in.node.Full).Div(active)
	if !ok {
		return Value{Status: NotApplicable}
	}
	return Value{Q: q}
}
