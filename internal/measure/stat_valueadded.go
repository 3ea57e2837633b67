package measure

import (
	"errors"
	"math"
)

// Likelihood names the criterion of a mixed model. REML is the one for
// reported variances; ML is for comparing models with different covariates.
type Likelihood uint8

const (
	// REML is restricted maximum likelihood.
	REML Likelihood = iota + 1
	// ML is maximum likelihood.
	ML
)

// What a model can be refused for.
var (
	ErrTooFew      = errors.New("measure: too few pupils, classes or schools to tell them apart")
	ErrCollinear   = errors.New("measure: covariates do not vary independently")
	ErrNotFinite   = errors.New("measure: a score or covariate is not a finite number")
	ErrNoSpread    = errors.New("measure: no variation left within classes")
	ErrNoConverged = errors.New("measure: the likelihood has no maximum that can be found")
)

// Pupils is the input of a value-added model: one entry a matched pupil.
//
// Give scores as whole numbers of units: sums of whole numbers are exact, and
// then neither the order of pupils nor the naming of classes and schools
// changes the last bit of a result. Divide effects by the unit afterwards.
type Pupils struct {
	Post       []float64
	Covariates [][]float64 // prior scores and the like, each as long as Post
	Class      []int32     // the class of each pupil, counted from 0
	Classes    int         // how many classes there are, those without pupils included
	School     []int32     // the school of each class, or nil for a model of classes alone
	Schools    int
}

// ValueAdded is a fitted model post ~ covariates + (1|class), or with schools
// post ~ covariates + (1|school/class).
type ValueAdded struct {
	Fixed          []Coefficient // the intercept, then the covariates in order
	ClassVariance  float64       // τ², between classes (of the same school)
	SchoolVariance float64
	Residual       float64 // σ², between pupils of a class
	Criterion      float64 // −2 log likelihood at the optimum
	Classes        []Effect
	Schools        []Effect // empty for a model of classes alone
}

// Coefficient is a fixed effect with its standard error.
type Coefficient struct{ Value, SE float64 }

// Effect is what a model says of one class or school: the shrunken estimate
// (BLUP), its conditional standard deviation, and how far the data of the group
// itself carry it. In a model of classes alone the estimate is Reliability ×
// the mean residual of the class, a line that a teacher can follow.
type Effect struct {
	N           int
	Value       float64
	SD          float64
	Reliability float64 // τ² ÷ (τ² + σ²/n)
}

// Verdict is the group an effect is shown in. One class-year is noisy, so three
// groups are all that it supports.
type Verdict int8

// The three groups.
const (
	Below Verdict = iota - 1
	Alike
	Above
)

// Verdict compares the effect with the average: it is above or below only when
// width conditional standard deviations do not reach zero.
func (e Effect) Verdict(width float64) Verdict {
	switch reach := width * e.SD; {
	case e.Value > reach:
		return Above
	case e.Value < -reach:
		return Below
	}
	return Alike
}

// Fit estimates the model.
func (p Pupils) Fit(l Likelihood) (*ValueAdded, error) {
	n, err := p.sums()
	if err != nil {
		return nil, err
	}
	n.likelihood = l
	components := 1
	if p.School != nil {
		components = 2
	}
	start := make([]float64, components)
	for i := range start {
		start[i] = 0.5
	}
	theta, ok := minimise(n.criterion, start)
	if !ok {
		return nil, ErrNoConverged
	}
	return n.result(theta), nil
}

// criterion returns −2 log likelihood with all but the ratios theta = τ/σ
// profiled out, and +Inf where it is not defined.
func (n *nested) criterion(theta []float64) float64 {
	f := n.solve(theta)
	if !f.ok {
		return math.Inf(1)
	}
	return f.criterion
}

// result reads the model off the optimum. Effects are conditional on the fixed
// part, as lme4's ranef(condVar = TRUE) reports them.
func (n *nested) result(theta []float64) *ValueAdded {
	f := n.solve(theta)
	class, school := ratios(theta)
	v := &ValueAdded{
		Fixed:          n.coefficients(f),
		ClassVariance:  class * f.sigma2,
		SchoolVariance: school * f.sigma2,
		Residual:       f.sigma2,
		Criterion:      f.criterion,
		Classes:        make([]Effect, n.classes),
	}
	for i := range v.Classes {
		v.Classes[i].SD = math.Sqrt(class * f.sigma2) // until pupils are seen
	}
	if n.hasSchools {
		v.Schools = make([]Effect, n.schools)
		for i := range v.Schools {
			v.Schools[i].SD = math.Sqrt(school * f.sigma2)
		}
	}
	for _, g := range n.groups {
		size, weight, pull := 0.0, 0.0, 0.0
		for _, c := range g.classes {
			w := 1 / (1 + c.n()*class)
			size += c.n()
			weight += c.n() * w
			pull += c.residual(f.beta) * w
		}
		shrink := school / (1 + weight*school)
		effect := shrink * pull
		if n.hasSchools {
			v.Schools[g.school] = Effect{int(size), effect, math.Sqrt(f.sigma2 * shrink), reliability(school, size)}
		}
		for _, c := range g.classes {
			own := class / (1 + c.n()*class)
			spread := own + math.Pow(c.n()*own, 2)*shrink
			v.Classes[c.class] = Effect{
				N:           int(c.n()),
				Value:       own * (c.residual(f.beta) - c.n()*effect),
				SD:          math.Sqrt(f.sigma2 * spread),
				Reliability: reliability(class, c.n()),
			}
		}
	}
	return v
}

func reliability(ratio, n float64) float64 { return n * ratio / (1 + n*ratio) }
