package explain

import (
	"strings"

	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) raters(f *scheme.Raters) words {
	var weights []string
	for _, w := range f.Weights {
		weights = append(weights, w.Name+" "+percent(w.Q))
	}
	rule := "各测评群体按权重平均：" + list(weights) + "；有效票不少于 " + shown(f.MinBallots) + " 票"
	if f.MinShare.Sign() > 0 {
		rule += "、回收率不低于 " + percent(f.MinShare)
	}
	if f.Few == "block" {
		rule += "，不足时暂不出分"
	} else {
		rule += "，不足的群体不计，权重由其他群体分担"
	}
	return words{rule: rule, tell: func() string { return t.rated(f) }}
}

func (t *telling) rated(f *scheme.Raters) string {
	var terms, out []string
	var sum, active num.Q
	for i := range t.s.Kids {
		k := &t.s.Kids[i]
		switch {
		case k.Rule != "raters" || k.Node != "":
		case k.Status == eval.Known:
			terms = append(terms, k.Name+" "+inFormula(k.Value)+" × "+percent(k.Weight))
			sum, active = sum.Add(k.Value.Mul(k.Weight)), active.Add(k.Weight)
		default:
			out = append(out, k.Name+raterState(k.Status))
		}
	}
	note := ""
	if len(out) > 0 {
		note = "（" + strings.Join(out, "，") + "，不计）"
	}
	q, ok := sum.Div(active)
	if !ok || t.s.Status != eval.Known {
		return "没有可计的测评结果" + note
	}
	text := strings.Join(terms, " + ")
	if !active.Equal(num.Int(1)) {
		text = "(" + text + ") ÷ 有效权重 " + percent(active)
	}
	return t.finish(text+" = "+shown(q)+note, q, scheme.Limits{})
}

func raterState(s eval.Status) string {
	switch s {
	case eval.NotYet:
		return "有效票不足"
	case eval.NotApplicable:
		return "没有测评"
	}
	return statusWords[s]
}
