package measure

import (
	"slices"

	"shiji/internal/num"
)

// Ties says which place equals share.
type Ties uint8

const (
	// TiesMin gives equals the best place of their group: 1 2 2 4.
	TiesMin Ties = iota + 1
	// TiesMax gives equals the worst place of their group: 1 3 3 4.
	TiesMax
	// TiesDense gives equals one place and leaves none out: 1 2 2 3.
	TiesDense
)

// Ranks returns the place of each value, the largest first. Values that lie at
// most tolerance below the best of their group share its place; zero means
// exact equality. A group is measured from its best member, so a chain of
// small gaps never joins values that are far apart.
func Ranks(values []num.Q, ties Ties, tolerance num.Q) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return values[b].Cmp(values[a]) })
	ranks := make([]int, len(values))
	groups := 0
	for from := 0; from < len(order); {
		floor := values[order[from]].Sub(tolerance)
		to := from + 1
		for to < len(order) && values[order[to]].Cmp(floor) >= 0 {
			to++
		}
		groups++
		place := ties.place(from, to, groups)
		for _, i := range order[from:to] {
			ranks[i] = place
		}
		from = to
	}
	return ranks
}

// place gives the rank of the group that fills places from+1 to to.
func (t Ties) place(from, to, group int) int {
	switch t {
	case TiesMin:
		return from + 1
	case TiesMax:
		return to
	case TiesDense:
		return group
	}
	panic("measure: undeclared ties")
}

// BandLine says how a share of n becomes a line between places.
type BandLine uint8

const (
	// LineByShare lets a place in when place ÷ n ≤ share.
	LineByShare BandLine = iota + 1
	// LineByCeil lets a place in when place ≤ ⌈n × share⌉: of 176 people the
	// first tenth is 18, where LineByShare stops at 17.
	LineByCeil
)

// Band is one step of a percentile table: up to this cumulative share of all
// places, this value.
type Band struct {
	Share num.Q
	Value num.Q
}

// Bands is a percentile table in order of rising share; Rest is for places
// beyond the last share.
type Bands struct {
	Line  BandLine
	Steps []Band
	Rest  num.Q
}

// Index returns which band a place among n falls in, len(b.Steps) being the
// rest. Bands are numbered from the best, so a smaller index is a rise.
func (b Bands) Index(place, n int) int {
	for i, s := range b.Steps {
		edge := num.Int(int64(n)).Mul(s.Share)
		switch b.Line {
		case LineByShare:
		case LineByCeil:
			edge = edge.Round(0, num.Ceil)
		default:
			panic("measure: undeclared band line")
		}
		if num.Int(int64(place)).Cmp(edge) <= 0 {
			return i
		}
	}
	return len(b.Steps)
}

// Value returns what the table gives for a place among n.
func (b Bands) Value(place, n int) num.Q {
	if i := b.Index(place, n); i < len(b.Steps) {
		return b.Steps[i].Value
	}
	return b.Rest
}
