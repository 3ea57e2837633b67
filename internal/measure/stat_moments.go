package measure

import (
	"math"
	"math/big"
	"math/bits"

	"shiji/internal/num"
)

// Divisor says what a variance divides by. A scheme that uses standard scores
// declares it; both are found in schools.
type Divisor uint8

const (
	// Population divides by n.
	Population Divisor = iota + 1
	// Sample divides by n − 1.
	Sample
)

// Moments holds the exact sums of one group of scores, in units.
type Moments struct {
	N       uint64
	Sum     uint64
	Squares uint64
	Unit    Unit
}

// Mean returns the mean in marks, and false for an empty group.
func (m Moments) Mean() (num.Q, bool) {
	if m.N == 0 {
		return num.Q{}, false
	}
	return quotient(product(m.Sum, 1), product(m.N, uint64(m.Unit))), true
}

// Variance returns the variance in marks², and false when the group is too
// small for the divisor.
func (m Moments) Variance(d Divisor) (num.Q, bool) {
	by := m.divisor(d)
	if by == 0 {
		return num.Q{}, false
	}
	unit2 := uint64(m.Unit) * uint64(m.Unit)
	den := product(m.N, by)
	return quotient(m.spread(), den.Mul(den, new(big.Int).SetUint64(unit2))), true
}

// SD returns the standard deviation in marks, for statistics that go on in
// floats; it is zero when the group is too small. What people see comes from
// Variance through Root and a declared rounding.
func (m Moments) SD(d Divisor) float64 {
	by := m.divisor(d)
	if by == 0 {
		return 0
	}
	hi, lo := bits.Mul64(m.N, m.Squares)
	hi2, lo2 := bits.Mul64(m.Sum, m.Sum)
	lo, borrow := bits.Sub64(lo, lo2, 0)
	hi, _ = bits.Sub64(hi, hi2, borrow)
	spread := float64(lo) + math.Ldexp(float64(hi), 64)
	return math.Sqrt(spread/(float64(m.N)*float64(by))) / float64(m.Unit)
}

// Z returns the standard score (mark − mean) ÷ SD against this group. A group
// without spread gives zero: nobody stands out in it. The result is the Root
// of an exact fraction with a sign, so every machine rounds it alike.
func (m Moments) Z(mark num.Q, d Divisor) num.Q {
	square := m.zSquare(mark, d)
	z, _ := Root(square.Abs())
	if square.Sign() < 0 {
		return z.Neg()
	}
	return z
}

// zSquare is the square of the standard score with the sign of the score,
// which compares as the score does and is a fraction.
func (m Moments) zSquare(mark num.Q, d Divisor) num.Q {
	mean, ok := m.Mean()
	variance, ok2 := m.Variance(d)
	if !ok || !ok2 || variance.Sign() == 0 {
		return num.Q{}
	}
	diff := mark.Sub(mean)
	square, _ := diff.Mul(diff.Abs()).Div(variance)
	return square
}

// T returns the standard score on the scale 50 + 10 Z.
func (m Moments) T(mark num.Q, d Divisor) num.Q {
	return num.Int(50).Add(num.Int(10).Mul(m.Z(mark, d)))
}

func (m Moments) divisor(d Divisor) uint64 {
	switch {
	case d == Population:
		return m.N
	case d == Sample && m.N > 1:
		return m.N - 1
	case d == Sample:
		return 0
	}
	panic("measure: undeclared divisor")
}

// spread is n Σx² − (Σx)² = n² × the population variance, in units².
func (m Moments) spread() *big.Int {
	a, b := product(m.N, m.Squares), product(m.Sum, m.Sum)
	return a.Sub(a, b)
}

func product(a, b uint64) *big.Int {
	x := new(big.Int).SetUint64(a)
	return x.Mul(x, new(big.Int).SetUint64(b))
}

func quotient(a, b *big.Int) num.Q { return num.FromRat(new(big.Rat).SetFrac(a, b)) }

// rootDigits is how far an irrational root is followed. A declared rounding
// has at most 18 places, so nothing that is shown depends on it.
const rootDigits = 40

// Root returns √q, and false when q is negative. The root of a fraction of
// squares is exact. Any other root is irrational, and the result then lies
// strictly between the two neighbouring 40-digit decimals that enclose it:
// it is never taken for a tie, and rounds to at most 18 places as √q does.
func Root(q num.Q) (num.Q, bool) {
	if q.Sign() < 0 {
		return num.Q{}, false
	}
	r := q.Rat()
	a, b := new(big.Int).Sqrt(r.Num()), new(big.Int).Sqrt(r.Denom())
	if isSquare(a, r.Num()) && isSquare(b, r.Denom()) {
		return quotient(a, b), true
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(rootDigits), nil)
	n := new(big.Int).Mul(r.Num(), scale)
	n.Mul(n, scale).Quo(n, r.Denom()).Sqrt(n)
	n.Lsh(n, 1).Add(n, big.NewInt(1))
	return quotient(n, scale.Lsh(scale, 1)), true
}

func isSquare(root, n *big.Int) bool { return new(big.Int).Mul(root, root).Cmp(n) == 0 }

// FromFloat takes x out of floating-point statistics by a declared rounding.
// It returns false when x is not a finite number. The rounding is of the exact
// binary value of x, so the same x gives the same result everywhere.
func FromFloat(x float64, places int, mode num.Mode) (num.Q, bool) {
	r := new(big.Rat).SetFloat64(x)
	if r == nil {
		return num.Q{}, false
	}
	return num.FromRat(r).Round(places, mode), true
}
