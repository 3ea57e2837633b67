package scheme

// Formula gives the value of a formula over named facts.
type Formula struct {
	Is   Expr
	Text string // as written, shown to people
	Over *Over
	Limits
}

func (*Formula) Kind() string { return "formula" }

func (f *Formula) Reads() Reads {
	return Reads{Values: append(Names(f.Is, nil), f.Over.values()...), Codes: f.Over.codes(), Over: f.Over}
}

func readFormula(p *Params) Form {
	text, _ := p.OptText("is")
	return &Formula{Is: readExpr(p, "is"), Text: text, Over: readOver(p), Limits: readLimits(p)}
}
