package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func readyBands(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.Bands) former {
	x := compileExpr(c, n, f.Of)
	by := code(func(*input) (string, Status) { return "", Known })
	if f.By != "" {
		by = compileCode(c, n, f.By)
	}
	base := func(in *input) (num.Q, Status) {
		q, s := x(in)
		which, sw := by(in)
		if s = worse(s, sw); s != Known {
			return num.Q{}, s
		}
		bands, ok := f.Cases[which]
		if !ok {
			return num.Q{}, in.fail("eval.no-case", which).Status
		}
		return band(bands, q, f.Else), Known
	}
	return local{x: perLine(c, n, f.Over, base)}
}

// band returns the score of the first band that holds x.
func band(bands []scheme.Band, x, otherwise num.Q) num.Q {
	for _, b := range bands {
		if b.Holds(x) {
			return b.Score
		}
	}
	return otherwise
}
