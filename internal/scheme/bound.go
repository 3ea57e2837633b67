package scheme

import (
	"slices"

	"shiji/internal/fault"
	"shiji/internal/num"
)

// Bound is a limit that a policy sets to schemes, with its clause and force.
type Bound struct {
	ID, Clause string
	Force      Force
	rule       boundRule
}

// boundRule says in which ways a scheme leaves the bound; nil if it keeps it.
type boundRule interface {
	breaches(s *Scheme) []breach
}

// breach is one way in which a bound is left: the node concerned, nil when there
// is none, and a catalogue key with arguments.
type breach struct {
	node *Node
	key  string
	args []any
}

// Frontline returns the coded fact, and the code, that mark the posts which the
// bound asks to be favoured; only results can show whether they are (济宁2018 三).
func (b *Bound) Frontline() (factName, code string, ok bool) {
	f, ok := b.rule.(frontline)
	return f.fact, f.is, ok
}

var boundReaders = map[string]func(p *Params) boundRule{
	"weight": readWeightBound, "children": readChildrenBound, "quantified": readQuantifiedBound,
	"bonus": readBonusBound, "cap": readCapBound, "sources": readSourcesBound, "gate": readGateBound,
	"veto": readVetoBound, "table": readTableBound, "range": readRangeBound, "frontline": readFrontline,
}

func readBound(p *Params) *Bound {
	b := &Bound{ID: p.Text("id"), Clause: p.Text("clause"), Force: Force(p.MustOneOf("force", string(Must), string(Principle), string(May)))}
	for kind, read := range boundReaders {
		if m := p.Map(kind); m != nil {
			b.rule = read(m)
			m.End()
		}
	}
	if b.rule == nil {
		p.Fault("", "scheme.bound-kind", b.ID)
		b.rule = frontline{} // stands in so that reading goes on
	}
	return b
}

// weightBound: an indicator has a given share of the whole.
type weightBound struct {
	node     string
	from, to num.Q
}

func readWeightBound(p *Params) boundRule {
	b := weightBound{node: p.Text("node")}
	if q, ok := p.OptQ("is"); ok {
		b.from, b.to = q, q
	} else {
		b.from, b.to = p.Q("from"), p.Q("to")
	}
	return b
}

func (b weightBound) breaches(s *Scheme) []breach {
	nodes := slices.DeleteFunc(slices.Clone(s.named(b.node)), func(n *Node) bool { return n.Parent != "" })
	if len(nodes) == 0 {
		return []breach{{nil, "scheme.bound-absent", []any{b.node}}}
	}
	var out []breach
	for _, g := range s.Groups {
		var weight num.Q
		var at *Node
		for _, n := range applying(nodes, g.Name) {
			weight, at = weight.Add(n.Weight), n
		}
		if weight.Cmp(b.from) < 0 || weight.Cmp(b.to) > 0 {
			out = append(out, breach{at, "scheme.bound-weight", []any{b.node, g.Name, weight.String(), b.from.String(), b.to.String()}})
		}
	}
	return out
}

// childrenBound: an indicator has certain indicators below it.
type childrenBound struct {
	node  string
	names []string
}

func readChildrenBound(p *Params) boundRule {
	names := p.Texts("names")
	slices.Sort(names)
	return childrenBound{p.Text("node"), slices.Compact(names)}
}

func (b childrenBound) breaches(s *Scheme) []breach {
	var out []breach
	tops := s.named(b.node)
	for _, name := range b.names {
		found := false
		for _, n := range s.named(name) {
			if n.above == nil {
				continue
			}
			top := n.above.below(b.node)
			if top == nil {
				continue
			}
			found = true
			if !n.counts(top) {
				out = append(out, breach{n, "scheme.bound-child-weight", []any{n.ID, name}})
			}
		}
		if !found {
			var at *Node
			if len(tops) > 0 {
				at = tops[0]
			}
			out = append(out, breach{at, "scheme.bound-child", []any{b.node, name}})
		}
	}
	return out
}

// counts reports whether n has a part in what top comes to: a weight of zero is
// as good as leaving it out. That a guard keeps it off is another matter.
func (n *Node) counts(top *Node) bool {
	for ; n != top; n = n.above {
		if n.Pointless() || n.Weighted && n.Weight.Sign() <= 0 {
			return false
		}
	}
	return true
}

// quantifiedBound: every node of that level has indicators below it that carry
// points (生成三级量化指标).
type quantifiedBound struct{ level int }

func readQuantifiedBound(p *Params) boundRule { return quantifiedBound{p.IntOr("level", 2, 1, 5)} }

func (b quantifiedBound) breaches(s *Scheme) []breach {
	var out []breach
	for _, n := range s.Nodes {
		if s.Level(n) == b.level && len(s.Children(n.ID)) == 0 {
			out = append(out, breach{n, "scheme.bound-quantified", []any{n.ID, n.Name, b.level + 1}})
		}
		if _, record := n.Form.(*Record); record && s.Level(n) > b.level {
			out = append(out, breach{n, "scheme.bound-points", []any{n.ID, n.Name}})
		}
	}
	return out
}

// bonusBound: the bonus floats by at most a share of the total, and has both
// of its grounds.
type bonusBound struct {
	atMost  num.Q
	grounds []string
}

func readBonusBound(p *Params) boundRule { return bonusBound{p.Q("at-most"), p.Texts("grounds")} }

func (b bonusBound) breaches(s *Scheme) []breach {
	var out []breach
	has := map[string]bool{}
	adds := false
	for _, n := range s.Nodes {
		if n.Bonus {
			adds = true
		}
		has[n.Grounds] = true
	}
	if adds && s.Total.BonusCap == nil {
		out = append(out, breach{nil, "scheme.bound-bonus-open", nil})
	} else if adds {
		if share := s.Total.BonusCap.shareOf(s.Total.Full); share.Cmp(b.atMost) > 0 {
			out = append(out, breach{nil, "scheme.bound-bonus", []any{share.String(), b.atMost.String()}})
		}
	}
	for _, g := range b.grounds {
		if !has[g] {
			out = append(out, breach{nil, "scheme.bound-ground", []any{g}})
		}
	}
	return out
}

// shareOf is the cap as a share of full marks: 20 % of 1000 is twice of 100.
func (c *BonusCap) shareOf(full num.Q) num.Q {
	if q, ok := c.Share.Mul(c.Of).Div(full); ok && !c.OfBase {
		return q
	}
	return c.Share
}

func (s *Scheme) hasGroup(name string) bool {
	return slices.ContainsFunc(s.Groups, func(g Group) bool { return g.Name == name })
}

// sourcesBound: an indicator draws on process and on final evidence.
type sourcesBound struct{ node string }

func readSourcesBound(p *Params) boundRule { return sourcesBound{p.Text("node")} }

func (b sourcesBound) breaches(s *Scheme) []breach {
	has := map[string]bool{}
	for _, n := range s.Nodes {
		if n.below(b.node) != nil {
			has[n.Evidence] = true
		}
	}
	if has["process"] && has["final"] {
		return nil
	}
	var at *Node
	if tops := s.named(b.node); len(tops) > 0 {
		at = tops[0]
	}
	return []breach{{at, "scheme.bound-sources", []any{b.node}}}
}

// gateBound: falling below a line of a measure has a consequence.
type gateBound struct {
	from  string
	below num.Q
}

func readGateBound(p *Params) boundRule { return gateBound{p.Text("measure"), p.Q("below")} }

func (b gateBound) breaches(s *Scheme) []breach {
	for _, g := range s.Gates {
		m := s.measure(g.Fact)
		if m != nil && m.From == b.from && g.Below != nil && g.Below.Cmp(b.below) >= 0 {
			return nil
		}
	}
	return []breach{{nil, "scheme.bound-gate", []any{b.from, b.below.String()}}}
}

func (s *Scheme) measure(name string) *Measure {
	for i := range s.Measures {
		if s.Measures[i].Name == name {
			return &s.Measures[i]
		}
	}
	return nil
}

// vetoBound: a confirmed breach from the policy's list overrides every score.
type vetoBound struct{ from string }

func readVetoBound(p *Params) boundRule { return vetoBound{p.Text("measure")} }

func (b vetoBound) breaches(s *Scheme) []breach {
	for _, g := range s.Gates {
		if m := s.measure(g.Fact); g.Veto && g.Any && m != nil && m.From == b.from {
			return omitted(s.Policy.Vetoes, m)
		}
	}
	return []breach{{nil, "scheme.bound-veto", nil}}
}

// omitted finds which of the policy's vetoes a measure that lists its items
// leaves out; without a list it is about all.
func omitted(vetoes []Veto, m *Measure) (out []breach) {
	if !m.Params.Has("items") {
		return nil
	}
	items := m.Params.Into(&fault.List{}).Texts("items") // faults of the shape are told by room measure
	for _, v := range vetoes {
		if !slices.Contains(items, v.No) {
			out = append(out, breach{nil, "scheme.bound-veto-items", []any{v.No}})
		}
	}
	return out
}

// tableBound: a table of the policy is used as it stands.
type tableBound struct{ name string }

func readTableBound(p *Params) boundRule { return tableBound{p.Text("name")} }

func (b tableBound) breaches(s *Scheme) []breach {
	for _, t := range s.Tables {
		if t.Name == b.name {
			return []breach{{nil, "scheme.bound-table", []any{b.name}}}
		}
	}
	return nil
}

// rangeBound: declared numbers of a measure stay within a range.
type rangeBound struct {
	from, key string
	names     []string
	lo, hi    num.Q
}

func readRangeBound(p *Params) boundRule {
	return rangeBound{p.Text("measure"), p.Text("key"), p.Texts("names"), p.Q("from"), p.Q("to")}
}

func (b rangeBound) breaches(s *Scheme) []breach {
	var out []breach
	for _, m := range s.Measures {
		if m.From != b.from {
			continue
		}
		quiet := m.Params.Into(&fault.List{}) // faults of the shape are told by room measure
		for _, e := range quiet.Numbers(b.key) {
			if slices.Contains(b.names, e.Name) && (e.Q.Cmp(b.lo) < 0 || e.Q.Cmp(b.hi) > 0) {
				out = append(out, breach{nil, "scheme.bound-range", []any{e.Name, e.Q.String(), b.lo.String(), b.hi.String()}})
			}
		}
	}
	return out
}

// frontline is judged on results, see eval.
type frontline struct{ fact, is string }

func readFrontline(p *Params) boundRule { return frontline{p.Text("fact"), p.Text("is")} }

func (frontline) breaches(*Scheme) []breach { return nil }
