package explain

import (
	"slices"

	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// consequences words what fulfilled gates entail, vetoes first. Rules propose
// and people decide: only a confirmed veto record overrides a score by itself.
func (b *builder) consequences() {
	for _, c := range b.d.Result.Consequences {
		b.p.Consequences = append(b.p.Consequences, Consequence{
			Name: c.Name, Text: b.because(c), Effect: c.Effect, Clause: c.Clause, Veto: c.Veto,
		})
	}
	vetoesFirst(b.p.Consequences)
}

func vetoesFirst(list []Consequence) {
	slices.SortStableFunc(list, func(a, b Consequence) int {
		switch {
		case a.Veto == b.Veto:
			return 0
		case a.Veto:
			return -1
		}
		return 1
	})
}

func (b *builder) because(c eval.Consequence) string {
	reason := gateReason(b.c, c)
	if c.Veto {
		return "一票否决：" + reason + "，按规定为" + quoted(c.Effect) + "，不受得分影响；认定记录已生效，由委员会确认并书面告知本人。"
	}
	return reason + "，按方案提出" + quoted(c.Effect) + "，由委员会确认。"
}

// gateReason words which condition was met by what.
func gateReason(c *scheme.Compiled, met eval.Consequence) string {
	for _, g := range c.Gates {
		if g.ID != met.Gate {
			continue
		}
		d := gateFact(c, met.Fact)
		value := quoted(met.Fact) + "为 " + met.Value
		if q, err := num.Parse(met.Value); err == nil {
			value = quoted(met.Fact) + "为 " + amount(q, d)
		}
		switch {
		case g.Any:
			return quoted(met.Fact) + "有 " + met.Value + " 条认定记录"
		case g.Below != nil:
			return value + "，低于 " + amount(*g.Below, d)
		case g.Above != nil:
			return value + "，高于 " + amount(*g.Above, d)
		}
		return quoted(met.Fact) + "为" + quoted(met.Value)
	}
	return quoted(met.Fact) + "为" + quoted(met.Value)
}

// gateFact returns the declaration of what a gate reads.
func gateFact(c *scheme.Compiled, name string) scheme.FactDecl {
	if i := c.ScalarIndex(name); i >= 0 {
		return c.Scalars[i]
	}
	return scheme.FactDecl{}
}
