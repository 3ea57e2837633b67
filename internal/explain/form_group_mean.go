package explain

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) groupMean(f *scheme.GroupMean) words {
	other := t.c.Nodes[t.c.NodeIndex(f.Node)]
	whose := "全体"
	if f.Of != nil {
		whose = list(f.Of) + "组"
	}
	of := whose + quoted(other.Name) + "平均分"
	rule := "取" + of
	if !f.Share.Equal(num.Int(1)) {
		rule += "的 " + percent(f.Share)
	}
	return words{
		rule: rule,
		tell: func() string {
			r := reading(t.s.Args)
			mean, _ := r.ref("mean")
			n, ok := r.ref("n")
			switch {
			case !ok || n.Sign() == 0:
				return whose + "没有人有" + quoted(other.Name) + "的得分"
			case small(n):
				return rule + "（" + tooFew + "），得 " + shown(t.s.Value)
			}
			text := of + "（" + shown(n) + " 人）" + " " + shown(mean)
			q := mean.Mul(f.Share)
			if !f.Share.Equal(num.Int(1)) {
				text += " × " + percent(f.Share)
			}
			if !t.n.Full.Equal(other.Full) {
				q, _ = q.Mul(t.n.Full).Div(other.Full)
				text += " × " + shown(t.n.Full) + " ÷ " + shown(other.Full)
			}
			if !q.Equal(mean) {
				text += " = " + shown(q)
			}
			return t.finish(text, q, scheme.Limits{})
		},
	}
}
