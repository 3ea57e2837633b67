package fact_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"math"
	"math/big"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shiji/internal/fact"
	"shiji/internal/num"
)

var update = flag.Bool("update", false, "write the golden of a new version")

// kept is a list with everything that an encoding tells apart.
func kept() []fact.Fact {
	q := num.MustParse
	return []fact.Fact{
		{Subject: "T1", Key: "周课时", Value: q("12.5"), Source: "周课时", Work: []fact.Line{
			{Source: "任课/T1/七1/语文", Label: "语文 5 节", Value: q("5"), Factor: q("1.05"), Counts: q("5.25")},
			{Label: "折算", Value: q("-1/3"), Factor: q("0"), Counts: q("0.0000001")},
		}},
		{Subject: "T1", Key: "成果.名次", Item: "01", Value: q("123456789012345678901234567890"), State: fact.Given},
		{Subject: "T1", Key: "成果.级别", Item: "01", Code: "省", State: fact.Refused},
	}
}

func TestEncodeVersion1(t *testing.T) {
	t.Parallel()
	got := fact.Encode(kept())
	if *update {
		if err := os.WriteFile("testdata/facts_v1.hex", []byte(hex.EncodeToString(got)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("testdata/facts_v1.hex")
	if err != nil {
		t.Fatal(err)
	}
	want, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got  %x\nwant %x", got, want)
	}
	facts, err := fact.Decode(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(kept(), facts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func drawQ(t *rapid.T) num.Q {
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		return num.Int(rapid.Int64().Draw(t, "n"))
	case 1:
		return num.Frac(rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "n"), rapid.SampledFrom([]int64{1, 2, 10, 100, 1_000_000, 10_000_000, 3, 137}).Draw(t, "d"))
	case 2:
		return num.Frac(rapid.Int64().Draw(t, "n"), rapid.Int64Range(1, math.MaxInt64).Draw(t, "d"))
	}
	n := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "n"))
	d := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "d"))
	return num.FromRat(new(big.Rat).SetFrac(n.Neg(n), d.Add(d, big.NewInt(1))))
}

func drawFact(t *rapid.T) fact.Fact {
	word := rapid.SampledFrom([]string{"", "T1", "T2", "周课时", "成果.级别", "\xff", "省"})
	f := fact.Fact{
		Subject: word.Draw(t, "subject"), Key: word.Draw(t, "key"), Item: word.Draw(t, "item"), Code: word.Draw(t, "code"), Source: word.Draw(t, "source"),
		State: fact.State(rapid.IntRange(0, int(fact.Refused)).Draw(t, "state")), Value: drawQ(t),
	}
	for range rapid.IntRange(0, 3).Draw(t, "lines") {
		f.Work = append(f.Work, fact.Line{Source: word.Draw(t, ""), Label: word.Draw(t, ""), Value: drawQ(t), Factor: drawQ(t), Counts: drawQ(t)})
	}
	return f
}

// TestDecodeIsTheInverse: facts come back whole, derivations and all, in
// canonical order; their digest and their bytes do not depend on the order given.
func TestDecodeIsTheInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOfN(rapid.Custom(drawFact), 0, 20).Draw(t, "facts")
		b := fact.Encode(facts)
		got, err := fact.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		want := append([]fact.Fact(nil), facts...)
		seen, once := map[[3]string]bool{}, true
		for _, f := range facts {
			once = once && !seen[[3]string{f.Subject, f.Key, f.Item}]
			seen[[3]string{f.Subject, f.Key, f.Item}] = true
		}
		if !once {
			return // said twice: no order to hold it to, and evaluation refuses it
		}
		fact.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		if fact.DigestOf(got) != fact.DigestOf(want) {
			t.Error("the digest changed")
		}
		if !bytes.Equal(fact.Encode(rapid.Permutation(facts).Draw(t, "order")), b) {
			t.Error("another order gives other bytes")
		}
	})
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	good := fact.Encode(kept())
	for name, b := range map[string][]byte{
		"nothing": nil, "version": append([]byte{2}, good[1:]...), "a byte less": good[:len(good)-1], "a byte more": append(bytes.Clone(good), 0),
		"a text known before": {1, 1, 1, 0, 1, 'a', 1, 0, 1, 'a', 0, 0, 0, 0, 0, 0}, "a text to come": {1, 1, 2, 0, 0, 0, 0, 0, 0, 0},
		"more shared than there is": {1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, "a text of nothing": {1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"many facts": {1, 0xff, 0xff, 0xff, 0xff, 0x0f}, "many texts": {1, 1, 1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f},
		"a state that is none": {1, 1, 0, 0, 0, 0, 0, 5, 0, 0}, "a number with places to spare": {1, 1, 0, 0, 0, 0, 0, 0, 0xa1, 1, 0},
		"nothing over nothing": {1, 1, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0},
	} {
		if facts, err := fact.Decode(b); !errors.Is(err, fact.ErrEncoding) || facts != nil {
			t.Errorf("%s: got %v, %v", name, facts, err)
		}
	}
	if facts, err := fact.Decode([]byte{1, 1, 0, 0, 0, 0, 0, 0, 0, 0}); err != nil || len(facts) != 1 {
		t.Errorf("a fact of nothing: got %v, %v", facts, err)
	}
	// Every byte counts, for what is read and for what is written again.
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if facts, err := fact.Decode(bad); err == nil && cmp.Equal(facts, kept()) {
			t.Errorf("byte %d changed and nothing with it", i)
		}
	}
}

// FuzzDecode: no bytes make it panic or take memory beyond a multiple of their
// length, and what it takes are the bytes that Encode writes.
func FuzzDecode(f *testing.F) {
	f.Add(fact.Encode(kept()))
	f.Add(fact.Encode(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		facts, err := fact.Decode(b)
		runtime.ReadMemStats(&after)
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+len(b)*1024); got > most {
			t.Errorf("%d bytes took %d, want at most %d", len(b), got, most)
		}
		if err == nil && !bytes.Equal(fact.Encode(facts), b) {
			t.Error("other bytes the second time")
		}
	})
}
