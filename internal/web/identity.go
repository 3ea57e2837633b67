package web

import (
	"strconv"

	"shiji/internal/app"
	"shiji/internal/fault"
	"shiji/internal/org"
)

// enterIdentity takes the form with an identity number.
func (c *call) enterIdentity() error {
	id := org.PersonID(c.path("person"))
	version, err := strconv.ParseInt(c.form("version"), 10, 64)
	if err != nil {
		version = 0 // nobody's: the form is not ours, and what it holds is looked at no less
	}
	err = c.Service.EnterIdentity(c.ctx(), c.viewer, id, app.IdentityEntry{Number: c.form("number"), Remove: c.form("do") == "remove", Version: version})
	if err == nil {
		return c.redirect("/people/" + string(id) + "?done=identity")
	}
	return c.retryPerson(id, err)
}

// unmask answers with the person's page and the whole number on it, this once: there
// is no address that shows it again.
func (c *call) unmask() error {
	id := org.PersonID(c.path("person"))
	number, err := c.Service.Unmask(c.ctx(), c.viewer, id)
	if err != nil {
		return c.retryPerson(id, err)
	}
	page, err := c.personPage(id)
	if err != nil {
		return err
	}
	page.Whole = number
	return c.show("person", page)
}

// retryPerson shows a person's page again with what was wrong with a form on it.
// What was typed comes back where it is no number and can be mended; a number that
// is right is not repeated.
func (c *call) retryPerson(id org.PersonID, err error) error {
	faults := fault.All(err)
	if faults == nil || fault.Is(err, fault.NotFound) {
		return err
	}
	page, failed := c.personPage(id)
	if failed != nil {
		return failed
	}
	page.Faults = faults
	for _, f := range faults {
		if f.Where.Field == "number" {
			page.Wrong = append(page.Wrong, f)
		}
	}
	if fault.Is(err, fault.Invalid) {
		page.Typed = c.form("number")
	}
	return c.again("person", page, err)
}
