package explain

import (
	"fmt"

	"shiji/internal/num"
	"shiji/internal/scheme"
)

var tieWords = map[string]string{"min": "并列取前名次，后续跳过", "dense": "并列后名次连续", "max": "并列取后名次"}

func (t *telling) rank(f *scheme.Rank) words {
	line := func(r reading) (string, num.Q, bool) { return t.placed(f, r) }
	order := "从高到低"
	if f.Low {
		order = "从低到高"
	}
	rule := quoted(f.Of.String()) + "在" + t.among(f.Peers) + "中" + order + "排名（" + tieWords[f.Ties]
	if f.Tolerance.Sign() > 0 {
		rule += "，相差不超过 " + shown(f.Tolerance) + " 视为并列"
	}
	if f.Line == "ceil" {
		rule += "，分档人数 = 人数 × 比例向上取整"
	} else {
		rule += "，按名次 ÷ 人数分档"
	}
	return words{
		rule: rule + "）：" + bandList(f.Bands, percent) + "，其余 " + shown(f.Else) + " 分",
		tell: func() string {
			text, q, ok := line(reading(t.s.Args))
			if !ok {
				return text
			}
			return t.finish(text, q, scheme.Limits{})
		},
	}
}

func (t *telling) placed(f *scheme.Rank, r reading) (string, num.Q, bool) {
	of, _, ok := t.quantity(f.Of, r)
	if !ok {
		return of, num.Q{}, false
	}
	place, _ := r.ref("place")
	n, hasN := r.ref("n")
	if !hasN || small(n) {
		return of + "，在" + t.among(f.Peers) + "中的名次（" + tooFew + "），得 " + shown(t.s.Value), t.s.Value, true
	}
	text := fmt.Sprintf("%s，在%s %s 人中第 %s 名", of, t.among(f.Peers), shown(n), shown(place))
	share, _ := place.Div(n)
	for _, b := range f.Bands {
		c, line := share.Cmp(b.Line), percent(b.Line)
		if f.Line == "ceil" {
			upto := n.Mul(b.Line).Round(0, num.Ceil)
			c, line = place.Cmp(upto), "前 "+shown(upto)+" 名（"+shown(n)+" × "+percent(b.Line)+" 向上取整）"
		} else {
			line = "名次 ÷ 人数 " + testWords[b.Test] + " " + line
		}
		if c < 0 || c == 0 && b.Test == "<=" {
			return text + "，属" + line + "一档，得 " + shown(b.Score), b.Score, true
		}
	}
	return text + "，不在任何一档，得 " + shown(f.Else), f.Else, true
}
