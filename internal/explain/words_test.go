package explain

import (
	"testing"

	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// A share is told in percent wherever it is told, and never less exactly than
// it is.
func TestQuantitiesInTheirUnits(t *testing.T) {
	share := scheme.FactDecl{Share: true}
	for _, c := range []struct {
		q                 string
		of                scheme.FactDecl
		told, bound, term string
	}{
		{"0.8475", share, "84.75%", "84.75%", "84.75%"},
		{"1", share, "100%", "100%", "100%"},
		{"187/203", share, "187/203（约 92.12%）", "187/203（约 92.12%）", "(187/203)"},
		{"0.9", scheme.FactDecl{}, "0.9", "0.9", "0.9"},
		{"14", scheme.FactDecl{Unit: "节/周"}, "14 节/周", "14", "14"},
		{"87.5", scheme.FactDecl{Unit: "%"}, "87.5%", "87.5", "87.5"},
		{"0.5", scheme.FactDecl{Share: true, Unit: "%"}, "50%", "50%", "50%"}, // a unit that a scheme gives it changes nothing
	} {
		q := num.MustParse(c.q)
		if got := amount(q, c.of); got != c.told {
			t.Errorf("amount(%s, %+v) = %q, want %q", c.q, c.of, got, c.told)
		}
		if got := bound(q, c.of); got != c.bound {
			t.Errorf("bound(%s, %+v) = %q, want %q", c.q, c.of, got, c.bound)
		}
		if got := term(q, c.of); got != c.term {
			t.Errorf("term(%s, %+v) = %q, want %q", c.q, c.of, got, c.term)
		}
	}
	if got, want := per(scheme.FactDecl{Unit: "次"}), "每 1 次"; got != want {
		t.Errorf("per = %q, want %q", got, want)
	}
}

// What is missing is told once for all states that fare alike; only where there
// are siblings with weights does anybody share one.
func TestRuleOfWhatIsMissing(t *testing.T) {
	declared := scheme.Missing{
		fact.NotApplicable: {How: "reweight"}, fact.Excused: {How: "reweight"}, fact.NotYet: {How: "block"},
		fact.Refused: {How: "value", Value: num.MustParse("0")},
	}
	for _, c := range []struct {
		weighted bool
		want     string
	}{
		{true, "不适用、免的，不计，由同级分担；未交的，暂不出分；拒绝提供的，计 0 分"},
		{false, "不适用、免的，不计；未交的，暂不出分；拒绝提供的，计 0 分"},
	} {
		if got := ruleMissing(&scheme.CompiledNode{Node: &scheme.Node{Weighted: c.weighted}, Missing: declared}); got != c.want {
			t.Errorf("weighted %v: got %q, want %q", c.weighted, got, c.want)
		}
	}
}
