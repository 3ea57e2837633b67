package explain

import (
	"fmt"
	"strings"

	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

func (t *telling) awards(f *scheme.Awards) words {
	var levels []string
	for _, l := range f.Scores {
		levels = append(levels, l.Level+"（"+namedScores(l.Grades)+"）")
	}
	rule := quoted(f.Table) + ruleWhere(f.Where) + "按级别和等次计分：" + strings.Join(levels, "，")
	if f.Series != "" {
		rule += "；同一" + quoted(f.Series) + "只计最高"
	}
	if len(f.Factor) > 0 {
		rule += "；按" + quoted(f.FactorBy) + "乘系数：" + namedScores(f.Factor)
	}
	if len(f.Caps) > 0 {
		rule += "；按" + quoted(f.Kind_) + "的上限：" + namedScores(f.Caps)
	}
	for _, c := range f.Convert {
		var grades []string
		for i, g := range c.Grades {
			grades = append(grades, fmt.Sprintf("前 %d 名为%s", c.Upto[i], g))
		}
		rule += fmt.Sprintf("；取 %d 名的比赛 %s", c.Of, list(grades))
	}
	return words{
		rule: rule + ruleLimits(f.Limits),
		line: func(r reading) (string, num.Q, bool) { return t.award(f, r) },
		tell: func() string { return t.awarded(f) },
	}
}

// award words what one line is worth.
func (t *telling) award(f *scheme.Awards, r reading) (string, num.Q, bool) {
	level, grade := r.code(f.Level), r.code(f.Grade)
	text := level + " " + grade
	if converted := r.code("名次折算"); converted != "" {
		place, _ := r.find(f.Rank)
		of, _ := r.find(f.Places)
		grade = converted
		text = fmt.Sprintf("%s 第 %s 名（取 %s 名，折算为%s）", level, shown(place.Value), shown(of.Value), grade)
	}
	q, ok := f.Score(level, grade)
	if !ok {
		return strings.TrimSpace(text) + "，计分表里没有对应的分值", q, false
	}
	text += "，" + shown(q) + " 分"
	for _, e := range f.Factor {
		if f.FactorBy != "" && e.Name == r.code(f.FactorBy) {
			q = q.Mul(e.Q)
			text += " × " + e.Name + " " + inFormula(e.Q) + " = " + shown(q)
		}
	}
	return text, q, true
}

func (t *telling) awarded(f *scheme.Awards) string {
	var terms []string
	var sum num.Q
	perKind := map[string]num.Q{}
	dropped := 0
	for i := range t.s.Kids {
		k := &t.s.Kids[i]
		switch {
		case k.Node != "":
		case k.Status == eval.NotApplicable:
			dropped++
		default:
			terms = append(terms, inFormula(k.Value))
			sum = sum.Add(k.Value)
			kind := reading(k.Args).code(f.Kind_)
			perKind[kind] = perKind[kind].Add(k.Value)
		}
	}
	if t.s.Status == eval.Blocked {
		return "有成果在计分表里没有对应的分值，等待委员会认定"
	}
	if len(terms) == 0 {
		return t.finish("没有可计的"+quoted(f.Table)+"，得 "+shown(sum), sum, f.Limits)
	}
	text := fmt.Sprintf("计 %d 项：", len(terms))
	switch {
	case t.brief:
		text += shown(sum)
	case len(terms) > 1:
		text += addends(terms, " + ") + " = " + shown(sum)
	default:
		text += terms[0]
	}
	if dropped > 0 {
		text += fmt.Sprintf("（同一系列只计最高，%d 项不计）", dropped)
	}
	for _, c := range f.Caps {
		if over := perKind[c.Name].Sub(c.Q); over.Sign() > 0 {
			sum = sum.Sub(over)
			text += "；" + quoted(c.Name) + "超过上限 " + shown(c.Q) + "，减 " + shown(over) + "，余 " + shown(sum)
		}
	}
	return t.finish(text, sum, f.Limits)
}
