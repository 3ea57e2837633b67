package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func readySelect(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.Select) former {
	of := compileCode(c, n, f.Of)
	scores := make(map[string]num.Q, len(f.Scores))
	for _, e := range f.Scores {
		scores[e.Name] = e.Q
	}
	base := func(in *input) (num.Q, Status) {
		which, s := of(in)
		if s != Known {
			return num.Q{}, s
		}
		q, ok := scores[which]
		if !ok {
			return num.Q{}, in.fail("eval.no-score", which).Status
		}
		return q, Known
	}
	return local{x: perLine(c, n, f.Over, base)}
}
