package eval

import (
	"slices"

	"shiji/internal/num"
	"shiji/internal/scheme"
)

// FewestShown is the number of people below which no statistic of a cohort is
// shown to one of them: with fewer, it tells on the others.
const FewestShown = 5

// Mask returns res as the person it is about may see it: where a maximum or mean
// was taken among fewer than FewestShown people, all that was said of them is
// withheld, for a factor would give a mean away, and the node's own value stands
// in for it as a trusted reference. A node without a value keeps its references,
// emptied: it did not use them.
func Mask(c *scheme.Compiled, res Result) Result {
	var refs []Ref
	last := ""
	for _, ref := range res.Refs {
		i := c.NodeIndex(ref.Node)
		switch {
		case !telling(c.Nodes[i].Form) || !few(res.Refs, ref.Node):
			refs = append(refs, ref)
		case res.Values[i].Status != Known:
			refs = append(refs, Ref{ref.Node, ref.Name, num.Q{}})
		case ref.Node != last: // once for all references of the node
			refs = append(refs, Ref{ref.Node, RefValue, res.Values[i].Q})
		}
		last = ref.Node
	}
	res.Refs = refs
	return res
}

// telling reports whether a form's references tell what others have.
func telling(f scheme.Form) bool {
	switch f := f.(type) {
	case *scheme.Ratio:
		return f.Stat != ""
	case *scheme.GroupMean, *scheme.GroupCap:
		return true
	}
	return false
}

func few(refs []Ref, node string) bool {
	return slices.ContainsFunc(refs, func(r Ref) bool {
		return r.Node == node && r.Name == "n" && r.Value.Cmp(num.Int(FewestShown)) < 0
	})
}
