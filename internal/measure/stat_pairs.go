package measure

import (
	"math/big"

	"shiji/internal/num"
)

// NoLink marks a pupil of the later exam who is not on the earlier roster.
const NoLink = -1

// Link returns for each pupil of the later roster the position on the earlier
// one, or NoLink. Of a pupil who stands twice on a roster the first place counts.
func Link[K comparable](later, earlier []K) []int32 {
	at := make(map[K]int32, len(earlier))
	for i, k := range earlier {
		if _, twice := at[k]; !twice {
			at[k] = int32(i)
		}
	}
	links := make([]int32, len(later))
	for i, k := range later {
		links[i] = NoLink
		if j, ok := at[k]; ok {
			links[i] = j
		}
	}
	return links
}

// Pairs holds the pupils who sat both exams, class by class of the later one:
// class i is Post[Bounds[i]:Bounds[i+1]] and the same of Prior. Only matched
// pupils are in it, so one without a prior score leaves every progress figure
// untouched.
type Pairs struct {
	Bounds      []uint32
	Post, Prior []uint16
}

// Match pairs the later column, whose classes bounds gives, with the earlier
// column through links.
func Match(post []uint16, bounds []uint32, prior []uint16, links []int32) Pairs {
	ends := make([]uint32, 1, len(bounds))
	after, before := make([]uint16, len(post)), make([]uint16, len(post))
	n := 0
	lo := bounds[0]
	for _, hi := range bounds[1:] {
		class := post[lo:hi]
		for i, link := range links[lo:hi] {
			if link == NoLink {
				continue
			}
			y, x := class[i], prior[link]
			after[n], before[n] = y, x
			if max(y, x) < FirstState {
				n++ // else the next pupil takes the place
			}
		}
		ends = append(ends, uint32(n))
		lo = hi
	}
	return Pairs{ends, after[:n], before[:n]}
}

// Classes returns the number of classes.
func (p Pairs) Classes() int { return len(p.Bounds) - 1 }

// Class returns the matched pupils of class i.
func (p Pairs) Class(i int) (post, prior []uint16) {
	lo, hi := p.Bounds[i], p.Bounds[i+1]
	return p.Post[lo:hi], p.Prior[lo:hi]
}

// Sums returns the sums of every class and of all together.
func (p Pairs) Sums() (classes []PairSums, all PairSums) {
	classes = make([]PairSums, p.Classes())
	for i := range classes {
		classes[i] = sumPairs(p.Class(i))
		all = all.Add(classes[i])
	}
	return classes, all
}

// PairSums holds the exact sums of matched scores in units, and adds up.
type PairSums struct {
	N                               uint64
	Post, Prior                     uint64
	PostPost, PriorPrior, PostPrior uint64
}

func sumPairs(post, prior []uint16) (s PairSums) {
	s.N = uint64(len(post))
	for i, y := range post {
		y, x := uint64(y), uint64(prior[i])
		s.Post += y
		s.Prior += x
		s.PostPost += y * y
		s.PriorPrior += x * x
		s.PostPrior += x * y
	}
	return s
}

// Add returns the sums of both groups together.
func (s PairSums) Add(t PairSums) PairSums {
	return PairSums{
		s.N + t.N, s.Post + t.Post, s.Prior + t.Prior,
		s.PostPost + t.PostPost, s.PriorPrior + t.PriorPrior, s.PostPrior + t.PostPrior,
	}
}

// Regression is the least squares line of post on prior, exact, both in units.
type Regression struct{ Intercept, Slope num.Q }

// Regress returns the line through these pupils, and false when they are fewer
// than two or all have the same prior.
func (s PairSums) Regress() (Regression, bool) {
	xx := determinant(s.N, s.PriorPrior, s.Prior, s.Prior)
	if s.N < 2 || xx.Sign() == 0 {
		return Regression{}, false
	}
	slope := quotient(determinant(s.N, s.PostPrior, s.Prior, s.Post), xx)
	return Regression{Intercept: s.meanResidual(slope), Slope: slope}, true
}

// ResidualGain returns the mean residual of these pupils against the line r of
// a larger group, in units: what they gained beyond pupils of equal priors.
func (s PairSums) ResidualGain(r Regression) (num.Q, bool) {
	if s.N == 0 {
		return num.Q{}, false
	}
	return s.meanResidual(r.Slope).Sub(r.Intercept), true
}

// Correlation returns Pearson's correlation as a Root with a sign, and false
// when one of the two exams has no spread.
func (s PairSums) Correlation() (num.Q, bool) {
	xx := determinant(s.N, s.PriorPrior, s.Prior, s.Prior)
	yy := determinant(s.N, s.PostPost, s.Post, s.Post)
	if xx.Sign() == 0 || yy.Sign() == 0 {
		return num.Q{}, false
	}
	xy := determinant(s.N, s.PostPrior, s.Prior, s.Post)
	r, _ := Root(quotient(new(big.Int).Mul(xy, xy), xx.Mul(xx, yy)))
	if xy.Sign() < 0 {
		r = r.Neg()
	}
	return r, true
}

// meanResidual is mean post − slope × mean prior.
func (s PairSums) meanResidual(slope num.Q) num.Q {
	n := product(s.N, 1)
	post, prior := quotient(product(s.Post, 1), n), quotient(product(s.Prior, 1), n)
	return post.Sub(slope.Mul(prior))
}

// determinant is a·b − c·d.
func determinant(a, b, c, d uint64) *big.Int {
	x := product(a, b)
	return x.Sub(x, product(c, d))
}

// Pupils returns the matched pupils as input of a value-added model of post on
// prior, in units.
func (p Pairs) Pupils() Pupils {
	prior := make([]float64, len(p.Prior))
	out := Pupils{
		Post: make([]float64, len(p.Post)), Covariates: [][]float64{prior},
		Class: make([]int32, len(p.Post)), Classes: p.Classes(),
	}
	for i := range p.Classes() {
		for row := p.Bounds[i]; row < p.Bounds[i+1]; row++ {
			out.Post[row], prior[row], out.Class[row] = float64(p.Post[row]), float64(p.Prior[row]), int32(i)
		}
	}
	return out
}
