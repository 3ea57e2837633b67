package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// readyRatio makes ready a comparison with a declared value or an own fact, or,
// when a statistic is asked for, with peers.
func readyRatio(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.Ratio) former {
	x := compileExpr(c, n, f.Of)
	if f.Stat != "" {
		return &peerRatio{f, comparable(c, n, f.Peers, x)}
	}
	to := compileExpr(c, n, f.To)
	base := func(in *input) (num.Q, Status) {
		a, s := x(in)
		b, t := to(in)
		if s = worse(s, t); s != Known {
			return num.Q{}, s
		}
		return ratio(f, a, b), Known
	}
	return local{perLine(c, n, f.Over, base), f.Limits}
}

func ratio(f *scheme.Ratio, a, b num.Q) num.Q {
	q, ok := a.Div(b)
	if !ok {
		return f.Zero
	}
	if f.Most != nil {
		q = num.Min(q, *f.Most)
	}
	return f.Points.Mul(q)
}

// peerRatio compares with the maximum or mean among peers.
type peerRatio struct {
	f *scheme.Ratio
	x expr
}

func (p *peerRatio) refNames() []string { return []string{p.f.Stat, "n"} }

func (p *peerRatio) gather(r *run, n *scheme.CompiledNode, members []int, into [][]num.Q) {
	for _, samples := range peers(r, n, members, p.f.Peers, p.x) {
		stat := samples[0].x
		if p.f.Stat == "mean" {
			stat, _ = total(samples).Div(num.Int(int64(len(samples))))
		}
		for _, s := range samples {
			if p.f.Stat == "max" {
				stat = num.Max(stat, s.x)
			}
		}
		for _, s := range samples {
			into[0][s.member], into[1][s.member] = stat, num.Int(int64(len(samples)))
		}
	}
}

func (p *peerRatio) score(in *input) Value {
	q, s := p.x(in)
	if s != Known {
		return Value{Status: s}
	}
	in.noteRef(1)
	return Value{Q: limit(p.f.Limits, ratio(p.f, q, in.noteRef(0)))}
}
