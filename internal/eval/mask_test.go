package eval_test

import (
	"testing"

	"shiji/internal/eval"
	"shiji/internal/explain/explaintest"
	"shiji/internal/fact"
	"shiji/internal/num"
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
		if len(masked.Refs) != len(d.Result.Refs)-1 {
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
