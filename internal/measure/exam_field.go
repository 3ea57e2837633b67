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
			return res.grade.cell(f.name, res.gradeSource())
		}}
		word := "年级最高"
		if f.name == "低分率" {
			word = "年级最低"
		}
		examFields[word+f.name] = examField{unit: unit, needs: f.needs, get: func(res *result, class int, _ *taught) cell {
			return res.extreme(class, f.name, word)
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

// note is a figure with the one line that says where it comes from.
func (res *result) note(class int, q num.Q, label string) cell {
	return cell{value: q, work: []fact.Line{{Source: res.source[class], Label: label, Value: q, Factor: one, Counts: q}}}
}

// peer is note for a figure that compares the class with others of its grade.
// It is not yet known as long as get says so, because a class's numbers are
// missing.
func (res *result) peer(class int, get func() (num.Q, string, bool)) cell {
	if !res.compared(class) {
		return cell{state: fact.NotApplicable}
	}
	q, label, ok := get()
	if !ok {
		return cell{state: fact.NotYet}
	}
	return res.note(class, q, label)
}

// fewestClasses is the number of classes below which no class's figure is told
// to the teachers of the others: it would be one colleague's.
const fewestClasses = 5

// extreme is the figure of the grade's best class, without saying which it is.
func (res *result) extreme(class int, figure, word string) cell {
	n := num.Int(int64(len(res.peers))).String()
	if res.compared(class) && len(res.peers) < fewestClasses {
		return cell{state: fact.NotApplicable, work: []fact.Line{{Source: res.gradeSource(), Label: "参加比较的班不足 5 个（" + n + " 个），" + word + figure + "会是个别教师的数据，不用"}}}
	}
	c := res.peer(class, func() (num.Q, string, bool) {
		q, ok := res.best(figure)
		return q, "年级 " + n + " 个班中的" + strings.TrimPrefix(word, "年级"), ok
	})
	for i := range c.work {
		c.work[i].Source = res.gradeSource()
	}
	return c
}

// gradeSource is the natural key of the marks of all classes of the grade.
func (res *result) gradeSource() string { return "成绩/" + res.exam.ID + "//" + res.exam.Subject }

func numberFields() {
	count := func(label string, f func(s *ClassStats) uint32) func(res *result, class int, _ *taught) cell {
		return func(res *result, class int, _ *taught) cell {
			return res.note(class, num.Int(int64(f(&res.stats[class]))), label)
		}
	}
	examFields["人数"] = examField{unit: "人", get: count("有成绩的学生", func(s *ClassStats) uint32 { return s.Sat })}
	examFields["缺考人数"] = examField{unit: "人", get: count("缺考的学生", func(s *ClassStats) uint32 { return s.Absent })}
	examFields["应考人数"] = examField{unit: "人", get: func(res *result, class int, _ *taught) cell {
		f := &res.own[class]
		if !f.known {
			return cell{state: fact.NotYet}
		}
		return res.note(class, f.of, f.label+"人数")
	}}
	examFields["满分"] = examField{unit: "分", get: func(res *result, _ int, _ *taught) cell { return cell{value: res.full} }}
	examFields["份额"] = examField{get: func(_ *result, _ int, t *taught) cell { return cell{value: t.weight, work: t.work} }}
	examFields["班数"] = examField{unit: "个", get: func(res *result, _ int, _ *taught) cell { return cell{value: num.Int(int64(len(res.peers)))} }}
	examFields["名次"] = examField{needs: needRank, get: func(res *result, class int, _ *taught) cell {
		return res.peer(class, func() (num.Q, string, bool) {
			if res.ranks == nil {
				return num.Q{}, "", false
			}
			return num.Int(int64(res.ranks[class])), "按" + res.e.rankBy + "在 " + num.Int(int64(len(res.peers))).String() + " 个班中的名次", true
		})
	}}
	examFields["标准差"] = examField{unit: "分", needs: needDeviation | needRound, get: func(res *result, class int, _ *taught) cell {
		q, ok := res.deviation(res.stats[class])
		if !ok {
			return cell{state: fact.NotApplicable}
		}
		return res.note(class, q, "本班成绩的标准差")
	}}
	examFields["年级标准差"] = examField{unit: "分", needs: needDeviation | needRound, get: func(res *result, class int, _ *taught) cell {
		return res.peer(class, func() (num.Q, string, bool) {
			q, ok := res.gradeDeviation()
			return q, "年级 " + num.Int(int64(res.all.Sat)).String() + " 人成绩的标准差", ok
		})
	}}
	examFields["Z"] = examField{needs: needDeviation | needRound, get: standing(Moments.Z)}
	examFields["T"] = examField{needs: needDeviation | needRound, get: standing(Moments.T)}
}

// standing is the class's mean as a standard score among the pupils of its grade.
func standing(scale func(m Moments, mean num.Q, d Divisor) num.Q) func(res *result, class int, _ *taught) cell {
	return func(res *result, class int, _ *taught) cell {
		return res.peer(class, func() (num.Q, string, bool) {
			mean, ok := res.own[class].mean()
			if !ok {
				return num.Q{}, "", false
			}
			m, round := res.all.Moments(res.unit), res.e.round.apply
			all, _ := m.Mean()
			sd, _ := res.gradeDeviation()
			label := "均分 " + round(mean).String() + "，年级均分 " + round(all).String() + "，年级标准差 " + sd.String()
			return round(scale(m, mean, res.e.divisor)), label, true
		})
	}
}

// gradeDeviation is deviation of the whole grade, worked out once.
func (res *result) gradeDeviation() (num.Q, bool) {
	if res.spread == nil {
		q, ok := res.deviation(res.all)
		if !ok {
			return q, false
		}
		res.spread = &q
	}
	return *res.spread, true
}

func (res *result) deviation(s ClassStats) (num.Q, bool) {
	v, ok := s.Moments(res.unit).Variance(res.e.divisor)
	if !ok {
		return v, false
	}
	q, _ := Root(v)
	return res.e.round.apply(q), true
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
