package web

import (
	"shiji/internal/app"
	"shiji/internal/org"
)

// eventsPage is the log in words, for auditors.
type eventsPage struct {
	Base
	*app.EventList
}

func (c *call) events() error {
	list, err := c.Service.Events(c.ctx(), c.viewer, app.EventQuery{Unit: org.UnitID(c.query("unit")), After: c.query("after")})
	if err != nil {
		return err
	}
	page := eventsPage{Base: c.base("操作日志", crumbs(list.Way)...), EventList: list}
	page.Base.Place = list.Unit.Name
	return c.show("events", page)
}

// checkpoint hands out the signed state of the log: whoever keeps it can prove a
// later change. With ?since= it hands out the proof that the log continues the one
// that had so many entries.
func (c *call) checkpoint() error {
	if since := c.query("since"); since != "" {
		return c.growth(since)
	}
	cp, err := c.Service.CheckpointNote(c.ctx())
	if err != nil {
		return err
	}
	if cp.Note == "" {
		return errNoPage
	}
	c.attachment("检查点.txt", "text/plain; charset=utf-8")
	_, err = c.w.Write([]byte(cp.Note))
	return err
}

func (c *call) growth(since string) error {
	proof, err := c.Service.Growth(c.ctx(), since)
	if err != nil {
		return err
	}
	c.attachment("检查点增长证明.txt", "text/plain; charset=utf-8")
	_, err = c.w.Write([]byte(proof))
	return err
}
