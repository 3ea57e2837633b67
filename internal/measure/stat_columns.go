package measure

import "math"

// columns describes the fixed part of a mixed model, whatever the random part:
// the columns are 1, the covariates and post, held about their means.
type columns struct {
	width      int
	rows       float64 // pupils
	mean       []float64
	likelihood Likelihood
}

// check looks at plain least squares, given the cross products of all rows:
// whether the covariates can be told apart, and whether they leave anything of
// post to explain.
func (k columns) check(total []float64) error {
	q := k.width
	left := make([]float64, 0, q*q) // without post
	for i := range q - 1 {
		left = append(left, total[i*q:i*q+q-1]...)
	}
	switch {
	case !factorise(left, q-1):
		return ErrCollinear
	case !factorise(append([]float64(nil), total...), q):
		return ErrNoSpread
	}
	return nil
}

// fit is the generalised least squares solution for given variance ratios.
type fit struct {
	beta      []float64 // of the centred columns
	factor    []float64 // Cholesky factor of X'V⁻¹X beside X'V⁻¹y, width × width
	sigma2    float64
	criterion float64
	ok        bool
}

// profile turns (X y)'V⁻¹(X y) and log |V| into the fit.
func (k columns) profile(total []float64, logDet float64) fit {
	q := k.width
	if !factorise(total, q) {
		return fit{}
	}
	y := total[(q-1)*q:]
	rss := y[q-1] * y[q-1]
	f := fit{factor: total, beta: make([]float64, q-1), ok: true}
	for i := q - 2; i >= 0; i-- {
		b := y[i]
		for j := i + 1; j < q-1; j++ {
			b -= total[j*q+i] * f.beta[j]
		}
		f.beta[i] = b / total[i*q+i]
	}
	df := k.rows
	if k.likelihood == REML {
		df -= float64(q - 1)
		for i := range q - 1 {
			logDet += 2 * math.Log(total[i*q+i])
		}
	}
	f.sigma2 = rss / df
	f.criterion = logDet + df*(1+math.Log(2*math.Pi*f.sigma2))
	return f
}

// factorise replaces the lower triangle of the q × q matrix m by its Cholesky
// factor, and returns false when m is not safely positive definite.
func factorise(m []float64, q int) bool {
	for i := range q {
		whole := m[i*q+i]
		for j := range i + 1 {
			s := m[i*q+j]
			for l := range j {
				s -= m[i*q+l] * m[j*q+l]
			}
			if i != j {
				m[i*q+j] = s / m[j*q+j]
				continue
			}
			if !(s > whole*1e-12) {
				return false
			}
			m[i*q+i] = math.Sqrt(s)
		}
	}
	return true
}

// coefficients undoes the centring: only the intercept moves, and with it its
// standard error.
func (k columns) coefficients(f fit) []Coefficient {
	p, q := k.width-1, k.width
	out := make([]Coefficient, p)
	intercept := f.beta[0] + k.mean[q-1]
	toOrigin := make([]float64, p)
	toOrigin[0] = 1
	for i := 1; i < p; i++ {
		intercept -= f.beta[i] * k.mean[i]
		toOrigin[i] = -k.mean[i]
		unit := make([]float64, p)
		unit[i] = 1
		out[i] = Coefficient{f.beta[i], f.standardError(unit)}
	}
	out[0] = Coefficient{intercept, f.standardError(toOrigin)}
	return out
}

// standardError is that of the contrast Σ c β: σ |L⁻¹c| with LL' = X'V⁻¹X.
func (f fit) standardError(contrast []float64) float64 {
	q := len(contrast) + 1
	sum := 0.0
	v := make([]float64, len(contrast))
	for i := range v {
		v[i] = contrast[i]
		for j := range i {
			v[i] -= f.factor[i*q+j] * v[j]
		}
		v[i] /= f.factor[i*q+i]
		sum += v[i] * v[i]
	}
	return math.Sqrt(f.sigma2 * sum)
}
