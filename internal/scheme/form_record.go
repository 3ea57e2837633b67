package scheme

// Record states a coded fact, or lists the lines of a table, without points: an
// appraisal that ends in a conclusion (龙岩2017 三(三)1).
type Record struct {
	Of    string // coded scalar; "" when Table is set
	Table string
	Show  []string // fields of the table to show
}

func (*Record) Kind() string { return "record" }

func (f *Record) Reads() Reads {
	if f.Table != "" {
		return Reads{Over: &Over{Table: f.Table}}
	}
	return Reads{Codes: []string{f.Of}}
}

func readRecord(p *Params) Form {
	f := &Record{Show: p.Texts("show")}
	f.Of, _ = p.OptText("of")
	f.Table, _ = p.OptText("over")
	if (f.Of == "") == (f.Table == "") {
		p.Fault("", "scheme.record-one")
	}
	return f
}
