package explain_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
	"shiji/internal/fact"
)

func TestJSONIsCanonical(t *testing.T) {
	t.Parallel()
	s := explaintest.Points(t, 30)
	want, err := explain.JSON(s.Scheme, s.Outcome, s.Derivations, s.Roll)
	if err != nil {
		t.Fatal(err)
	}
	var members []fact.Member
	for _, r := range s.Outcome.Results {
		members = append(members, fact.Member{Subject: r.Subject, Group: r.Group})
	}
	slices.Reverse(members)
	facts := slices.Clone(s.Facts)
	slices.Reverse(facts)
	out, err := eval.Evaluate(s.Scheme, eval.Cohort{Members: members, Facts: facts})
	if err != nil {
		t.Fatal(err)
	}
	var derivations []*eval.Derivation
	for _, r := range out.Results {
		d, err := eval.Replay(s.Scheme, factsOf(s, r.Subject), r)
		if err != nil {
			t.Fatal(err)
		}
		derivations = append(derivations, d)
	}
	got, err := explain.JSON(s.Scheme, out, derivations, s.Roll)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("people and facts handed in backwards give other bytes")
	}
	var doc struct {
		Format string
		People []struct {
			Score string
			Steps []json.RawMessage
		}
	}
	if err := json.Unmarshal(got, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Format != "shiji-results/1" || len(doc.People) != 30 || doc.People[0].Score == "" || len(doc.People[0].Steps) != 6 {
		t.Errorf("format %q, %d people, first %+v", doc.Format, len(doc.People), doc.People[0].Score)
	}
}

func factsOf(s *explaintest.School, subject string) []fact.Fact {
	var out []fact.Fact
	for _, f := range s.Facts {
		if f.Subject == subject {
			out = append(out, f)
		}
	}
	return out
}
