package scheme

import (
	"slices"

	"shiji/internal/fault"
	"shiji/internal/num"
)

// checker collects what is wrong between the parts of a scheme.
type checker struct {
	*Compiled
	faults fault.List
}

func (k *checker) fault(n *Node, key string, args ...any) {
	k.faults.Addf(fault.Invalid, fault.Place{File: k.File, Sheet: "节点 " + n.ID, Row: n.Line}, key, args...)
}

func (k *checker) general(line int, key string, args ...any) {
	k.faults.Addf(fault.Invalid, fault.Place{File: k.File, Row: line}, key, args...)
}

func (k *checker) check() {
	k.checkTotals()
	k.checkTree()
	if k.faults.Len() > 0 {
		return // on a broken tree the later checks would only repeat what is wrong
	}
	for _, n := range k.Scheme.Nodes {
		k.checkNode(n)
	}
	if !k.Total.None {
		k.checkWeights(nil, "一级指标", k.Children(""))
	}
	if k.faults.Len() > 0 {
		return
	}
	k.checkCycles()
	k.checkGates()
	k.checkGuards()
	k.checkBounds()
}

func (k *checker) checkTotals() {
	if len(k.Groups) == 0 {
		k.general(0, "scheme.no-groups")
	}
	if len(k.Scheme.Nodes) == 0 {
		k.general(0, "scheme.no-nodes")
	}
	r, t := k.Rounding, k.Total
	if !t.None && t.Full.Sign() <= 0 {
		k.general(0, "scheme.full", t.Full.String())
	}
	if !t.None && t.Places < r.Contributions {
		k.general(0, "scheme.total-places", t.Places, r.Contributions)
	}
	if r.Places < r.Contributions {
		k.general(0, "scheme.node-places", r.Places, r.Contributions)
	}
}

func (k *checker) checkTree() {
	seen, deep := map[string]bool{}, false
	for _, n := range k.Scheme.Nodes {
		if seen[n.ID] {
			k.fault(n, "scheme.duplicate-node", n.ID)
		}
		seen[n.ID] = true
		for _, g := range n.Groups {
			if !k.hasGroup(g) {
				k.fault(n, "scheme.unknown-group", g)
			}
		}
		if n.Parent == "" {
			continue
		}
		if k.Node(n.Parent) == nil {
			k.fault(n, "scheme.unknown-parent", n.Parent)
		} else if deep || k.Scheme.Level(n) <= MaxLevels {
			continue
		} else if k.Scheme.circular(n) {
			k.fault(n, "scheme.parent-cycle", n.ID)
		} else {
			deep = true
			k.fault(n, "scheme.too-deep", MaxLevels)
		}
	}
}

func (k *checker) checkNode(n *Node) {
	kids := k.Children(n.ID)
	if n.Form == nil {
		k.fault(n, "scheme.no-rule", n.Name)
		return
	}
	reads := n.Form.Reads()
	if reads.Kids && len(kids) == 0 {
		k.fault(n, "scheme.no-kids", n.Form.Kind())
	}
	if !reads.Kids && len(kids) > 0 && !k.readsAll(n, reads, kids) {
		k.fault(n, "scheme.kids-unread", n.Form.Kind())
	}
	if reads.Kids && n.Missing != nil {
		k.fault(n, "scheme.missing-inner", n.Name)
	}
	if n.Bonus && n.Weighted {
		k.fault(n, "scheme.bonus-weight", n.Name)
	}
	if n.Pointless() && n.Weighted {
		k.fault(n, "scheme.record-weight", n.Name)
	}
	if n.Groups != nil && len(n.Groups) == 0 {
		k.fault(n, "scheme.groups-none")
	}
	switch n.Form.(type) {
	case *GroupCap, *Round:
		for _, g := range k.Groups {
			if one := scored(applying(kids, g.Name)); n.Applies(g.Name) && len(one) != 1 {
				k.fault(n, "scheme.one-kid", n.Form.Kind(), g.Name, len(one))
			}
		}
	case *WeightedSum:
		k.checkWeights(n, n.Name, kids)
	}
	k.checkForm(n)
	if n.Full.Sign() <= 0 {
		k.fault(n, "scheme.full", n.Full.String())
	}
	if n.Bonus && n.Parent != "" {
		k.fault(n, "scheme.bonus-level", n.Name)
	}
	k.checkNames(n, reads)
	k.checkMissing(n)
	if n.Guard != "" {
		if _, ok := Guards[n.Guard]; !ok {
			k.fault(n, "scheme.unknown-guard", n.Guard)
		}
	}
}

// checkForm checks what only the form knows of: groups, fields, rounding.
func (k *checker) checkForm(n *Node) {
	var groups []string
	switch f := n.Form.(type) {
	case *GroupCap:
		groups = slices.Concat(f.Groups, f.Against)
	case *GroupMean:
		groups = f.Of
	case *PoolShare:
		if f.Places > k.Rounding.Places { // else rounding would break the sum of the shares
			k.fault(n, "scheme.pool-places", f.Places, k.Rounding.Places)
		}
	case *Record:
		for _, name := range f.Show {
			if t := k.TableIndex(f.Table); t >= 0 && k.Tables[t].Field(name) < 0 {
				k.fault(n, "scheme.unknown-fact", name)
			}
		}
	}
	for _, g := range groups {
		if !k.hasGroup(g) {
			k.fault(n, "scheme.unknown-group", g)
		}
	}
	over := n.Form.Reads().Over
	if over == nil || k.TableIndex(over.Table) < 0 {
		return
	}
	for _, w := range over.Where {
		if k.Tables[k.TableIndex(over.Table)].Field(w.Field) < 0 { // a person's own fact would keep all lines or none
			k.fault(n, "scheme.unknown-fact", w.Field)
		}
	}
}

// scored returns the nodes that carry points.
func scored(nodes []*Node) []*Node {
	return slices.DeleteFunc(slices.Clone(nodes), (*Node).Pointless)
}

// readsAll reports whether a form reads each child by a name that nothing else
// has: no other child, be it for other groups, and no fact, which would be read
// instead.
func (k *checker) readsAll(n *Node, reads Reads, kids []*Node) bool {
	seen := map[string]bool{}
	for _, kid := range kids {
		if seen[kid.Name] || !slices.Contains(reads.Values, kid.Name) || k.Resolve(n, reads.Over, kid.Name).Kind != Kid {
			return false
		}
		seen[kid.Name] = true
	}
	return true
}

func applying(nodes []*Node, group string) []*Node {
	var out []*Node
	for _, n := range nodes {
		if n.Applies(group) {
			out = append(out, n)
		}
	}
	return out
}

func (k *checker) checkMissing(n *Node) {
	if n.Form.Reads().Kids {
		return
	}
	for _, state := range allStates {
		_, own := n.Missing[state]
		_, general := k.Scheme.Missing[state]
		if !own && !general {
			k.fault(n, "scheme.missing-undeclared", state.String())
		}
	}
}

func (k *checker) checkNames(n *Node, reads Reads) {
	if reads.Over != nil && k.TableIndex(reads.Over.Table) < 0 {
		k.fault(n, "scheme.unknown-table", reads.Over.Table)
		return
	}
	want := func(names []string, code bool) {
		for _, name := range names {
			coded, known := k.coded(n, reads.Over, name)
			switch {
			case !known:
				k.fault(n, "scheme.unknown-fact", name)
			case code && !coded:
				k.fault(n, "scheme.want-code", name)
			case coded && !code:
				k.fault(n, "scheme.want-value", name)
			}
		}
	}
	if reads.Over != nil {
		k.checkGuard(n, &k.Tables[k.TableIndex(reads.Over.Table)].Fields[0])
	}
	want(reads.Values, false)
	want(reads.Codes, true)
	for _, id := range reads.Nodes {
		if at := k.Node(id); at == nil {
			k.fault(n, "scheme.unknown-node", id)
		} else if at.Pointless() {
			k.fault(n, "scheme.record-read", at.Name)
		}
	}
}

// checkGuard refuses a node that reads what stands behind a guard without
// standing behind it itself, or below a node that does.
func (k *checker) checkGuard(n *Node, f *FactDecl) {
	if f.Guard == "" {
		return
	}
	for at := n; at != nil; at = at.above {
		if at.Guard == f.Guard {
			return
		}
	}
	k.fault(n, "scheme.needs-guard", f.Table, f.Guard, Guards[f.Guard].Basis)
}

// checkWeights requires the weights of the siblings of each group to add up
// to one; a parent of "" is the root.
func (k *checker) checkWeights(at *Node, name string, kids []*Node) {
	for _, g := range k.Groups {
		if at != nil && !at.Applies(g.Name) {
			continue
		}
		var sum, size num.Q
		weighted, points := 0, 0
		for _, kid := range applying(kids, g.Name) {
			if kid.Bonus || kid.Pointless() {
				continue
			}
			if kid.Weighted {
				weighted++
			} else {
				points++
			}
			if kid.Weight.Sign() < 0 {
				k.fault(kid, "scheme.weight-sign", kid.Name, kid.Weight.String())
			}
			if sum, size = sum.Add(kid.Weight), size.Add(kid.Full); max(sum.Bits(), size.Bits()) > MaxBits {
				k.fault(kid, "scheme.too-fine")
				return
			}
		}
		line := 0
		if at != nil {
			line = at.Line
		}
		switch {
		case weighted > 0 && points > 0:
			k.general(line, "scheme.weights-mixed", name, g.Name)
		case weighted > 0 && !sum.Equal(num.Int(1)):
			k.general(line, "scheme.weights-sum", name+"（"+g.Name+"）", sum.String())
		case weighted == 0 && at != nil:
			k.general(line, "scheme.weights-none", name, g.Name)
		case weighted+points == 0:
			k.general(line, "scheme.group-empty", g.Name)
		}
	}
}

// checkCycles refuses nodes that need each other through cohort rules.
func (k *checker) checkCycles() {
	state := map[string]int{} // 1: on the path, 2: done
	var walk func(n *Node) bool
	walk = func(n *Node) bool {
		switch state[n.ID] {
		case 1:
			return false
		case 2:
			return true
		}
		state[n.ID] = 1
		next := k.Children(n.ID)
		for _, id := range n.Form.Reads().Nodes {
			if m := k.Node(id); m != nil {
				next = append(next, m)
			}
		}
		ok := true
		for _, m := range next {
			ok = walk(m) && ok
		}
		state[n.ID] = 2
		return ok
	}
	for _, n := range k.Scheme.Nodes {
		if state[n.ID] == 0 && !walk(n) {
			k.fault(n, "scheme.cycle", n.ID)
		}
	}
}

func (k *checker) checkGates() {
	seen := map[string]bool{}
	for _, g := range k.Gates {
		if seen[g.ID] {
			k.general(g.Line, "scheme.duplicate-gate", g.ID)
		}
		seen[g.ID] = true
		i, t := k.ScalarIndex(g.Fact), k.TableIndex(g.Fact)
		switch {
		case g.Any && t < 0:
			k.general(g.Line, "scheme.unknown-table", g.Fact)
		case !g.Any && i < 0:
			k.general(g.Line, "scheme.unknown-fact", g.Fact)
		case g.Is != nil && !k.Scalars[i].Coded:
			k.general(g.Line, "scheme.want-code", g.Fact)
		case !g.Any && g.Is == nil && k.Scalars[i].Coded:
			k.general(g.Line, "scheme.want-value", g.Fact)
		case g.Any:
			k.checkGateGuard(g, &k.Tables[t].Fields[0])
		default:
			k.checkGateGuard(g, &k.Scalars[i])
		}
	}
}

// checkGateGuard refuses a gate on what stands behind a guard: a gate cannot
// stand behind one, and nothing on a result would show that it was opened.
func (k *checker) checkGateGuard(g Gate, f *FactDecl) {
	if f.Guard != "" {
		k.general(g.Line, "scheme.gate-guard", g.Fact, f.Guard, Guards[f.Guard].Basis)
	}
}

func (k *checker) checkGuards() {
	for _, o := range k.Opened {
		switch g, ok := Guards[o.Guard]; {
		case !ok:
			k.general(o.Line, "scheme.unknown-guard", o.Guard)
		case g.Blocked():
			k.general(o.Line, "scheme.guard-blocked", o.Guard, g.Basis)
		case o.Office == "" || o.Reason == "":
			k.general(o.Line, "scheme.guard-reason", o.Guard)
		}
	}
}

// checkBounds refuses a scheme that leaves a bound of its policy, naming the
// clause. 原则上 gives way to a departure with reason and approval.
func (k *checker) checkBounds() {
	if k.Policy == nil {
		for _, d := range k.Departures {
			k.general(d.Line, "scheme.unknown-bound", d.Bound)
		}
		return
	}
	departed := map[string]Departure{}
	for _, d := range k.Departures {
		departed[d.Bound] = d
		i := slices.IndexFunc(k.Policy.Bounds, func(b *Bound) bool { return b.ID == d.Bound })
		switch {
		case i < 0:
			k.general(d.Line, "scheme.unknown-bound", d.Bound)
		case k.Policy.Bounds[i].Force == Must:
			k.general(d.Line, "scheme.bound-must", d.Bound, k.Policy.Bounds[i].Clause)
		case d.Reason == "" || d.Approval == "":
			k.general(d.Line, "scheme.departure-reason", d.Bound)
		}
	}
	for _, b := range k.Policy.Bounds {
		if _, left := departed[b.ID]; b.Force == May || left && b.Force == Principle {
			continue
		}
		for _, br := range b.rule.breaches(k.Scheme) {
			at := fault.Place{File: k.File, Sheet: "界限 " + b.ID, Field: b.Clause + "（" + string(b.Force) + "）"}
			if br.node != nil {
				at.Row = br.node.Line
			}
			k.faults.Add(fault.New(fault.Refused, br.key, br.args...).At(at))
		}
	}
}
