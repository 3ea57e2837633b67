package text_test

import (
	"testing"

	"shiji/internal/audit"
	"shiji/internal/text"
)

func TestEveryActionHasWords(t *testing.T) {
	for _, e := range audit.Actions() {
		if _, ok := text.Lookup(string(e.Action)); !ok {
			t.Errorf("action %s has no words", e.Action)
		}
	}
}
