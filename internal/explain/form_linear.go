package explain

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) linear(f *scheme.Linear) words {
	line := func(r reading) (string, num.Q, bool) {
		text, x, ok := t.quantity(f.Of, r)
		if !ok {
			return text, x, false
		}
		said, q := onLine(f, x, t.plain(f.Of))
		return text + "，" + said, q, true
	}
	rule := ""
	for i, a := range f.Anchors {
		if i > 0 {
			rule += "，"
		}
		rule += bound(a.At, t.plain(f.Of)) + " 处 " + shown(a.Score) + " 分"
	}
	if f.Extend {
		rule += "，其间及以外按直线折算"
	} else {
		rule += "，其间按直线折算，以外按端点计"
	}
	return words{
		rule: ruleOver(f.Over) + "按" + quoted(f.Of.String()) + "折算：" + rule + ruleLimits(f.Limits),
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

// onLine words where x lies between the anchors, and the points there.
func onLine(f *scheme.Linear, x num.Q, d scheme.FactDecl) (string, num.Q) {
	first, last := f.Anchors[0], f.Anchors[len(f.Anchors)-1]
	if !f.Extend && x.Cmp(first.At) <= 0 {
		return "不高于 " + bound(first.At, d) + "，得 " + shown(first.Score), first.Score
	}
	if !f.Extend && x.Cmp(last.At) >= 0 {
		return "不低于 " + bound(last.At, d) + "，得 " + shown(last.Score), last.Score
	}
	i := 1
	for i < len(f.Anchors)-1 && x.Cmp(f.Anchors[i].At) > 0 {
		i++
	}
	a, b := f.Anchors[i-1], f.Anchors[i]
	rise, run := b.Score.Sub(a.Score), b.At.Sub(a.At)
	slope, _ := rise.Div(run) // Check: anchors ascend
	q := a.Score.Add(slope.Mul(x.Sub(a.At)))
	return "在 " + bound(a.At, d) + "（" + shown(a.Score) + " 分）与 " + bound(b.At, d) + "（" + shown(b.Score) + " 分）的直线上：" +
		inFormula(a.Score) + " + (" + term(x, d) + " − " + term(a.At, d) + ") × " + inFormula(rise) + " ÷ " + term(run, d) + " = " + shown(q), q
}
