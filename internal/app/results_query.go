package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"shiji/internal/eval"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/pinyin"
)

// ResultOrder names the order of a table of results.
type ResultOrder string

// The orders, and ByColumn. Places, totals and values are best first; who has none
// comes last.
const (
	ByName  ResultOrder = "" // by pinyin
	ByPlace ResultOrder = "place"
	ByScore ResultOrder = "score"
)

const byColumn = "by "

// ByColumn orders by the values of an indicator.
func ByColumn(name string) ResultOrder { return ResultOrder(byColumn + name) }

// ResultFilter keeps those about whom something must be looked at.
type ResultFilter string

// The filters.
const (
	Everybody ResultFilter = ""
	NoTotal   ResultFilter = "no-total"
	Vetoed    ResultFilter = "veto"
	Marked    ResultFilter = "marked" // any consequence
)

// ResultBand keeps those whose value in a column lies from From to To, both
// included; an end that is "" is open. Column names an indicator, "" the total.
type ResultBand struct{ Column, From, To string }

// ResultQuery asks for a page of a table of results: those whose name, pinyin,
// initials or 工号 begins with Search, of one group ("" for all), in a band of
// values, after the key of a former page.
type ResultQuery struct {
	Search string
	Group  string
	Filter ResultFilter
	Band   ResultBand
	Order  ResultOrder
	After  string
}

// limits are a band's ends as numbers; nil where it is open.
type limits struct{ from, to *num.Q }

// longestEnd is how many characters the end of a band may have.
const longestEnd = 20

// limits reads a band on one of the table's columns. What is wrong with it is kept,
// and it cuts nothing off.
func (t *ResultTable) limits(b ResultBand) (l limits) {
	var faults fault.List
	read := func(field, text string) *num.Q {
		if text == "" {
			return nil
		}
		q, err := num.Parse(text)
		if err != nil || len(text) > longestEnd || strings.Trim(text, "-.0123456789") != "" { // no percentages, no fractions: nobody reads them in the table
			faults.Addf(fault.Invalid, fault.Place{Field: field}, "app.band-number", cut(text, longestEnd))
			return nil
		}
		return &q
	}
	l = limits{read("from", b.From), read("to", b.To)}
	if l.from != nil && l.to != nil && l.from.Cmp(*l.to) > 0 {
		faults.Addf(fault.Invalid, fault.Place{Field: "from"}, "app.band-turned", b.From, b.To)
	}
	if (b.From != "" || b.To != "") && b.Column != "" && !slices.Contains(t.Columns, ResultColumn{b.Column}) {
		faults.Addf(fault.Invalid, fault.Place{Field: "col"}, "app.band-column", cut(b.Column, longestEnd))
	}
	if t.BandWrong = faults.Faults; t.BandWrong != nil {
		return limits{}
	}
	return l
}

// cut shortens what is quoted to most characters.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// within says whether what stands in a line under a column lies in a band.
func (t *ResultTable) within(o *outcome, column string, b limits, l ResultLine) bool {
	if b.from == nil && b.to == nil {
		return true
	}
	q, ok := t.number(o, column, l)
	return ok && (b.from == nil || q.Cmp(*b.from) >= 0) && (b.to == nil || q.Cmp(*b.to) <= 0)
}

// page filters, sorts and cuts lines. A school has a few hundred of them, and
// they are in memory: no index finds them faster.
func (t *ResultTable) page(o *outcome, q ResultQuery, lines []ResultLine) {
	band := t.limits(q.Band)
	keys := t.keys(o, q.Order, lines) // by all lines: filters do not change who comes before whom
	lines = slices.DeleteFunc(lines, func(l ResultLine) bool {
		return !q.takes(o, l) || !t.within(o, q.Band.Column, band, l)
	})
	t.Total = len(lines)
	slices.SortFunc(lines, func(a, b ResultLine) int { return cmp.Compare(keys[a.Subject], keys[b.Subject]) })
	if q.After != "" {
		lines = slices.DeleteFunc(lines, func(l ResultLine) bool { return keys[l.Subject] <= q.After })
		t.Before = t.Total - len(lines)
	}
	if len(lines) > resultsShown {
		lines = lines[:resultsShown]
		t.Next = keys[lines[resultsShown-1].Subject]
	}
	t.Lines = lines
}

func (q ResultQuery) takes(o *outcome, l ResultLine) bool {
	if q.Group != "" && l.Group != q.Group {
		return false
	}
	at := o.at[l.Subject]
	switch res := o.eval.Results[at]; q.Filter {
	case NoTotal:
		if res.Scored || o.rules.Total.None {
			return false
		}
	case Vetoed:
		if !slices.ContainsFunc(res.Consequences, func(c eval.Consequence) bool { return c.Veto }) {
			return false
		}
	case Marked:
		if len(res.Consequences) == 0 {
			return false
		}
	}
	search, m := pinyin.Search(q.Search), o.members[at]
	return slices.ContainsFunc([]string{l.Name, m.sort, m.initials, l.Subject}, func(s string) bool { return strings.HasPrefix(strings.ToLower(s), search) })
}

// number is what stands in a line under a column: of an indicator by its name, ""
// of the total. Words, and what is not shown, are no numbers.
func (t *ResultTable) number(o *outcome, column string, l ResultLine) (num.Q, bool) {
	if column == "" {
		res := &o.eval.Results[o.at[l.Subject]]
		return res.Score, res.Scored
	}
	at := slices.Index(t.Columns, ResultColumn{column})
	if at < 0 {
		return num.Q{}, false
	}
	q, err := num.Parse(l.Values[at])
	return q, err == nil
}

// keys are by what lines are sorted, and after which the next page begins:
// bytewise, and no two lines share one.
func (t *ResultTable) keys(o *outcome, order ResultOrder, lines []ResultLine) map[string]string {
	rank := func(ResultLine) int { return 0 }
	switch column, ordered := strings.CutPrefix(string(order), byColumn); {
	case ordered:
		rank = t.ranks(o, column, lines)
	case order == ByScore:
		rank = t.ranks(o, "", lines)
	case order == ByPlace:
		rank = func(l ResultLine) int { return cmp.Or(l.Place, placeless) }
	}
	keys := make(map[string]string, len(lines))
	for _, l := range lines {
		keys[l.Subject] = fmt.Sprintf("%06d/%s/%s", rank(l), o.members[o.at[l.Subject]].sort, l.Subject)
	}
	return keys
}

// placeless ranks behind everybody.
const placeless = 999_999

// ranks gives the rank of each line by a column, the best first: one more than how
// many are better.
func (t *ResultTable) ranks(o *outcome, column string, lines []ResultLine) func(ResultLine) int {
	type ranked struct {
		subject string
		value   num.Q
	}
	var all []ranked
	for _, l := range lines {
		if q, ok := t.number(o, column, l); ok {
			all = append(all, ranked{l.Subject, q})
		}
	}
	slices.SortFunc(all, func(a, b ranked) int { return b.value.Cmp(a.value) })
	ranks := make(map[string]int, len(all))
	for i, r := range all {
		ranks[r.subject] = i + 1
		if i > 0 && r.value.Equal(all[i-1].value) {
			ranks[r.subject] = ranks[all[i-1].subject]
		}
	}
	return func(l ResultLine) int { return cmp.Or(ranks[l.Subject], placeless) }
}
