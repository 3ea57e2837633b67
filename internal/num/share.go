package num

import (
	"cmp"
	"slices"
)

// Shares divides pool among weights in units of 10^-places so that the shares
// add up to the pool exactly (largest remainder, Hamilton's method). Units left
// over go to the largest remainders; among equal remainders to the smaller
// index, so callers order weights by a stable key. It returns false when a
// weight or the pool is negative, the weights sum to zero, the pool is not a
// whole number of units, or it has more than 2^63 units.
func Shares(pool Q, weights []Q, places int) ([]Q, bool) {
	unit := Int(pow10(places))
	units, ok := pool.Mul(unit).Int64()
	total := Sum(weights...)
	if !ok || units < 0 || total.Sign() <= 0 {
		return nil, false
	}
	shares := make([]Q, len(weights))
	rest := make([]Q, len(weights))
	left := units
	for i, w := range weights {
		if w.Sign() < 0 {
			return nil, false
		}
		exact, _ := Int(units).Mul(w).Div(total)
		shares[i] = exact.Round(0, Floor)
		rest[i] = exact.Sub(shares[i])
		n, _ := shares[i].Int64()
		left -= n
	}
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(rest[b].Cmp(rest[a]), cmp.Compare(a, b))
	})
	for _, i := range order[:left] {
		shares[i] = shares[i].Add(Int(1))
	}
	for i := range shares {
		shares[i], _ = shares[i].Div(unit)
	}
	return shares, true
}
