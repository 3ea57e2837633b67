package web

import (
	"shiji/internal/app"
	"shiji/internal/fault"
	"shiji/internal/org"
)

// unitsPage lists the units that the viewer may open.
type unitsPage struct {
	Base
	Search string
	List   app.UnitList
}

func (c *call) units() error {
	q := app.UnitQuery{Search: c.query("q"), After: c.query("after")}
	list, err := c.Service.Units(c.ctx(), c.viewer, q)
	if err != nil {
		return err
	}
	return c.show("units", unitsPage{Base: c.base("查找单位"), Search: q.Search, List: list})
}

// unitPage is the desk of whoever works for a unit: what is to be done this year,
// what was handed in, and what stands below.
type unitPage struct {
	Base
	*app.UnitHome
	Schemes   []app.SchemeChoice
	MaxUpload int64 // MB
}

func (c *call) unit() error {
	page, err := c.unitPage()
	if err != nil {
		return err
	}
	return c.show("unit", page)
}

func (c *call) unitPage() (unitPage, error) {
	home, err := c.Service.UnitHome(c.ctx(), c.viewer, org.UnitID(c.path("unit")))
	if err != nil {
		return unitPage{}, err
	}
	page := unitPage{Base: c.base(home.Unit.Name, crumbs(home.Way[:len(home.Way)-1])...), UnitHome: home, MaxUpload: c.MaxUpload >> 20}
	page.Place = home.Unit.Name
	page.locate("/units/" + string(home.Unit.ID)) // a form of the page may have been sent elsewhere
	if home.May.Open {
		if page.Schemes, err = c.Service.SchemeChoices(c.ctx(), c.viewer, home.Unit.ID); err != nil {
			return unitPage{}, err
		}
	}
	return page, nil
}

// crumbs leads down to a unit; those above the viewer's own are names only.
func crumbs(way []app.Crumb) []Link {
	out := make([]Link, len(way))
	for i, u := range way {
		out[i].Text = u.Name
		if u.Linked {
			out[i].To = "/units/" + string(u.ID)
		}
	}
	return out
}

// placeOf names the unit to which a way leads.
func placeOf(way []app.Crumb) string {
	if len(way) == 0 {
		return ""
	}
	return way[len(way)-1].Name
}

// peoplePage lists who belongs to a unit.
type peoplePage struct {
	Base
	Search string
	app.PeopleList
}

func (c *call) people() error {
	q := app.PeopleQuery{Search: c.query("q"), After: c.query("after")}
	list, err := c.Service.People(c.ctx(), c.viewer, org.UnitID(c.path("unit")), q)
	if err != nil {
		return err
	}
	page := peoplePage{Base: c.base("人员", crumbs(list.Way)...), Search: q.Search, PeopleList: list}
	page.Place, page.Live = list.Unit.Name, true
	return c.show("people", page)
}

// personPage is the record of one person.
type personPage struct {
	Base
	*app.PersonPage
	Whole string         // the identity number; "" unless it was just asked for
	Typed string         // for an identity number, what was no number
	Wrong []*fault.Error // with it
}

func (c *call) person() error {
	page, err := c.personPage(org.PersonID(c.path("person")))
	if err != nil {
		return err
	}
	return c.show("person", page)
}

func (c *call) personPage(id org.PersonID) (personPage, error) {
	p, err := c.Service.Person(c.ctx(), c.viewer, id)
	if err != nil {
		return personPage{}, err
	}
	way := crumbs(p.Way)
	if len(way) == 0 && p.Own {
		way = []Link{{"我的", "/me"}}
	}
	page := personPage{Base: c.base(p.Name, way...), PersonPage: p}
	page.Place = placeOf(p.Way)
	return page, nil
}
