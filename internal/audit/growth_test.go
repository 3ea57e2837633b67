package audit_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"shiji/internal/audit"
)

// TestRewrittenHistory: an attacker who recomputes every hash still cannot
// connect the new log to a checkpoint somebody kept.
func TestRewrittenHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 700).Draw(t, "n")
		old := rapid.IntRange(1, n).Draw(t, "old")
		victim := rapid.IntRange(0, old-1).Draw(t, "victim")
		honest, tiles := grow(n, record)
		forged, forgedTiles := grow(n, func(i int) []byte {
			b := record(i)
			if i == victim {
				b[len(b)-1] ^= 1
			}
			return b
		})
		before, _ := grow(old, record)
		kept := audit.Checkpoint{Origin: "o", Size: int64(old), Root: before.Root()}
		now := audit.Checkpoint{Origin: "o", Size: int64(n), Root: honest.Root()}
		proof, err := audit.ProveGrowth(kept.Size, now, tiles)
		if err != nil {
			t.Fatal(err)
		}
		if err := audit.CheckGrowth(kept, now, proof); err != nil {
			t.Fatalf("honest growth %d→%d refused: %v", old, n, err)
		}
		if root, err := audit.RootAt(kept.Size, now, tiles); err != nil || root != kept.Root {
			t.Fatalf("RootAt: %v %v", root, err)
		}
		now.Root = forged.Root()
		bad, err := audit.ProveGrowth(kept.Size, now, forgedTiles)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []tlog.TreeProof{bad, proof} {
			if audit.CheckGrowth(kept, now, p) == nil {
				t.Fatalf("a log rewritten at %d passed for the growth %d→%d", victim, old, n)
			}
		}
	})
}

func TestGrowthFromNothing(t *testing.T) {
	var empty audit.Tree
	l, _ := grow(5, record)
	zero := audit.Checkpoint{Origin: "o", Root: empty.Root()}
	now := audit.Checkpoint{Origin: "o", Size: 5, Root: l.Root()}
	if err := audit.CheckGrowth(zero, now, nil); err != nil {
		t.Error(err)
	}
	if audit.CheckGrowth(audit.Checkpoint{Origin: "o"}, now, nil) == nil {
		t.Error("an empty log with another root passed")
	}
	if audit.CheckGrowth(now, zero, nil) == nil {
		t.Error("a shrunken log passed")
	}
	other := now
	other.Origin = "p"
	if audit.CheckGrowth(zero, other, nil) == nil {
		t.Error("another log passed")
	}
}

// TestGrowthText: the file that an outsider gets proves to her, with the log's key
// alone, that the checkpoint she kept was continued; any other file does not.
func TestGrowthText(t *testing.T) {
	signer, verifier := keys(t, rand.Reader)
	_, stranger := keys(t, rand.Reader)
	note := func(l *audit.Log, size int64) (audit.Checkpoint, string) {
		cp := audit.Checkpoint{Origin: "log.example", Size: size, Root: l.Root()}
		text, err := cp.Sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		return cp, text
	}
	before, _ := grow(300, record)
	after, tiles := grow(700, record)
	_, kept := note(before, 300)
	cp, now := note(after, 700)
	for _, old := range []int64{0, 1, 256, 300, 699, 700} {
		hashes, err := audit.ProveGrowth(old, cp, tiles)
		if err != nil {
			t.Fatal(err)
		}
		g := audit.Growth{Old: old, Hashes: hashes, Checkpoint: now}
		back, err := audit.ParseGrowth(g.Text())
		if err != nil || back.Text() != g.Text() {
			t.Fatalf("%d: %v, %q came back as %q", old, err, g.Text(), back.Text())
		}
		if got, err := back.Check(kept, verifier); (err == nil) != (old == 300) || err == nil && got != cp {
			t.Errorf("from %d, kept 300: %+v %v", old, got, err)
		}
		if _, err := back.Check(kept, stranger); err == nil {
			t.Error("a stranger's key passes")
		}
		if old != 300 {
			continue
		}
		text := g.Text()
		for i := range text {
			mutant := text[:i] + string(text[i]^1) + text[i+1:]
			if m, err := audit.ParseGrowth(mutant); err == nil {
				if _, err := m.Check(kept, verifier); err == nil {
					t.Errorf("byte %d changed, and it still proves", i)
				}
			}
		}
		forged, forgedTiles := grow(700, func(i int) []byte { return []byte(strings.Repeat("x", i)) })
		other, signed := note(forged, 700)
		hashes, err = audit.ProveGrowth(300, other, forgedTiles)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (audit.Growth{Old: 300, Hashes: hashes, Checkpoint: signed}).Check(kept, verifier); err == nil {
			t.Error("a rewritten log, signed by the server itself, passes")
		}
	}
	if _, err := audit.ProveGrowth(701, cp, tiles); err == nil {
		t.Error("a log shrinks")
	}
}

// FuzzParseGrowth: what is read is written back as it stood.
func FuzzParseGrowth(f *testing.F) {
	f.Add("old 0\n\nnote")
	f.Add("old 300\n" + tlog.Hash{1}.String() + "\n\nlog.example\n700\n")
	f.Fuzz(func(t *testing.T, text string) {
		if g, err := audit.ParseGrowth(text); err == nil && g.Text() != text {
			t.Errorf("%q was read as %q", text, g.Text())
		}
	})
}
