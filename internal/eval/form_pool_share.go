package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

type poolShare struct {
	f *scheme.PoolShare
	x expr
}

func readyPoolShare(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.PoolShare) former {
	return &poolShare{f, comparable(c, n, f.Peers, compileExpr(c, n, f.Of))}
}

func (p *poolShare) refNames() []string { return []string{"sum", "share"} }

// gather divides the pool; the share is a reference, for the unit that the
// largest remainder gets depends on everyone.
func (p *poolShare) gather(r *run, n *scheme.CompiledNode, members []int, into [][]num.Q) {
	for _, samples := range peers(r, n, members, p.f.Peers, p.x) {
		weights := make([]num.Q, len(samples))
		for i, s := range samples {
			weights[i] = num.Max(s.x, num.Q{})
		}
		shares, ok := num.Shares(p.f.Pool, weights, p.f.Places)
		for i, s := range samples {
			into[0][s.member] = num.Sum(weights...)
			if ok {
				into[1][s.member] = shares[i]
			}
		}
	}
}

func (p *poolShare) score(in *input) Value {
	if _, s := p.x(in); s != Known {
		return Value{Status: s}
	}
	in.noteRef(0)
	return Value{Q: in.noteRef(1)}
}
