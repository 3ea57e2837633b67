package eval_test

import (
	"testing"

	"pgregory.net/rapid"

	"shiji/internal/eval"
	"shiji/internal/explain/explaintest"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// A result whose maximum is withheld from a group of four still verifies, and
// a withheld value is accepted only where a cohort's rule stands.
func TestMaskedResultReplays(t *testing.T) {
	t.Parallel()
	s := explaintest.Points(t, 24)
	for _, d := range s.Derivations {
		if d.Result.Group != "教辅" {
			continue
		}
		var own []fact.Fact
		for _, f := range s.Facts {
			if f.Subject == d.Result.Subject {
				own = append(own, f)
			}
		}
		masked := eval.Mask(s.Scheme, d.Result)
		if len(masked.Refs) != len(d.Result.Refs)-4 { // a maximum and its n, and the four of a cap
			t.Fatalf("%s: %d references, masked %d", masked.Subject, len(d.Result.Refs), len(masked.Refs))
		}
		if _, err := eval.Replay(s.Scheme, own, masked); err != nil {
			t.Errorf("%s: a masked result does not verify: %v", masked.Subject, err)
		}
		forged := d.Result
		forged.Refs = append(append([]eval.Ref{}, forged.Refs...), eval.Ref{Node: "3.1.1", Name: eval.RefValue, Value: num.Int(100)})
		if _, err := eval.Replay(s.Scheme, own, forged); err == nil {
			t.Errorf("%s: a value given for a node of own facts passes", masked.Subject)
		}
	}
}

// TestMaskedResultsVerify: no statistic of a few people is left in a masked
// result, and it verifies all the same, whatever the node came to.
func TestMaskedResultsVerify(t *testing.T) {
	t.Parallel()
	var withheld, without seen
	withheld.atLeastOnce(t)
	without.atLeastOnce(t)
	overWorlds(t, 3, func(t *rapid.T, w *world) {
		for _, res := range w.evaluate(t).Results {
			masked := eval.Mask(w.compiled, res)
			for _, ref := range masked.Refs {
				i := w.compiled.NodeIndex(ref.Node)
				ratio, _ := w.compiled.Nodes[i].Form.(*scheme.Ratio)
				kind := w.compiled.Nodes[i].Form.Kind()
				if ratio == nil && kind != "group-mean" && kind != "group-cap" || refOf(res, ref.Node, "n").Cmp(num.Int(eval.FewestShown)) >= 0 {
					if !refOf(res, ref.Node, ref.Name).Equal(ref.Value) {
						t.Errorf("%s node %s: %s of many is withheld", res.Subject, ref.Node, ref.Name)
					}
					continue
				}
				if known := res.Values[i].Status == eval.Known; known && (ref.Name != eval.RefValue || !ref.Value.Equal(res.Values[i].Q)) || !known && ref.Value.Sign() != 0 {
					t.Errorf("%s node %s (%s): %s = %v of a few is told", res.Subject, ref.Node, kind, ref.Name, ref.Value)
				} else if known {
					withheld.Add(1)
				} else {
					without.Add(1)
				}
			}
			if _, err := eval.Replay(w.compiled, own(w.cohort, res.Subject), masked); err != nil {
				t.Errorf("%s: %v\n%s", res.Subject, err, w.yaml)
			}
		}
	})
}
