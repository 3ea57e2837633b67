package num

import (
	"errors"
	"math/big"
)

// Mode names a way of rounding. A scheme declares it; there is no default.
type Mode uint8

const (
	// HalfUp rounds to nearest, halves away from zero: 四舍五入 as people
	// do it by hand and spreadsheets do it for both signs.
	HalfUp Mode = iota + 1
	// HalfEven rounds to nearest, halves to the even neighbour (GB/T 8170 四舍六入五成双).
	HalfEven
	// Down drops the rest, towards zero.
	Down
	// Up goes away from zero as soon as there is a rest.
	Up
	// Floor goes towards −∞.
	Floor
	// Ceil goes towards +∞.
	Ceil
)

var modeNames = [...]string{HalfUp: "half-up", HalfEven: "half-even", Down: "down", Up: "up", Floor: "floor", Ceil: "ceil"}

// ErrMode reports a name that ParseMode does not know.
var ErrMode = errors.New("num: unknown rounding mode")

// ParseMode reads a mode's name as String writes it.
func ParseMode(s string) (Mode, error) {
	for m := HalfUp; m <= Ceil; m++ {
		if modeNames[m] == s {
			return m, nil
		}
	}
	return 0, ErrMode
}

// String returns the mode's name in schemes.
func (m Mode) String() string {
	if m < HalfUp || m > Ceil {
		return "no rounding mode"
	}
	return modeNames[m]
}

// Round returns q with at most places decimals (0 ≤ places ≤ 18), rounded by m.
// It panics on an undeclared mode: rounding without a rule is a broken invariant.
func (q Q) Round(places int, m Mode) Q {
	if m < HalfUp || m > Ceil || places < 0 || places > 18 {
		panic("num: undeclared rounding")
	}
	scale := pow10(places)
	if q.big == nil {
		if q.d == 0 || scale%q.d == 0 {
			return q
		}
		if n, ok := mul64(q.n, scale); ok {
			whole, rest := n/q.d, n%q.d
			if rest != 0 {
				// |rest| < d, so comparing it with what is left to d cannot overflow.
				half := cmp64(int64(abs(rest)), q.d-int64(abs(rest)))
				whole += step(m, cmp64(n, 0), half, whole%2 != 0)
			}
			return frac(whole, scale)
		}
	}
	return q.roundBig(scale, m)
}

func (q Q) roundBig(scale int64, m Mode) Q {
	r := new(big.Rat).Mul(q.rat(), new(big.Rat).SetInt64(scale))
	whole, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if rest.Sign() != 0 {
		twice := rest.Lsh(rest.Abs(rest), 1)
		whole.Add(whole, big.NewInt(step(m, r.Sign(), twice.Cmp(r.Denom()), whole.Bit(0) == 1)))
	}
	return fromRat(new(big.Rat).SetFrac(whole, big.NewInt(scale)))
}

// step says by how much a quotient truncated towards zero moves: sign is that
// of the number, half compares the dropped rest with one half.
func step(m Mode, sign, half int, odd bool) int64 {
	away := int64(sign)
	switch m {
	case HalfUp:
		if half >= 0 {
			return away
		}
	case HalfEven:
		if half > 0 || half == 0 && odd {
			return away
		}
	case Up:
		return away
	case Floor:
		if sign < 0 {
			return -1
		}
	case Ceil:
		if sign > 0 {
			return 1
		}
	}
	return 0
}
