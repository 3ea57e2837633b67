package web

import "shiji/internal/app"

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
	page := schemePage{Base: c.base(s.Title), Page: s}
	page.Place = s.Unit.Name
	return c.show("scheme", page)
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
