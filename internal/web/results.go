package web

import (
	"net/url"

	"shiji/internal/app"
	"shiji/internal/sheet"
)

// resultsPage is the table of an appraisal's results.
type resultsPage struct {
	Base
	*app.ResultTable
	Query app.ResultQuery
}

func (c *call) results() error {
	q := app.ResultQuery{
		Search: c.query("q"), Group: c.query("group"), Filter: app.ResultFilter(c.query("only")), Order: app.ResultOrder(c.query("order")), After: c.query("after"),
		Band: app.ResultBand{Column: c.query("col"), From: typed(c.query("from")), To: typed(c.query("to"))},
	}
	table, err := c.Service.Results(c.ctx(), c.viewer, c.path("appraisal"), q)
	if err != nil {
		return err
	}
	way := []Link{{"我的", "/me"}} // of who sees her own line alone, and may not open what stands above
	if table.CanRead {
		way = append(crumbs(table.Way), Link{table.Term + " 学年考核", "/appraisals/" + table.Appraisal})
	}
	page := resultsPage{Base: c.base("成绩表", way...), ResultTable: table, Query: q}
	page.Place, page.Live = table.Unit.Name, true
	return c.show("results", page)
}

// typed reads a number as it is typed: with blanks, and as Chinese input methods
// write digits.
func typed(s string) string { return sheet.Tidy(sheet.HalfWidth(s)) }

// By is the order by an indicator.
func (p resultsPage) By(column string) app.ResultOrder { return app.ByColumn(column) }

// Sorted returns the address of the table in another order, with its filters.
func (p resultsPage) Sorted(order app.ResultOrder) string {
	v := p.values()
	v.Set("order", string(order))
	return "?" + v.Encode()
}

// Later returns the address of the next page.
func (p resultsPage) Later() string {
	v := p.values()
	v.Set("order", string(p.Query.Order))
	v.Set("after", p.Next)
	return "?" + v.Encode()
}

func (p resultsPage) values() url.Values {
	v := url.Values{"q": {p.Query.Search}, "group": {p.Query.Group}, "only": {string(p.Query.Filter)}}
	if b := p.Query.Band; b.From != "" || b.To != "" {
		v["col"], v["from"], v["to"] = []string{b.Column}, []string{b.From}, []string{b.To}
	}
	return v
}
