package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func readyLinear(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.Linear) former {
	base := then(compileExpr(c, n, f.Of), func(x num.Q) num.Q { return along(f, x) })
	return local{perLine(c, n, f.Over, base), f.Limits}
}

// along returns the score at x on the line through f's anchors.
func along(f *scheme.Linear, x num.Q) num.Q {
	first, last := f.Anchors[0], f.Anchors[len(f.Anchors)-1]
	if !f.Extend {
		if x.Cmp(first.At) <= 0 {
			return first.Score
		}
		if x.Cmp(last.At) >= 0 {
			return last.Score
		}
	}
	i := 1
	for i < len(f.Anchors)-1 && x.Cmp(f.Anchors[i].At) > 0 {
		i++
	}
	a, b := f.Anchors[i-1], f.Anchors[i]
	slope, _ := b.Score.Sub(a.Score).Div(b.At.Sub(a.At)) // Check: anchors ascend
	return a.Score.Add(slope.Mul(x.Sub(a.At)))
}
