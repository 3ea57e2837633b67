package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func readyCount(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.Count) former {
	points := then(perLine(c, n, f.Over, compileExpr(c, n, f.Of)), func(x num.Q) num.Q {
		return f.Base.Add(f.Unit.Mul(num.Max(num.Q{}, x.Sub(f.Free))))
	})
	return local{points, f.Limits}
}
