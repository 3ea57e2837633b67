package web

import (
	"strconv"

	"shiji/internal/app"
)

// minePage is what a teacher comes for: her own results, and who saw her record.
type minePage struct {
	Base
	*app.MinePage
	Looks *app.LookList
}

func (c *call) mine() error {
	m, err := c.Service.Mine(c.ctx(), c.viewer)
	if err != nil {
		return err
	}
	looks, err := c.Service.Looks(c.ctx(), c.viewer, c.query("after"))
	if err != nil {
		return err
	}
	return c.show("mine", minePage{Base: c.base("我的"), MinePage: m, Looks: looks})
}

// bundle hands out what the teacher takes home. It is a form and not a link: it
// leaves an event, which a page that is fetched ahead must not.
func (c *call) bundle() error {
	name, data, err := c.Service.TakeHome(c.ctx(), c.viewer, c.path("appraisal"), c.path("subject"))
	if err != nil {
		return err
	}
	c.attachment(name, "application/octet-stream")
	c.w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, err = c.w.Write(data)
	return err
}
