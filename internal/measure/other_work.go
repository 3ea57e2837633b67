package measure

import (
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// otherWork adds up work outside the timetable at a rate for each kind and
// unit (济宁2018 三(三)4: 可折合一定课时).
type otherWork struct {
	rates map[string]map[string]num.Q // by kind and unit
	skip  []string
	weeks num.Q // a weekly figure divides by this; 1 for the whole period
	none  none
}

func readOtherWork(_ *compiler, p *scheme.Params) deriver {
	kinds, units := allowedIn("其他工作", "类别"), allowedIn("其他工作", "单位")
	o := &otherWork{rates: map[string]map[string]num.Q{}, skip: codesIn(p, "skip", "其他工作", "类别"), weeks: one, none: readNone(p, "zero", "not-applicable")}
	for _, e := range p.Entries("rates") {
		if !slices.Contains(kinds, e.Name) {
			p.Fault("rates", "measure.not-among", e.Name, strings.Join(kinds, "、"))
		}
		o.rates[e.Name] = map[string]num.Q{}
		for _, unit := range e.Names() {
			if !slices.Contains(units, unit) {
				e.Fault(unit, "measure.not-among", unit, strings.Join(units, "、"))
			}
			o.rates[e.Name][unit] = e.Q(unit)
		}
		e.End()
		if slices.Contains(o.skip, e.Name) {
			p.Fault("skip", "measure.both-ways", e.Name)
		}
	}
	if len(o.rates) == 0 {
		p.Fault("", "measure.need-mapping", "rates", strings.Join(kinds, "、"))
	}
	if p.MustOneOf("basis", "period", "week") == "week" {
		o.weeks = positive(p, "weeks")
	}
	return o
}

func (o *otherWork) fields() []field  { return scalar }
func (o *otherWork) sheets() []string { return []string{"其他工作"} }

func (o *otherWork) derive(r *run) {
	lines := r.of("其他工作")
	per, ok := one.Div(o.weeks)
	if !ok {
		return
	}
	r.people(func(i int, _ *evidence.Staff) {
		var work []fact.Line
		for _, k := range lines.by[i] {
			w := &r.OtherWork[k]
			if slices.Contains(o.skip, w.Kind) || w.Amount.State != evidence.Given {
				continue
			}
			rate, ok := o.rates[w.Kind][w.Unit]
			if !ok {
				r.fault("其他工作", w.Line, "单位", "measure.work-rate", w.Kind, w.Unit)
				continue
			}
			label := strings.TrimSpace(w.Kind+" "+w.What) + " " + w.Amount.Q.String() + " " + w.Unit + " × " + rate.String()
			if !o.weeks.Equal(one) {
				label += " ÷ " + o.weeks.String() + " 周"
			}
			factor := rate.Mul(per)
			work = append(work, fact.Line{Source: lines.sources[k], Label: label, Value: w.Amount.Q, Factor: factor, Counts: w.Amount.Q.Mul(factor)})
		}
		if len(work) == 0 {
			o.none.put(r, i)
			return
		}
		r.number(i, total(work), work)
	})
}
