package explain

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) count(f *scheme.Count) words {
	line := func(r reading) (string, num.Q, bool) { return t.quantity(f.Of, r) }
	rule := ruleOver(f.Over) + quoted(f.Of.String()) + per(t.plain(f.Of)) + "计 " + shown(f.Unit) + " 分"
	if f.Free.Sign() != 0 {
		rule += "，先免计 " + shown(f.Free)
	}
	if f.Base.Sign() != 0 {
		rule += "，基础分 " + shown(f.Base)
	}
	return words{
		rule: rule + ruleLimits(f.Limits),
		line: line,
		tell: func() string {
			text, x, ok := t.perLine(f.Over, line)
			if !ok {
				return text
			}
			beyond := num.Max(num.Q{}, x.Sub(f.Free))
			if f.Free.Sign() != 0 {
				text += "，免计 " + shown(f.Free) + " 后为 " + shown(beyond)
			}
			points := f.Base.Add(f.Unit.Mul(beyond))
			text += "；" + inFormula(beyond) + " × " + inFormula(f.Unit)
			if f.Base.Sign() != 0 {
				text += " + 基础分 " + inFormula(f.Base)
			}
			return t.finish(text+" = "+shown(points), points, f.Limits)
		},
	}
}
