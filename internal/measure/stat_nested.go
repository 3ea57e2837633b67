package measure

import (
	"math"
	"slices"
)

// nested holds all that the likelihood needs of the pupils: one small matrix
// of cross products a class, grouped by school. The rows are not needed again,
// so an evaluation costs a few operations a class however large classes are.
type nested struct {
	columns
	groups     []group
	hasSchools bool
	classes    int
	schools    int
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
		columns: columns{width: len(p.Covariates) + 2, rows: float64(len(p.Post))},
		classes: p.Classes, schools: p.Schools, hasSchools: p.School != nil,
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
	return n, n.checkGroups()
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

// checkGroups refuses data from which the variances cannot be told apart.
func (n *nested) checkGroups() error {
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
			if !finite(c.cross) {
				return ErrNotFinite
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

// checkColumns checks the columns on their sums over all pupils.
func (n *nested) checkColumns() error {
	total := make([]float64, n.width*n.width)
	for _, g := range n.groups {
		for _, c := range g.classes {
			for i, x := range c.cross {
				total[i] += x
			}
		}
	}
	return n.check(total)
}

func ratios(theta []float64) (class, school float64) {
	class = theta[0] * theta[0]
	if len(theta) > 1 {
		school = theta[1] * theta[1]
	}
	return class, school
}

// solve profiles the fixed part and σ² out. V is block diagonal: for a class
// V⁻¹ = I − λ/(1+nλ) 11', and a school takes one more step of the same kind.
func (n *nested) solve(theta []float64) fit {
	class, school := ratios(theta)
	q := n.width
	total := make([]float64, q*q)
	pull := make([]float64, q)
	det := determinantLog{product: 1}
	for _, g := range n.groups {
		weight := 0.0
		clear(pull)
		for _, c := range g.classes {
			d := 1 + c.n()*class
			det.times(d)
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
			det.times(d)
			subtractSquare(total, pull, school/d)
		}
	}
	return n.profile(total, det.value())
}

// determinantLog is the logarithm of a product of factors ≥ 1, with one call of
// math.Log for many factors: it was a third of the cost of a fit.
type determinantLog struct{ product, log float64 }

func (d *determinantLog) times(f float64) {
	if d.product *= f; d.product > 1e200 {
		d.log += math.Log(d.product)
		d.product = 1
	}
}

func (d *determinantLog) value() float64 { return d.log + math.Log(d.product) }

// subtractSquare takes f·v v' off the lower triangle of m.
func subtractSquare(m, v []float64, f float64) {
	q := len(v)
	for i := range q {
		for j := range i + 1 {
			m[i*q+j] -= f * v[i] * v[j]
		}
	}
}
