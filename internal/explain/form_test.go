package explain_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
	"shiji/internal/scheme"
)

func TestEveryFormHasItsFiles(t *testing.T) {
	t.Parallel()
	for _, form := range scheme.Forms() {
		for _, room := range []string{"scheme", "eval", "explain"} {
			name := filepath.Join("..", room, "form_"+strings.ReplaceAll(form, "-", "_")+".go")
			if _, err := os.Stat(name); err != nil {
				t.Errorf("form %s: %v", form, err)
			}
		}
	}
}

// The sample school uses every form, so that what the other tests hold of all
// rows holds of all forms.
func TestSampleUsesEveryForm(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range []*explaintest.School{explaintest.Points(t, 6), explaintest.Conclusions(t, 6)} {
		for _, n := range s.Scheme.Nodes {
			used[n.Form.Kind()] = true
		}
	}
	for _, form := range scheme.Forms() {
		if !used[form] {
			t.Errorf("no sample uses form %s", form)
		}
	}
}

// A sentence that does not come to the shown value would explain another one.
func TestSentencesComeToTheValue(t *testing.T) {
	t.Parallel()
	for _, s := range []*explaintest.School{explaintest.Points(t, 60), explaintest.Conclusions(t, 20)} {
		for _, p := range s.Pages() {
			p.Each(func(r *explain.Row) {
				switch {
				case r.Sentence == "" || r.Rule == "" && len(r.Kids) == 0 || r.Clause == "":
					t.Errorf("%s %s: sentence %q, rule %q, clause %q", p.Subject, r.ID, r.Sentence, r.Rule, r.Clause)
				case r.Value == "" && r.State == "":
					t.Errorf("%s %s has neither value nor state", p.Subject, r.ID)
				case !strings.Contains(r.Sentence, r.Value):
					t.Errorf("%s %s: %q does not come to %s", p.Subject, r.ID, r.Sentence, r.Value)
				}
			})
		}
	}
}
