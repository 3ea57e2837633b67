package city

import "math/bits"

// random is a splitmix64 generator. It works on integers alone: floating point
// may be fused differently on other processors, and the same seed has to give
// the same school everywhere.
type random struct{ state uint64 }

// stream returns the generator of one part of one school. Parts have streams of
// their own, so that a change to one part leaves the others as they were.
func stream(seed uint64, school int, part string) *random {
	h := uint64(14695981039346656037)
	for i := range len(part) {
		h = (h ^ uint64(part[i])) * 1099511628211
	}
	r := &random{seed}
	r.state = r.next() ^ uint64(school)*0xd6e8feb86659fd93
	r.state = r.next() ^ h
	return r
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number in [0, n); n must be positive.
func (r *random) below(n int) int {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// between returns a number in [lo, hi].
func (r *random) between(lo, hi int) int { return lo + r.below(hi-lo+1) }

// chance is true in permille of a thousand calls.
func (r *random) chance(permille int) bool { return r.below(1000) < permille }

// normal returns a number of mean 0 and standard deviation 1000, near enough to
// normal for people: the sum of twelve uniform numbers.
func (r *random) normal() int {
	sum := 0
	for range 12 {
		sum += r.below(1001)
	}
	return sum - 6000
}

func pick[T any](r *random, list []T) T { return list[r.below(len(list))] }

func shuffle[T any](r *random, list []T) {
	for i := len(list) - 1; i > 0; i-- {
		j := r.below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}
