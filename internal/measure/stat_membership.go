package measure

import (
	"math"
	"slices"
)

// SharedPupils is the input of a value-added model in which a pupil may have
// several teachers: post ~ covariates + (1|school) + Σ share × teacher.
type SharedPupils struct {
	Post       []float64
	Covariates [][]float64
	School     []int32 // the school of each pupil
	Schools    int
	Links      []TaughtBy
	Teachers   int
}

// SharedValueAdded is the fitted model of SharedPupils. N of a teacher's effect
// is the number of linked pupils; Reliability is 1 − conditional variance ÷ τ².
type SharedValueAdded struct {
	Fixed           []Coefficient
	TeacherVariance float64
	SchoolVariance  float64
	Residual        float64
	Criterion       float64
	Teachers        []Effect
	Schools         []Effect
}

// Fit estimates the model. Schools that share a teacher are one block, whose
// cost grows with the cube of its teachers: a city of schools is cheap, a city
// of teachers who all work everywhere is not what this is for.
func (p SharedPupils) Fit(l Likelihood) (*SharedValueAdded, error) {
	m, err := p.blocks()
	if err != nil {
		return nil, err
	}
	m.likelihood = l
	theta, ok := minimise(func(theta []float64) float64 {
		f, _ := m.solve(theta)
		if !f.ok {
			return math.Inf(1)
		}
		return f.criterion
	}, []float64{0.5, 0.5})
	if !ok {
		return nil, ErrNoConverged
	}
	return m.result(p, theta), nil
}

// membership holds Z'Z, Z'W and W'W of each connected block of teachers and
// schools, W being the columns of the fixed part and post.
type membership struct {
	columns
	blocks   []block
	total    []float64 // W'W over all pupils
	teachers int
}

// block is one connected part; effect e < teachers is a teacher, the others
// are schools.
type block struct {
	effects []int32
	zz, zw  []float64
}

func (p SharedPupils) blocks() (*membership, error) {
	m := &membership{
		columns:  columns{width: len(p.Covariates) + 2, rows: float64(len(p.Post))},
		teachers: p.Teachers,
	}
	if len(p.Post) <= p.Teachers+p.Schools || p.Schools < 2 {
		return nil, ErrTooFew
	}
	byPupil := make([][]TaughtBy, len(p.Post))
	for _, l := range p.Links {
		byPupil[l.Pupil] = append(byPupil[l.Pupil], l)
	}
	slot, place := m.connect(p)
	rows := p.rows(m)
	m.total = make([]float64, m.width*m.width)
	for i, w := range rows {
		addProduct(m.total, w, w, 1)
		b := &m.blocks[slot[p.Teachers+int(p.School[i])]]
		z := []loading{{place[p.Teachers+int(p.School[i])], 1}}
		for _, l := range byPupil[i] {
			share, _ := l.Share.Rat().Float64()
			z = append(z, loading{place[l.Teacher], share})
		}
		for _, a := range z {
			for _, c := range z {
				b.zz[a.at*len(b.effects)+c.at] += a.weight * c.weight
			}
			for j, x := range w {
				b.zw[a.at*m.width+j] += a.weight * x
			}
		}
	}
	if !finite(m.total) {
		return nil, ErrNotFinite
	}
	return m, m.check(m.total)
}

type loading struct {
	at     int
	weight float64
}

func addProduct(m, a, b []float64, f float64) {
	for i, x := range a {
		for j, y := range b {
			m[i*len(b)+j] += f * x * y
		}
	}
}

// rows returns the centred columns, pupil by pupil.
func (p SharedPupils) rows(m *membership) [][]float64 {
	m.mean = make([]float64, m.width)
	rows := make([][]float64, len(p.Post))
	for i, y := range p.Post {
		w := make([]float64, 0, m.width)
		w = append(w, 1)
		for _, x := range p.Covariates {
			w = append(w, x[i])
		}
		rows[i] = append(w, y)
		for j := 1; j < m.width; j++ {
			m.mean[j] += rows[i][j] / m.rows
		}
	}
	for _, w := range rows {
		for j := 1; j < m.width; j++ {
			w[j] -= m.mean[j]
		}
	}
	return rows
}

// connect finds the blocks and returns the block of every effect and its place
// in it.
func (m *membership) connect(p SharedPupils) (slot, place []int) {
	parent := make([]int, p.Teachers+p.Schools)
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for _, l := range p.Links {
		parent[root(int(l.Teacher))] = root(p.Teachers + int(p.School[l.Pupil]))
	}
	slot, place = make([]int, len(parent)), make([]int, len(parent))
	at := map[int]int{}
	for e := range parent {
		r := root(e)
		if _, ok := at[r]; !ok {
			at[r] = len(m.blocks)
			m.blocks = append(m.blocks, block{})
		}
		b := &m.blocks[at[r]]
		slot[e], place[e] = at[r], len(b.effects)
		b.effects = append(b.effects, int32(e))
	}
	for i := range m.blocks {
		b := &m.blocks[i]
		b.zz = make([]float64, len(b.effects)*len(b.effects))
		b.zw = make([]float64, len(b.effects)*m.width)
	}
	return slot, place
}

// scale returns the standard deviation ratio of each effect of the block.
func (m *membership) scale(b *block, theta []float64) []float64 {
	s := make([]float64, len(b.effects))
	for i, e := range b.effects {
		s[i] = theta[1]
		if int(e) < m.teachers {
			s[i] = theta[0]
		}
	}
	return s
}

// reduced is a block at given ratios: the Cholesky factor L of I + ΛZ'ZΛ and
// L⁻¹ΛZ'W.
type reduced struct{ scale, factor, half []float64 }

// solve profiles the fixed part out. By Woodbury's identity
// W'V⁻¹W = W'W − (L⁻¹ΛZ'W)'(L⁻¹ΛZ'W), and |V| = |L|².
func (m *membership) solve(theta []float64) (fit, []reduced) {
	total, logDet := slices.Clone(m.total), 0.0
	parts := make([]reduced, len(m.blocks))
	for i := range m.blocks {
		b := &m.blocks[i]
		k := len(b.effects)
		r := reduced{m.scale(b, theta), slices.Clone(b.zz), slices.Clone(b.zw)}
		for row, s := range r.scale {
			for col, s2 := range r.scale {
				r.factor[row*k+col] *= s * s2
			}
			r.factor[row*k+row]++
			for j := range m.width {
				r.half[row*m.width+j] *= s
			}
		}
		if !factorise(r.factor, k) {
			return fit{}, nil
		}
		forward(r.factor, r.half, k, m.width)
		for row := range k {
			logDet += 2 * math.Log(r.factor[row*k+row])
			subtractSquare(total, r.half[row*m.width:][:m.width], 1)
		}
		parts[i] = r
	}
	return m.profile(total, logDet), parts
}

// forward replaces the k × width matrix x by L⁻¹x.
func forward(l, x []float64, k, width int) {
	for i := range k {
		for c := range width {
			s := x[i*width+c]
			for j := range i {
				s -= l[i*k+j] * x[j*width+c]
			}
			x[i*width+c] = s / l[i*k+i]
		}
	}
}

// backward replaces x by L'⁻¹x.
func backward(l, x []float64) {
	k := len(x)
	for i := k - 1; i >= 0; i-- {
		for j := i + 1; j < k; j++ {
			x[i] -= l[j*k+i] * x[j]
		}
		x[i] /= l[i*k+i]
	}
}

// result reads the effects off the optimum: ΛL'⁻¹L⁻¹ΛZ'(post − Xβ), with the
// conditional variance σ² Λ(LL')⁻¹Λ.
func (m *membership) result(p SharedPupils, theta []float64) *SharedValueAdded {
	f, parts := m.solve(theta)
	v := &SharedValueAdded{
		Fixed:           m.coefficients(f),
		TeacherVariance: theta[0] * theta[0] * f.sigma2,
		SchoolVariance:  theta[1] * theta[1] * f.sigma2,
		Residual:        f.sigma2,
		Criterion:       f.criterion,
		Teachers:        make([]Effect, p.Teachers),
		Schools:         make([]Effect, p.Schools),
	}
	for i, r := range parts {
		effects := m.blocks[i].effects
		k := len(effects)
		u := make([]float64, k)
		for row := range k {
			u[row] = r.half[row*m.width+m.width-1]
			for j, b := range f.beta {
				u[row] -= b * r.half[row*m.width+j]
			}
		}
		backward(r.factor, u)
		for row, e := range effects {
			column := make([]float64, k)
			column[row] = 1
			forward(r.factor, column, k, 1)
			spread := 0.0
			for _, x := range column {
				spread += x * x
			}
			effect := Effect{
				Value:       r.scale[row] * u[row],
				SD:          r.scale[row] * math.Sqrt(f.sigma2*spread),
				Reliability: 1 - spread,
			}
			if int(e) < p.Teachers {
				v.Teachers[e] = effect
			} else {
				v.Schools[int(e)-p.Teachers] = effect
			}
		}
	}
	for _, l := range p.Links {
		v.Teachers[l.Teacher].N++
	}
	for _, s := range p.School {
		v.Schools[s].N++
	}
	return v
}
