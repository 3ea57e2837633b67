package scheme

import "shiji/internal/num"

// Round rounds its one child: a rounding that the school's rule prescribes in
// the middle of a computation, with a mode of its own.
type Round struct {
	Places int
	Mode   num.Mode
}

func (*Round) Kind() string { return "round" }

func (*Round) Reads() Reads { return Reads{Kids: true} }

func readRound(p *Params) Form {
	return &Round{Places: p.IntOr("places", 2, 0, 8), Mode: readMode(p)}
}

func readMode(p *Params) num.Mode {
	m, err := num.ParseMode(p.Text("mode"))
	if err != nil {
		p.Fault("mode", "scheme.not-allowed", "mode", "half-up、half-even、down、up、floor、ceil")
		return num.HalfUp
	}
	return m
}
