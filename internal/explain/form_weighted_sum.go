package explain

import (
	"strings"

	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) weightedSum() words {
	return words{rule: "下级指标按权重相加", tell: t.weighted}
}

func (t *telling) weighted() string {
	var terms, out []string
	var sum, active num.Q
	sameFull, only := true, ""
	for _, k := range t.kids() {
		if k.Status == eval.Known {
			sameFull = sameFull && k.Full.Equal(t.n.Full)
		}
	}
	for _, k := range t.kids() {
		if k.Status != eval.Known {
			out = append(out, quoted(k.Name)+statusWords[k.Status])
			continue
		}
		term := inFormula(k.Value)
		if !sameFull {
			term += " ÷ " + shown(k.Full)
		}
		terms, only = append(terms, term+" × "+percent(k.Weight)), k.Name
		share, _ := k.Value.Mul(k.Weight).Div(k.Full) // Check: full marks are positive
		sum, active = sum.Add(share), active.Add(k.Weight)
	}
	q, ok := sum.Mul(t.n.Full).Div(active)
	if !ok || t.s.Status != eval.Known {
		return t.unsettled(out)
	}
	text := "只有" + quoted(only) + "一项计分，照录 " + shown(q)
	if len(terms) > 1 || !sameFull {
		text = t.addedUp(terms, active, sameFull) + " = " + shown(q)
	}
	if len(out) > 0 {
		text += "（" + strings.Join(out, "，") + "，权重由同级分担）"
	}
	return t.finish(text, q, scheme.Limits{})
}

// addedUp writes the sum of terms, brought to the node's full marks and divided
// by the weights that count.
func (t *telling) addedUp(terms []string, active num.Q, sameFull bool) string {
	text := strings.Join(terms, " + ")
	rest := !active.Equal(num.Int(1))
	if !rest && sameFull {
		return text
	}
	text = "(" + text + ")"
	if !sameFull {
		text += " × " + shown(t.n.Full)
	}
	if rest {
		text += " ÷ 在计权重 " + percent(active)
	}
	return text
}

// unsettled says why the parts come to no value: nobody waits for what does not
// concern the person.
func (t *telling) unsettled(parts []string) string {
	if t.s.Status == eval.NotApplicable {
		return "下级指标都不计：" + list(parts)
	}
	return "下级指标没有全部定下来：" + list(parts)
}
