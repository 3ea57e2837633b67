package measure

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shiji/internal/num"
)

// twoClasses is small enough to follow by hand: pupil d has no prior, pupil e
// was absent at the earlier exam, pupil g at the later.
func twoClasses() (p Pairs, post, prior []uint16) {
	later, earlier := []string{"a", "b", "c", "d", "e", "f", "g"}, []string{"f", "e", "x", "c", "b", "a", "g"}
	post = []uint16{80, 70, 60, 90, 50, 40, StateAbsent}
	prior = []uint16{30, StateAbsent, 100, 70, 60, 50, 20}
	return Match(post, []uint32{0, 4, 7}, prior, Link(later, earlier)), post, prior
}

func TestMatch(t *testing.T) {
	t.Parallel()
	p, _, _ := twoClasses()
	want := Pairs{Bounds: []uint32{0, 3, 4}, Post: []uint16{80, 70, 60, 40}, Prior: []uint16{50, 60, 70, 30}}
	if d := cmp.Diff(want, p); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestLinkTakesTheFirstOfTwins(t *testing.T) {
	t.Parallel()
	if d := cmp.Diff([]int32{1, NoLink, 0}, Link([]int{5, 9, 3}, []int{3, 5, 5})); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestProgressByHand(t *testing.T) {
	t.Parallel()
	p, post, prior := twoClasses()
	after, before := momentsOf(1, post...), momentsOf(1, prior...)
	// Means 65 and 55. Deviations of a b c f: +15 +5 −5 −25 after, −5 +5 +15 −25 before;
	// sample variances 350 and 830, so z after is larger in size for equal deviations.
	if d := cmp.Diff([]uint32{2, 0}, p.Improved(after, before, Sample)); d != "" {
		t.Errorf("improved (-want +got):\n%s", d)
	}
	classes, all := p.Sums()
	gain := given(classes[0].GainZ(after, before, Sample)).Round(6, num.HalfUp)
	if want := dec("0.093709"); !gain.Equal(want) { // (70−65)/√350 − (60−55)/√830
		t.Errorf("gain in z: got %v, want %v", gain, want)
	}
	line, _ := all.Regress()
	// Σx 210, Σy 250, Σxx 11900, Σxy 13600: slope (54400−52500)/(47600−44100).
	if !line.Slope.Equal(dec("19/35")) || !line.Intercept.Equal(dec("34")) {
		t.Errorf("regression: got %v + %v x, want 34 + 19/35 x", line.Intercept, line.Slope)
	}
	// Σyy 16500: both exams have 4 Σ deviation² = 3500, so the root is exact.
	if got, want := given(all.Correlation()), dec("19/35"); !got.Equal(want) {
		t.Errorf("correlation: got %v, want %v", got, want)
	}
	if got := given(classes[1].ResidualGain(line)); !got.Equal(dec("-72/7")) { // 40 − 34 − 30·19/35
		t.Errorf("residual gain: got %v, want −72/7", got)
	}
}

func TestProgressOfNobody(t *testing.T) {
	t.Parallel()
	var none PairSums
	if _, ok := none.GainZ(Moments{Unit: 1}, Moments{Unit: 1}, Sample); ok {
		t.Error("got a gain of nobody, want none")
	}
	if _, ok := none.ResidualGain(Regression{}); ok {
		t.Error("got a residual gain of nobody, want none")
	}
	if _, ok := none.Regress(); ok {
		t.Error("got a line through nobody, want none")
	}
	if _, ok := sumPairs([]uint16{1, 2}, []uint16{5, 5}).Regress(); ok {
		t.Error("got a line through equal priors, want none")
	}
	if _, ok := sumPairs([]uint16{5, 5}, []uint16{1, 2}).Correlation(); ok {
		t.Error("got a correlation with a constant, want none")
	}
}

func TestRisen(t *testing.T) {
	t.Parallel()
	p, post, prior := twoClasses()
	halves := Bands{Line: LineByShare, Steps: []Band{{Share: dec("50%")}}}
	var after, before Histogram
	after.Add(post)
	before.Add(prior)
	// Upper half after: a b d of six; before: x c b of six. Only a rose.
	if d := cmp.Diff([]uint32{1, 0}, p.Risen(after.Bands(halves, TiesMin), before.Bands(halves, TiesMin))); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestLeadChange(t *testing.T) {
	t.Parallel()
	got := LeadChange(Standing{Class: dec("82.5"), Grade: dec("80")}, Standing{Class: dec("78"), Grade: dec("79")})
	if !got.Equal(dec("3.5")) {
		t.Errorf("got %v, want 3.5", got)
	}
}

// TestSamePaperTwiceIsNoProgress: whoever keeps exactly the same standing has
// not improved, however the floats inside fall.
func TestSamePaperTwiceIsNoProgress(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.Uint16Range(0, 300), 1, 50).Draw(t, "scores")
		links := make([]int32, len(scores))
		for i := range links {
			links[i] = int32(i)
		}
		p := Match(scores, []uint32{0, uint32(len(scores))}, scores, links)
		m := momentsOf(2, scores...)
		_, all := p.Sums()
		if got := p.Improved(m, m, Population)[0]; got != 0 {
			t.Errorf("improved: got %d, want 0", got)
		}
		if got, _ := all.GainZ(m, m, Population); got.Sign() != 0 {
			t.Errorf("gain: got %v, want 0", got)
		}
		// Adding the same to everybody moves nobody either.
		shifted := make([]uint16, len(scores))
		for i, s := range scores {
			shifted[i] = s + 7
		}
		up := Match(shifted, []uint32{0, uint32(len(scores))}, scores, links)
		if got := up.Improved(momentsOf(2, shifted...), m, Population)[0]; got != 0 {
			t.Errorf("improved after a shift: got %d, want 0", got)
		}
	})
}

// TestRosterOrderAndNamesChangeNothing: pupils found under other codes and in
// another order, on either roster, give every class the same figures.
func TestRosterOrderAndNamesChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "pupils")
		cut := uint32(rapid.IntRange(0, n).Draw(t, "cut"))
		post := rapid.SliceOfN(packedCodes(), n, n).Draw(t, "post")
		prior := rapid.SliceOfN(packedCodes(), n, n).Draw(t, "prior")
		known := rapid.IntRange(0, n).Draw(t, "known") // the rest have no prior
		name := rapid.Permutation(indexes(n)).Draw(t, "names")
		seat := rapid.Permutation(indexes(n)).Draw(t, "earlier order")
		// Within a class the later roster is turned round.
		later := indexes(n)
		slices.Reverse(later[:cut])
		slices.Reverse(later[cut:])

		bounds := []uint32{0, cut, uint32(n)}
		plain := Match(post, bounds, prior, Link(indexes(n), indexes(known)))
		var names, earlier []int
		var moved, movedPrior []uint16
		for _, i := range later {
			names, moved = append(names, name[i]), append(moved, post[i])
		}
		for _, i := range seat {
			if i < known {
				earlier, movedPrior = append(earlier, name[i]), append(movedPrior, prior[i])
			}
		}
		other := Match(moved, bounds, movedPrior, Link(names, earlier))

		after, before := momentsOf(2, post...), momentsOf(2, prior[:known]...)
		classes, all := plain.Sums()
		otherClasses, otherAll := other.Sums()
		if d := cmp.Diff(classes, otherClasses); d != "" || all != otherAll {
			t.Errorf("sums (-want +got):\n%s", d)
		}
		if d := cmp.Diff(plain.Improved(after, before, Sample), other.Improved(after, before, Sample)); d != "" {
			t.Errorf("improved (-want +got):\n%s", d)
		}
	})
}

// TestImprovedAgreesWithTheScores checks the table of least codes against
// standard scores computed pupil by pupil as exact numbers.
func TestImprovedAgreesWithTheScores(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "pupils")
		post := rapid.SliceOfN(packedCodes(), n, n).Draw(t, "post")
		prior := rapid.SliceOfN(packedCodes(), n, n).Draw(t, "prior")
		links := make([]int32, n)
		for i := range links {
			links[i] = int32(i)
		}
		after, before := momentsOf(2, post...), momentsOf(10, prior...)
		want := uint32(0)
		for i, y := range post {
			if x := prior[i]; y < FirstState && x < FirstState {
				now, then := after.Z(num.Frac(int64(y), 2), Population), before.Z(num.Frac(int64(x), 10), Population)
				want += counted(now.Cmp(then) > 0)
			}
		}
		got := Match(post, []uint32{0, uint32(n)}, prior, links).Improved(after, before, Population)
		if got[0] != want {
			t.Errorf("got %d improved, want %d", got[0], want)
		}
	})
}
