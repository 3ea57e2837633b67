package eval

import (
	"cmp"
	"slices"

	"shiji/internal/num"
	"shiji/internal/scheme"
)

type rank struct {
	f *scheme.Rank
	x expr
}

func readyRank(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.Rank) former {
	return &rank{f, comparable(c, n, f.Peers, compileExpr(c, n, f.Of))}
}

func (p *rank) refNames() []string { return []string{"place", "n"} }

func (p *rank) gather(r *run, n *scheme.CompiledNode, members []int, into [][]num.Q) {
	for _, samples := range peers(r, n, members, p.f.Peers, p.x) {
		slices.SortStableFunc(samples, func(a, b sample) int {
			if p.f.Low {
				return a.x.Cmp(b.x)
			}
			return b.x.Cmp(a.x)
		})
		for i, place := range places(samples, p.f.Ties, p.f.Tolerance) {
			into[0][samples[i].member], into[1][samples[i].member] = num.Int(int64(place)), num.Int(int64(len(samples)))
		}
	}
}

// places ranks sorted samples. Those within tolerance of the first of a run
// share its place; how places go on after a run is what ties declares.
func places(sorted []sample, ties string, tolerance num.Q) []int {
	out := make([]int, len(sorted))
	runs := 0
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && sorted[to].x.Sub(sorted[from].x).Abs().Cmp(tolerance) <= 0 {
			to++
		}
		runs++
		place := map[string]int{"min": from + 1, "dense": runs, "max": to}[ties]
		for i := from; i < to; i++ {
			out[i] = place
		}
		from = to
	}
	return out
}

func (p *rank) score(in *input) Value {
	if _, s := p.x(in); s != Known {
		return Value{Status: s}
	}
	place, n := in.noteRef(0), in.noteRef(1)
	return Value{Q: bandOfPlace(p.f, place, n)}
}

// bandOfPlace finds the band of a place among n: by the share place ÷ n, or by
// the place ⌈n × p⌉ up to which a band reaches.
func bandOfPlace(f *scheme.Rank, place, n num.Q) num.Q {
	share, ok := place.Div(n)
	if !ok {
		return f.Else
	}
	for _, b := range f.Bands {
		c := share.Cmp(b.Line)
		if f.Line == "ceil" {
			c = place.Cmp(n.Mul(b.Line).Round(0, num.Ceil))
		}
		if c < 0 || c == 0 && b.Test == "<=" {
			return b.Score
		}
	}
	return f.Else
}

// placeAll ranks totals for the result's place; better totals come first.
func placeAll(totals []sample, ties string) []int {
	slices.SortStableFunc(totals, func(a, b sample) int { return cmp.Or(b.x.Cmp(a.x), cmp.Compare(a.member, b.member)) })
	method := "min"
	if ties == "dense" {
		method = "dense"
	}
	return places(totals, method, num.Q{})
}
