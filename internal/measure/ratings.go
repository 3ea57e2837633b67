package measure

import (
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// ratings is a table of what each rater group said of the person: a mean in
// percent with its ballots, a line a group and item (济宁2018 三(五)).
type ratings struct {
	items  []string
	groups []string
	trim   *trimming
}

// anonymous are the rater groups whose members are promised that nobody learns
// what they said. Leaders and the committee answer by name.
var anonymous = []string{"教师互评", "学生", "家长", "服务教师", "服务学生"}

// fewestBallots is the number of anonymous ballots below which their mean is
// not told: the facts are in the bundle of the person they are about.
const fewestBallots = 5

var ratingFields = []field{
	{name: "测评群体", coded: true}, {name: "项目", coded: true}, {name: "均分", unit: "%"},
	{name: "有效票数", unit: "票"}, {name: "应评人数", unit: "人"}, {name: "回收率", share: true},
}

func readRatings(_ *compiler, p *scheme.Params) deriver {
	return &ratings{items: p.Texts("items"), groups: codesIn(p, "groups", "测评", "测评群体"), trim: readTrimming(p)}
}

func (t *ratings) fields() []field  { return ratingFields }
func (t *ratings) sheets() []string { return []string{"测评"} }

func (t *ratings) derive(r *run) {
	lines := r.of("测评")
	r.people(func(i int, s *evidence.Staff) {
		for _, k := range lines.by[i] {
			x := &r.Ratings[k]
			if !holds(t.groups, x.By) || !holds(t.items, x.Item) {
				continue
			}
			mean, work := t.mean(x, lines.sources[k])
			answered := cell{state: fact.NotApplicable}
			if q, ok := x.Valid.Q.Div(x.Eligible.Q); ok && x.Valid.State == evidence.Given {
				answered = cell{value: q}
			}
			r.add(i, row{item: r.item(lines.sheet, k), source: lines.sources[k], work: work, cells: []cell{
				{code: x.By}, cellOf(evidence.Value{Text: x.Item, State: evidence.NotApplicable}), mean, quantity(x.Valid), quantity(x.Eligible), answered,
			}})
		}
	})
}

// mean returns the line's mean in percent of full marks. Where ballots are to
// be trimmed they have to be there. The mean of a few anonymous ballots is as if
// it were still to come.
func (t *ratings) mean(x *evidence.Rating, source string) (cell, []fact.Line) {
	if slices.Contains(anonymous, x.By) && x.Valid.Q.Sign() > 0 && x.Valid.Q.Cmp(num.Int(fewestBallots)) < 0 {
		return cell{state: fact.NotYet}, []fact.Line{{Source: source, Label: "不记名的有效票不足 5 张，均分不予显示，也不计"}}
	}
	if x.Full.State != evidence.Given || x.Full.Q.Sign() <= 0 {
		return cell{state: fact.NotYet}, nil
	}
	if t.trim == nil || x.Valid.State == evidence.Given && x.Valid.Q.Sign() == 0 {
		if x.Mean.State != evidence.Given || x.Valid.Q.Sign() == 0 {
			return cell{state: cmpState(stateOf(x.Mean.State), fact.NotYet)}, nil
		}
		q, _ := x.Mean.Q.Mul(hundred).Div(x.Full.Q)
		return cell{value: q}, nil
	}
	if len(x.Ballots) == 0 {
		return cell{state: fact.NotYet}, []fact.Line{{Source: source, Label: "方案规定去掉最高、最低票，但没有交各票得分"}}
	}
	var marks []num.Q
	for _, b := range x.Ballots {
		q, err := num.Parse(b)
		if err != nil {
			return cell{state: fact.NotYet}, nil // the package's check names the cell
		}
		marks = append(marks, q)
	}
	slices.SortFunc(marks, num.Q.Cmp)
	k := t.trim.ends(len(marks))
	stay := marks[k : len(marks)-k]
	mean, _ := num.Sum(stay...).Div(num.Int(int64(len(stay))))
	q, _ := mean.Mul(hundred).Div(x.Full.Q)
	n := num.Int(int64(len(stay)))
	return cell{value: q}, []fact.Line{{Source: source, Label: "去掉最高、最低各 " + num.Int(int64(k)).String() + " 票，余 " + n.String() + " 票的平均", Value: mean, Factor: one, Counts: mean}}
}

// cmpState returns state, or other when state says that a value was given.
func cmpState(state, other fact.State) fact.State {
	if state == fact.Given {
		return other
	}
	return state
}

func quantity(q evidence.Quantity) cell {
	if q.State != evidence.Given {
		return cell{state: stateOf(q.State)}
	}
	return cell{value: q.Q}
}
