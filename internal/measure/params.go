package measure

import (
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// written reports whether key is written as plain text, not as a mapping or list.
func written(p *scheme.Params, key string) (string, bool) {
	var quiet fault.List
	s, ok := p.Into(&quiet).OptText(key)
	if ok {
		p.OptText(key) // now known to End
	}
	return s, ok
}

// codes returns what a coded column of a sheet may hold.
func allowedIn(sheet, column string) []string {
	for _, c := range evidence.SheetNamed(sheet).Columns {
		if c.Name == column {
			var names []string
			for _, code := range c.Codes {
				names = append(names, code.Name)
			}
			return names
		}
	}
	panic("measure: no column " + sheet + "." + column)
}

// codesIn returns the texts under key, each of which must be a code of the column.
func codesIn(p *scheme.Params, key, sheet, column string) []string {
	list := p.Texts(key)
	allowed := allowedIn(sheet, column)
	for _, s := range list {
		if !slices.Contains(allowed, s) {
			p.Fault(key, "measure.unknown-code", s, sheet, column, strings.Join(allowed, "、"))
		}
	}
	return list
}

// someCodesIn is codesIn for a list that has to be written.
func someCodesIn(p *scheme.Params, key, sheet, column string) []string {
	list := codesIn(p, key, sheet, column)
	if len(list) == 0 {
		p.Fault("", "measure.need-list", key, strings.Join(allowedIn(sheet, column), "、"))
	}
	return list
}

// rates returns the mapping under key from names, each among allowed, to numbers.
func rates(p *scheme.Params, key string, allowed []string) map[string]num.Q {
	out := map[string]num.Q{}
	for _, e := range p.Numbers(key) {
		if !slices.Contains(allowed, e.Name) {
			p.Fault(key, "measure.not-among", e.Name, strings.Join(allowed, "、"))
		}
		out[e.Name] = e.Q
	}
	return out
}

// none is what a person has of whom the handed-in sheet has no line.
type none struct {
	zero  bool
	state fact.State
}

// readNone reads the declared choice: zero where nothing means none, a state
// where zero would be a lie.
func readNone(p *scheme.Params, allowed ...string) none {
	switch p.MustOneOf("none", allowed...) {
	case "zero":
		return none{zero: true}
	case "not-yet":
		return none{state: fact.NotYet}
	}
	return none{state: fact.NotApplicable}
}

// put gives the person the declared value of nothing.
func (n none) put(r *run, person int) {
	if n.zero {
		r.number(person, num.Q{}, nil)
		return
	}
	r.missing(person, n.state, nil)
}

// rounding is a declared rounding of values that have no finite form.
type rounding struct {
	places int
	mode   num.Mode
}

func (r rounding) apply(q num.Q) num.Q { return q.Round(r.places, r.mode) }

// readRounding reads the mapping under round, and false when it is not written.
func readRounding(p *scheme.Params) (rounding, bool) {
	m := p.Map("round")
	if m == nil {
		return rounding{4, num.HalfUp}, false
	}
	r := rounding{places: m.IntOr("places", 4, 0, 12), mode: num.HalfUp}
	mode, err := num.ParseMode(m.Text("mode"))
	if err != nil {
		m.Fault("mode", "measure.rounding-mode")
		mode = num.HalfUp
	}
	r.mode = mode
	m.End()
	return r, true
}

// positive reads a number above zero that has to be written.
func positive(p *scheme.Params, key string) num.Q {
	q := p.Q(key)
	if p.Has(key) && q.Sign() <= 0 {
		p.Fault(key, "measure.not-positive", key)
		return one
	}
	return q
}

// share01 reads a number from 0 to 1.
func share01(p *scheme.Params, key string, q num.Q) num.Q {
	if q.Sign() < 0 || q.Cmp(one) > 0 {
		p.Fault(key, "measure.not-share", key, q.String())
	}
	return q
}

func joined(list []string) string { return strings.Join(list, "、") }
