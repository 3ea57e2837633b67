package scheme

import "shiji/internal/num"

// Bands looks Of up in a table of bands. Each band has one end, closed or open;
// the first band that holds the value gives the score, Else if none does.
type Bands struct {
	Of    Expr
	By    string            // coded fact choosing among Cases; "" when there is one table
	Cases map[string][]Band // "" is the one table
	Order []string          // the cases as written
	Else  num.Q
	Over  *Over
}

// Band is one line of a band table. Test is one of ">=", ">", "<=", "<".
type Band struct {
	Test  string
	Line  num.Q
	Score num.Q
}

// Holds reports whether x lies in the band.
func (b Band) Holds(x num.Q) bool {
	c := x.Cmp(b.Line)
	switch b.Test {
	case ">=":
		return c >= 0
	case ">":
		return c > 0
	case "<=":
		return c <= 0
	}
	return c < 0
}

func (*Bands) Kind() string { return "bands" }

func (f *Bands) Reads() Reads {
	r := Reads{Values: append(Names(f.Of, nil), f.Over.values()...), Codes: f.Over.codes(), Over: f.Over}
	if f.By != "" {
		r.Codes = append(r.Codes, f.By)
	}
	return r
}

func readBands(p *Params) Form {
	f := &Bands{Of: readExpr(p, "of"), Else: p.Q("else"), Cases: map[string][]Band{}}
	if by, ok := p.OptText("case"); ok {
		f.By = by
		cases := p.Map("cases")
		if cases == nil {
			p.Fault("", "scheme.missing-key", "cases")
			return f
		}
		for _, code := range cases.Names() {
			f.Cases[code] = readBandList(cases, code)
			f.Order = append(f.Order, code)
		}
	} else {
		f.Cases[""], f.Order = readBandList(p, "bands"), []string{""}
	}
	f.Over = readOver(p)
	return f
}

// bandEnds are the keys of a band's end and the test each stands for.
var bandEnds = []struct{ key, test string }{{"from", ">="}, {"above", ">"}, {"to", "<="}, {"under", "<"}}

func readBandList(p *Params, key string) []Band {
	var out []Band
	for _, m := range p.Maps(key) {
		b := Band{Score: m.Q("score")}
		ends := 0
		for _, e := range bandEnds {
			if q, ok := m.OptQ(e.key); ok {
				b.Test, b.Line = e.test, q
				ends++
			}
		}
		m.End()
		if ends != 1 {
			m.Fault("", "scheme.band-end")
			continue
		}
		if n := len(out); n > 0 && !follows(out[n-1], b) {
			m.Fault("", "scheme.band-order", b.Line.String())
		}
		out = append(out, b)
	}
	if len(out) == 0 {
		p.Fault(key, "scheme.band-none")
	}
	return out
}

// follows reports whether band b can hold anything that a does not.
func follows(a, b Band) bool {
	if a.Test[0] != b.Test[0] {
		return false
	}
	c := b.Line.Cmp(a.Line)
	if a.Test[0] == '<' {
		return c > 0 || c == 0 && a.Test == "<" && b.Test == "<="
	}
	return c < 0 || c == 0 && a.Test == ">" && b.Test == ">="
}
