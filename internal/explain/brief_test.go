package explain_test

import (
	"strings"
	"testing"

	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
)

// TestBriefIsAsLongHoweverManyLines: what is told without its lines tells the same
// value, and of no line.
func TestBriefIsAsLongHoweverManyLines(t *testing.T) {
	t.Parallel()
	shorter := 0
	for _, p := range append(explaintest.Points(t, 60).Pages(), explaintest.Conclusions(t, 9).Pages()...) {
		p.Each(func(r *explain.Row) {
			if len(r.Lines) < 2 && r.Brief != r.Sentence {
				t.Errorf("%s %s: without lines to leave out %q is told as %q", p.Subject, r.ID, r.Sentence, r.Brief)
			}
			if r.Brief == r.Sentence {
				return
			}
			shorter++
			if len(r.Brief) >= len(r.Sentence) || strings.Contains(r.Brief, " + ") || strings.Contains(r.Brief, "…") {
				t.Errorf("%s %s: %q is told as %q", p.Subject, r.ID, r.Sentence, r.Brief)
			}
			if r.Value != "" && strings.Contains(r.Sentence, r.Value) && !strings.Contains(r.Brief, r.Value) {
				t.Errorf("%s %s: %q does not come to %s", p.Subject, r.ID, r.Brief, r.Value)
			}
		})
	}
	if shorter < 50 {
		t.Fatalf("only %d sentences leave lines out", shorter)
	}
}
