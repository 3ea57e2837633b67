package eval

import (
	"encoding/binary"
	"fmt"
	"slices"

	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// Evaluate applies c to the cohort. The order of members and facts does not
// matter. The error lists every fault of the cohort itself: people of no group,
// facts given twice.
func Evaluate(c *scheme.Compiled, cohort Cohort) (*Outcome, error) {
	cols, err := newColumns(c, cohort)
	if err != nil {
		return nil, err
	}
	r := newRun(c, cols)
	r.evaluate()
	out := &Outcome{Scheme: c.Digest, Results: make([]Result, len(cols.members))}
	values := make([]Value, len(cols.members)*len(c.Nodes))
	for m, member := range cols.members {
		res := &out.Results[m]
		res.Subject, res.Group = member.Subject, member.Group
		res.Facts = fact.DigestOf(cols.facts[cols.of[m].from:cols.of[m].to])
		res.Values = values[m*len(c.Nodes) : (m+1)*len(c.Nodes)]
		for i := range c.Nodes {
			res.Values[i] = r.values[i][m]
		}
		res.Refs = r.refsOf(m)
		r.settle(m, res)
	}
	r.place(out.Results)
	out.Cohort = cohortDigest(out.Results)
	out.Findings = cohortFindings(r, out.Results)
	return out, nil
}

// refsOf collects the references that the member's tree used.
func (r *run) refsOf(m int) []Ref {
	var out []Ref
	for i, n := range r.Nodes {
		if r.values[i][m].Status == Outside || n.Closed != nil {
			continue
		}
		for k, name := range r.refs[i].names {
			out = append(out, Ref{n.ID, name, r.refs[i].values[k][m]})
		}
	}
	return out
}

// settle adds up the level-1 nodes, applies the gates and gathers what was found.
func (r *run) settle(m int, res *Result) {
	group := r.cols.members[m].Group
	res.Score, res.Contributions, res.Scored = r.total(m)
	if !res.Scored && !r.Total.None && !r.blocked(m, group) {
		r.found[m] = append(r.found[m], Finding{Key: "eval.no-total"})
	}
	res.Consequences = r.gates(m)
	res.Findings = append(r.found[m], guardFindings(r.Compiled, group)...)
}

// blocked reports whether a level-1 node is; its own finding says why.
func (r *run) blocked(m int, group string) bool {
	return slices.ContainsFunc(r.Roots[group], func(i int) bool { return r.values[i][m].Status == Blocked })
}

// total returns the sum of the rounded contributions. It is not scored when a
// level-1 node is blocked, none that carries weight has a value, or the
// appraisal has no points.
func (r *run) total(m int) (score num.Q, parts []Contribution, scored bool) {
	if r.Total.None {
		return num.Q{}, nil, false
	}
	roots := r.Roots[r.cols.members[m].Group]
	declared, active := r.shares(m, roots)
	var bonus num.Q
	hasBonus := false
	for _, i := range roots {
		n, v := r.Nodes[i], r.values[i][m]
		if v.Status == Blocked {
			return num.Q{}, nil, false
		}
		if v.Status != Known || n.Pointless() {
			continue
		}
		if n.Bonus {
			bonus, hasBonus = bonus.Add(v.Q.Round(r.Rounding.Contributions, r.Rounding.Mode)), true
			continue
		}
		part := r.part(n, v.Q, declared, active)
		parts = append(parts, Contribution{n.ID, part})
		score = score.Add(part)
	}
	if active.Sign() == 0 {
		return num.Q{}, nil, false
	}
	if hasBonus {
		bonus = r.capBonus(bonus, score)
		parts = append(parts, Contribution{BonusPart, bonus})
		score = score.Add(bonus)
	}
	return score, parts, true
}

// shares adds up the weights (or full marks, when level 1 has points) of all
// level-1 nodes of the group, and of those with a value.
func (r *run) shares(m int, roots []int) (declared, active num.Q) {
	for _, i := range roots {
		n := r.Nodes[i]
		if n.Bonus || n.Pointless() {
			continue
		}
		w := n.Weight
		if !n.Weighted {
			w = n.Full
		}
		declared = declared.Add(w)
		if r.values[i][m].Status == Known {
			active = active.Add(w)
		}
	}
	return declared, active
}

// part is what a level-1 node's value adds to the total. When no active node
// carries weight there is no total, and the parts are dropped.
func (r *run) part(n *scheme.CompiledNode, q, declared, active num.Q) num.Q {
	share := q
	if n.Weighted {
		share, _ = q.Mul(n.Weight).Mul(r.Total.Full).Div(n.Full)
	}
	if !declared.Equal(active) {
		share, _ = share.Mul(declared).Div(active)
	}
	return share.Round(r.Rounding.Contributions, r.Rounding.Mode)
}

// capBonus holds the bonus to the declared share of the declared total. The
// limit is rounded down: rounding must not lift the bonus over the policy's cap.
func (r *run) capBonus(bonus, base num.Q) num.Q {
	cap := r.Total.BonusCap
	if cap == nil {
		return bonus
	}
	of := cap.Of
	if cap.OfBase {
		of = base
	}
	return num.Min(bonus, of.Mul(cap.Share).Round(r.Rounding.Contributions, num.Floor))
}

// place ranks the scored members of each group.
func (r *run) place(results []Result) {
	byGroup := map[string][]sample{}
	for m := range results {
		if results[m].Scored {
			byGroup[results[m].Group] = append(byGroup[results[m].Group], sample{m, results[m].Score})
		}
	}
	for _, totals := range byGroup {
		for i, place := range placeAll(totals, r.Total.Ties) {
			results[totals[i].member].Place, results[totals[i].member].Of = place, len(totals)
		}
	}
}

// gates returns the consequences of fulfilled gates; a gate whose fact is
// missing is found, never assumed.
func (r *run) gates(m int) []Consequence {
	var out []Consequence
	for _, g := range r.Gates {
		c := Consequence{Gate: g.ID, Name: g.Name, Clause: g.Clause, Effect: g.Effect, Veto: g.Veto, Fact: g.Fact}
		if g.Any {
			t := &r.cols.tables[r.TableIndex(g.Fact)]
			if from, to := t.lines(m); to > from {
				c.Value = fmt.Sprint(to - from)
				out = append(out, c)
			} else if unsettled(g, t.state[m]) {
				r.found[m] = append(r.found[m], Finding{Key: "eval.gate-unknown", Args: []string{g.Name, g.Fact}})
			}
			continue
		}
		at := r.cols.scalars[r.ScalarIndex(g.Fact)][m]
		if unsettled(g, at.state) {
			r.found[m] = append(r.found[m], Finding{Key: "eval.gate-unknown", Args: []string{g.Name, g.Fact}})
		}
		if at.state == fact.Given && fulfilled(g, at) {
			if c.Value = at.code; g.Is == nil {
				c.Value = at.q.String()
			}
			out = append(out, c)
		}
	}
	return out
}

// unsettled reports whether a gate without its fact has to be looked at. That
// lines of a table or a veto do not apply to somebody is no answer: nobody is
// exempt from 一票否决 (济宁2018 三(一)), and declaring so must not turn it off.
func unsettled(g scheme.Gate, s fact.State) bool {
	if g.Any || g.Veto {
		return s != fact.Given
	}
	return s == fact.NotYet || s == fact.Refused
}

func fulfilled(g scheme.Gate, at cell) bool {
	switch {
	case g.Below != nil:
		return at.q.Cmp(*g.Below) < 0
	case g.Above != nil:
		return at.q.Cmp(*g.Above) > 0
	}
	for _, code := range g.Is {
		if code == at.code {
			return true
		}
	}
	return false
}

// cohortDigest commits to everybody's facts and group, in the order of subjects.
func cohortDigest(results []Result) fact.Digest {
	parts := make([]string, 0, 3*len(results))
	for i := range results {
		parts = append(parts, results[i].Subject, results[i].Group, results[i].Facts.String())
	}
	return fact.DigestOfText(parts...)
}

// Encode returns the canonical bytes of a result: version, then values, refs,
// totals, consequences and findings by node index. Names, rules and clauses
// stand in the scheme whose digest the outcome carries.
func (res *Result) Encode() []byte {
	b := make([]byte, 0, 1024)
	b = append(b, encodingVersion)
	b = appendText(b, res.Subject, res.Group)
	b = append(b, res.Facts[:]...)
	b = binary.AppendUvarint(b, uint64(len(res.Values)))
	for _, v := range res.Values {
		b = append(b, byte(v.Status))
		if v.Status == Known {
			b = appendText(b, v.Code)
			b = appendQ(b, v.Q)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(res.Refs)))
	for _, ref := range res.Refs {
		b = appendText(b, ref.Node, ref.Name)
		b = appendQ(b, ref.Value)
	}
	b = binary.AppendUvarint(b, uint64(len(res.Contributions)))
	for _, c := range res.Contributions {
		b = appendText(b, c.Node)
		b = appendQ(b, c.Value)
	}
	b = appendQ(b, res.Score)
	b = appendFlag(b, res.Scored)
	b = binary.AppendUvarint(b, uint64(res.Place))
	b = binary.AppendUvarint(b, uint64(res.Of))
	b = binary.AppendUvarint(b, uint64(len(res.Consequences)))
	for _, c := range res.Consequences {
		b = appendFlag(appendText(b, c.Gate, c.Effect, c.Fact, c.Value), c.Veto)
	}
	return appendFindings(b, res.Findings)
}

func appendFindings(b []byte, list []Finding) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, f := range list {
		b = appendText(b, f.Node, f.Key)
		b = binary.AppendUvarint(b, uint64(len(f.Args)))
		b = appendText(b, f.Args...)
	}
	return b
}

func appendFlag(b []byte, set bool) []byte {
	if set {
		return append(b, 1)
	}
	return append(b, 0)
}

const encodingVersion = 1

func appendText(b []byte, texts ...string) []byte {
	for _, t := range texts {
		b = binary.AppendUvarint(b, uint64(len(t)))
		b = append(b, t...)
	}
	return b
}

func appendQ(b []byte, q num.Q) []byte { return appendText(b, q.String()) }
