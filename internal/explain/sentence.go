package explain

import (
	"shiji/internal/eval"
	"shiji/internal/fact"
)

// sentence says in one sentence how the step's value came about, or why there
// is none.
func (t *telling) sentence() string {
	switch {
	case t.n.Closed != nil:
		return guarded(t.n)
	case t.s.Missing != 0:
		return t.absent() + "，" + t.instead()
	}
	if s, ok := t.withheld(); ok {
		return s
	}
	return t.words().tell()
}

// absent says what is missing, and how.
func (t *telling) absent() string {
	for _, a := range t.s.Args {
		if a.Status != eval.Known {
			return t.lacking(reading(t.s.Args))
		}
	}
	for i := range t.s.Kids {
		k := &t.s.Kids[i]
		if k.Node == "" && k.Status != eval.Known {
			if k.Rule == "raters" {
				return quoted(k.Name) + "：" + raterState(k.Status)
			}
			return quoted(k.Name) + "：" + t.lacking(reading(k.Args))
		}
	}
	if over := t.n.Reads.Over; over != nil {
		return quoted(over.Table) + "没有可计的记录（" + statusWords[t.s.Missing] + "）"
	}
	return statusWords[t.s.Missing]
}

// instead says what the scheme does about it.
func (t *telling) instead() string {
	switch rule := t.n.Missing[fact.State(t.s.Missing)]; rule.How {
	case "block":
		return "按方案暂不出分，补齐后重新计算"
	case "value":
		return "按方案计 " + shown(rule.Value) + " 分"
	}
	if !t.n.Weighted {
		return "按方案这一项不计"
	}
	return "按方案这一项不计，权重由同级分担"
}
