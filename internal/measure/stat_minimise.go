package measure

import "math"

// minimise finds a minimum of f near start by Newton's method with
// Levenberg's damping, and false when there is none within reach. f is a
// likelihood in a few standard deviation ratios, smooth and even in each of
// them, so a minimum at zero needs no special care: the sign of the result
// means nothing and is dropped. Derivatives are taken by differences, which
// for such an f are good to about nine digits of the minimum.
func minimise(f func([]float64) float64, start []float64) ([]float64, bool) {
	x := append([]float64(nil), start...)
	best, damping := f(x), 0.0
	if math.IsInf(best, 0) || math.IsNaN(best) {
		return nil, false
	}
	for range 200 {
		gradient, curvature := derivatives(f, x)
		if !finite(gradient) || !finite(curvature) {
			return nil, false // f is not defined all around x
		}
		var step float64
		for {
			next, length := damped(x, gradient, curvature, damping)
			step = length
			value := math.Inf(1)
			if next != nil {
				value = f(next)
			}
			if value <= best {
				x, best = next, value
				damping /= 8
				break
			}
			if next != nil && length < 1e-8 {
				break
			}
			damping = max(damping*4, 1e-3*scale(curvature))
			if math.IsInf(damping, 0) {
				return nil, false
			}
		}
		for i := range x {
			if x[i] = math.Abs(x[i]); x[i] > 1e4 {
				return nil, false
			}
		}
		if step < 1e-8 {
			return x, true
		}
	}
	return nil, false
}

// derivatives returns the gradient and the matrix of second derivatives. The
// second ones only steer, so they take a wider step and lose fewer digits.
func derivatives(f func([]float64) float64, at []float64) (gradient, curvature []float64) {
	const narrow, wide = 1e-4, 1e-3
	k := len(at)
	gradient, curvature = make([]float64, k), make([]float64, k*k)
	x := append([]float64(nil), at...)
	shifted := func(i int, di float64, j int, dj float64) float64 {
		x[i] += di
		x[j] += dj
		v := f(x)
		copy(x, at)
		return v
	}
	here := f(x)
	for i := range k {
		gradient[i] = (shifted(i, narrow, i, 0) - shifted(i, -narrow, i, 0)) / (2 * narrow)
		curvature[i*k+i] = (shifted(i, wide, i, 0) - 2*here + shifted(i, -wide, i, 0)) / (wide * wide)
		for j := range i {
			c := shifted(i, wide, j, wide) - shifted(i, wide, j, -wide) - shifted(i, -wide, j, wide) + shifted(i, -wide, j, -wide)
			c /= 4 * wide * wide
			curvature[i*k+j], curvature[j*k+i] = c, c
		}
	}
	return gradient, curvature
}

// damped takes the Newton step from x with damping on the diagonal and returns
// the new point and the longest move, or nil where the matrix has no minimum.
func damped(x, gradient, curvature []float64, damping float64) ([]float64, float64) {
	k := len(x)
	m := append([]float64(nil), curvature...)
	for i := range k {
		m[i*k+i] += damping
	}
	if !factorise(m, k) {
		return nil, 0
	}
	step := append([]float64(nil), gradient...)
	for i := range k {
		for j := range i {
			step[i] -= m[i*k+j] * step[j]
		}
		step[i] /= m[i*k+i]
	}
	for i := k - 1; i >= 0; i-- {
		for j := i + 1; j < k; j++ {
			step[i] -= m[j*k+i] * step[j]
		}
		step[i] /= m[i*k+i]
	}
	next, longest := make([]float64, k), 0.0
	for i := range k {
		next[i] = x[i] - step[i]
		longest = max(longest, math.Abs(step[i]))
	}
	return next, longest
}

func finite(xs []float64) bool {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

func scale(m []float64) float64 {
	s := 1e-6
	for _, x := range m {
		s = max(s, math.Abs(x))
	}
	return s
}
