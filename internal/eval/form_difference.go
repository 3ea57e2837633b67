package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func readyDifference(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.Difference) former {
	of, last := compileExpr(c, n, f.Of), compileExpr(c, n, f.Last)
	base := func(in *input) (num.Q, Status) {
		a, s := of(in)
		b, t := last(in)
		if s = worse(s, t); s != Known {
			return num.Q{}, s
		}
		change, points := a.Sub(b), f.Points
		if change.Sign() < 0 && f.Down != nil {
			points = *f.Down
		}
		return f.Base.Add(points.Mul(change)), Known
	}
	return local{perLine(c, n, f.Over, base), f.Limits}
}
