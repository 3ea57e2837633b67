package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"shiji/internal/app"
	"shiji/internal/fault"
)

// call is one request on its way to a handler: who asks, and what answers.
type call struct {
	*site
	w      http.ResponseWriter
	r      *http.Request
	route  route
	viewer *app.Viewer // nil before signing in
	id     string      // of the request, for log and events
	begun  time.Time   // zero where no handler is asked
	inside bool        // it has a place at the gate
}

func (c *call) ctx() context.Context { return c.r.Context() }

// path returns a wildcard of the route.
func (c *call) path(name string) string { return storable(c.r.PathValue(name)) }

// query returns a parameter of the address.
func (c *call) query(name string) string { return storable(c.r.URL.Query().Get(name)) }

// form returns a field of the form that was sent.
func (c *call) form(name string) string { return storable(c.r.PostFormValue(name)) }

// storable returns s with a sign in place of what no database takes as text: NUL
// and what is not UTF-8. Left out, it could turn one id into another.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// redirect answers a form: the browser gets the page by itself, so that going
// back or reloading sends nothing twice.
func (c *call) redirect(to string) error {
	http.Redirect(c.w, c.r, to, http.StatusSeeOther)
	return nil
}

// attachment prepares an answer that is saved, not shown.
func (c *call) attachment(name, kind string) {
	h := c.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", disposition(name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
}

// The session cookie. The prefix __Host- makes the browser refuse it from
// elsewhere, and demands https.
func (s *site) cookieName() string {
	if s.Secure {
		return "__Host-shiji"
	}
	return "shiji"
}

func (c *call) setSession(token string) {
	cookie := &http.Cookie{Name: c.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: c.Secure, SameSite: http.SameSiteLaxMode, MaxAge: int(c.Lifetime.Seconds())}
	if token == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(c.w, cookie)
}

func (c *call) token() string {
	if cookie, err := c.r.Cookie(c.cookieName()); err == nil {
		return cookie.Value
	}
	return ""
}

// address returns the client's address without its port: the last one that is
// not a proxy of ours, for whatever stands before it anybody may have written.
func (c *call) address() string {
	from, err := netip.ParseAddrPort(c.r.RemoteAddr)
	if err != nil {
		return c.r.RemoteAddr
	}
	at := from.Addr().Unmap()
	chain := strings.Split(strings.Join(c.r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(chain) - 1; i >= 0 && c.proxy(at); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			break
		}
		at = before.Unmap()
	}
	return at.String()
}

func (c *call) proxy(at netip.Addr) bool {
	return slices.ContainsFunc(c.Proxies, func(p netip.Prefix) bool { return p.Contains(at) })
}

// mark returns what a form must carry. It differs on every page that shows it,
// so that packed answers do not give it away bit by bit (BREACH).
func (c *call) mark() string {
	if c.viewer == nil {
		return ""
	}
	pad := make([]byte, len(c.viewer.Mark))
	_, _ = rand.Read(pad) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(append(pad, xor(pad, []byte(c.viewer.Mark))...))
}

// marked says whether a form carries the mark of the viewer's session.
func (c *call) marked(mark string) bool {
	b, err := base64.RawURLEncoding.DecodeString(mark)
	want := []byte(c.viewer.Mark)
	return err == nil && len(b) == 2*len(want) && subtle.ConstantTimeCompare(xor(b[:len(want)], b[len(want):]), want) == 1
}

func xor(a, b []byte) []byte {
	out := make([]byte, len(a))
	subtle.XORBytes(out, a, b)
	return out
}

// serve returns the handler of one route: it knows who asks and answers faults.
func (s *site) serve(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		c := &call{site: s, w: w, r: req, route: r, id: requestID(req.Context()), begun: time.Now()}
		if !c.enter() {
			return
		}
		defer c.leave()
		if err := c.run(); err != nil {
			c.fail(err)
		}
	})
}

var (
	errNoPage  = fault.New(fault.NotFound, "app.not-found")
	errForeign = fault.New(fault.Refused, "web.foreign-form")
)

// elsewhere answers what no route answers: a path of the site map that is asked
// with another method, in the words of HTTP, and everything else as missing.
func (s *site) elsewhere() http.Handler {
	paths, methods := http.NewServeMux(), map[string][]string{}
	for _, r := range routes {
		method, path, _ := strings.Cut(r.pattern, " ")
		if methods[path] == nil {
			paths.Handle(path, http.NotFoundHandler())
		}
		methods[path] = append(methods[path], method)
		if method == http.MethodGet {
			methods[path] = append(methods[path], http.MethodHead)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{site: s, w: w, r: r, route: route{pattern: "/", access: open}, id: requestID(r.Context())}
		if err := c.signedIn(); err != nil {
			c.fail(err)
			return
		}
		_, path := paths.Handler(r)
		if methods[path] == nil {
			c.fail(errNoPage)
			return
		}
		w.Header().Set("Allow", strings.Join(methods[path], ", "))
		c.refuse(http.StatusMethodNotAllowed, errorPage{})
	})
}

func (c *call) run() error {
	if err := c.signedIn(); err != nil {
		return err
	}
	switch {
	case c.viewer == nil && c.route.access != open:
		if !unsafe(c.r.Method) {
			return c.redirect("/sign-in?to=" + escape(c.r.URL.RequestURI()))
		}
		return c.redirect("/sign-in")
	case c.viewer != nil && c.viewer.Changing && (c.route.access == own || c.route.access == ruled):
		return c.redirect("/account")
	}
	if c.viewer != nil && unsafe(c.r.Method) && c.route.pattern != uploadPattern {
		c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxForm)
		if err := c.r.ParseForm(); err != nil {
			return fault.New(fault.TooLarge, "web.form-large").Because(err)
		}
		if !c.marked(c.form("mark")) {
			return errForeign
		}
	}
	return c.route.handle(c)
}

// maxForm bounds an ordinary form; a workbook is bounded by its handler. A form of
// another encoding than an ordinary one has no fields here, and so no mark.
const maxForm = 1 << 20

func unsafe(method string) bool { return method != http.MethodGet && method != http.MethodHead }

// signedIn finds out who asks. A cookie that no session knows is dropped.
func (c *call) signedIn() error {
	token := c.token()
	if token == "" {
		return nil
	}
	v, err := c.Service.Viewer(c.ctx(), token, c.id)
	switch {
	case fault.Is(err, fault.NotFound):
		c.setSession("")
		return nil
	case err != nil:
		return err
	}
	c.viewer = v
	return nil
}

// fail answers an error: people see faults in words, everything else as an
// incident that the log explains in full.
func (c *call) fail(err error) {
	var page errorPage
	if faults := fault.All(err); faults != nil {
		page.Said = faults
	} else if errors.Is(err, context.Canceled) {
		return // nobody is there any more
	} else {
		page.Incident = c.id
		c.Log.Error("request failed", slog.String("request", c.id), slog.String("route", c.route.pattern), slog.Any("err", err))
	}
	c.refuse(statusOf(err), page)
}

// refuse answers with an error page.
func (c *call) refuse(status int, page errorPage) {
	page.Base, page.Status = c.base(titleOf(status)), status
	if status == http.StatusNotFound {
		c.pace()
	}
	if err := c.answer(status, "error", page); err != nil {
		c.Log.Error("error page failed", slog.String("request", c.id), slog.Any("err", err))
		http.Error(c.w, "程序出错，编号 "+c.id, http.StatusInternalServerError)
	}
}

// show answers with a page.
func (c *call) show(name string, page any) error { return c.answer(http.StatusOK, name, page) }

// again answers a form that has faults: the same page, with what was typed.
func (c *call) again(name string, page any, err error) error {
	return c.answer(statusOf(err), name, page)
}

// answer renders the whole page before the first byte is sent: a page that fails
// is an error page, never half of itself.
func (c *call) answer(status int, name string, page any) error {
	b := drafts.Get().(*bytes.Buffer) // the pool holds nothing else
	defer drafts.Put(b)
	b.Reset()
	if err := c.pages.render(b, name, page); err != nil {
		return err
	}
	c.leave()
	h := c.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	c.w.WriteHeader(status)
	if _, err := b.WriteTo(c.w); err != nil {
		c.Log.Debug("answer broke off", slog.String("request", c.id), slog.Any("err", err))
	}
	return nil
}

// drafts are the buffers in which pages are made: 50 KB and more, grown once.
var drafts = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// when shows a moment as people here read it.
func when(t time.Time) string { return t.In(shanghai).Format("2006-01-02 15:04") }

// moment shows a stored moment, which is UTC and always of the same form.
func moment(stored string) string {
	t, err := time.Parse("2006-01-02T15:04:05.000000Z", stored)
	if err != nil {
		return stored
	}
	return when(t)
}
