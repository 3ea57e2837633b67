package eval

import "shiji/internal/scheme"

type round struct{ f *scheme.Round }

// score rounds the one child as the rule prescribes.
func (p round) score(in *input) Value {
	_, v := in.only()
	if v.Status == Known {
		v.Q = v.Q.Round(p.f.Places, p.f.Mode)
	}
	return v
}
