package measure

import (
	"strings"

	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// progressRule is the declared definition of 进步率: the share of matched
// pupils of whom it says that they made progress. The annex names the rate and
// does not define it, so a scheme that asks for it must.
type progressRule struct {
	how   string // z-rise, score-rate-rise, band-rise, pass-crossing
	bands Bands
	ties  Ties
	top   bool // a pupil who stays in the best band made progress
}

func (e *exam) readProgress(p *scheme.Params) {
	if e.needs(needValueAdded) {
		m := p.Map("value-added")
		if m == nil {
			p.Fault("", "measure.value-added")
		} else {
			e.width = floatOf(positive(m, "width"))
			m.End()
		}
	}
	if !e.needs(needProgress) {
		return
	}
	m := p.Map("progress")
	if m == nil {
		p.Fault("", "measure.progress-undefined")
		return
	}
	r := &progressRule{how: m.MustOneOf("is", "z-rise", "score-rate-rise", "band-rise", "pass-crossing")}
	switch r.how {
	case "z-rise":
		if !e.needs(needDeviation) {
			e.divisor = readDivisor(m)
		}
	case "pass-crossing":
		if e.lines.pass == nil {
			m.Fault("is", "measure.exam-line", "pass")
		}
	case "band-rise":
		r.ties, r.top = readTies(m), m.MustOneOf("top-band", "keeps", "drops") == "keeps"
		r.bands.Line = LineByShare
		if m.MustOneOf("band-line", "share", "ceil") == "ceil" {
			r.bands.Line = LineByCeil
		}
		var last num.Q
		for _, s := range m.Texts("bands") {
			q, err := num.Parse(strings.TrimSpace(s))
			if err != nil || q.Cmp(last) <= 0 || q.Cmp(one) > 0 {
				m.Fault("bands", "measure.progress-bands", s)
				continue
			}
			last = q
			r.bands.Steps = append(r.bands.Steps, Band{Share: q})
		}
		if len(r.bands.Steps) == 0 {
			m.Fault("", "measure.need-list", "bands", "20%、40%、60%、80%")
		}
	}
	m.End()
	e.progress = r
}

// floatOf is for the width of a confidence band, which no score depends on but
// through a comparison of floats.
func floatOf(q num.Q) float64 {
	f, _ := q.Rat().Float64()
	return f
}

// prior is what the pupils of a paper had in the exam before it.
type prior struct {
	*paper        // the earlier one, whole
	aligned Lines // its lines
	own     []figures
	grade   figures
	moments Moments // of everybody who sat the earlier exam
	pairs   Pairs
	sums    []PairSums
	all     PairSums
	line    Regression
	fits    bool // the regression exists
	risen   []uint32
	of      []uint32 // denominators of the rate
	added   *ValueAdded
	label   string
}

// before gathers the earlier marks of today's pupils, class by class of today.
// Denominators of the earlier exam are those who sat, or were listed: opening
// numbers of then are not in today's package.
func (e *exam) before(r *run, res *result) *prior {
	if res.exam.Prior == "" {
		return nil
	}
	var earlier *paper
	for i := range r.Exams {
		if x := &r.Exams[i]; x.ID == res.exam.Prior && x.Subject == res.exam.Subject {
			earlier = r.paper(x)
		}
	}
	if earlier == nil {
		return nil
	}
	p := &prior{paper: earlier, aligned: e.lines.cut(earlier), label: "上期考试 " + res.exam.Prior}
	links := Link(res.pupils, earlier.pupils)
	p.figures(r, e, res, links)
	p.pairs = Match(res.scores, res.bounds, earlier.scores, links)
	p.sums, p.all = p.pairs.Sums()
	p.line, p.fits = p.all.Regress()
	if e.progress != nil {
		p.rise(r, e, res)
	}
	if e.needs(needValueAdded) && len(res.peers) > 1 {
		// Too few classes to tell apart, or no spread: the model says nothing, and
		// the field does not apply.
		p.added, _ = p.pairs.Pupils().Fit(REML)
	}
	return p
}

func (p *prior) figures(r *run, e *exam, res *result, links []int32) {
	then := make([]uint16, len(links))
	for i, k := range links {
		then[i] = StateNotApplicable
		if k != NoLink {
			then[i] = p.scores[k]
		}
	}
	tally := r.tally(p.aligned)
	stats := make([]ClassStats, len(res.classes))
	tally.Classes(stats, then, res.bounds)
	early := *e
	if early.denominator == "opening" {
		early.denominator = "listed"
	}
	var all ClassStats
	for i := range stats {
		all = all.Merge(stats[i])
		p.own = append(p.own, early.figures(r, p.paper, stats[i], res.classes[i]))
	}
	p.grade = early.figures(r, p.paper, all, "")
	p.moments = tally.Class(p.scores).Moments(p.unit)
}

// rise counts the pupils who made progress as declared.
func (p *prior) rise(r *run, e *exam, res *result) {
	p.of = make([]uint32, p.pairs.Classes())
	for i := range p.of {
		p.of[i] = uint32(p.sums[i].N)
	}
	switch e.progress.how {
	case "z-rise":
		p.risen = p.pairs.Improved(res.all.Moments(res.unit), p.moments, e.divisor)
	case "score-rate-rise":
		now, then := num.Int(int64(res.unit)).Mul(res.full), num.Int(int64(p.unit)).Mul(p.full)
		p.countPairs(func(post, prior uint16) (bool, bool) {
			return num.Int(int64(post)).Mul(then).Cmp(num.Int(int64(prior)).Mul(now)) > 0, true
		})
	case "pass-crossing":
		line := e.lines.cut(res.paper).Pass
		p.countPairs(func(post, prior uint16) (bool, bool) { return post >= line, prior < p.aligned.Pass })
	case "band-rise":
		post, prior := bandsOf(res.scores, e.progress), bandsOf(p.scores, e.progress)
		p.countPairs(func(y, x uint16) (bool, bool) {
			return post[y] < prior[x] || e.progress.top && post[y] == 0 && prior[x] == 0, true
		})
	}
}

func bandsOf(scores []uint16, r *progressRule) []int {
	var h Histogram
	h.Add(scores)
	return h.Bands(r.bands, r.ties)
}

// countPairs counts in every class the pupils who count and those who rose.
func (p *prior) countPairs(rose func(post, prior uint16) (rose, counts bool)) {
	p.risen = make([]uint32, p.pairs.Classes())
	for i := range p.risen {
		post, prior := p.pairs.Class(i)
		p.of[i] = 0
		for k, y := range post {
			up, counts := rose(y, prior[k])
			if counts {
				p.of[i]++
				if up {
					p.risen[i]++
				}
			}
		}
	}
}

// priorField adds a field read from the earlier exam; a class without a
// baseline, or with too few matched pupils, has none.
func priorField(name, unit string, needs examNeed, get func(p *prior, class int) (num.Q, bool)) {
	examFields[name] = examField{unit: unit, needs: needs | needPrior, get: func(res *result, class int, _ *taught) cell {
		p := res.prior
		if p == nil || uint32(p.sums[class].N) < max(1, res.e.least) {
			return cell{state: fact.NotApplicable}
		}
		q, ok := get(p, class)
		if !ok {
			return cell{state: fact.NotApplicable}
		}
		return cell{value: q, work: []fact.Line{{Source: res.source[class], Label: p.label + "，两次都有成绩的 " + num.Int(int64(p.sums[class].N)).String() + " 人", Value: q, Factor: one, Counts: q}}}
	}}
}

// peerPriorField is priorField for what only means something beside other classes.
func peerPriorField(name, unit string, needs examNeed, get func(p *prior, class int) (num.Q, bool)) {
	priorField(name, unit, needs, get)
	f := examFields[name]
	alone := f.get
	f.get = func(res *result, class int, t *taught) cell {
		if !res.compared(class) {
			return cell{state: fact.NotApplicable}
		}
		return alone(res, class, t)
	}
	examFields[name] = f
}

func progressFields() {
	priorField("匹配人数", "人", 0, func(p *prior, class int) (num.Q, bool) { return num.Int(int64(p.sums[class].N)), true })
	examFields["提高分"] = examField{unit: "分", needs: needPrior, get: gain(func(res *result, s PairSums) (num.Q, bool) {
		return num.Frac(int64(s.Post), int64(res.unit)).Sub(num.Frac(int64(s.Prior), int64(res.prior.unit))).Div(num.Int(int64(s.N)))
	})}
	examFields["进步率"] = examField{needs: needPrior | needProgress, get: func(res *result, class int, _ *taught) cell {
		p := res.prior
		if p == nil || uint32(p.sums[class].N) < max(1, res.e.least) {
			return cell{state: fact.NotApplicable}
		}
		q, ok := Rate(p.risen[class], p.of[class])
		if !ok {
			return cell{state: fact.NotApplicable}
		}
		rose, of := num.Int(int64(p.risen[class])), num.Int(int64(p.of[class]))
		per, _ := one.Div(of)
		return cell{value: q, work: []fact.Line{{Source: res.source[class], Label: p.label + "：进步 " + rose.String() + " 人 ÷ " + of.String() + " 人", Value: rose, Factor: per, Counts: q}}}
	}}
	peerField("标准分进步", needDeviation, func(res *result, class int) (num.Q, bool) {
		p := res.prior
		return p.sums[class].GainZ(res.all.Moments(res.unit), p.moments, res.e.divisor)
	})
	peerField("残差增益", 0, func(res *result, class int) (num.Q, bool) {
		p := res.prior
		if !p.fits {
			return num.Q{}, false
		}
		q, ok := p.sums[class].ResidualGain(p.line)
		if !ok {
			return q, false
		}
		return q.Div(num.Int(int64(res.unit)))
	})
	addedField("增值", func(e Effect, unit float64) float64 { return e.Value / unit })
	addedField("增值误差", func(e Effect, unit float64) float64 { return e.SD / unit })
	addedField("增值信度", func(e Effect, _ float64) float64 { return e.Reliability })
	examFields["增值档"] = examField{coded: true, needs: needPrior | needRound | needValueAdded, get: func(res *result, class int, _ *taught) cell {
		p := res.prior
		if p == nil || p.added == nil || !res.compared(class) || uint32(p.sums[class].N) < max(1, res.e.least) {
			return cell{state: fact.NotApplicable}
		}
		return cell{code: map[Verdict]string{Below: "低于", Alike: "相当", Above: "高于"}[p.added.Classes[class].Verdict(res.e.width)]}
	}}
}

func gain(get func(res *result, s PairSums) (num.Q, bool)) func(res *result, class int, _ *taught) cell {
	return func(res *result, class int, _ *taught) cell {
		p := res.prior
		if p == nil || uint32(p.sums[class].N) < max(1, res.e.least) {
			return cell{state: fact.NotApplicable}
		}
		q, ok := get(res, p.sums[class])
		if !ok {
			return cell{state: fact.NotApplicable}
		}
		return cell{value: q, work: []fact.Line{{Source: res.source[class], Label: p.label + "，两次都有成绩的 " + num.Int(int64(p.sums[class].N)).String() + " 人", Value: q, Factor: one, Counts: q}}}
	}
}

// addedField adds a figure of the class's effect in the value-added model; unit
// is how many packed units a mark has.
func addedField(name string, of func(e Effect, unit float64) float64) {
	peerField(name, needValueAdded, func(res *result, class int) (num.Q, bool) {
		if res.prior.added == nil {
			return num.Q{}, false
		}
		return FromFloat(of(res.prior.added.Classes[class], float64(res.unit)), res.e.round.places, res.e.round.mode)
	})
}

// peerField adds a rounded field that compares the class with its grade's
// pupils over two exams.
func peerField(name string, needs examNeed, get func(res *result, class int) (num.Q, bool)) {
	inner := func(res *result, class int) cell {
		p := res.prior
		if p == nil || !res.compared(class) || uint32(p.sums[class].N) < max(1, res.e.least) {
			return cell{state: fact.NotApplicable}
		}
		q, ok := get(res, class)
		if !ok {
			return cell{state: fact.NotApplicable}
		}
		q = res.e.round.apply(q)
		return cell{value: q, work: []fact.Line{{Source: res.source[class], Label: p.label + "，两次都有成绩的 " + num.Int(int64(p.sums[class].N)).String() + " 人，与年级比较", Value: q, Factor: one, Counts: q}}}
	}
	examFields[name] = examField{needs: needs | needPrior | needRound, get: func(res *result, class int, _ *taught) cell { return inner(res, class) }}
}
