package scheme

import "shiji/internal/num"

// Linear runs straight between anchors; outside them it stays at the last
// score, or goes on with the last slope when Extend is set.
type Linear struct {
	Of      Expr
	Anchors []Anchor // ascending At, at least two
	Extend  bool
	Over    *Over
	Limits
}

// Anchor is a point of a Linear rule.
type Anchor struct{ At, Score num.Q }

func (*Linear) Kind() string { return "linear" }

func (f *Linear) Reads() Reads {
	return Reads{Values: append(Names(f.Of, nil), f.Over.values()...), Codes: f.Over.codes(), Over: f.Over}
}

func readLinear(p *Params) Form {
	f := &Linear{Of: readExpr(p, "of"), Extend: p.MustOneOf("outside", "hold", "extend") == "extend", Over: readOver(p), Limits: readLimits(p)}
	for _, m := range p.Maps("anchors") {
		a := Anchor{m.Q("at"), m.Q("score")}
		m.End()
		if n := len(f.Anchors); n > 0 && a.At.Cmp(f.Anchors[n-1].At) <= 0 {
			m.Fault("at", "scheme.anchor-order", a.At.String())
		}
		f.Anchors = append(f.Anchors, a)
	}
	if len(f.Anchors) < 2 {
		p.Fault("anchors", "scheme.anchor-two")
	}
	return f
}
