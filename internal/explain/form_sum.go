package explain

import (
	"strings"

	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) sum(f *scheme.Sum) words {
	rule := "下级指标得分相加"
	if f.Keep {
		rule += "，不计的指标不得分"
	} else {
		rule += "，不计的指标由同级按满分分担"
	}
	return words{rule: rule + ruleLimits(f.Limits), tell: func() string { return t.added(f) }}
}

func (t *telling) added(f *scheme.Sum) string {
	var terms, out []string
	var points, full, active num.Q
	for _, k := range t.kids() {
		full = full.Add(k.Full)
		if k.Status != eval.Known {
			out = append(out, quoted(k.Name)+statusWords[k.Status])
			continue
		}
		terms = append(terms, inFormula(k.Value))
		points, active = points.Add(k.Value), active.Add(k.Full)
	}
	if t.s.Status != eval.Known {
		return t.unsettled(out)
	}
	text, note := strings.Join(terms, " + "), ""
	if len(out) > 0 {
		note = "（" + strings.Join(out, "，") + "，不得分）"
	}
	if !f.Keep && !active.Equal(full) {
		points, _ = points.Mul(full).Div(active)
		text = "(" + text + ") × 满分合计 " + shown(full) + " ÷ 在计满分 " + shown(active)
		note = "（" + strings.Join(out, "，") + "，由同级按满分分担）"
	}
	if text != shown(points) {
		text += " = " + shown(points)
	}
	return t.finish(text+note, points, f.Limits)
}
