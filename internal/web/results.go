package web

import (
	"net/url"

	"shiji/internal/app"
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
	}
	table, err := c.Service.Results(c.ctx(), c.viewer, c.path("appraisal"), q)
	if err != nil {
		return err
	}
	page := resultsPage{Base: c.base("成绩表", append(crumbs(table.Way), Link{table.Term + " 学年考核", "/appraisals/" + table.Appraisal})...), ResultTable: table, Query: q}
	page.Place, page.Live = table.Unit.Name, true
	return c.show("results", page)
}

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
	return url.Values{"q": {p.Query.Search}, "group": {p.Query.Group}, "only": {string(p.Query.Filter)}}
}
