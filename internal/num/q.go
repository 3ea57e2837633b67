// Package num holds exact numbers: rationals for scores, weights and money.
//
// It is the only room that rounds, and every rounding has a named mode. It
// knows nothing of scores or schemes, and no value passes through a float.
// Most numbers in an appraisal are small, so a Q keeps numerator and
// denominator in two int64 and moves to math/big only when they overflow.
package num

import (
	"math"
	"math/big"
	"math/bits"
)

// Q is an immutable exact rational. The zero value is 0.
//
// Equal numbers have one representation: lowest terms, positive denominator,
// and big only when numerator or denominator does not fit an int64. Compare
// with Equal or Cmp, since == would compare the big part by pointer.
type Q struct {
	n   int64
	d   int64 // 0 stands for 1, so that the zero value is the number zero
	big *big.Rat
}

// Int returns the integer n.
func Int(n int64) Q { return Q{n: n} }

// Frac returns n/d in lowest terms. It panics when d is zero: callers divide
// by data with Div, which reports it.
func Frac(n, d int64) Q {
	if d == 0 {
		panic("num: zero denominator")
	}
	return frac(n, d)
}

func frac(n, d int64) Q {
	if n == math.MinInt64 || d == math.MinInt64 {
		return fromRat(big.NewRat(1, 1).SetFrac(big.NewInt(n), big.NewInt(d)))
	}
	if d < 0 {
		n, d = -n, -d
	}
	if g := gcd(abs(n), uint64(d)); g > 1 {
		n, d = n/int64(g), d/int64(g)
	}
	return lowest(n, d)
}

// lowest stores terms already in lowest form, writing denominator 1 as 0.
func lowest(n, d int64) Q {
	if d == 1 {
		d = 0
	}
	return Q{n: n, d: d}
}

// FromRat returns the value of r, which is copied.
func FromRat(r *big.Rat) Q { return fromRat(new(big.Rat).Set(r)) }

func fromRat(r *big.Rat) Q {
	if r.Num().IsInt64() && r.Denom().IsInt64() {
		return lowest(r.Num().Int64(), r.Denom().Int64())
	}
	return Q{big: r}
}

// Rat returns q as a new big.Rat.
func (q Q) Rat() *big.Rat {
	if q.big != nil {
		return new(big.Rat).Set(q.big)
	}
	return big.NewRat(q.n, q.den())
}

// rat returns q as a big.Rat that must not be changed.
func (q Q) rat() *big.Rat {
	if q.big != nil {
		return q.big
	}
	return big.NewRat(q.n, q.den())
}

func (q Q) den() int64 {
	if q.d == 0 {
		return 1
	}
	return q.d
}

// Add returns q + p.
func (q Q) Add(p Q) Q {
	if q.big == nil && p.big == nil {
		if q.d == p.d {
			if s, ok := add64(q.n, p.n); ok {
				if q.d == 0 {
					return Q{n: s}
				}
				return frac(s, q.d)
			}
		} else if r, ok := addSmall(q, p); ok {
			return r
		}
	}
	return fromRat(new(big.Rat).Add(q.rat(), p.rat()))
}

// addSmall adds over the least common denominator, reporting overflow.
func addSmall(q, p Q) (Q, bool) {
	qd, pd := q.den(), p.den()
	g := int64(gcd(uint64(qd), uint64(pd)))
	a, ok1 := mul64(q.n, pd/g)
	b, ok2 := mul64(p.n, qd/g)
	d, ok3 := mul64(qd, pd/g)
	s, ok4 := add64(a, b)
	if !(ok1 && ok2 && ok3 && ok4) {
		return Q{}, false
	}
	return frac(s, d), true
}

// Sub returns q − p.
func (q Q) Sub(p Q) Q { return q.Add(p.Neg()) }

// Neg returns −q.
func (q Q) Neg() Q {
	if q.big != nil || q.n == math.MinInt64 {
		return fromRat(new(big.Rat).Neg(q.rat()))
	}
	return Q{n: -q.n, d: q.d}
}

// Abs returns |q|.
func (q Q) Abs() Q {
	if q.Sign() < 0 {
		return q.Neg()
	}
	return q
}

// Mul returns q × p.
func (q Q) Mul(p Q) Q {
	if q.big == nil && p.big == nil && q.n != math.MinInt64 && p.n != math.MinInt64 {
		qd, pd := q.den(), p.den()
		// Cancelling crosswise first keeps the products small and already lowest.
		g1 := int64(gcd(abs(q.n), uint64(pd)))
		g2 := int64(gcd(abs(p.n), uint64(qd)))
		if g1 == 0 || g2 == 0 {
			return Q{}
		}
		n, ok1 := mul64(q.n/g1, p.n/g2)
		d, ok2 := mul64(qd/g2, pd/g1)
		if ok1 && ok2 {
			return lowest(n, d)
		}
	}
	return fromRat(new(big.Rat).Mul(q.rat(), p.rat()))
}

// Div returns q ÷ p, and false when p is zero.
func (q Q) Div(p Q) (Q, bool) {
	if p.Sign() == 0 {
		return Q{}, false
	}
	if p.big == nil && p.n != math.MinInt64 {
		inv := lowest(p.den(), p.n)
		if p.n < 0 {
			inv = lowest(-p.den(), -p.n)
		}
		return q.Mul(inv), true
	}
	return fromRat(new(big.Rat).Quo(q.rat(), p.rat())), true
}

// Cmp returns −1, 0 or +1 as q is less than, equal to or greater than p.
func (q Q) Cmp(p Q) int {
	if q.big == nil && p.big == nil {
		if q.d == p.d {
			return cmp64(q.n, p.n)
		}
		a, ok1 := mul64(q.n, p.den())
		b, ok2 := mul64(p.n, q.den())
		if ok1 && ok2 {
			return cmp64(a, b)
		}
	}
	return q.rat().Cmp(p.rat())
}

// Equal reports whether q and p are the same number.
func (q Q) Equal(p Q) bool {
	if q.big == nil && p.big == nil {
		return q.n == p.n && q.d == p.d
	}
	return q.Cmp(p) == 0
}

// Sign returns −1, 0 or +1.
func (q Q) Sign() int {
	if q.big != nil {
		return q.big.Sign()
	}
	return cmp64(q.n, 0)
}

// IsInt reports whether q is a whole number.
func (q Q) IsInt() bool {
	if q.big != nil {
		return q.big.IsInt()
	}
	return q.d == 0
}

// Int64 returns q as an int64, and false when it is not a whole number in range.
func (q Q) Int64() (int64, bool) { return q.n, q.big == nil && q.d == 0 }

// Min returns the smaller of q and p.
func Min(q, p Q) Q {
	if p.Cmp(q) < 0 {
		return p
	}
	return q
}

// Max returns the larger of q and p.
func Max(q, p Q) Q {
	if p.Cmp(q) > 0 {
		return p
	}
	return q
}

// Clamp returns q held within [lo, hi].
func Clamp(q, lo, hi Q) Q { return Max(lo, Min(q, hi)) }

// Sum returns the sum of qs.
func Sum(qs ...Q) Q {
	var s Q
	for _, q := range qs {
		s = s.Add(q)
	}
	return s
}

func abs(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

func cmp64(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func add64(a, b int64) (int64, bool) {
	s := a + b
	return s, (s > a) == (b > 0)
}

// mul64 multiplies, reporting overflow; math.MinInt64 counts as overflow so
// that every small value can be negated.
func mul64(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(abs(a), abs(b))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

// gcd is the binary algorithm: on the short numbers of an appraisal it is
// twice as fast as division.
func gcd(a, b uint64) uint64 {
	if a == 0 {
		return b
	}
	if b == 0 {
		return a
	}
	shift := bits.TrailingZeros64(a | b)
	a >>= bits.TrailingZeros64(a)
	for b != 0 {
		b >>= bits.TrailingZeros64(b)
		if a > b {
			a, b = b, a
		}
		b -= a
	}
	return a << shift
}

// Bits returns how many bits the longer of numerator and denominator takes: what
// further arithmetic with q costs.
func (q Q) Bits() int {
	if q.big != nil {
		return max(q.big.Num().BitLen(), q.big.Denom().BitLen())
	}
	return bits.Len64(max(abs(q.n), uint64(q.den())))
}
