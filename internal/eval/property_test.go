package eval_test

import (
	"reflect"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// seen counts how often a property had something to look at; a property that
// never had would hold of anything.
type seen struct{ atomic.Int64 }

func (s *seen) atLeastOnce(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		if s.Load() == 0 {
			t.Error("no random world put the property to the test")
		}
	})
}

// TestNumbersKeepTheirPlaces: nodes keep to the scheme's decimals, and the
// shown contributions add up to the shown total.
func TestNumbersKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	overWorlds(t, 2, func(t *rapid.T, w *world) {
		r := w.scheme.Rounding
		for _, res := range w.evaluate(t).Results {
			for i, v := range res.Values {
				if _, ok := v.Q.Fixed(r.Places); v.Status == eval.Known && !ok {
					t.Errorf("%s node %s: %v has more than %d decimals", res.Subject, w.compiled.Nodes[i].ID, v.Q, r.Places)
				}
			}
			sum := num.Q{}
			for _, c := range res.Contributions {
				if _, ok := c.Value.Fixed(r.Contributions); !ok {
					t.Errorf("%s contribution %s: %v has more than %d decimals", res.Subject, c.Node, c.Value, r.Contributions)
				}
				sum = sum.Add(c.Value)
			}
			if !sum.Equal(res.Score) {
				t.Errorf("%s: contributions add up to %v, total is %v", res.Subject, sum, res.Score)
			}
			if _, ok := res.Score.Fixed(max(w.scheme.Total.Places, r.Contributions)); !ok {
				t.Errorf("%s: total %v has more than %d decimals", res.Subject, res.Score, w.scheme.Total.Places)
			}
		}
	})
}

// TestOrderDoesNotMatter: members and facts in any order give the same outcome
// and the same bytes.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	overWorlds(t, 2, func(t *rapid.T, w *world) {
		want := w.evaluate(t)
		other := *w
		other.cohort.Members = rapid.Permutation(w.cohort.Members).Draw(t, "members")
		other.cohort.Facts = rapid.Permutation(w.cohort.Facts).Draw(t, "facts")
		got := other.evaluate(t)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
		for i := range got.Results {
			if !slices.Equal(got.Results[i].Encode(), want.Results[i].Encode()) {
				t.Errorf("%s: bytes differ", got.Results[i].Subject)
			}
		}
	})
}

// TestWeightChangesOnlyItsPath: moving weight between two siblings changes
// values only above them and in what reads those nodes for the cohort.
func TestWeightChangesOnlyItsPath(t *testing.T) {
	t.Parallel()
	var changed seen
	changed.atLeastOnce(t)
	overWorlds(t, 4, func(t *rapid.T, w *world) {
		var pairs [][2]*scheme.Node
		for i, a := range w.scheme.Nodes {
			for _, b := range w.scheme.Nodes[i+1:] {
				if a.Weighted && b.Weighted && a.Parent == b.Parent && slices.Equal(a.Groups, b.Groups) && a.Weight.Add(b.Weight).Sign() > 0 {
					pairs = append(pairs, [2]*scheme.Node{a, b})
				}
			}
		}
		if len(pairs) == 0 {
			t.Skip("no siblings with weights")
		}
		pair := draw(t, pairs)
		before := w.evaluate(t)
		after := w.reweighted(t, pair[0], pair[1]).evaluate(t)
		touched := w.above(pair[0].Parent)
		for m := range before.Results {
			for i, n := range w.compiled.Nodes {
				if same(before.Results[m].Values[i], after.Results[m].Values[i]) {
					continue
				}
				changed.Add(1)
				if !touched[n.ID] {
					t.Errorf("%s node %s changed from %v to %v", before.Results[m].Subject, n.ID, before.Results[m].Values[i], after.Results[m].Values[i])
				}
			}
		}
	})
}

func same(a, b eval.Value) bool {
	return a.Status == b.Status && a.Code == b.Code && a.Q.Equal(b.Q)
}

var weightKey = regexp.MustCompile(`, weight: [^,}]*`)

// reweighted is the world with the two weights shared out anew.
func (w *world) reweighted(t fatal, a, b *scheme.Node) *world {
	t.Helper()
	both := a.Weight.Add(b.Weight)
	share := both.Mul(num.Frac(3, 7))
	text := w.yaml
	for n, q := range map[*scheme.Node]num.Q{a: share, b: both.Sub(share)} {
		line := regexp.MustCompile(`(?m)^  - \{id: ` + n.ID + `,.*$`)
		text = line.ReplaceAllStringFunc(text, func(s string) string {
			return weightKey.ReplaceAllLiteralString(s, ", weight: "+q.String())
		})
	}
	s, err := scheme.Parse(scheme.File{Name: "reweighted.yaml", Text: []byte(text)}, nil)
	if err != nil {
		t.Fatalf("parse: %v\n%s", err, text)
	}
	c, err := scheme.Compile(s, decls)
	if err != nil {
		t.Fatalf("compile: %v\n%s", err, text)
	}
	return &world{text, s, c, w.cohort}
}

// above is the node with that id, what stands above it, and in turn what reads
// any of these for the cohort.
func (w *world) above(id string) map[string]bool {
	touched := map[string]bool{}
	var touch func(id string)
	touch = func(id string) {
		if id == "" || touched[id] {
			return
		}
		touched[id] = true
		touch(w.scheme.Node(id).Parent)
		for _, n := range w.scheme.Nodes {
			if slices.Contains(n.Form.Reads().Nodes, id) {
				touch(n.ID)
			}
		}
	}
	touch(id)
	return touched
}

// TestCapHolds: after a group cap the mean of the capped groups, exceptions
// included, is at most the share of the others' mean, or a finding says not.
func TestCapHolds(t *testing.T) {
	t.Parallel()
	var bound seen
	bound.atLeastOnce(t)
	overWorlds(t, 4, func(t *rapid.T, w *world) {
		out := w.evaluate(t)
		for i, n := range w.compiled.Nodes {
			f, ok := n.Form.(*scheme.GroupCap)
			if !ok || n.Closed != nil {
				continue
			}
			kids := w.scoredKid(n)
			before, _, _ := meanOf(out, kids.Index, f.Groups)
			mean, held, unmet := meanOf(out, i, f.Groups)
			other := w.compiled.NodeIndex(f.Node)
			against, n2, _ := meanOf(out, other, f.Against)
			against, _ = against.Mul(f.Share).Mul(n.Full).Div(w.compiled.Nodes[other].Full)
			if held == 0 || n2 == 0 || unmet[n.ID] {
				continue
			}
			if before.Mul(n.Full).Cmp(against.Mul(kids.Full)) > 0 {
				bound.Add(1)
			}
			if mean.Cmp(against) > 0 && !declaredMissing(w, out, i, f.Groups) {
				t.Errorf("node %s: mean %v of %v is over %v\n%s", n.ID, mean, f.Groups, against, w.yaml)
			}
		}
	})
}

// scoredKid is the one child with points.
func (w *world) scoredKid(n *scheme.CompiledNode) *scheme.CompiledNode {
	for _, k := range n.Kids {
		if !w.compiled.Nodes[k].Pointless() {
			return w.compiled.Nodes[k]
		}
	}
	return nil
}

// declaredMissing reports whether a kid without a value left the mean to others.
func declaredMissing(w *world, out *eval.Outcome, i int, groups []string) bool {
	kid := w.scoredKid(w.compiled.Nodes[i]).Index
	for _, res := range out.Results {
		if slices.Contains(groups, res.Group) && (res.Values[i].Status == eval.Known) != (res.Values[kid].Status == eval.Known) {
			return true
		}
	}
	return false
}

// meanOf is the mean of a node over groups, over how many people, and which
// nodes have a cap that could not be met.
func meanOf(out *eval.Outcome, node int, groups []string) (mean num.Q, n int64, unmet map[string]bool) {
	unmet = map[string]bool{}
	for _, res := range out.Results {
		for _, f := range res.Findings {
			if f.Key == "eval.cap-unmet" {
				unmet[f.Node] = true
			}
		}
		if v := res.Values[node]; v.Status == eval.Known && slices.Contains(groups, res.Group) {
			mean, n = mean.Add(v.Q), n+1
		}
	}
	mean, _ = mean.Div(num.Int(n))
	return mean, n, unmet
}

// TestSharesAddUpToThePool: what members get of a pool is the pool, to the unit.
func TestSharesAddUpToThePool(t *testing.T) {
	t.Parallel()
	var pools seen
	pools.atLeastOnce(t)
	overWorlds(t, 4, func(t *rapid.T, w *world) {
		o := newOracle(w.scheme, decls, w.cohort)
		out := w.evaluate(t)
		for i, n := range w.compiled.Nodes {
			f, ok := n.Form.(*scheme.PoolShare)
			if !ok {
				continue
			}
			sums := map[string]num.Q{}
			for _, res := range out.Results {
				key := ""
				for _, name := range f.Peers.Same {
					key += o.facts[res.Subject][name][""].Code + "/"
				}
				if f.Peers.Same == nil && !f.Peers.All {
					key = res.Group
				}
				if sum, share := refOf(res, n.ID, "sum"), refOf(res, n.ID, "share"); sum.Sign() > 0 {
					sums[key] = sums[key].Add(share)
					if !res.Values[i].Q.Equal(share) {
						t.Errorf("%s: value %v of node %s is not the share %v", res.Subject, res.Values[i].Q, n.ID, share)
					}
				}
			}
			for key, sum := range sums {
				pools.Add(1)
				if !sum.Equal(f.Pool) {
					t.Errorf("node %s peers %q: shares add up to %v, pool is %v", n.ID, key, sum, f.Pool)
				}
			}
		}
	})
}

func refOf(res eval.Result, node, name string) num.Q {
	for _, r := range res.Refs {
		if r.Node == node && r.Name == name {
			return r.Value
		}
	}
	return num.Q{}
}
