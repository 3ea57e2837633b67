package measure

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"shiji/internal/num"
)

func dec(s string) num.Q { return num.MustParse(s) }

func momentsOf(u Unit, scores ...uint16) Moments {
	return NewTally(Lines{}).Class(scores).Moments(u)
}

// TestStandardScores holds case F17: 74 79 80 83 by both divisors, and the
// guard for a group without spread.
func TestStandardScores(t *testing.T) {
	t.Parallel()
	four, equal := momentsOf(1, 74, 79, 80, 83), momentsOf(1, 80, 80, 80)
	for _, c := range []struct {
		name string
		got  num.Q
		want string
	}{
		{"mean", given(four.Mean()), "79"},
		{"population variance", given(four.Variance(Population)), "10.5"},
		{"sample variance", given(four.Variance(Sample)), "14"},
		{"population sd", given(Root(given(four.Variance(Population)))).Round(2, num.HalfUp), "3.24"},
		{"sample sd", given(Root(given(four.Variance(Sample)))).Round(2, num.HalfUp), "3.74"},
		{"Z 74", four.Z(dec("74"), Population).Round(2, num.HalfUp), "-1.54"},
		{"Z 79", four.Z(dec("79"), Population).Round(2, num.HalfUp), "0"},
		{"Z 80", four.Z(dec("80"), Population).Round(2, num.HalfUp), "0.31"},
		{"Z 83", four.Z(dec("83"), Population).Round(2, num.HalfUp), "1.23"},
		{"T 74", four.T(dec("74"), Population).Round(2, num.HalfUp), "34.57"},
		{"T 79", four.T(dec("79"), Population).Round(2, num.HalfUp), "50"},
		{"T 80", four.T(dec("80"), Population).Round(2, num.HalfUp), "53.09"},
		{"T 83", four.T(dec("83"), Population).Round(2, num.HalfUp), "62.34"},
		{"sample Z 74", four.Z(dec("74"), Sample).Round(2, num.HalfUp), "-1.34"},
		{"sample Z 80", four.Z(dec("80"), Sample).Round(2, num.HalfUp), "0.27"},
		{"sample Z 83", four.Z(dec("83"), Sample).Round(2, num.HalfUp), "1.07"},
		{"Z of equals", equal.Z(dec("80"), Population), "0"},
		{"T of equals", equal.T(dec("80"), Sample), "50"},
		{"Z against one", momentsOf(1, 80).Z(dec("90"), Sample), "0"},
		{"Z against nobody", momentsOf(1).Z(dec("90"), Population), "0"},
		{"mean of half points", given(momentsOf(2, 171, 172).Mean()), "85.75"},
		{"variance of half points", given(momentsOf(2, 171, 173).Variance(Population)), "0.25"},
		{"mean of tenths", given(momentsOf(10, 712, 713, StateAbsent).Mean()), "71.25"},
	} {
		if !c.got.Equal(dec(c.want)) {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
}

func given(x num.Q, ok bool) num.Q {
	if !ok {
		panic("no value")
	}
	return x
}

func TestTooSmallForMoments(t *testing.T) {
	t.Parallel()
	if _, ok := momentsOf(1).Mean(); ok {
		t.Error("got a mean of nobody, want none")
	}
	if _, ok := momentsOf(1, 80).Variance(Sample); ok {
		t.Error("got a sample variance of one, want none")
	}
	if v, ok := momentsOf(1, 80).Variance(Population); !ok || v.Sign() != 0 {
		t.Errorf("population variance of one: got %v, %v, want 0", v, ok)
	}
	if got := momentsOf(1, 80).SD(Sample); got != 0 {
		t.Errorf("sample sd of one: got %v, want 0", got)
	}
}

// TestMomentsOfACity checks sums that no longer fit 64 bits when squared.
func TestMomentsOfACity(t *testing.T) {
	t.Parallel()
	const n, high = 1 << 31, uint64(FirstState) - 1
	m := Moments{N: 2 * n, Sum: n * high, Squares: n * high * high, Unit: 1} // half 0, half the highest score
	want := num.Frac(int64(high*high), 4)
	if got := given(m.Variance(Population)); !got.Equal(want) {
		t.Errorf("variance: got %v, want %v", got, want)
	}
	if got, want := m.SD(Population), float64(high)/2; math.Abs(got-want) > 1e-9 {
		t.Errorf("sd: got %v, want %v", got, want)
	}
}

func TestRootIsExactOrNeverATie(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := num.Frac(rapid.Int64Range(0, 1e12).Draw(t, "n"), rapid.Int64Range(1, 1e9).Draw(t, "d"))
		if got := given(Root(x.Mul(x))); !got.Equal(x) {
			t.Errorf("root of %v²: got %v", x, got)
		}
		places := rapid.IntRange(0, 18).Draw(t, "places")
		got := given(Root(x)).Round(places, num.HalfUp)
		// got is right when x lies between the squares of got ± half a step.
		half := num.FromRat(new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil))).Mul(num.Frac(1, 2))
		low, high := got.Sub(half), got.Add(half)
		if low.Sign() > 0 && low.Mul(low).Cmp(x) > 0 || high.Mul(high).Cmp(x) <= 0 {
			t.Errorf("root of %v to %d places: got %v", x, places, got)
		}
	})
	close := num.FromRat(new(big.Rat).SetFrac(big.NewInt(2), new(big.Int).Exp(big.NewInt(10), big.NewInt(50), nil)))
	if got := given(Root(num.Int(1).Add(close))).Round(2, num.Ceil); !got.Equal(dec("1.01")) {
		t.Errorf("root of 1 + 2·10⁻⁵⁰ rounded up: got %v, want 1.01", got)
	}
	if _, ok := Root(num.Int(-1)); ok {
		t.Error("got a root of −1, want none")
	}
}

func TestFromFloat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x      float64
		places int
		mode   num.Mode
		want   string
	}{
		{0.125, 2, num.HalfUp, "0.13"}, {0.125, 2, num.HalfEven, "0.12"}, {-0.125, 2, num.HalfUp, "-0.13"},
		{2.675, 2, num.HalfUp, "2.67"}, // the float is below 2.675: why scores never are floats
		{1e15, 0, num.Down, "1000000000000000"}, {5e-324, 18, num.Up, "0.000000000000000001"},
	} {
		if got, ok := FromFloat(c.x, c.places, c.mode); !ok || !got.Equal(dec(c.want)) {
			t.Errorf("FromFloat(%v, %d, %v): got %v, want %v", c.x, c.places, c.mode, got, c.want)
		}
	}
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got, ok := FromFloat(x, 2, num.HalfUp); ok {
			t.Errorf("FromFloat(%v): got %v, want none", x, got)
		}
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unit Unit
		mark string
		want uint16
		ok   bool
	}{
		{2, "127.5", 255, true}, {2, "102.05", 205, true}, {1, "59.5", 60, true}, {10, "71.2", 712, true},
		{1, "0", 0, true}, {1, "-1", 0, false}, {1, "65520", 0, false}, {1, "65519", 65519, true},
	} {
		if got, ok := c.unit.Line(dec(c.mark)); got != c.want || ok != c.ok {
			t.Errorf("unit %d, mark %s: got %d, %v, want %d, %v", c.unit, c.mark, got, ok, c.want, c.ok)
		}
	}
}

// TestTwoComponents checks an exam in two parts, of which many pupils miss one.
func TestTwoComponents(t *testing.T) {
	t.Parallel()
	data, w := readTable(t, "data/gcsemv_two_components.csv"), worst{}
	want := readExpected[struct {
		N              int
		WrittenMissing int     `json:"written_missing"`
		CourseMissing  int     `json:"course_missing"`
		Both           int     `json:"both"`
		MeanWritten    float64 `json:"mean_written"`
		SDWritten      float64 `json:"sd_written"`
		MeanCourse     float64 `json:"mean_course"`
		SDCourse       float64 `json:"sd_course"`
		Cor            float64
	}](t, "gcsemv")
	const hundredths = Unit(100) // three coursework marks are hundredths, such as 9.25
	var written, course []uint16
	for i := range data.rows {
		written = append(written, data.code(t, i, "written", hundredths))
		course = append(course, data.code(t, i, "course", hundredths))
	}
	tally := NewTally(Lines{})
	for _, c := range []struct {
		name     string
		s        ClassStats
		missing  int
		mean, sd float64
	}{
		{"written", tally.Class(written), want.WrittenMissing, want.MeanWritten, want.SDWritten},
		{"course", tally.Class(course), want.CourseMissing, want.MeanCourse, want.SDCourse},
	} {
		w.absolute(t, c.name+" roster", float64(c.s.Roster), float64(want.N), 0)
		w.absolute(t, c.name+" missing", float64(c.s.Absent), float64(c.missing), 0)
		w.relative(t, c.name+" mean", asFloat(given(c.s.Moments(hundredths).Mean())), c.mean, tolMean)
		w.relative(t, c.name+" sd", c.s.Moments(hundredths).SD(Sample), c.sd, tolMean)
	}
	links := make([]int32, len(written))
	for i := range links {
		links[i] = int32(i)
	}
	_, both := Match(course, []uint32{0, uint32(len(course))}, written, links).Sums()
	w.absolute(t, "both", float64(both.N), float64(want.Both), 0)
	w.relative(t, "correlation", asFloat(given(both.Correlation())), want.Cor, tolMean)
	w.report(t)
}
