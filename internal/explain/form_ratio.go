package explain

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

var statWords = map[string]string{"max": "最高值", "mean": "平均值"}

func (t *telling) ratio(f *scheme.Ratio) words {
	line := func(r reading) (string, num.Q, bool) {
		of, a, ok := t.quantity(f.Of, r)
		if !ok {
			return of, a, false
		}
		to, b, ok := t.quantity(f.To, r)
		if !ok {
			return to, b, false
		}
		if _, isLiteral := f.To.(scheme.Literal); isLiteral {
			to = "标准 " + amount(b, t.plain(f.Of))
		}
		return t.divided(f, of, to, a, b)
	}
	if f.Stat != "" {
		line = func(r reading) (string, num.Q, bool) { return t.toPeers(f, r) }
	}
	return words{
		rule: ruleOver(f.Over) + t.ruleRatio(f),
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

// divided words of ÷ to, held to Most, × Points.
func (t *telling) divided(f *scheme.Ratio, of, to string, a, b num.Q) (string, num.Q, bool) {
	q, ok := a.Div(b)
	if !ok {
		return of + "，参照为 0，按方案得 " + shown(f.Zero), f.Zero, true
	}
	text := of + " ÷ " + to + " = " + shown(q)
	if f.Most != nil && q.Cmp(*f.Most) > 0 {
		q = *f.Most
		text += "，按 " + shown(q) + " 封顶"
	}
	points := f.Points.Mul(q)
	if !f.Points.Equal(num.Int(1)) {
		text += " × " + inFormula(f.Points) + " = " + shown(points)
	}
	return text, points, true
}

// toPeers words a comparison with the group; of a small group the reference is
// not shown, for it tells on the others.
func (t *telling) toPeers(f *scheme.Ratio, r reading) (string, num.Q, bool) {
	of, _, ok := t.quantity(f.Of, r)
	if !ok {
		return of, num.Q{}, false
	}
	among := t.among(f.Peers)
	n, hasN := r.ref("n")
	b, _ := r.ref(f.Stat)
	if !hasN || small(n) {
		return of + "，与" + among + statWords[f.Stat] + "之比（" + tooFew + "），得 " + shown(t.s.Value), t.s.Value, true
	}
	a, _ := r.value(f.Of)
	if rounded := a.Round(t.c.Rounding.Places, t.c.Rounding.Mode); !rounded.Equal(a) {
		a = rounded
		of += "（" + places(t.c.Rounding.Places, t.c.Rounding.Mode) + "为 " + shown(a) + "）"
	}
	return t.divided(f, of, among+" "+shown(n)+" 人"+statWords[f.Stat]+" "+shown(b), a, b)
}

func (t *telling) ruleRatio(f *scheme.Ratio) string {
	s := f.Of.String() + " ÷ "
	if f.Stat != "" {
		s += t.among(f.Peers) + statWords[f.Stat]
	} else {
		s += f.To.String()
	}
	if f.Most != nil {
		s += "（最高按 " + shown(*f.Most) + "）"
	}
	if !f.Points.Equal(num.Int(1)) {
		s += " × " + shown(f.Points)
	}
	return s + "；参照为 0 时得 " + shown(f.Zero) + ruleLimits(f.Limits)
}
