package scheme

import "shiji/internal/num"

// Raters is the weighted mean of rater groups. A group with too few ballots or
// too low a response does not count: its weight goes to the others, or the node
// is blocked, as Few declares.
type Raters struct {
	Table      string // the repeated fact; its lines are told apart by By
	By         string // coded field naming the rater group
	Value      string // field with the group's mean, in percent of full marks
	Ballots    string // field with the number of valid ballots
	Eligible   string // field with the number of eligible raters; "" if MinShare is 0
	Weights    []NamedQ
	MinBallots num.Q
	MinShare   num.Q
	Few        string // "reweight", "block"
}

func (*Raters) Kind() string { return "raters" }

func (f *Raters) Reads() Reads {
	values := []string{f.Value, f.Ballots}
	if f.Eligible != "" {
		values = append(values, f.Eligible)
	}
	return Reads{Values: values, Codes: []string{f.By}, Over: &Over{Table: f.Table}}
}

func readRaters(p *Params) Form {
	f := &Raters{
		Table: p.Text("over"), By: p.Text("group"), Value: p.Text("value"), Ballots: p.Text("ballots"),
		Weights: p.Numbers("weights"), MinBallots: p.Q("min-ballots"), MinShare: p.QOr("min-response", num.Q{}),
		Few: p.MustOneOf("few", "reweight", "block"),
	}
	f.Eligible, _ = p.OptText("eligible")
	if f.MinShare.Sign() > 0 && f.Eligible == "" {
		p.Fault("min-response", "scheme.missing-key", "eligible")
	}
	var sum num.Q
	for _, w := range f.Weights {
		sum = sum.Add(w.Q)
		if w.Q.Sign() <= 0 {
			p.Fault("weights", "scheme.weight-sign", w.Name, w.Q.String())
		}
	}
	if !sum.Equal(num.Int(1)) {
		p.Fault("weights", "scheme.weights-sum", "weights", sum.String())
	}
	return f
}
