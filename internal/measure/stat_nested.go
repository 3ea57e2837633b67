package measure

import (
	"math"
	"slices"
)

// nested holds all that the likelihood needs of the pupils: one small matrix
// of cross products a class, grouped by school. The rows are not needed again,
// so an evaluation costs a few operations a class however large classes are.
type nested struct {
	groups     []group
	likelihood Likelihood
	hasSchools bool
	classes    int
	schools    int
	width      int       // columns: 1, covariates, post
	rows       float64   // pupils
	mean       []float64 // of the columns; sums are held about it
}

// group is one school, or one class alone in a model without schools.
type group struct {
	school  int32
	classes []classSums
}

// classSums holds Σ w w' over the pupils of a class, w = (1, covariates, post),
// row by row; its first row therefore starts with n and the plain sums.
type classSums struct {
	class int32
	width int
	cross []float64
}

func (c classSums) n() float64 { return c.cross[0] }

// residual is the sum over the class of post − X β, columns centred.
func (c classSums) residual(beta []float64) float64 {
	r := c.cross[c.width-1]
	for i, b := range beta {
		r -= b * c.cross[i]
	}
	return r
}

// sums reads the rows once. Groups are put in an order that depends on their
// numbers alone, so that renaming changes no rounding.
func (p Pupils) sums() (*nested, error) {
	n := &nested{
		classes: p.Classes, schools: p.Schools, hasSchools: p.School != nil,
		width: len(p.Covariates) + 2, rows: float64(len(p.Post)),
	}
	all := p.classSums(n.width)
	bySchool := make(map[int32]int)
	for _, c := range all {
		if c.n() == 0 {
			continue
		}
		key := c.class
		if n.hasSchools {
			key = p.School[c.class]
		}
		at, ok := bySchool[key]
		if !ok {
			at = len(n.groups)
			bySchool[key] = at
			n.groups = append(n.groups, group{school: key})
		}
		n.groups[at].classes = append(n.groups[at].classes, c)
	}
	for _, g := range n.groups {
		slices.SortFunc(g.classes, func(a, b classSums) int { return slices.Compare(a.cross, b.cross) })
	}
	slices.SortFunc(n.groups, func(a, b group) int {
		return slices.CompareFunc(a.classes, b.classes, func(a, b classSums) int { return slices.Compare(a.cross, b.cross) })
	})
	n.centre()
	return n, n.check()
}

func (p Pupils) classSums(width int) []classSums {
	all := make([]classSums, p.Classes)
	store := make([]float64, p.Classes*width*width)
	for i := range all {
		all[i] = classSums{class: int32(i), width: width, cross: store[i*width*width:][:width*width]}
	}
	w := make([]float64, width)
	w[0] = 1
	for row, y := range p.Post {
		for k, x := range p.Covariates {
			w[k+1] = x[row]
		}
		w[width-1] = y
		cross := all[p.Class[row]].cross
		for i, a := range w {
			for j, b := range w {
				cross[i*width+j] += a * b
			}
		}
	}
	return all
}

// centre moves every column to mean zero: without it the cross products of
// scores far from zero would cancel most of their digits.
func (n *nested) centre() {
	q := n.width
	n.mean = make([]float64, q)
	for _, g := range n.groups {
		for _, c := range g.classes {
			for i := 1; i < q; i++ {
				n.mean[i] += c.cross[i]
			}
		}
	}
	for i := range n.mean {
		n.mean[i] /= n.rows
	}
	for _, g := range n.groups {
		for _, c := range g.classes {
			for i := 1; i < q; i++ {
				for j := 1; j < q; j++ {
					c.cross[i*q+j] += n.mean[i]*n.mean[j]*c.n() - n.mean[i]*c.cross[j] - c.cross[i]*n.mean[j]
				}
			}
			for i := 1; i < q; i++ {
				c.cross[i] -= n.mean[i] * c.n()
				c.cross[i*q] = c.cross[i]
			}
		}
	}
}

// check refuses data from which the variances cannot be told apart.
func (n *nested) check() error {
	classes := 0
	for _, g := range n.groups {
		classes += len(g.classes)
	}
	within := 0.0 // Σ (post − class mean)²
	total := 0.0
	for _, g := range n.groups {
		for _, c := range g.classes {
			last := c.cross[len(c.cross)-1]
			total += last
			within += last - c.cross[n.width-1]*c.cross[n.width-1]/c.n()
			for _, x := range c.cross {
				if math.IsNaN(x) || math.IsInf(x, 0) {
					return ErrNotFinite
				}
			}
		}
	}
	switch enoughSchools := !n.hasSchools || len(n.groups) > 1 && classes > len(n.groups); {
	case classes < 2 || !enoughSchools || int(n.rows) <= classes+n.width-2:
		return ErrTooFew
	case within <= total*1e-12:
		return ErrNoSpread
	}
	return n.checkColumns()
}

// checkColumns looks at plain least squares: whether the covariates can be told
// apart, and whether they leave anything of post to explain.
func (n *nested) checkColumns() error {
	q := n.width
	total := make([]float64, q*q)
	for _, g := range n.groups {
		for _, c := range g.classes {
			for i, x := range c.cross {
				total[i] += x
			}
		}
	}
	left := make([]float64, 0, q*q) // without post
	for i := range q - 1 {
		left = append(left, total[i*q:i*q+q-1]...)
	}
	switch {
	case !factorise(left, q-1):
		return ErrCollinear
	case !factorise(total, q):
		return ErrNoSpread
	}
	return nil
}

func ratios(theta []float64) (class, school float64) {
	class = theta[0] * theta[0]
	if len(theta) > 1 {
		school = theta[1] * theta[1]
	}
	return class, school
}

// fit is the generalised least squares solution for given variance ratios.
type fit struct {
	beta      []float64 // of the centred columns
	factor    []float64 // Cholesky factor of X'V⁻¹X beside X'V⁻¹y, width × width
	sigma2    float64
	criterion float64
	ok        bool
}

// solve profiles the fixed part and σ² out. V is block diagonal: for a class
// V⁻¹ = I − λ/(1+nλ) 11', and a school takes one more step of the same kind.
func (n *nested) solve(theta []float64) fit {
	class, school := ratios(theta)
	q := n.width
	total := make([]float64, q*q)
	pull := make([]float64, q)
	logDet := 0.0
	for _, g := range n.groups {
		weight := 0.0
		clear(pull)
		for _, c := range g.classes {
			d := 1 + c.n()*class
			logDet += math.Log(d)
			weight += c.n() / d
			shrink := class / d
			for i := range q {
				pull[i] += c.cross[i] / d
				for j := range i + 1 {
					total[i*q+j] += c.cross[i*q+j] - shrink*c.cross[i]*c.cross[j]
				}
			}
		}
		if school > 0 {
			d := 1 + weight*school
			logDet += math.Log(d)
			subtractSquare(total, pull, school/d)
		}
	}
	return n.profile(total, logDet)
}

// subtractSquare takes f·v v' off the lower triangle of m.
func subtractSquare(m, v []float64, f float64) {
	q := len(v)
	for i := range q {
		for j := range i + 1 {
			m[i*q+j] -= f * v[i] * v[j]
		}
	}
}

// profile turns (X y)'V⁻¹(X y) and log |V| into the fit.
func (n *nested) profile(total []float64, logDet float64) fit {
	q := n.width
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
	df := n.rows
	if n.likelihood == REML {
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
			for k := range j {
				s -= m[i*q+k] * m[j*q+k]
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
func (n *nested) coefficients(f fit) []Coefficient {
	p, q := n.width-1, n.width
	out := make([]Coefficient, p)
	intercept := f.beta[0] + n.mean[q-1]
	toOrigin := make([]float64, p)
	toOrigin[0] = 1
	for i := 1; i < p; i++ {
		intercept -= f.beta[i] * n.mean[i]
		toOrigin[i] = -n.mean[i]
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
