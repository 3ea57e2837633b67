package audit_test

import (
	"encoding/hex"
	"testing"

	"shiji/internal/audit"
)

// TestParts: the bytes stay what they are, and each part counts, in its place.
func TestParts(t *testing.T) {
	t.Parallel()
	salt := [audit.SaltSize]byte{1, 2, 3}
	own, rest := audit.PartSalt(salt, "own"), audit.PartSalt(salt, "rest")
	if own == rest || own == salt || rest == salt {
		t.Fatal("parts share a salt")
	}
	a, b := audit.Commit(own, []byte("a")), audit.Commit(rest, []byte("b"))
	whole := audit.CommitParts(a, b)
	const want = "4c437db1d0337b726523cb9f162982039d28ac04b3dbdb17acd65db01126803d"
	if got := hex.EncodeToString(whole[:]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for name, other := range map[string]audit.Commitment{
		"turned": audit.CommitParts(b, a), "one": audit.CommitParts(a), "three": audit.CommitParts(a, b, audit.Commitment{}), "none": audit.CommitParts(),
		"another salt": audit.CommitParts(audit.Commit(rest, []byte("a")), b),
	} {
		if other == whole {
			t.Errorf("%s: the same commitment", name)
		}
	}
}
