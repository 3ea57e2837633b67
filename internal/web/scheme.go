package web

import (
	"strings"

	"shiji/internal/app"
	"shiji/internal/org"
)

// schemePage is a scheme as an official reads it.
type schemePage struct {
	Base
	Page *app.SchemePage
}

func (c *call) scheme() error {
	s, err := c.Service.Scheme(c.ctx(), c.viewer, c.path("scheme"))
	if err != nil {
		return err
	}
	page := schemePage{Base: c.base(s.Title, c.from(s.Unit)...), Page: s}
	page.Place = s.Unit.Name
	return c.show("scheme", page)
}

// from is the way back from what is kept in u and may be read by everybody: to the
// unit the viewer works for on the same branch, else to her own page.
func (c *call) from(u org.Unit) []Link {
	for _, seat := range c.viewer.Seats {
		own, there := string(seat.Unit.Path), string(u.Path)
		if strings.HasPrefix(own, there) || strings.HasPrefix(there, own) {
			return []Link{{seat.Unit.Name, "/units/" + string(seat.Unit.ID)}}
		}
	}
	return []Link{{"我的", "/me"}}
}

// schemeSource hands out the scheme as its author wrote it.
func (c *call) schemeSource() error {
	s, err := c.Service.Scheme(c.ctx(), c.viewer, c.path("scheme"))
	if err != nil {
		return err
	}
	source := &s.Source
	if c.query("of") == "policy" {
		source = s.PolicySource
	}
	if source == nil {
		return errNoPage
	}
	c.attachment(source.Name, "application/yaml")
	_, err = c.w.Write(source.Text)
	return err
}
