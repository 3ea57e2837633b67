package explain

import (
	"testing"

	"shiji/internal/scheme"
)

func TestEveryGuardHasWords(t *testing.T) {
	t.Parallel()
	for key := range scheme.Guards {
		if w := guardWords[key]; w.text == "" || w.basis == "" {
			t.Errorf("guard %s has no words", key)
		}
	}
	for key := range guardWords {
		if _, ok := scheme.Guards[key]; !ok {
			t.Errorf("words for %s, which is no guard", key)
		}
	}
}
