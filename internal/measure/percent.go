package measure

import (
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// mark is one handed-in score out of full marks, with its weight in a mean.
type mark struct {
	source, label string
	score, full   evidence.Quantity
	weight        num.Q
}

// percentMean is the mean of a person's scores in percent of full marks.
// Forgiven lines drop out; a line still to come, or refused, makes the whole
// mean so, for leaving it out would reward not handing it in.
type percentMean struct {
	sheet    string
	marks    func(r *run, lines *sheetLines, person int) []mark
	ofPoints bool      // Σ score ÷ Σ full, not the mean of percentages
	trim     *trimming // of single marks; nil: none
	none     none
}

// readPercent reads what all means of scores declare.
func readPercent(p *scheme.Params, sheet string) *percentMean {
	return &percentMean{sheet: sheet, ofPoints: p.MustOneOf("average", "of-percents", "of-points") == "of-points", none: readNone(p, "not-applicable", "not-yet", "zero")}
}

func readRoutine(_ *compiler, p *scheme.Params) deriver {
	items := someCodesIn(p, "items", "常规检查", "项目")
	m := readPercent(p, "常规检查")
	m.marks = func(r *run, lines *sheetLines, person int) []mark {
		var out []mark
		for _, k := range lines.by[person] {
			if x := &r.Routines[k]; slices.Contains(items, x.Kind) {
				out = append(out, mark{lines.sources[k], x.Kind + " " + x.Date, x.Score, x.Full, one})
			}
		}
		return out
	}
	return m
}

func readInspection(_ *compiler, p *scheme.Params) deriver {
	kinds := someCodesIn(p, "kinds", "视导", "类别")
	m := readPercent(p, "视导")
	m.marks = func(r *run, lines *sheetLines, person int) []mark {
		var out []mark
		for _, k := range lines.by[person] {
			if x := &r.Inspections[k]; slices.Contains(kinds, x.Kind) {
				out = append(out, mark{lines.sources[k], x.Kind + " " + x.Name + " " + x.Date, x.Score, x.Full, one})
			}
		}
		return out
	}
	return m
}

// readGoals reads the weighted percentage of the tasks of posts without
// classes (济宁2018 三(四)); tasks left out of tasks count nowhere.
func readGoals(_ *compiler, p *scheme.Params) deriver {
	tasks := p.Texts("tasks")
	m := readPercent(p, "目标任务")
	m.marks = func(r *run, lines *sheetLines, person int) []mark {
		var out []mark
		for _, k := range lines.by[person] {
			if x := &r.Goals[k]; holds(tasks, x.Task) {
				label := x.Task
				if x.By != "" {
					label += "（" + x.By + "）"
				}
				out = append(out, mark{lines.sources[k], label, x.Score, x.Full, x.Weight.Or(one)})
			}
		}
		return out
	}
	return m
}

func readCommittee(_ *compiler, p *scheme.Params) deriver {
	item := p.Text("item")
	m := readPercent(p, "委员会评分")
	m.trim = readTrimming(p)
	m.marks = func(r *run, lines *sheetLines, person int) []mark {
		var out []mark
		for _, k := range lines.by[person] {
			x := &r.Committee[k]
			if x.Item != item || x.Score.State == evidence.NotApplicable {
				continue // a line with a conclusion alone carries no mark
			}
			label := item
			if x.Judge != "" {
				label = "评委 " + x.Judge
			}
			out = append(out, mark{lines.sources[k], label, x.Score, x.Full, one})
		}
		return out
	}
	return m
}

func (m *percentMean) fields() []field  { return scalar }
func (m *percentMean) sheets() []string { return []string{m.sheet} }

func (m *percentMean) derive(r *run) {
	lines := r.of(m.sheet)
	r.people(func(i int, _ *evidence.Staff) {
		marks := m.marks(r, lines, i)
		if len(marks) == 0 {
			m.none.put(r, i)
			return
		}
		if state := blocking(marks); state != fact.Given {
			r.missing(i, state, nil)
			return
		}
		work, cut := m.cut(scored(marks))
		if len(work) == 0 {
			r.missing(i, fact.Excused, nil)
			return
		}
		if !m.weigh(work) {
			r.missing(i, fact.NotApplicable, nil)
			return
		}
		r.number(i, total(work), append(work, cut...))
	})
}

// blocking returns the state that keeps a mean from being taken.
func blocking(marks []mark) fact.State {
	for _, state := range []fact.State{fact.NotYet, fact.Refused} {
		for _, m := range marks {
			if stateOf(m.score.State) == state {
				return state
			}
		}
	}
	return fact.Given
}

func scored(marks []mark) []mark {
	return slices.DeleteFunc(slices.Clone(marks), func(m mark) bool {
		return m.score.State != evidence.Given || m.full.State != evidence.Given || m.full.Q.Sign() <= 0
	})
}

var hundred = num.Int(100)

// cut turns marks into lines of work in percent with their weights as factors,
// and the trimmed ones, which count nothing, apart.
func (m *percentMean) cut(marks []mark) (work, trimmed []fact.Line) {
	for _, k := range marks {
		q, _ := k.score.Q.Mul(hundred).Div(k.full.Q)
		weight := k.weight
		if m.ofPoints {
			weight = weight.Mul(k.full.Q)
		}
		work = append(work, fact.Line{Source: k.source, Label: k.label, Value: q, Factor: weight})
	}
	if m.trim == nil {
		return work, nil
	}
	return m.trim.cut(work)
}

// weigh divides the factors by their sum, so that the lines add up to the
// mean; it is false when nothing has weight.
func (m *percentMean) weigh(work []fact.Line) bool {
	var sum num.Q
	for i := range work {
		sum = sum.Add(work[i].Factor)
	}
	for i := range work {
		w := &work[i]
		f, ok := w.Factor.Div(sum)
		if !ok {
			return false
		}
		w.Factor, w.Counts = f, w.Value.Mul(f)
	}
	return true
}
