package measure

import (
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/scheme"
)

// confirmed are the states in which a breach is proven and in force. A report,
// an investigation or a case still under appeal counts nothing.
var confirmed = []string{"已认定", "已生效"}

// breaches is a table of the confirmed breaches of conduct that hit this
// appraisal (济宁2018 三(一): 凡有下列行为之一的,考核定为不合格). Which date
// decides the year is the scheme's to declare.
type breaches struct {
	happened bool
	items    []string
}

var breachFields = []field{{name: "条目", coded: true}, {name: "状态", coded: true}, {name: "认定单位", coded: true}, {name: "文号", coded: true}}

func readConduct(_ *compiler, p *scheme.Params) deriver {
	return &breaches{happened: p.MustOneOf("year", "发生日期", "认定日期") == "发生日期", items: p.Texts("items")}
}

func (b *breaches) fields() []field  { return breachFields }
func (b *breaches) sheets() []string { return []string{"师德认定"} }

func (b *breaches) derive(r *run) {
	lines := r.of("师德认定")
	r.people(func(i int, s *evidence.Staff) {
		for _, k := range lines.by[i] {
			x := &r.Conduct[k]
			if x.Kind != "违规认定" || !slices.Contains(confirmed, x.State) || !holds(b.items, x.Item) {
				continue
			}
			date, column := x.Decided, "认定日期"
			if b.happened {
				date, column = x.Happened, "发生日期"
			}
			day, ok := dayNumber(date)
			if !ok {
				r.fault("师德认定", x.Line, column, "measure.breach-date", column)
				continue
			}
			if day < r.start || day > r.end {
				continue
			}
			r.add(i, row{item: r.item(lines.sheet, k), source: lines.sources[k], cells: []cell{{code: x.Item}, textCell(x.State), textCell(x.By), textCell(x.Document)}})
		}
	})
}

func textCell(s string) cell {
	if s == "" {
		return cell{state: fact.NotApplicable}
	}
	return cell{code: s}
}

// conclusion hands on one coded conclusion about the person.
type conclusion struct {
	sheet string
	find  func(r *run, line int) string
	none  none
}

func readConductConclusion(_ *compiler, p *scheme.Params) deriver {
	return &conclusion{"师德认定", func(r *run, k int) string {
		if x := &r.Conduct[k]; x.Kind == "年度结论" {
			return x.Item
		}
		return ""
	}, readNone(p, "not-yet", "not-applicable")}
}

func readCommitteeConclusion(_ *compiler, p *scheme.Params) deriver {
	item := p.Text("item")
	return &conclusion{"委员会评分", func(r *run, k int) string {
		if x := &r.Committee[k]; x.Item == item {
			return x.Conclusion
		}
		return ""
	}, readNone(p, "not-yet", "not-applicable")}
}

func readExceptions(_ *compiler, p *scheme.Params) deriver {
	kinds := someCodesIn(p, "kinds", "例外批准", "事项")
	return &conclusion{"例外批准", func(r *run, k int) string {
		if x := &r.Exceptions[k]; slices.Contains(kinds, x.Kind) {
			return x.Kind
		}
		return ""
	}, none{state: fact.NotApplicable}}
}

func (c *conclusion) fields() []field  { return code }
func (c *conclusion) sheets() []string { return []string{c.sheet} }

func (c *conclusion) derive(r *run) {
	lines := r.of(c.sheet)
	r.people(func(i int, _ *evidence.Staff) {
		said, source := "", ""
		for _, k := range lines.by[i] {
			switch text := c.find(r, k); {
			case text == "" || text == said:
			case said != "":
				r.fault(c.sheet, c.lineOf(r, k), "", "measure.two-conclusions", r.staff[i].ID, said, text)
			default:
				said, source = text, lines.sources[k]
			}
		}
		if said == "" {
			c.none.put(r, i)
			return
		}
		r.code(i, said, source)
	})
}

func (c *conclusion) lineOf(r *run, k int) int {
	return evidence.SheetNamed(c.sheet).Line(r.Package, k)
}
