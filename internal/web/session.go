package web

import (
	"net/http"
	"strings"

	"shiji/internal/app"
	"shiji/internal/fault"
)

// signInPage asks who it is.
type signInPage struct {
	Base
	Login string
	To    string // where to go afterwards
}

func (c *call) signInForm() error {
	if c.viewer != nil {
		return c.redirect("/")
	}
	return c.show("sign-in", signInPage{Base: c.base("登录"), To: c.query("to")})
}

func (c *call) signIn() error {
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxForm)
	in := app.SignIn{Login: strings.TrimSpace(c.form("login")), Password: c.form("password"), Code: c.form("code"), Address: c.address()}
	token, err := c.Service.SignIn(c.ctx(), in)
	if faults := fault.All(err); err != nil && faults != nil {
		page := signInPage{Base: c.base("登录"), Login: in.Login, To: c.form("to")}
		page.Faults = faults
		return c.again("sign-in", page, err)
	} else if err != nil {
		return err
	}
	if old := c.token(); old != "" { // nobody holds two sessions by one cookie
		if err := c.Service.SignOut(c.ctx(), old); err != nil {
			return err
		}
	}
	c.setSession(token)
	return c.redirect(inside(c.form("to")))
}

// inside returns to if it leads to a page of this site, else the start: a link
// to the sign-in page must not be able to send people elsewhere.
func inside(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}

func (c *call) signOut() error {
	if err := c.Service.SignOut(c.ctx(), c.token()); err != nil {
		return err
	}
	c.setSession("")
	return c.redirect("/sign-in")
}

// care switches 关怀版 for this browser.
func (c *call) care() error {
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxForm)
	value := "0"
	if c.form("care") == "1" {
		value = "1"
	}
	http.SetCookie(c.w, &http.Cookie{Name: careCookie, Value: value, Path: "/", HttpOnly: true, Secure: c.Secure, SameSite: http.SameSiteLaxMode, MaxAge: 365 * 24 * 3600})
	return c.redirect(inside(c.form("to")))
}

// home leads to what the viewer most likely came for: the unit she works for, or
// her own results.
func (c *call) home() error {
	if len(c.viewer.Seats) > 0 {
		return c.redirect("/units/" + string(c.viewer.Seats[0].Unit.ID))
	}
	return c.redirect("/me")
}

func (c *call) health() error {
	c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := c.Service.Health(c.ctx()); err != nil {
		c.w.WriteHeader(http.StatusServiceUnavailable)
		_, err = c.w.Write([]byte("unavailable\n"))
		return err
	}
	_, err := c.w.Write([]byte("ok\n"))
	return err
}
