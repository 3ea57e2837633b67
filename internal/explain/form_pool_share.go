package explain

import (
	"strconv"

	"shiji/internal/scheme"
)

func (t *telling) poolShare(f *scheme.PoolShare) words {
	return words{
		rule: "总额 " + shown(f.Pool) + " 按" + quoted(f.Of.String()) + "在" + t.among(f.Peers) + "中分配，各份合计等于总额（" + strconv.Itoa(f.Places) + " 位小数，最大余数法）",
		tell: func() string {
			r := reading(t.s.Args)
			of, _, ok := t.quantity(f.Of, r)
			if !ok {
				return of
			}
			share, ok1 := r.ref("share")
			sum, ok2 := r.ref("sum")
			if !ok1 || !ok2 {
				return of + "，份额由学校核算，得 " + shown(t.s.Value)
			}
			text := of + "，占" + t.among(f.Peers) + "合计 " + shown(sum) + " 的份额，从总额 " + shown(f.Pool) + " 中分得 " + shown(share)
			return t.finish(text, share, scheme.Limits{})
		},
	}
}
