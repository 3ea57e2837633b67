package eval

import (
	"shiji/internal/num"
	"shiji/internal/scheme"
)

type raters struct {
	f                        *scheme.Raters
	table                    int
	by                       code
	value, ballots, eligible expr
}

func readyRaters(c *scheme.Compiled, n *scheme.CompiledNode, f *scheme.Raters) former {
	p := &raters{f: f, table: n.Table, by: compileCode(c, n, f.By), value: compileExpr(c, n, scheme.Name{Name: f.Value}), ballots: compileExpr(c, n, scheme.Name{Name: f.Ballots})}
	if f.Eligible != "" {
		p.eligible = compileExpr(c, n, scheme.Name{Name: f.Eligible})
	}
	return p
}

// score adds up the groups that count. Several lines of one group are weighted
// by their ballots.
func (p *raters) score(in *input) Value {
	t := &in.cols.tables[p.table]
	from, to := t.lines(in.member)
	if from == to && Status(t.state[in.member]) != Known {
		return Value{Status: Status(t.state[in.member])}
	}
	outer := in.step
	defer func() { in.line, in.step = -1, outer }()
	var score, active num.Q
	for _, w := range p.f.Weights {
		if outer != nil {
			outer.Kids = append(outer.Kids, Step{Name: w.Name, Rule: "raters", Weight: w.Q, Weighted: true, Status: NotApplicable})
			in.step = &outer.Kids[len(outer.Kids)-1]
		}
		mean, s := p.group(in, w.Name, from, to)
		if in.step != nil {
			in.step.Value, in.step.Status = mean, s
		}
		switch {
		case s == Known:
			score, active = score.Add(mean.Mul(w.Q)), active.Add(w.Q)
			if tooLarge(score) {
				return in.fail("eval.too-large")
			}
		case s == NotYet || s == Refused:
			if p.f.Few == "block" {
				return in.fail("eval.few-ballots", w.Name)
			}
			in.find("eval.few-ballots", in.node.Name, w.Name)
		}
	}
	q, ok := score.Div(active)
	if !ok {
		return Value{Status: NotApplicable}
	}
	return Value{Q: q}
}

// group returns the mean of one rater group. NotApplicable: nobody of the group
// was asked; NotYet: too few answered, or the line is still to come.
func (p *raters) group(in *input, name string, from, to int) (num.Q, Status) {
	var sum, ballots, eligible num.Q
	found := false
	for in.line = from; in.line < to; in.line++ {
		if by, s := p.by(in); s != Known || by != name {
			continue
		}
		v, s := p.value(in)
		b, sb := p.ballots(in)
		s = worse(s, sb)
		var e num.Q
		if p.eligible != nil {
			var se Status
			e, se = p.eligible(in)
			s = worse(s, se)
		}
		switch s {
		case Known:
		case NotApplicable, Excused:
			continue // drops out alone, as a line does elsewhere
		default:
			return num.Q{}, s
		}
		found = true
		sum, ballots, eligible = sum.Add(v.Mul(b)), ballots.Add(b), eligible.Add(e)
	}
	if !found {
		return num.Q{}, NotApplicable
	}
	mean, ok := sum.Div(ballots)
	if !ok || ballots.Cmp(p.f.MinBallots) < 0 || p.eligible != nil && ballots.Cmp(eligible.Mul(p.f.MinShare)) < 0 {
		return num.Q{}, NotYet
	}
	return mean, Known
}
