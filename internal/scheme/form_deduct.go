package scheme

import "shiji/internal/num"

// Deduct starts from full marks and takes Each for every unit beyond Free,
// down to Floor.
type Deduct struct {
	From  num.Q
	Items []Deduction
	Floor num.Q
}

// Deduction is one reason to deduct.
type Deduction struct {
	Of         Expr
	Text       string
	Free, Each num.Q
	Most       *num.Q // at most this much for the item
}

func (*Deduct) Kind() string { return "deduct" }

func (f *Deduct) Reads() Reads {
	var names []string
	for _, it := range f.Items {
		names = Names(it.Of, names)
	}
	return Reads{Values: names}
}

func readDeduct(p *Params) Form {
	f := &Deduct{From: p.Q("from"), Floor: p.Q("floor")}
	for _, m := range p.Maps("items") {
		text, _ := m.OptText("of")
		d := Deduction{Of: readExpr(m, "of"), Text: text, Free: m.QOr("free", num.Q{}), Each: m.Q("each")}
		if q, ok := m.OptQ("most"); ok {
			d.Most = &q
		}
		m.End()
		f.Items = append(f.Items, d)
	}
	if len(f.Items) == 0 {
		p.Fault("", "scheme.missing-key", "items")
	}
	return f
}
