package store_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"shiji/internal/store"
)

func TestPackedFactsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(t, "facts")
		got, err := store.Pack(facts).Unpack()
		if err != nil || !bytes.Equal(got, facts) {
			t.Fatalf("%d bytes came back as %d: %v", len(facts), len(got), err)
		}
	})
}

// TestPackedVersion1: what was packed once is read for ever. A new version gets a
// new file, and this one stays.
func TestPackedVersion1(t *testing.T) {
	t.Parallel()
	written, err := os.ReadFile("testdata/packed-1.hex")
	if err != nil {
		t.Fatal(err)
	}
	packed, err := hex.DecodeString(strings.ReplaceAll(string(written), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.Packed(packed).Unpack()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("2025-09：应出勤 22 天，计出勤 22 天；出勤/T001/2025-09；2025-10：应出勤 18 天，计出勤 18 天；出勤/T001/2025-10", string(got)); diff != "" {
		t.Error(diff)
	}
}

// TestPackedTampered: a changed byte gives a refusal, or what was packed, and never
// other facts.
func TestPackedTampered(t *testing.T) {
	t.Parallel()
	facts := []byte(strings.Repeat("委员会评分/T001/遵纪守法/1；", 40))
	whole := store.Pack(facts)
	for i := range whole {
		for _, flip := range []byte{1, 0x80, 0xff} {
			p := bytes.Clone(whole)
			p[i] ^= flip
			if got, err := store.Packed(p).Unpack(); err == nil && !bytes.Equal(got, facts) {
				t.Fatalf("byte %d ^ %#x gave other facts", i, flip)
			}
		}
		if _, err := whole[:i].Unpack(); err == nil {
			t.Fatalf("%d of %d bytes are enough", i, len(whole))
		}
	}
}

// TestPackedBound: what may be packed is read again, to the last byte.
func TestPackedBound(t *testing.T) {
	t.Parallel()
	facts := make([]byte, store.MostFacts+1)
	if got, err := store.Pack(facts[1:]).Unpack(); err != nil || len(got) != store.MostFacts {
		t.Errorf("the most that there may be: %d bytes, %v", len(got), err)
	}
	if _, err := store.Pack(facts).Unpack(); err == nil {
		t.Error("a byte more is read as well: the bound is another than it says")
	}
}

// TestPackedBomb: a frame that would fill the memory is refused.
func TestPackedBomb(t *testing.T) {
	t.Parallel()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bomb := append(bytes.Clone(store.Pack(nil)[:33]), w.EncodeAll(make([]byte, 64<<20), nil)...)
	if _, err := store.Packed(bomb).Unpack(); err == nil {
		t.Errorf("%d bytes became 64 MB", len(bomb))
	}
}
