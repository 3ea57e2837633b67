package scheme

import "shiji/internal/num"

// Count gives Base + Unit × what Of exceeds Free by, held within the limits:
// points per lesson, per prize, per hour of training. Of several lines the
// amounts are combined first, so that the allowance covers all of them.
type Count struct {
	Of   Expr
	Unit num.Q
	Base num.Q
	Free num.Q // allowance that earns nothing
	Over *Over
	Limits
}

func (*Count) Kind() string { return "count" }

func (f *Count) Reads() Reads {
	return Reads{Values: append(Names(f.Of, nil), f.Over.values()...), Codes: f.Over.codes(), Over: f.Over}
}

func readCount(p *Params) Form {
	return &Count{
		Of: readExpr(p, "of"), Unit: p.Q("unit"), Base: p.QOr("base", num.Q{}), Free: p.QOr("free", num.Q{}),
		Over: readOver(p), Limits: readLimits(p),
	}
}
