package scheme

// Sum adds its children's points. Children that drop out leave their full
// marks to the others in proportion, unless Keep says that they earn nothing.
type Sum struct {
	Keep bool
	Limits
}

func (*Sum) Kind() string { return "sum" }

func (*Sum) Reads() Reads { return Reads{Kids: true} }

func readSum(p *Params) Form {
	return &Sum{Keep: p.OneOf("dropped", "share", "nothing") == "nothing", Limits: readLimits(p)}
}
