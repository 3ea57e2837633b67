package scheme

import "shiji/internal/num"

// Difference gives Base + Points × (Of − Last): the change to the last period.
// A person without a last period is not applicable, never zero.
type Difference struct {
	Of, Last Expr
	Base     num.Q
	Points   num.Q
	Down     *num.Q // points per unit of decline, when they differ from Points
	Over     *Over
	Limits
}

func (*Difference) Kind() string { return "difference" }

func (f *Difference) Reads() Reads {
	return Reads{Values: append(Names(f.Last, Names(f.Of, nil)), f.Over.values()...), Codes: f.Over.codes(), Over: f.Over}
}

func readDifference(p *Params) Form {
	f := &Difference{
		Of: readExpr(p, "of"), Last: readExpr(p, "last"), Base: p.Q("base"), Points: p.Q("points"),
		Over: readOver(p), Limits: readLimits(p),
	}
	if q, ok := p.OptQ("points-down"); ok {
		f.Down = &q
	}
	return f
}
