package explain

import (
	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// tooFew says why a quantity of a small group is withheld.
const tooFew = "本组不足 5 人，不显示"

// small reports whether a group of n is too small to show its quantities.
func small(n num.Q) bool { return n.Cmp(num.Int(eval.FewestShown)) < 0 }

// among words the people a rule compares with.
func (t *telling) among(p scheme.Peers) string {
	switch {
	case p.All:
		return "全体"
	case len(p.Same) > 0:
		return list(p.Same) + "相同者"
	}
	return "同组"
}
