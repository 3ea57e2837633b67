package explain

import (
	"slices"

	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) groupCap(f *scheme.GroupCap) words {
	other := t.c.Nodes[t.c.NodeIndex(f.Node)]
	rule := list(f.Groups) + "组平均分不超过" + list(f.Against) + "组" + quoted(other.Name) + "平均分的 " + percent(f.Share)
	if f.How == "scale" {
		rule += "，超过时各人按同一系数折减"
	} else {
		rule += "，超过时各人减去相同分数"
	}
	if f.Except != "" {
		rule += "；" + f.Except + "为" + list(f.ExceptCodes) + "的人保留本人得分，由其他人让出"
	}
	return words{rule: rule, tell: func() string { return t.capped(f) }}
}

func (t *telling) capped(f *scheme.GroupCap) string {
	kids := t.kids()
	if len(kids) != 1 {
		return "没有下级得分"
	}
	kid := kids[0]
	own, _ := kid.Value.Mul(t.n.Full).Div(kid.Full)
	text := quoted(kid.Name) + "得 " + shown(own)
	if !f.Capped(t.g) {
		return t.finish(text+"，"+t.g+"组不受平均分上限约束", own, scheme.Limits{})
	}
	r := reading(t.s.Args)
	if f.Except != "" && slices.Contains(f.ExceptCodes, r.code(f.Except)) {
		return t.finish(text+"，"+f.Except+"为“"+r.code(f.Except)+"”，按例外保留本人得分", own, scheme.Limits{})
	}
	against, _ := r.ref("against")
	mean, _ := r.ref("mean")
	n, _ := r.ref("n")
	meets, _ := r.ref(f.How)
	limit := against.Mul(f.Share)
	above := list(f.Against) + "组平均 " + shown(against) + " × " + percent(f.Share) + " = " + shown(limit)
	group := list(f.Groups) + "组平均 " + shown(mean)
	if small(n) {
		group = list(f.Groups) + "组平均（" + tooFew + "）"
	}
	if f.How == "scale" && meets.Equal(num.Int(1)) || f.How == "shift" && meets.Sign() == 0 {
		return t.finish(text+"；"+group+"，没有超过上限 "+above+"，不折减", own, scheme.Limits{})
	}
	text += "；" + group + "，超过上限 " + above
	q := own.Mul(meets)
	if f.How == "scale" {
		text += "，按系数 " + shown(meets) + " 折减：" + inFormula(own) + " × " + inFormula(meets) + " = " + shown(q)
	} else {
		q = num.Max(own.Sub(meets), num.Q{})
		text += "，各减 " + shown(meets) + "：" + inFormula(own) + " − " + inFormula(meets) + "，得 " + shown(q)
	}
	if down := q.Round(t.c.Rounding.Places, num.Floor); !down.Equal(q) {
		text, q = text+"，"+places(t.c.Rounding.Places, num.Floor)+"得 "+shown(down), down
	}
	return t.finish(text, q, scheme.Limits{})
}
