package measure

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shiji/internal/num"
)

func TestRanks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		values    []string
		ties      Ties
		tolerance string
		want      []int
	}{
		{"min", []string{"90", "95", "95", "80"}, TiesMin, "0", []int{3, 1, 1, 4}},
		{"max", []string{"90", "95", "95", "80"}, TiesMax, "0", []int{3, 2, 2, 4}},
		{"dense", []string{"90", "95", "95", "80"}, TiesDense, "0", []int{2, 1, 1, 3}},
		{"nobody", nil, TiesMin, "0", []int{}},
		{"thirds are not equal to their decimals", []string{"1/3", "0.3333"}, TiesMin, "0", []int{1, 2}},
		{"within F05's tolerance", []string{"1/3", "0.3333"}, TiesMin, "0.0001", []int{1, 1}},
		{"at the tolerance", []string{"1", "0.9999", "0.9998"}, TiesMin, "0.0001", []int{1, 1, 3}},
		{"no chain", []string{"3", "2.4", "1.8", "1.2"}, TiesMin, "1", []int{1, 1, 3, 3}},
		{"negative", []string{"-1", "-2", "0"}, TiesMin, "0", []int{2, 3, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var values []num.Q
			for _, v := range c.values {
				values = append(values, dec(v))
			}
			if d := cmp.Diff(c.want, Ranks(values, c.ties, dec(c.tolerance))); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestRanksByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var values []num.Q
		for _, v := range rapid.SliceOfN(rapid.Int64Range(0, 12), 0, 40).Draw(t, "values") {
			values = append(values, num.Frac(v, 7))
		}
		low, high := Ranks(values, TiesMin, num.Q{}), Ranks(values, TiesMax, num.Q{})
		for i, v := range values {
			above, equal := 0, 0
			for _, o := range values {
				switch o.Cmp(v) {
				case 1:
					above++
				case 0:
					equal++
				}
			}
			if low[i] != above+1 || high[i] != above+equal {
				t.Errorf("value %v: got places %d to %d, want %d to %d", v, low[i], high[i], above+1, above+equal)
			}
		}
	})
}

// F13: the county's percentile table.
func countyBands(line BandLine) Bands {
	b := Bands{Line: line}
	for _, s := range [][2]string{{"10%", "8"}, {"24%", "6"}, {"40%", "5"}, {"60%", "4"}, {"76%", "3"}, {"90%", "2"}} {
		b.Steps = append(b.Steps, Band{Share: dec(s[0]), Value: dec(s[1])})
	}
	return b
}

func TestPercentileBands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line     BandLine
		place, n int
		want     int64
	}{
		{LineByCeil, 18, 176, 8}, {LineByCeil, 19, 176, 6}, {LineByCeil, 43, 176, 6}, {LineByCeil, 44, 176, 5},
		{LineByCeil, 159, 176, 2}, {LineByCeil, 160, 176, 0},
		{LineByShare, 17, 176, 8}, {LineByShare, 18, 176, 6}, {LineByShare, 42, 176, 6}, {LineByShare, 43, 176, 5},
		{LineByShare, 5, 100, 8}, {LineByShare, 10, 100, 8}, {LineByShare, 11, 100, 6}, {LineByShare, 90, 100, 2}, {LineByShare, 91, 100, 0},
		{LineByCeil, 5, 100, 8}, {LineByCeil, 10, 100, 8}, {LineByCeil, 11, 100, 6}, {LineByCeil, 91, 100, 0},
		{LineByShare, 1, 30, 8}, {LineByShare, 4, 30, 6}, // three tied first of 30, the next is fourth
		{LineByShare, 1, 1, 0}, {LineByCeil, 1, 1, 8}, // one person is 100 % of a unit
	} {
		if got := countyBands(c.line).Value(c.place, c.n); !got.Equal(num.Int(c.want)) {
			t.Errorf("line %d, place %d of %d: got %v, want %d", c.line, c.place, c.n, got, c.want)
		}
	}
}

func TestHistogramAgreesWithTheRows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.OneOf(rapid.Uint16Range(0, 12), rapid.Uint16Range(FirstState, 0xFFFF)), 0, 60).Draw(t, "scores")
		cut := rapid.IntRange(0, len(scores)).Draw(t, "cut")
		var h, rest Histogram
		h.Add(scores[:cut])
		rest.Add(scores[cut:])
		h.Merge(&rest)
		sat := slices.DeleteFunc(slices.Clone(scores), func(s uint16) bool { return s >= FirstState })
		if h.N() != uint64(len(sat)) {
			t.Fatalf("n: got %d, want %d", h.N(), len(sat))
		}
		got, ok := h.Median(2)
		want, wantOK := Median(scores, 2)
		if ok != wantOK || !got.Equal(want) {
			t.Errorf("median: got %v, %v, want %v, %v", got, ok, want, wantOK)
		}
		var values []num.Q
		for _, s := range sat {
			values = append(values, num.Int(int64(s)))
		}
		for _, ties := range []Ties{TiesMin, TiesMax, TiesDense} {
			places, bands := h.Places(ties), h.Bands(countyBands(LineByCeil), ties)
			for i, place := range Ranks(values, ties, num.Q{}) {
				if places[sat[i]] != place {
					t.Errorf("ties %d, score %d: got place %d, want %d", ties, sat[i], places[sat[i]], place)
				}
				if band := countyBands(LineByCeil).Index(place, len(sat)); bands[sat[i]] != band {
					t.Errorf("ties %d, score %d: got band %d, want %d", ties, sat[i], bands[sat[i]], band)
				}
			}
		}
	})
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scores []uint16
		want   string
	}{{[]uint16{3, 1, 2}, "1"}, {[]uint16{4, 1, 2, 3}, "1.25"}, {[]uint16{7, StateAbsent, StateExcused}, "3.5"}} {
		if got, ok := Median(c.scores, 2); !ok || !got.Equal(dec(c.want)) {
			t.Errorf("median of %v half points: got %v, want %v", c.scores, got, c.want)
		}
	}
	if got, ok := Median([]uint16{StateAbsent}, 1); ok {
		t.Errorf("median of nobody: got %v, want none", got)
	}
}
