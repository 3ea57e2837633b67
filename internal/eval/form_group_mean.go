package eval

import (
	"slices"

	"shiji/internal/num"
	"shiji/internal/scheme"
)

type groupMean struct {
	f    *scheme.GroupMean
	node int
}

func readyGroupMean(c *scheme.Compiled, _ *scheme.CompiledNode, f *scheme.GroupMean) former {
	return &groupMean{f, c.NodeIndex(f.Node)}
}

func (p *groupMean) refNames() []string { return []string{"mean", "n"} }

func (p *groupMean) gather(r *run, _ *scheme.CompiledNode, members []int, into [][]num.Q) {
	mean, n := r.mean(p.node, p.f.Of)
	for _, m := range members {
		into[0][m], into[1][m] = mean, num.Int(n)
	}
}

// mean returns the mean of a node over the members of groups (nil: all) who
// have a value, and how many they are.
func (r *run) mean(node int, groups []string) (num.Q, int64) {
	var sum num.Q
	var n int64
	for m, v := range r.values[node] {
		if v.Status == Known && (groups == nil || slices.Contains(groups, r.cols.members[m].Group)) {
			sum, n = sum.Add(v.Q), n+1
		}
	}
	mean, _ := sum.Div(num.Int(n))
	return mean, n
}

func (p *groupMean) score(in *input) Value {
	if in.noteRef(1).Sign() == 0 {
		return Value{Status: NotApplicable}
	}
	// The other node's full marks may differ from ours.
	share, _ := in.noteRef(0).Mul(p.f.Share).Mul(in.node.Full).Div(in.Nodes[p.node].Full)
	return Value{Q: share}
}
