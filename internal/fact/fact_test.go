package fact_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"shiji/internal/fact"
	"shiji/internal/num"
)

// TestDigestIsFixed: stored digests have to stay what they are.
func TestDigestIsFixed(t *testing.T) {
	t.Parallel()
	facts := []fact.Fact{
		{Subject: "370811001", Key: "周课时", Value: num.MustParse("12.5"), Source: "任课/7-1/语文/370811001"},
		{Subject: "370811001", Key: "成果.级别", Item: "01", Code: "省", State: fact.Excused},
	}
	if got, want := fact.DigestOf(facts).String(), "4ff223c7f56fe56f344381827d276cd2d5902ab43b8b1012b66cbd753a1c5a8e"; got != want {
		t.Errorf("facts: got %s, want %s", got, want)
	}
	if got, want := fact.DigestOfText("甲", "", "乙").String(), "da0d194fe73c406787a34c3307e74133b10cac59132d987457cc8b26ee1e255c"; got != want {
		t.Errorf("texts: got %s, want %s", got, want)
	}
}

// TestDigestTellsPartsApart: moving a byte from one part to the next, and any
// change that a result depends on, changes the digest; the derivation does not.
func TestDigestTellsPartsApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringN(0, 3, -1), 0, 4).Draw(t, "parts")
		other := rapid.SliceOfN(rapid.StringN(0, 3, -1), 0, 4).Draw(t, "other")
		if got := fact.DigestOfText(parts...) == fact.DigestOfText(other...); got != slices.Equal(parts, other) {
			t.Errorf("%q and %q: same digest %v", parts, other, got)
		}
	})
	f := fact.Fact{Subject: "1", Key: "甲", Item: "2", Value: num.Int(3), Code: "优", Source: "某行"}
	for name, change := range map[string]func(f *fact.Fact){
		"subject": func(f *fact.Fact) { f.Subject = "12"; f.Key = "" }, "key": func(f *fact.Fact) { f.Key = "乙" }, "item": func(f *fact.Fact) { f.Item = "" },
		"value": func(f *fact.Fact) { f.Value = num.Frac(31, 10) }, "code": func(f *fact.Fact) { f.Code = "良" },
		"state": func(f *fact.Fact) { f.State = fact.NotYet }, "source": func(f *fact.Fact) { f.Source = "别行" },
	} {
		g := f
		change(&g)
		if fact.DigestOf([]fact.Fact{f}) == fact.DigestOf([]fact.Fact{g}) {
			t.Errorf("changing the %s leaves the digest", name)
		}
	}
	g := f
	g.Work = []fact.Line{{Label: "某项"}}
	if fact.DigestOf([]fact.Fact{f}) != fact.DigestOf([]fact.Fact{g}) {
		t.Error("the derivation changes the digest")
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	for _, s := range []fact.State{fact.NotApplicable, fact.Excused, fact.NotYet, fact.Refused} {
		if got, ok := fact.ParseState(s.String()); !ok || got != s {
			t.Errorf("%s: got %v %v", s, got, ok)
		}
	}
	for _, name := range []string{"given", "", "missing"} {
		if got, ok := fact.ParseState(name); ok {
			t.Errorf("%q: got %v, want none", name, got)
		}
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	facts := []fact.Fact{{Subject: "2", Key: "甲"}, {Subject: "1", Key: "乙", Item: "2"}, {Subject: "1", Key: "乙", Item: "10"}, {Subject: "1", Key: "丙", Item: "9"}}
	fact.Sort(facts)
	var got []string
	for _, f := range facts {
		got = append(got, f.Subject+f.Key+f.Item)
	}
	if want := []string{"1丙9", "1乙10", "1乙2", "2甲"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
