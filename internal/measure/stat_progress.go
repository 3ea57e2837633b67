package measure

import (
	"math"
	"slices"

	"shiji/internal/num"
)

// The exams of a progress figure have different papers, so raw differences say
// nothing. Schemes declare one of these readings; each keeps its own bias:
// gain in z punishes strong intakes, residual gain (Regression) is near neutral.

// GainZ returns the mean of z(post) − z(prior) over the pupils of s, each exam
// standardised over its own population, and false when there are no pupils.
// The mean of z is the z of the mean, so it comes from sums alone.
func (s PairSums) GainZ(post, prior Moments, d Divisor) (num.Q, bool) {
	after, ok := Moments{N: s.N, Sum: s.Post, Unit: post.Unit}.Mean()
	before, _ := Moments{N: s.N, Sum: s.Prior, Unit: prior.Unit}.Mean()
	if !ok {
		return num.Q{}, false
	}
	return post.Z(after, d).Sub(prior.Z(before, d)), true
}

// Improved counts in every class the pupils with z(post) > z(prior). The
// divisor changes both z by nearly the same factor but not by quite the same,
// so it is declared here too.
func (p Pairs) Improved(post, prior Moments, d Divisor) []uint32 {
	least := improvement(post.scale(d), prior.scale(d), highest(p.Post), highest(p.Prior))
	counts := make([]uint32, p.Classes())
	for i := range counts {
		after, before := p.Class(i)
		n := uint32(0)
		for k, y := range after {
			if y >= least[before[k]] {
				n++
			}
		}
		counts[i] = n
	}
	return counts
}

// improvement returns for every prior code up to maxPrior the least post code
// with a higher standard score, or maxPost + 1 when none has. Both scores rise
// with the code, so one walk up the two scales finds them all.
func improvement(post, prior standard, maxPost, maxPrior uint16) []uint16 {
	least := make([]uint16, int(maxPrior)+1)
	y := uint16(0)
	for x := range least {
		for y <= maxPost && !post.above(y, prior, uint16(x)) {
			y++
		}
		least[x] = y
	}
	return least
}

func highest(codes []uint16) uint16 {
	if len(codes) == 0 {
		return 0
	}
	return slices.Max(codes)
}

// standard turns codes into standard scores, as floats to be fast.
type standard struct {
	Moments
	divisor Divisor
	factor  float64
}

func (m Moments) scale(d Divisor) standard {
	s := standard{Moments: m, divisor: d}
	if sd := m.SD(d) * float64(m.Unit); sd > 0 {
		s.factor = 1 / (float64(m.N) * sd)
	}
	return s
}

// of starts from the exact deviation n·x − Σx, so it is good to the last digits.
func (s standard) of(code uint16) float64 {
	return float64(int64(s.N)*int64(code)-int64(s.Sum)) * s.factor
}

// above says whether the score y of s stands higher than the score x of other.
// Where floats cannot tell, exact fractions do: equal standings are no progress.
func (s standard) above(y uint16, other standard, x uint16) bool {
	a, b := s.of(y), other.of(x)
	if math.Abs(a-b) > 1e-9*(math.Abs(a)+math.Abs(b)) {
		return a > b
	}
	return s.exact(y).Cmp(other.exact(x)) > 0
}

func (s standard) exact(code uint16) num.Q {
	return s.zSquare(num.Frac(int64(code), int64(s.Unit)), s.divisor)
}

// Risen counts in every class the pupils whose band after is better than the
// band before; the bands of each exam are those of Histogram.Bands.
func (p Pairs) Risen(post, prior []int) []uint32 {
	counts := make([]uint32, p.Classes())
	for i := range counts {
		after, before := p.Class(i)
		for k, y := range after {
			if post[y] < prior[before[k]] {
				counts[i]++
			}
		}
	}
	return counts
}

// Standing is one index of a class beside the same index of its grade, such as
// a mean or a pass rate.
type Standing struct{ Class, Grade num.Q }

// Lead returns by how much the class is above its grade.
func (s Standing) Lead() num.Q { return s.Class.Sub(s.Grade) }

// LeadChange returns how much the lead of a class grew from before to now.
func LeadChange(now, before Standing) num.Q { return now.Lead().Sub(before.Lead()) }
