package web

import (
	"shiji/internal/auth"
	"shiji/internal/fault"
)

// accountPage is the viewer's own account.
type accountPage struct {
	Base
	HasFactor bool
	Policy    auth.Policy
}

func (c *call) accountPage() (accountPage, error) {
	has, err := c.Service.HasFactor(c.ctx(), c.viewer)
	page := accountPage{Base: c.base("账号"), HasFactor: has, Policy: c.Service.Passwords()}
	page.locate("/account") // a form of the page may have been sent elsewhere
	return page, err
}

func (c *call) account() error {
	page, err := c.accountPage()
	if err != nil {
		return err
	}
	return c.show("account", page)
}

// retry shows the account page again with what was wrong.
func (c *call) retryAccount(err error) error {
	faults := fault.All(err)
	if faults == nil {
		return err
	}
	page, failed := c.accountPage()
	if failed != nil {
		return failed
	}
	page.Faults = faults
	return c.again("account", page, err)
}

func (c *call) changePassword() error {
	password := c.form("new")
	if password != c.form("repeat") {
		return c.retryAccount(fault.New(fault.Invalid, "web.repeat").At(fault.Place{Field: "repeat"}))
	}
	token, err := c.Service.ChangePassword(c.ctx(), c.viewer, c.form("password"), password)
	if err != nil {
		return c.retryAccount(err)
	}
	c.setSession(token)
	return c.redirect("/account?done=password")
}

// factorPage offers a second factor.
type factorPage struct {
	Base
	Factor auth.Factor
	QR     auth.QR
}

func (c *call) factorPage(f auth.Factor) (p factorPage, err error) {
	p = factorPage{Base: c.base("启用动态口令", Link{"账号", "/account"}), Factor: f}
	p.QR, err = f.QR()
	return p, err
}

func (c *call) factor() error {
	f, err := c.Service.OfferFactor(c.viewer)
	if err != nil {
		return err
	}
	page, err := c.factorPage(f)
	if err != nil {
		return err
	}
	return c.show("factor", page)
}

func (c *call) takeFactor() error {
	token, err := c.Service.TakeFactor(c.ctx(), c.viewer, c.form("password"), c.form("secret"), c.form("code"))
	if faults := fault.All(err); faults != nil {
		f, failed := c.Service.OfferFactor(c.viewer)
		if failed != nil {
			return failed
		}
		f.Secret = c.form("secret") // already in her app
		page, failed := c.factorPage(f)
		if failed != nil {
			return failed
		}
		page.Faults = faults
		return c.again("factor", page, err)
	} else if err != nil {
		return err
	}
	c.setSession(token)
	return c.redirect("/account?done=factor")
}

func (c *call) dropFactor() error {
	token, err := c.Service.DropFactor(c.ctx(), c.viewer, c.form("password"), c.form("code"))
	if err != nil {
		return c.retryAccount(err)
	}
	c.setSession(token)
	return c.redirect("/account?done=factor-dropped")
}
