package measure

import (
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
)

// examNeed says what a field asks the scheme to declare.
type examNeed uint16

const (
	needExcellent examNeed = 1 << iota
	needGood
	needPass
	needLow
	needRank
	needDeviation
	needRound
	needReference
	needPrior
	needProgress
	needValueAdded
)

// examField is one column of an exam table.
type examField struct {
	coded bool
	unit  string
	needs examNeed
	get   func(res *result, class int, t *taught) cell
}

// examFields are all columns an exam table can have. Every rate is a share of
// one, those of published references too.
var examFields = map[string]examField{}

func examFieldNames() []string {
	var names []string
	for name := range examFields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ownFigures are the figures that a class, its grade, the best class and the
// published reference all have.
var ownFigures = []struct {
	name  string
	needs examNeed
}{{"均分", 0}, {"得分率", 0}, {"合格率", needPass}, {"优秀率", needExcellent}, {"良好率", needGood}, {"低分率", needLow}}

func init() {
	codedFields()
	for _, f := range ownFigures {
		unit := ""
		if f.name == "均分" {
			unit = "分"
		}
		examFields[f.name] = examField{unit: unit, needs: f.needs, get: func(res *result, class int, _ *taught) cell {
			return res.own[class].cell(f.name, res.source[class])
		}}
		examFields["年级"+f.name] = examField{unit: unit, needs: f.needs, get: func(res *result, class int, _ *taught) cell {
			if !res.compared(class) {
				return cell{state: fact.NotApplicable}
			}
			return res.grade.cell(f.name, "成绩/"+res.exam.ID+"//"+res.exam.Subject)
		}}
		word := "年级最高"
		if f.name == "低分率" {
			word = "年级最低"
		}
		examFields[word+f.name] = examField{unit: unit, needs: f.needs, get: func(res *result, class int, _ *taught) cell {
			if !res.compared(class) {
				return cell{state: fact.NotApplicable}
			}
			q, ok := res.best(f.name)
			if !ok {
				return cell{state: fact.NotYet}
			}
			return cell{value: q}
		}}
		priorField("上期"+f.name, unit, f.needs, func(p *prior, class int) (num.Q, bool) { return p.own[class].value(f.name) })
		peerPriorField("上期年级"+f.name, unit, f.needs, func(p *prior, _ int) (num.Q, bool) { return p.grade.value(f.name) })
	}
	numberFields()
	referenceFields()
	progressFields()
}

func codedFields() {
	for name, text := range map[string]func(res *result, r *evidence.Exam) string{
		"考试": func(_ *result, x *evidence.Exam) string { return x.ID },
		"类别": func(_ *result, x *evidence.Exam) string { return x.Kind },
		"级别": func(_ *result, x *evidence.Exam) string { return x.Level },
		"学科": func(_ *result, x *evidence.Exam) string { return x.Subject },
		"年级": func(_ *result, x *evidence.Exam) string { return x.Grade },
	} {
		examFields[name] = examField{coded: true, get: func(res *result, _ int, _ *taught) cell { return textCell(text(res, res.exam)) }}
	}
	examFields["班级"] = examField{coded: true, get: func(_ *result, _ int, t *taught) cell { return textCell(t.class) }}
	examFields["段"] = examField{coded: true, get: func(_ *result, _ int, t *taught) cell { return textCell(t.band) }}
}

func numberFields() {
	count := func(f func(s *ClassStats) uint32) func(res *result, class int, _ *taught) cell {
		return func(res *result, class int, _ *taught) cell { return cell{value: num.Int(int64(f(&res.stats[class])))} }
	}
	examFields["人数"] = examField{unit: "人", get: count(func(s *ClassStats) uint32 { return s.Sat })}
	examFields["缺考人数"] = examField{unit: "人", get: count(func(s *ClassStats) uint32 { return s.Absent })}
	examFields["应考人数"] = examField{unit: "人", get: func(res *result, class int, _ *taught) cell {
		if !res.own[class].known {
			return cell{state: fact.NotYet}
		}
		return cell{value: res.own[class].of}
	}}
	examFields["满分"] = examField{unit: "分", get: func(res *result, _ int, _ *taught) cell { return cell{value: res.full} }}
	examFields["份额"] = examField{get: func(_ *result, _ int, t *taught) cell { return cell{value: t.weight, work: t.work} }}
	examFields["班数"] = examField{unit: "个", get: func(res *result, _ int, _ *taught) cell { return cell{value: num.Int(int64(len(res.peers)))} }}
	examFields["名次"] = examField{needs: needRank, get: func(res *result, class int, _ *taught) cell {
		switch {
		case !res.compared(class):
			return cell{state: fact.NotApplicable}
		case res.ranks == nil:
			return cell{state: fact.NotYet}
		}
		return cell{value: num.Int(int64(res.ranks[class]))}
	}}
	examFields["标准差"] = examField{unit: "分", needs: needDeviation | needRound, get: func(res *result, class int, _ *taught) cell {
		return res.deviation(res.stats[class])
	}}
	examFields["年级标准差"] = examField{unit: "分", needs: needDeviation | needRound, get: func(res *result, class int, _ *taught) cell {
		if !res.compared(class) {
			return cell{state: fact.NotApplicable}
		}
		return res.deviation(res.all)
	}}
	z := func(scale func(m Moments, mean num.Q, d Divisor) num.Q) func(res *result, class int, _ *taught) cell {
		return func(res *result, class int, _ *taught) cell {
			mean, ok := res.own[class].mean()
			if !res.compared(class) || !ok {
				return cell{state: fact.NotApplicable}
			}
			return cell{value: res.e.round.apply(scale(res.all.Moments(res.unit), mean, res.e.divisor))}
		}
	}
	examFields["Z"] = examField{needs: needDeviation | needRound, get: z(Moments.Z)}
	examFields["T"] = examField{needs: needDeviation | needRound, get: z(Moments.T)}
}

func (res *result) deviation(s ClassStats) cell {
	v, ok := s.Moments(res.unit).Variance(res.e.divisor)
	if !ok {
		return cell{state: fact.NotApplicable}
	}
	q, _ := Root(v)
	return cell{value: res.e.round.apply(q)}
}

// referenceFields are the published statistics of a joint exam.
func referenceFields() {
	for name, of := range map[string]func(r *evidence.Reference) evidence.Quantity{
		"参照均分":    func(r *evidence.Reference) evidence.Quantity { return r.Mean },
		"参照标准差":   func(r *evidence.Reference) evidence.Quantity { return r.SD },
		"参照人数":    func(r *evidence.Reference) evidence.Quantity { return r.Pupils },
		"参照合格率":   func(r *evidence.Reference) evidence.Quantity { return r.Pass },
		"参照优秀率":   func(r *evidence.Reference) evidence.Quantity { return r.Excellent },
		"参照良好率":   func(r *evidence.Reference) evidence.Quantity { return r.Good },
		"参照低分率":   func(r *evidence.Reference) evidence.Quantity { return r.Low },
		"参照最高均分":  func(r *evidence.Reference) evidence.Quantity { return r.TopMean },
		"参照最高合格率": func(r *evidence.Reference) evidence.Quantity { return r.TopPass },
		"参照最高优秀率": func(r *evidence.Reference) evidence.Quantity { return r.TopExcellent },
		"参照最高良好率": func(r *evidence.Reference) evidence.Quantity { return r.TopGood },
	} {
		percent := strings.HasSuffix(name, "率")
		examFields[name] = examField{needs: needReference, get: func(res *result, _ int, _ *taught) cell {
			if res.outside == nil {
				return cell{state: fact.NotYet}
			}
			q := of(res.outside)
			if q.State != evidence.Given {
				return cell{state: stateOf(q.State)}
			}
			w := fact.Line{Source: "参照/" + res.exam.ID + "/" + res.exam.Subject + "/" + res.outside.Range, Label: "公布值", Value: q.Q, Factor: one, Counts: q.Q}
			if percent {
				w.Factor = num.Frac(1, 100)
				w.Counts = q.Q.Mul(w.Factor)
			}
			return cell{value: w.Counts, work: []fact.Line{w}}
		}}
	}
}
