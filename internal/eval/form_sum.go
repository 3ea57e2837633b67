package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

type sum struct{ f *scheme.Sum }

// score adds the children's points. The full marks of children without a value
// go to the others in proportion, or are lost when the scheme keeps them.
func (s sum) score(in *input) Value {
	var points, full, active num.Q
	blocked, large := false, false
	in.kids(func(kid *scheme.CompiledNode, v Value) {
		if v.Status == Blocked {
			blocked = true
		}
		if kid.Pointless() {
			return
		}
		if large = large || tooLarge(full); large {
			return
		}
		full = full.Add(kid.Full)
		if v.Status == Known {
			points, active = points.Add(v.Q), active.Add(kid.Full)
		}
	})
	if blocked {
		return Value{Status: Blocked}
	}
	if large {
		return in.fail("eval.too-large")
	}
	if active.Sign() == 0 {
		return Value{Status: NotApplicable}
	}
	if !s.f.Keep {
		points, _ = points.Mul(full).Div(active)
	}
	return Value{Q: limit(s.f.Limits, points)}
}
