package eval

import (
	"slices"

	"shiji/internal/num"
	"shiji/internal/scheme"
)

type groupCap struct {
	f      *scheme.GroupCap
	node   int
	except code
}

func readyGroupCap(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.GroupCap) former {
	g := &groupCap{f: f, node: c.NodeIndex(f.Node)}
	if f.Except != "" {
		g.except = compileCode(c, n, f.Except)
	}
	return g
}

func (p *groupCap) refNames() []string {
	// The means of both sides, how many are capped, and what meets the cap: a
	// factor when the group is scaled, points when it is shifted.
	return []string{"against", "mean", "n", p.f.How}
}

// gather works out the factor or shift. Persons with an exception keep their
// value and the others make room for it; when even nothing for all the others
// is too much, the cap cannot be met and a finding says so. Where nobody of the
// other groups has a value there is nothing to be held to: not zero, no cap.
func (p *groupCap) gather(r *run, node *scheme.CompiledNode, members []int, into [][]num.Q) {
	against, peers := r.mean(p.node, p.f.Against)
	against, _ = against.Mul(node.Full).Div(r.Nodes[p.node].Full)
	cap := against.Mul(p.f.Share)
	var kept num.Q
	var others []num.Q
	var n int64
	in := input{run: r, node: node, line: -1}
	for _, m := range members {
		in.member = m
		v := p.own(&in)
		if v.Status != Known || !p.f.Capped(in.group()) {
			continue
		}
		n++
		if p.excepted(&in) {
			// As it will count: rounding may lift it.
			kept = kept.Add(v.Q.Round(r.Rounding.Places, r.Rounding.Mode))
		} else {
			others = append(others, v.Q)
		}
	}
	mean, _ := kept.Add(num.Sum(others...)).Div(num.Int(n))
	room := cap.Mul(num.Int(n)).Sub(kept)
	unmet := peers > 0 && p.least(others).Cmp(room) > 0
	meets := p.none()
	if peers > 0 {
		meets = p.meets(others, room)
	}
	for _, m := range members {
		into[0][m], into[1][m], into[2][m], into[3][m] = against, mean, num.Int(n), meets
		in.member = m
		if unmet && p.own(&in).Status == Known && p.f.Capped(in.group()) {
			in.find("eval.cap-unmet", node.Name)
		}
	}
}

// none is the factor or shift that changes nothing.
func (p *groupCap) none() num.Q {
	if p.f.How == "scale" {
		return num.Int(1)
	}
	return num.Q{}
}

// least is the smallest sum that values can be brought to.
func (p *groupCap) least(values []num.Q) (sum num.Q) {
	if p.f.How == "scale" {
		return num.Min(num.Sum(values...), num.Q{})
	}
	for _, v := range values {
		sum = sum.Add(num.Min(v, num.Q{}))
	}
	return sum
}

// meets returns the factor (at most 1) or the shift (at least 0) by which
// values keep within room together.
func (p *groupCap) meets(values []num.Q, room num.Q) num.Q {
	sum := num.Sum(values...)
	if sum.Cmp(room) <= 0 || sum.Sign() <= 0 && p.f.How == "scale" {
		return p.none() // they keep within room, or have nothing to give
	}
	if p.f.How == "scale" {
		factor, _ := num.Max(room, num.Q{}).Div(sum)
		return factor
	}
	// Nobody falls below zero, and who is there already gives nothing: who
	// would fall is left out and the others give more.
	slices.SortFunc(values, num.Q.Cmp)
	for len(values) > 0 && values[0].Sign() <= 0 {
		sum, room, values = sum.Sub(values[0]), room.Sub(values[0]), values[1:]
	}
	room = num.Max(room, num.Q{})
	for len(values) > 0 && sum.Cmp(room) > 0 {
		shift, _ := sum.Sub(room).Div(num.Int(int64(len(values))))
		if values[0].Cmp(shift) >= 0 {
			return shift
		}
		sum, values = sum.Sub(values[0]), values[1:]
	}
	return num.Q{}
}

// own returns the value of the member's one child, out of the node's full marks.
func (p *groupCap) own(in *input) Value {
	kid, v := in.only()
	if v.Status == Known {
		v.Q, _ = v.Q.Mul(in.node.Full).Div(kid.Full)
	}
	return v
}

func (p *groupCap) excepted(in *input) bool {
	if p.except == nil {
		return false
	}
	which, s := p.except(in)
	return s == Known && slices.Contains(p.f.ExceptCodes, which)
}

// score lets the child's value through, scaled or shifted where the group is
// capped. Values are rounded down, so that rounding cannot lift the mean over
// the cap again.
func (p *groupCap) score(in *input) Value {
	v := p.own(in)
	if v.Status != Known || !p.f.Capped(in.group()) || p.excepted(in) {
		return v
	}
	in.noteRef(0)
	in.noteRef(1)
	in.noteRef(2)
	meets := in.noteRef(3)
	switch {
	case p.f.How == "scale":
		v.Q = v.Q.Mul(meets)
	case v.Q.Sign() > 0:
		v.Q = num.Max(v.Q.Sub(meets), num.Q{})
	}
	v.Q = v.Q.Round(in.Rounding.Places, num.Floor)
	return v
}
