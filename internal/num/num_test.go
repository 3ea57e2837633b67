package num

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// gen draws numbers of all sizes, edges of int64 included.
func gen() *rapid.Generator[Q] {
	edge := rapid.SampledFrom([]int64{0, 1, -1, 2, 10, 100, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, math.MinInt64 + 1, 1 << 32, -(1 << 31)})
	part := rapid.OneOf(edge, rapid.Int64(), rapid.Int64Range(-1000, 1000))
	return rapid.Custom(func(t *rapid.T) Q {
		d := part.Draw(t, "d")
		if d == 0 {
			d = 1
		}
		return Frac(part.Draw(t, "n"), d)
	})
}

func TestArithmeticAgreesWithBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen().Draw(t, "a"), gen().Draw(t, "b")
		check := func(op string, got Q, want *big.Rat) {
			if got.Rat().Cmp(want) != 0 {
				t.Fatalf("%v %s %v = %v, want %v", a, op, b, got, want)
			}
			if got.big != nil && got.big.Num().IsInt64() && got.big.Denom().IsInt64() {
				t.Fatalf("%v %s %v: %v is kept big though it is small", a, op, b, got)
			}
			if got.big == nil && got.d == 1 || got.d < 0 {
				t.Fatalf("%v %s %v: representation %d/%d is not canonical", a, op, b, got.n, got.d)
			}
		}
		check("+", a.Add(b), new(big.Rat).Add(a.Rat(), b.Rat()))
		check("-", a.Sub(b), new(big.Rat).Sub(a.Rat(), b.Rat()))
		check("*", a.Mul(b), new(big.Rat).Mul(a.Rat(), b.Rat()))
		if q, ok := a.Div(b); ok {
			check("/", q, new(big.Rat).Quo(a.Rat(), b.Rat()))
		} else if b.Sign() != 0 {
			t.Fatalf("%v / %v refused", a, b)
		}
		if got, want := a.Cmp(b), a.Rat().Cmp(b.Rat()); got != want {
			t.Fatalf("%v cmp %v = %d, want %d", a, b, got, want)
		}
		if back, err := Parse(a.String()); err != nil || !back.Equal(a) {
			t.Fatalf("Parse(%q) = %v, %v", a.String(), back, err)
		}
	})
}

func TestRoundIsNearestByItsMode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := gen().Draw(t, "q")
		places := rapid.IntRange(0, 6).Draw(t, "places")
		unit := Frac(1, pow10(places))
		down, up := q.Round(places, Floor), q.Round(places, Ceil)
		if down.Cmp(q) > 0 || up.Cmp(q) < 0 || up.Sub(down).Cmp(unit) > 0 {
			t.Fatalf("floor %v, ceil %v do not enclose %v", down, up, q)
		}
		for _, m := range []Mode{HalfUp, HalfEven, Down, Up} {
			r := q.Round(places, m)
			if !r.Equal(down) && !r.Equal(up) {
				t.Fatalf("%v of %v is %v, neither %v nor %v", m, q, r, down, up)
			}
			if m <= HalfEven && r.Sub(q).Abs().Cmp(unit.Mul(Frac(1, 2))) > 0 {
				t.Fatalf("%v of %v is %v: further than half a unit", m, q, r)
			}
			if !r.Round(places, m).Equal(r) {
				t.Fatalf("%v of %v is not stable", m, q)
			}
		}
	})
}

func TestRound(t *testing.T) {
	for _, c := range []struct {
		in     string
		places int
		mode   Mode
		want   string
	}{
		{"2.345", 2, HalfUp, "2.35"}, // RND in the worked cases
		{"2.355", 2, HalfUp, "2.36"},
		{"2.675", 2, HalfUp, "2.68"},
		{"-2.345", 2, HalfUp, "-2.35"},
		{"2.345", 2, HalfEven, "2.34"},
		{"2.355", 2, HalfEven, "2.36"},
		{"-2.5", 0, HalfEven, "-2"},
		{"-2.5", 0, Down, "-2"},
		{"-2.1", 0, Up, "-3"},
		{"-2.1", 0, Floor, "-3"},
		{"-2.1", 0, Ceil, "-2"},
		{"1/3", 4, HalfUp, "0.3333"},
		{"2/3", 4, HalfUp, "0.6667"},
		{"12345678901234567890.5", 0, HalfUp, "12345678901234567891"},
	} {
		if got := MustParse(c.in).Round(c.places, c.mode).String(); got != c.want {
			t.Errorf("%s to %d places %v = %s, want %s", c.in, c.places, c.mode, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	good := map[string]string{
		"0": "0", "-0": "0", "007": "7", "12.50": "12.5", "-3.25": "-3.25", "12.5%": "0.125", "70%": "0.7",
		"2/3": "2/3", "-4/6": "-2/3", "0.1": "0.1", "99999999999999999999": "99999999999999999999",
	}
	for in, want := range good {
		if got, err := Parse(in); err != nil || got.String() != want {
			t.Errorf("Parse(%q) = %v, %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "-", ".", "1.", ".5", "+1", "1e3", "0x10", "1/0", "1/-2", "1,000", " 1", "1 ", "--1", "1_0", "１", "%", "NaN", "Inf", "1/2/3", "1/2%"} {
		if q, err := Parse(in); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", in, q)
		}
	}
	if _, err := Parse("0." + string(make([]byte, 10000))); err == nil {
		t.Error("10,000 digits accepted")
	}
}

func TestFixed(t *testing.T) {
	for _, c := range []struct {
		in     string
		places int
		want   string
		ok     bool
	}{
		{"9.6", 2, "9.60", true}, {"-0.05", 2, "-0.05", true}, {"100", 2, "100.00", true}, {"0", 2, "0.00", true},
		{"1/3", 2, "0.33", false}, {"9.605", 2, "9.61", false}, {"12345678901234567890", 1, "12345678901234567890.0", true},
	} {
		if got, ok := MustParse(c.in).Fixed(c.places); ok != c.ok || ok && got != c.want {
			t.Errorf("Fixed(%s, %d) = %s, %v, want %s, %v", c.in, c.places, got, ok, c.want, c.ok)
		}
	}
}

func TestDecimalFractionsAreExact(t *testing.T) {
	if got := MustParse("0.1").Add(MustParse("0.2")).String(); got != "0.3" {
		t.Errorf("0.1 + 0.2 = %s", got)
	}
}

func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pool := Frac(rapid.Int64Range(0, 1_000_000_00).Draw(t, "fen"), 100)
		raw := rapid.SliceOfN(rapid.Int64Range(0, 1000), 1, 40).Draw(t, "weights")
		weights := make([]Q, len(raw))
		for i, w := range raw {
			weights[i] = Frac(w, 7)
		}
		total := Sum(weights...)
		shares, ok := Shares(pool, weights, 2)
		if ok != (total.Sign() > 0) {
			t.Fatalf("ok = %v for total %v", ok, total)
		}
		if !ok {
			return
		}
		if sum := Sum(shares...); !sum.Equal(pool) {
			t.Fatalf("shares add up to %v, want %v", sum, pool)
		}
		for i, s := range shares {
			exact, _ := pool.Mul(weights[i]).Div(total)
			if s.Sub(exact).Abs().Cmp(Frac(1, 100)) >= 0 {
				t.Fatalf("share %d is %v, exact %v: off by a unit or more", i, s, exact)
			}
		}
	})
}

func TestShares(t *testing.T) {
	// F21: 50 people, pool 40,000, scores adding up to 4,500.
	weights := []Q{Int(92), Int(4408)}
	shares, ok := Shares(Int(40000), weights, 2)
	if !ok || shares[0].String() != "817.78" {
		t.Fatalf("shares = %v, %v", shares, ok)
	}
	// Equal remainders: the earlier one gets the fen.
	shares, _ = Shares(MustParse("0.01"), []Q{Int(1), Int(1)}, 2)
	if shares[0].String() != "0.01" || shares[1].String() != "0" {
		t.Fatalf("tie went to %v", shares)
	}
	for _, bad := range [][]Q{{}, {Int(0)}, {Int(-1), Int(2)}} {
		if _, ok := Shares(Int(1), bad, 2); ok {
			t.Errorf("shares by %v accepted", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1", "-2.5", "3/4", "7%", "x", "9999999999999999999999.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := Parse(s)
		if err != nil {
			return
		}
		back, err := Parse(q.String())
		if err != nil || !back.Equal(q) {
			t.Fatalf("%q reads as %v, which reads back as %v, %v", s, q, back, err)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	x, y := MustParse("87.3512"), MustParse("9.61")
	for b.Loop() {
		x.Add(y)
	}
}

func BenchmarkMulRound(b *testing.B) {
	x, w := MustParse("87.3512"), MustParse("0.3")
	for b.Loop() {
		x.Mul(w).Round(4, HalfUp)
	}
}

func TestBits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"0": 1, "1": 1, "-8": 4, "1/1024": 11, "7/8": 4, "9223372036854775807": 63, "-18446744073709551616": 65} {
		if got := MustParse(text).Bits(); got != want {
			t.Errorf("%s has %d bits, want %d", text, got, want)
		}
	}
}
