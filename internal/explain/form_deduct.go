package explain

import (
	"strings"

	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) deduct(f *scheme.Deduct) words {
	var rules []string
	for _, it := range f.Items {
		s := it.Of.String() + per(t.plain(it.Of)) + "扣 " + shown(it.Each) + " 分"
		if it.Free.Sign() != 0 {
			s += "（免 " + amount(it.Free, t.plain(it.Of)) + "）"
		}
		if it.Most != nil {
			s += "，最多扣 " + shown(*it.Most) + " 分"
		}
		rules = append(rules, s)
	}
	return words{
		rule: "从 " + shown(f.From) + " 分起扣：" + strings.Join(rules, "；") + "；最低 " + shown(f.Floor) + " 分",
		tell: func() string { return t.deducted(f) },
	}
}

func (t *telling) deducted(f *scheme.Deduct) string {
	r := reading(t.s.Args)
	left := f.From
	sum := shown(f.From)
	var reasons []string
	for _, it := range f.Items {
		text, x, ok := t.quantity(it.Of, r)
		if !ok {
			return text
		}
		beyond := num.Max(num.Q{}, x.Sub(it.Free))
		loss := it.Each.Mul(beyond)
		if loss.Sign() == 0 {
			reasons = append(reasons, text+"，不扣")
			continue
		}
		if it.Free.Sign() != 0 {
			text += "，免 " + shown(it.Free)
		}
		text += "，" + inFormula(beyond) + " × " + inFormula(it.Each) + " = 扣 " + shown(loss)
		if it.Most != nil && loss.Cmp(*it.Most) > 0 {
			loss = *it.Most
			text += "，最多扣 " + shown(loss)
		}
		reasons = append(reasons, text)
		left = left.Sub(loss)
		sum += " − " + inFormula(loss)
	}
	text := strings.Join(reasons, "；")
	if sum == shown(f.From) {
		return t.finish(text+"；得满 "+sum, left, scheme.Limits{Floor: &f.Floor})
	}
	return t.finish(text+"；"+sum+" = "+shown(left), left, scheme.Limits{Floor: &f.Floor})
}
