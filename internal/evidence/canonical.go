package evidence

import (
	"cmp"
	"slices"
	"strings"

	"shiji/internal/num"
)

// Canonical puts p's lines into the order of their natural keys, and single
// ballots into the order of their marks, so that nothing downstream can depend
// on how a clerk happened to sort a sheet, and no ballot on when it was cast.
// It returns p.
func (p *Package) Canonical() *Package {
	for _, s := range Sheets {
		s.sort(p, func(i int) string { return s.Source(p, i) })
	}
	for i := range p.Ratings {
		slices.SortStableFunc(p.Ratings[i].Ballots, compareBallots)
	}
	return p
}

// sortBy sorts list by key, which it asks once a line, before anything moves.
func sortBy[T any](list []T, key func(i int) string) {
	type keyed struct {
		key string
		at  int
	}
	keys := make([]keyed, len(list))
	for i := range keys {
		keys[i] = keyed{key(i), i}
	}
	compare := func(a, b keyed) int {
		if c := strings.Compare(a.key, b.key); c != 0 {
			return c
		}
		return cmp.Compare(a.at, b.at)
	}
	if slices.IsSortedFunc(keys, compare) {
		return
	}
	slices.SortFunc(keys, compare)
	sorted := make([]T, len(list))
	for i, k := range keys {
		sorted[i] = list[k.at]
	}
	copy(list, sorted)
}

// compareBallots orders by mark; what is no mark comes last, for Check to find.
func compareBallots(a, b string) int {
	p, errP := num.Parse(a)
	q, errQ := num.Parse(b)
	switch {
	case errP == nil && errQ == nil:
		if c := p.Cmp(q); c != 0 {
			return c
		}
	case errP == nil:
		return -1
	case errQ == nil:
		return 1
	}
	return strings.Compare(a, b)
}
