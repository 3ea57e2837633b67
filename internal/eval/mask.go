package eval

import (
	"slices"

	"shiji/internal/num"
	"shiji/internal/scheme"
)

// FewestShown is the number of people below which no extreme of a cohort is
// shown to one of them: with fewer, it tells on the others.
const FewestShown = 5

// Mask returns res as the person it is about may see it: where a maximum was
// taken among fewer than FewestShown people, the maximum is withheld and the
// node's own value stands in for it as a trusted reference.
func Mask(c *scheme.Compiled, res Result) Result {
	var refs []Ref
	for _, ref := range res.Refs {
		i := c.NodeIndex(ref.Node)
		ratio, ok := c.Nodes[i].Form.(*scheme.Ratio)
		if !ok || ratio.Stat != "max" || !few(res.Refs, ref.Node) || res.Values[i].Status != Known {
			refs = append(refs, ref)
		} else if ref.Name == "max" {
			refs = append(refs, Ref{ref.Node, RefValue, res.Values[i].Q})
		}
	}
	res.Refs = refs
	return res
}

func few(refs []Ref, node string) bool {
	return slices.ContainsFunc(refs, func(r Ref) bool {
		return r.Node == node && r.Name == "n" && r.Value.Cmp(num.Int(FewestShown)) < 0
	})
}
