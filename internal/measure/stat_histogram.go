package measure

import (
	"slices"

	"shiji/internal/num"
)

// Histogram counts how often each score occurs, by code. It adds up over
// schools, counties and cities, and answers every question about places in a
// population without its rows.
type Histogram struct {
	counts []uint64 // counts[code]; as long as the highest score seen needs
	n      uint64
}

// Add counts the scores of a column; states are not scores.
func (h *Histogram) Add(scores []uint16) {
	for _, s := range scores {
		if s >= FirstState {
			continue
		}
		h.reach(int(s))
		h.counts[s]++
		h.n++
	}
}

// Merge adds the counts of other.
func (h *Histogram) Merge(other *Histogram) {
	if len(other.counts) > 0 {
		h.reach(len(other.counts) - 1)
	}
	for code, k := range other.counts {
		h.counts[code] += k
	}
	h.n += other.n
}

func (h *Histogram) reach(code int) {
	if code >= len(h.counts) {
		h.counts = append(h.counts, make([]uint64, code+1-len(h.counts))...)
	}
}

// N returns how many scores were counted.
func (h *Histogram) N() uint64 { return h.n }

// Median returns the median in marks, and false when there are no scores.
func (h *Histogram) Median(u Unit) (num.Q, bool) {
	if h.n == 0 {
		return num.Q{}, false
	}
	low, high := h.nth((h.n-1)/2), h.nth(h.n/2)
	return num.Frac(int64(low)+int64(high), 2*int64(u)), true
}

// nth returns the score at position i in ascending order.
func (h *Histogram) nth(i uint64) int {
	for code, k := range h.counts {
		if i < k {
			return code
		}
		i -= k
	}
	panic("measure: position beyond the histogram")
}

// Places returns the place of every code in the population, the highest score
// first; a code that nobody has gets the place it would take among the others.
func (h *Histogram) Places(ties Ties) []int {
	places := make([]int, len(h.counts))
	above, groups := 0, 0
	for code := len(h.counts) - 1; code >= 0; code-- {
		here := int(h.counts[code])
		places[code] = ties.place(above, above+max(here, 1), groups+1)
		if here > 0 {
			groups++
		}
		above += here
	}
	return places
}

// Bands returns the band index of every code of the population.
func (h *Histogram) Bands(b Bands, ties Ties) []int {
	bands := h.Places(ties)
	for code, place := range bands {
		bands[code] = b.Index(place, int(h.n))
	}
	return bands
}

// Median returns the median of one class in marks, states left out, and false
// when nobody sat.
func Median(scores []uint16, u Unit) (num.Q, bool) {
	sat := slices.DeleteFunc(slices.Clone(scores), func(s uint16) bool { return s >= FirstState })
	if len(sat) == 0 {
		return num.Q{}, false
	}
	slices.Sort(sat)
	n := len(sat)
	return num.Frac(int64(sat[(n-1)/2])+int64(sat[n/2]), 2*int64(u)), true
}
