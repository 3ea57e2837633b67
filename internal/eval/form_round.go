package eval

import "shiji/internal/scheme"

type round struct{ f *scheme.Round }

// score rounds the one child as the rule prescribes.
func (p round) score(in *input) Value {
	var v Value
	in.kids(func(_ *scheme.CompiledNode, own Value) { v = own })
	if v.Status == Known {
		v.Q = v.Q.Round(p.f.Places, p.f.Mode)
	}
	return v
}
