package scheme

import (
	"slices"
	"strings"

	"shiji/internal/num"
)

// capBound: the mean of some groups over an indicator is held to a share of
// the mean of the teaching posts over another, or the same, indicator.
type capBound struct {
	node    string
	groups  []string // names of groups, and kinds of post whose groups are meant whatever their name
	of      string   // the indicator whose mean counts
	against []string // kinds of post that all of, and only, the groups compared with have
	atMost  num.Q
	except  bool
}

func readCapBound(p *Params) boundRule {
	b := capBound{node: p.Text("node"), groups: p.Texts("groups"), atMost: p.Q("at-most"), except: p.OneOf("exception", "none", "person") == "person"}
	b.against, b.of = p.Texts("against"), b.node
	if of, ok := p.OptText("of"); ok {
		b.of = of
	}
	for _, key := range []string{"groups", "against"} {
		if len(p.Texts(key)) == 0 {
			p.Fault("", "scheme.missing-key", key)
		}
	}
	return b
}

func (b capBound) breaches(s *Scheme) []breach {
	var out []breach
	checked := map[*Node]bool{}
	for _, g := range s.Groups {
		if !b.holds(g) {
			continue
		}
		capped := map[*Node]bool{}
		for _, n := range s.Nodes {
			f, ok := n.Form.(*GroupCap)
			top := n.below(b.node)
			if !ok || top == nil || !f.Capped(g.Name) || !n.Applies(g.Name) {
				continue
			}
			capped[top] = capped[top] || n.whole(top)
			if !checked[n] {
				checked[n] = true
				out = append(out, b.breachesOf(s, n, f)...)
			}
		}
		for _, top := range applying(s.named(b.node), g.Name) {
			if !capped[top] {
				out = append(out, breach{top, "scheme.bound-uncapped", []any{b.node, g.Name}})
			}
		}
	}
	return out
}

// holds reports whether the bound is about the group. A group of those posts is
// meant under any name; one of a position among them (校长) only by its name.
func (b capBound) holds(g Group) bool {
	return slices.Contains(b.groups, g.Name) || len(g.Positions) == 0 && among(g.Posts, b.groups)
}

// breachesOf checks one group-cap: how high, without whom, compared with whom.
func (b capBound) breachesOf(s *Scheme, n *Node, f *GroupCap) []breach {
	var out []breach
	add := func(key string, args ...any) { out = append(out, breach{n, key, append([]any{n.ID}, args...)}) }
	if f.Share.Cmp(b.atMost) > 0 {
		add("scheme.bound-cap", f.Share.String(), b.atMost.String())
	}
	if f.Except != "" && !b.except {
		add("scheme.bound-cap-exception")
	}
	var teaching []string
	for _, g := range s.Groups {
		if among(g.Posts, b.against) {
			teaching = append(teaching, g.Name)
		}
		if f.Capped(g.Name) && !b.holds(g) {
			add("scheme.bound-cap-groups", g.Name)
		}
	}
	// checkNames: the node is there. With nobody to compare with there is no cap.
	at := s.Node(f.Node)
	if at.Name != b.of || slices.ContainsFunc(teaching, func(g string) bool { return !at.Applies(g) }) {
		add("scheme.bound-cap-of", at.ID, at.Name, b.of)
	}
	same := func(all, of []string) bool {
		return !slices.ContainsFunc(all, func(g string) bool { return !slices.Contains(of, g) })
	}
	if !same(f.Against, teaching) || !same(teaching, f.Against) {
		add("scheme.bound-cap-against", strings.Join(teaching, "、"))
	}
	return out
}

// among reports whether there are posts, all of them of the kinds.
func among(posts, kinds []string) bool {
	return len(posts) > 0 && !slices.ContainsFunc(posts, func(p string) bool { return !slices.Contains(kinds, p) })
}

// whole reports whether n is all that top comes to: nothing else
// on the way up carries weight, and no rule on the way but a weighted sum or a
// further cap could lift the value again.
func (n *Node) whole(top *Node) bool {
	for n != top {
		switch n.above.Form.(type) {
		case *WeightedSum:
			if !n.Weight.Equal(num.Int(1)) { // checkWeights: then it is all
				return false
			}
		case *GroupCap:
		default:
			return false
		}
		n = n.above
	}
	return true
}
