package scheme

import "shiji/internal/num"

// Ratio gives Points × Of ÷ a reference: a declared value or fact, or the
// maximum or mean of Of among peers.
type Ratio struct {
	Of     Expr
	To     Expr   // nil when Stat is set
	Stat   string // "max", "mean"
	Peers  Peers
	Points num.Q
	Most   *num.Q // the ratio itself counts at most this much
	Zero   num.Q  // the value when the reference is zero
	Over   *Over
	Limits
}

func (*Ratio) Kind() string { return "ratio" }

func (f *Ratio) Reads() Reads {
	r := Reads{Values: append(Names(f.Of, nil), f.Over.values()...), Codes: f.Over.codes(), Over: f.Over, Peers: f.Stat != ""}
	if f.To != nil {
		r.Values = Names(f.To, r.Values)
	}
	r.Codes = append(r.Codes, f.Peers.Same...)
	return r
}

func readRatio(p *Params) Form {
	f := &Ratio{Of: readExpr(p, "of"), To: readOptExpr(p, "to"), Points: p.QOr("points", num.Int(100)), Zero: p.Q("zero"), Over: readOver(p), Limits: readLimits(p)}
	if stat, ok := p.OptText("to-stat"); ok {
		f.Stat = p.among("to-stat", stat, []string{"max", "mean"})
		f.Peers = readPeers(p)
	}
	if q, ok := p.OptQ("most"); ok {
		f.Most = &q
	}
	if (f.To == nil) == (f.Stat == "") {
		p.Fault("", "scheme.ratio-reference")
	}
	if f.Stat != "" && f.Over != nil {
		p.Fault("over", "scheme.peers-over")
	}
	return f
}
