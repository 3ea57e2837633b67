package eval_test

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"shiji/internal/eval"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// ototal is a member's total with its parts by node id.
type ototal struct {
	scored bool
	score  *big.Rat
	parts  map[string]*big.Rat
}

// total adds up the rounded contributions of level 1.
func (o *oracle) total(m fact.Member) ototal {
	out := ototal{score: new(big.Rat), parts: map[string]*big.Rat{}}
	if o.s.Total.None {
		return out
	}
	contribution := func(q *big.Rat) *big.Rat {
		return roundRat(q, o.s.Rounding.Contributions, o.s.Rounding.Mode)
	}
	all, active, bonus := new(big.Rat), new(big.Rat), []*big.Rat(nil)
	var own []*scheme.Node
	for _, n := range o.kids(&scheme.Node{}, m) {
		v := o.value(n, m)
		if v.status == eval.Blocked {
			return ototal{score: new(big.Rat), parts: map[string]*big.Rat{}}
		}
		if n.Bonus {
			if v.status == eval.Known && !pointless(n) {
				bonus = append(bonus, contribution(v.q))
			}
			continue
		}
		if pointless(n) {
			continue
		}
		w := n.Full.Rat()
		if n.Weighted {
			w = n.Weight.Rat()
		}
		all = add(all, w)
		if v.status == eval.Known {
			active, own = add(active, w), append(own, n)
		}
	}
	if active.Sign() == 0 {
		o.find(m, nil, "eval.no-total")
		return out
	}
	out.scored = true
	for _, n := range own {
		q := o.value(n, m).q
		if n.Weighted {
			q = quo(mul(mul(q, n.Weight.Rat()), o.s.Total.Full.Rat()), n.Full.Rat())
		}
		q = contribution(quo(mul(q, all), active))
		out.parts[n.ID], out.score = q, add(out.score, q)
	}
	if len(bonus) > 0 {
		sum := new(big.Rat)
		for _, q := range bonus {
			sum = add(sum, q)
		}
		if c := o.s.Total.BonusCap; c != nil {
			of := c.Of.Rat()
			if c.OfBase {
				of = out.score
			}
			sum = least(sum, roundRat(mul(of, c.Share.Rat()), o.s.Rounding.Contributions, num.Floor))
		}
		out.parts[eval.BonusPart], out.score = sum, add(out.score, sum)
	}
	return out
}

// place counts who is better in the group: people, or different totals.
func (o *oracle) place(m fact.Member) (place, of int) {
	mine := o.total(m)
	if !mine.scored {
		return 0, 0
	}
	better := map[string]int{}
	for _, p := range o.members {
		if t := o.total(p); p.Group == m.Group && t.scored {
			of++
			if t.score.Cmp(mine.score) > 0 {
				better[t.score.RatString()]++
			}
		}
	}
	if o.s.Total.Ties == "dense" {
		return len(better) + 1, of
	}
	place = 1
	for _, n := range better {
		place += n
	}
	return place, of
}

// consequences lists the fulfilled gates as "gate value".
func (o *oracle) consequences(m fact.Member) []string {
	var out []string
	for _, g := range o.s.Gates {
		if g.Any {
			if items, any := o.items(m, g.Fact, nil); any {
				out = append(out, fmt.Sprint(g.ID, " ", len(items)))
			} else if o.empty(m, g.Fact) != eval.Known {
				o.find(m, nil, "eval.gate-unknown", g.Name)
			}
			continue
		}
		f := o.fact(at{m: m}, g.Fact)
		if f.State == fact.NotYet || f.State == fact.Refused || f.State != fact.Given && g.Veto {
			o.find(m, nil, "eval.gate-unknown", g.Name)
		}
		if f.State != fact.Given {
			continue
		}
		if g.Is != nil && slices.Contains(g.Is, f.Code) {
			out = append(out, g.ID+" "+f.Code)
		}
		if g.Below != nil && f.Value.Rat().Cmp(g.Below.Rat()) < 0 || g.Above != nil && f.Value.Rat().Cmp(g.Above.Rat()) > 0 {
			out = append(out, g.ID+" "+f.Value.String())
		}
	}
	return out
}

// fatal is what *testing.T and *rapid.T share.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

var _ fatal = (*testing.T)(nil)

// agree holds an outcome to the oracle, value by value.
func (o *oracle) agree(t fatal, c *scheme.Compiled, out *eval.Outcome) {
	t.Helper()
	if len(out.Results) != len(o.members) {
		t.Fatalf("got %d results, want %d", len(out.Results), len(o.members))
	}
	for i, m := range o.members {
		res := out.Results[i]
		if res.Subject != m.Subject || res.Group != m.Group {
			t.Fatalf("result %d is about %s of %s, want %s of %s", i, res.Subject, res.Group, m.Subject, m.Group)
		}
		for _, n := range o.s.Nodes {
			got, want := res.Values[c.NodeIndex(n.ID)], o.value(n, m)
			if got.Status != want.status || got.Status == eval.Known && (got.Code != want.code || got.Q.Rat().Cmp(want.q) != 0) {
				t.Errorf("%s node %s (%s): got %s %q %v, want %s %q %v", m.Subject, n.ID, n.Form.Kind(), got.Status, got.Code, got.Q, want.status, want.code, want.q)
			}
		}
		o.agreeTotal(t, m, res)
		for _, r := range res.Refs {
			if want, used := o.refs[m.Subject][r.Node+"/"+r.Name]; used && r.Value.Rat().Cmp(want) != 0 {
				t.Errorf("%s ref %s %s: got %v, want %v", m.Subject, r.Node, r.Name, r.Value, want)
			}
			delete(o.refs[m.Subject], r.Node+"/"+r.Name)
		}
		if left := o.refs[m.Subject]; len(left) > 0 {
			t.Errorf("%s: references %v are missing", m.Subject, slices.Sorted(maps.Keys(left)))
		}
		o.agreeFindings(t, m, res)
	}
}

func (o *oracle) agreeTotal(t fatal, m fact.Member, res eval.Result) {
	t.Helper()
	want := o.total(m)
	if res.Scored != want.scored || res.Score.Rat().Cmp(want.score) != 0 {
		t.Errorf("%s total: got %v %v, want %v %v", m.Subject, res.Scored, res.Score, want.scored, want.score)
	}
	if len(res.Contributions) != len(want.parts) {
		t.Errorf("%s: got %d contributions, want %d", m.Subject, len(res.Contributions), len(want.parts))
	}
	for _, p := range res.Contributions {
		if w := want.parts[p.Node]; w == nil || p.Value.Rat().Cmp(w) != 0 {
			t.Errorf("%s contribution %s: got %v, want %v", m.Subject, p.Node, p.Value, w)
		}
	}
	if place, of := o.place(m); res.Place != place || res.Of != of {
		t.Errorf("%s place: got %d of %d, want %d of %d", m.Subject, res.Place, res.Of, place, of)
	}
	var got []string
	for _, c := range res.Consequences {
		got = append(got, c.Gate+" "+c.Value)
	}
	if want := o.consequences(m); !slices.Equal(got, want) {
		t.Errorf("%s consequences: got %q, want %q", m.Subject, got, want)
	}
}

// about is the argument by which findings of one key at one node are told apart.
var about = map[string]int{"eval.few-ballots": 1, "eval.no-award": 1, "eval.no-factor": 1, "eval.gate-unknown": 0}

// agreeFindings compares which findings there are, node by node. The caps that
// cannot be met are held to their property elsewhere.
func (o *oracle) agreeFindings(t fatal, m fact.Member, res eval.Result) {
	t.Helper()
	got := map[string]bool{}
	for _, f := range res.Findings {
		if f.Key != "eval.guard-open" && !strings.HasPrefix(f.Key, "eval.cap-") {
			id := f.Node + "/" + f.Key
			if i, ok := about[f.Key]; ok {
				id += "/" + f.Args[i]
			}
			got[id] = true
		}
	}
	want := o.found[m.Subject]
	if !maps.Equal(got, want) {
		t.Errorf("%s findings: got %q, want %q", m.Subject, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}
