package explain

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) difference(f *scheme.Difference) words {
	line := func(r reading) (string, num.Q, bool) {
		of, a, ok := t.quantity(f.Of, r)
		if !ok {
			return of, a, false
		}
		last, b, ok := t.quantity(f.Last, r)
		if !ok {
			return last, b, false
		}
		change, points := a.Sub(b), f.Points
		if change.Sign() < 0 && f.Down != nil {
			points = *f.Down
		}
		q := f.Base.Add(points.Mul(change))
		text := of + "，" + last + "，变化 " + inFormula(a) + " − " + inFormula(b) + " = " + shown(change)
		return text + "；" + inFormula(f.Base) + " + " + inFormula(change) + " × " + inFormula(points) + " = " + shown(q), q, true
	}
	rule := shown(f.Base) + " + (" + f.Of.String() + " − " + f.Last.String() + ") × " + shown(f.Points)
	if f.Down != nil {
		rule += "（下降时 × " + shown(*f.Down) + "）"
	}
	return words{
		rule: ruleOver(f.Over) + rule + ruleLimits(f.Limits),
		line: line,
		tell: func() string {
			text, q, ok := t.perLine(f.Over, line)
			if !ok {
				return text
			}
			return t.finish(text, q, f.Limits)
		},
	}
}
