package scheme

// Select gives the score written beside a code: 一等 18, 二等 16.
type Select struct {
	Of     string
	Scores []NamedQ
	Over   *Over
}

func (*Select) Kind() string { return "select" }

func (f *Select) Reads() Reads {
	return Reads{Values: f.Over.values(), Codes: append([]string{f.Of}, f.Over.codes()...), Over: f.Over}
}

func readSelect(p *Params) Form {
	f := &Select{Of: p.Text("of"), Scores: p.Numbers("scores"), Over: readOver(p)}
	if len(f.Scores) == 0 {
		p.Fault("", "scheme.missing-key", "scores")
	}
	return f
}
