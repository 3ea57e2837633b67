package measure

import (
	"cmp"
	"slices"

	"shiji/internal/num"
)

// GrowthByResidual returns for every matched pupil the percentile of the
// residual against r: 100 × (those below + half of those equal) ÷ all. Equal
// means equal as exact numbers.
func (p Pairs) GrowthByResidual(r Regression) []num.Q {
	type pair struct{ post, prior uint16 }
	counts := map[pair]int{}
	for i, y := range p.Post {
		counts[pair{y, p.Prior[i]}]++
	}
	type residual struct {
		pair
		value num.Q
	}
	// Pupils repeat pairs of scores; sorting pairs keeps exact numbers affordable.
	distinct := make([]residual, 0, len(counts))
	for k := range counts {
		distinct = append(distinct, residual{k, num.Int(int64(k.post)).Sub(r.Slope.Mul(num.Int(int64(k.prior))))})
	}
	slices.SortFunc(distinct, func(a, b residual) int { return a.value.Cmp(b.value) })
	percentile := make(map[pair]num.Q, len(counts))
	below := 0
	for from := 0; from < len(distinct); {
		to, equal := from, 0
		for to < len(distinct) && distinct[to].value.Equal(distinct[from].value) {
			equal += counts[distinct[to].pair]
			to++
		}
		for _, d := range distinct[from:to] {
			percentile[d.pair] = midPercentile(below, equal, len(p.Post))
		}
		below += equal
		from = to
	}
	out := make([]num.Q, len(p.Post))
	for i, y := range p.Post {
		out[i] = percentile[pair{y, p.Prior[i]}]
	}
	return out
}

// GrowthInBands returns for every matched pupil the percentile of the later
// score among the pupils whose earlier score lies in the same band; band gives
// the band of every earlier code, as Histogram.Bands does.
func (p Pairs) GrowthInBands(band []int) []num.Q {
	posts := map[int][]uint16{}
	for i, y := range p.Post {
		b := band[p.Prior[i]]
		posts[b] = append(posts[b], y)
	}
	for _, peers := range posts {
		slices.Sort(peers)
	}
	out := make([]num.Q, len(p.Post))
	for i, y := range p.Post {
		peers := posts[band[p.Prior[i]]]
		below, _ := slices.BinarySearch(peers, y)
		upTo, _ := slices.BinarySearchFunc(peers, y, func(x, y uint16) int { return cmp.Or(cmp.Compare(x, y), -1) })
		out[i] = midPercentile(below, upTo-below, len(peers))
	}
	return out
}

func midPercentile(below, equal, of int) num.Q {
	return num.Frac(50*int64(2*below+equal), int64(of))
}

// TaughtBy says that a teacher answers for a share of a pupil's year. The
// shares of one pupil add up to 1.
type TaughtBy struct {
	Pupil, Teacher int32
	Share          num.Q
}

// Weighted is what the pupils of one teacher come to, each counted by the
// teacher's share.
type Weighted struct {
	Links  int   // pupils, however small the share
	Weight num.Q // Σ share
	Mean   num.Q // Σ share × value ÷ Σ share, zero when Weight is
	Median num.Q // the smallest value that half of the weight does not exceed
}

// WeightedByTeacher sums up the pupils' values a teacher.
func WeightedByTeacher(values []num.Q, links []TaughtBy, teachers int) []Weighted {
	own := make([][]TaughtBy, teachers)
	for _, l := range links {
		own[l.Teacher] = append(own[l.Teacher], l)
	}
	out := make([]Weighted, teachers)
	for t, ls := range own {
		w := Weighted{Links: len(ls)}
		sum := num.Q{}
		for _, l := range ls {
			w.Weight = w.Weight.Add(l.Share)
			sum = sum.Add(l.Share.Mul(values[l.Pupil]))
		}
		if mean, ok := sum.Div(w.Weight); ok {
			w.Mean = mean
			w.Median = weightedMedian(values, ls, w.Weight)
		}
		out[t] = w
	}
	return out
}

func weightedMedian(values []num.Q, links []TaughtBy, weight num.Q) num.Q {
	slices.SortFunc(links, func(a, b TaughtBy) int { return values[a.Pupil].Cmp(values[b.Pupil]) })
	half := weight.Mul(num.Frac(1, 2))
	sum := num.Q{}
	for _, l := range links {
		if sum = sum.Add(l.Share); sum.Cmp(half) >= 0 {
			return values[l.Pupil]
		}
	}
	return values[links[len(links)-1].Pupil]
}
