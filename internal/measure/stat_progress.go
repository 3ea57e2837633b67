package measure

import "shiji/internal/num"

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
	zPost, zPrior := post.scale(d), prior.scale(d)
	counts := make([]uint32, p.Classes())
	for i := range counts {
		after, before := p.Class(i)
		n := uint32(0)
		for k, y := range after {
			if zPost.of(y) > zPrior.of(before[k]) {
				n++
			}
		}
		counts[i] = n
	}
	return counts
}

// standard turns codes into standard scores. The deviation n·x − Σx is an
// exact integer, so equal standings in equal exams compare as equal.
type standard struct {
	n, sum int64
	factor float64
}

func (m Moments) scale(d Divisor) standard {
	s := standard{n: int64(m.N), sum: int64(m.Sum)}
	if sd := m.SD(d) * float64(m.Unit); sd > 0 {
		s.factor = 1 / (float64(m.N) * sd)
	}
	return s
}

func (s standard) of(code uint16) float64 {
	return float64(s.n*int64(code)-s.sum) * s.factor
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
