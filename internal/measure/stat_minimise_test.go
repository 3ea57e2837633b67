package measure

import (
	"math"
	"testing"
)

func TestMinimise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		f    func([]float64) float64
		want []float64 // nil: there is no minimum to be found
	}{
		{"a bowl", func(x []float64) float64 { return (x[0]-3)*(x[0]-3) + 2*(x[1]-x[0])*(x[1]-x[0]) }, []float64{3, 3}},
		{"at zero", func(x []float64) float64 { return x[0]*x[0] + x[1]*x[1] + math.Pow(x[0], 4) }, []float64{0, 0}},
		{"a saddle on the way", func(x []float64) float64 { return math.Pow(x[0]*x[0]-4, 2) + x[1]*x[1] }, []float64{2, 0}},
		{"one falls for ever", func(x []float64) float64 { return -x[0] + x[1]*x[1] }, nil},
		{"flat", func([]float64) float64 { return 7 }, []float64{0.5, 0.5}},
		{"undefined", func([]float64) float64 { return math.Inf(1) }, nil},
		{"no number", func([]float64) float64 { return math.NaN() }, nil},
		{"a hole in the ground", func(x []float64) float64 {
			if x[0] < 0.5 {
				return math.Inf(-1)
			}
			return x[0]
		}, nil},
		{"a wall beside the start", func(x []float64) float64 {
			if x[0] < 0.5 {
				return math.Inf(1)
			}
			return x[0]
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, ok := minimise(c.f, []float64{0.5, 0.5})
			if ok != (c.want != nil) {
				t.Fatalf("got %v, %v, want %v", got, ok, c.want)
			}
			for i, want := range c.want {
				if math.Abs(got[i]-want) > 1e-6 {
					t.Errorf("got %v, want %v", got, c.want)
				}
			}
		})
	}
}

// TestDeterminantLogOfManyFactors passes the point where the product is folded.
func TestDeterminantLogOfManyFactors(t *testing.T) {
	t.Parallel()
	d, want := determinantLog{product: 1}, 0.0
	for i := range 3000 {
		f := 1 + float64(i%97)
		d.times(f)
		want += math.Log(f)
	}
	if got := d.value(); math.Abs(got-want) > 1e-9*want {
		t.Errorf("got %.12g, want %.12g", got, want)
	}
}
