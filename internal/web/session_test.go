package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"

	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// outpost is a town of one school, for what is about accounts.
func outpost(t testing.TB, db *storetest.DB) (w *town, school org.Unit) {
	t.Helper()
	w = newTown(t, db)
	w.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		school, err = tx.AddUnit(ctx, org.Unit{Kind: org.School, Name: "独立小学"})
		return err
	})
	return w, school
}

// enter types a login and what else is given into the sign-in page.
func (w *town) enter(login string, more ...string) *httptest.ResponseRecorder {
	fields := url.Values{"login": {login}, "password": {townPassword}}
	for i := 0; i+1 < len(more); i += 2 {
		fields.Set(more[i], more[i+1])
	}
	r := w.as(nil, http.MethodPost, "/sign-in", strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", kinds[0])
	return w.do(r)
}

// token returns the session that an answer begins, "" if none.
func (w *town) token(rec *httptest.ResponseRecorder) string {
	for _, c := range rec.Result().Cookies() {
		if strings.HasSuffix(c.Name, "shiji") && c.MaxAge > 0 {
			return c.Value
		}
	}
	return ""
}

// signedIn signs g in by the page.
func (w *town) signedIn(t testing.TB, g *guest, more ...string) {
	t.Helper()
	rec := w.enter(g.login, more...)
	if g.token = w.token(rec); rec.Code != http.StatusSeeOther || g.token == "" {
		t.Fatalf("%s signs in: got %d with session %q", g.name, rec.Code, g.token)
	}
}

// out says whether a guest's next request finds her signed out.
func (w *town) out(g *guest) bool {
	rec := w.do(w.as(g, http.MethodGet, "/account", nil))
	return rec.Code == http.StatusSeeOther && strings.HasPrefix(rec.Header().Get("Location"), "/sign-in")
}

// sends posts a form of g with its mark.
func (w *town) sends(t testing.TB, g *guest, target string, fields url.Values) *httptest.ResponseRecorder {
	t.Helper()
	fields.Set("mark", w.markOf(t, g))
	r := w.as(g, http.MethodPost, target, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", kinds[0])
	return w.do(r)
}

// TestRightsEndWithTheNextRequest: whatever is taken away or given is so for the
// next request, and every session from before has ended.
func TestRightsEndWithTheNextRequest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w, school := outpost(t, db)
		page := "/units/" + string(school.ID)
		sees := func(g *guest) int { return w.do(w.as(g, http.MethodGet, page, nil)).Code }
		account := func(g *guest, change func(*store.Account)) {
			w.write(t, func(ctx context.Context, tx *store.Tx) error {
				a, err := tx.Account(ctx, g.viewer.Account)
				if err != nil {
					return err
				}
				change(&a)
				return tx.ChangeAccount(ctx, a)
			})
		}
		var role store.Role
		grant := func(g *guest) {
			w.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
				role, err = tx.GrantRole(ctx, g.viewer.Account, school.ID, string(org.Clerk))
				return err
			})
		}
		for _, c := range []struct {
			name   string
			change func(*guest)
			again  int // what the page answers after signing in anew; 0: she cannot
		}{
			{"role ended", func(*guest) {
				w.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.EndRole(ctx, role.ID) })
			}, 404},
			{"another role granted", func(g *guest) {
				w.write(t, func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.GrantRole(ctx, g.viewer.Account, school.ID, string(org.Auditor))
					return err
				})
			}, 200},
			{"account closed", func(g *guest) { account(g, func(a *store.Account) { a.State = store.Closed }) }, 0},
			{"password reset", func(g *guest) { account(g, func(a *store.Account) { a.State = store.FirstLogin }) }, 303},
			{"second factor set by somebody else", func(g *guest) { account(g, func(a *store.Account) { a.TOTP = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" }) }, 0},
		} {
			g := w.admit(t, c.name, "")
			w.signedIn(t, g)
			if got := sees(g); got != 404 {
				t.Errorf("%s: before any role: got %d", c.name, got)
			}
			grant(g)
			if !w.out(g) {
				t.Errorf("%s: a role was granted and the session goes on", c.name)
			}
			w.signedIn(t, g)
			elsewhere := &guest{name: "the same on her phone", login: g.login}
			w.signedIn(t, elsewhere)
			if got := sees(g); got != 200 {
				t.Errorf("%s: with her role: got %d", c.name, got)
			}
			c.change(g)
			if !w.out(g) || !w.out(elsewhere) {
				t.Errorf("%s: a session goes on", c.name)
			}
			rec := w.enter(g.login)
			if c.again == 0 {
				if rec.Code != http.StatusForbidden || w.token(rec) != "" {
					t.Errorf("%s: signs in: got %d", c.name, rec.Code)
				}
				continue
			}
			g.token = w.token(rec)
			if got := sees(g); got != c.again {
				t.Errorf("%s: signed in anew: got %d, want %d", c.name, got, c.again)
			}
		}
	})
}

func TestPasswordAndSignOut(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w, _ := outpost(t, db)
		g := w.admit(t, "somebody", "")
		w.signedIn(t, g)
		elsewhere := &guest{name: "elsewhere", login: g.login}
		w.signedIn(t, elsewhere)
		mark := w.markOf(t, g)

		w.sends(t, elsewhere, "/sign-out", url.Values{})
		if !w.out(elsewhere) || w.out(g) {
			t.Error("signing out ends this session and no other")
		}
		w.signedIn(t, elsewhere)
		const words = "夏天的雨 and some more"
		if rec := w.sends(t, g, "/account/password", url.Values{"password": {"not it"}, "new": {words}, "repeat": {words}}); rec.Code != http.StatusForbidden || w.token(rec) != "" {
			t.Errorf("a wrong password: got %d", rec.Code)
		}
		old := &guest{name: "old session", token: g.token}
		rec := w.sends(t, g, "/account/password", url.Values{"password": {townPassword}, "new": {words}, "repeat": {words}})
		g.token = w.token(rec)
		if rec.Code != http.StatusSeeOther || g.token == "" || g.token == old.token || w.out(g) || !w.out(old) || !w.out(elsewhere) {
			t.Errorf("a new password: got %d; it ends every session but the new one", rec.Code)
		}
		r := w.as(g, http.MethodPost, "/care", strings.NewReader(url.Values{"mark": {mark}}.Encode()))
		r.Header.Set("Content-Type", kinds[0])
		if rec := w.do(r); rec.Code != http.StatusForbidden {
			t.Errorf("the mark of the session before: got %d", rec.Code)
		}
		if rec := w.enter(g.login); rec.Code != http.StatusForbidden {
			t.Errorf("the old password: got %d", rec.Code)
		}
		w.signedIn(t, g, "password", words)
		rec = w.do(w.as(old, http.MethodGet, "/me", nil))
		if c := rec.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
			t.Errorf("a cookie that no session knows is not dropped: %v", c)
		}
	})
}

func TestSessionsExpire(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w, _ := outpost(t, db)
		g, idle := w.admit(t, "busy", ""), w.admit(t, "idle", "")
		w.signedIn(t, g)
		w.signedIn(t, idle)
		const step = townIdle * 3 / 4
		db.Clock.Advance(townIdle - time.Minute)
		if w.out(g) || w.out(idle) {
			t.Fatal("signed out before the while is over")
		}
		spent := townIdle - time.Minute
		for ; spent+step < townWhole; spent += step {
			db.Clock.Advance(step)
			if w.out(g) {
				t.Fatalf("signed out after %v although she was busy", spent)
			}
			if spent > townIdle && !w.out(idle) {
				t.Fatalf("idle for %v and signed in", spent)
			}
		}
		db.Clock.Advance(townWhole - spent)
		if !w.out(g) {
			t.Error("a session outlives its whole lifetime by being used")
		}
	})
}

func TestCookies(t *testing.T) {
	t.Parallel()
	w, _ := outpost(t, storetest.SQLite(t))
	g := w.admit(t, "somebody", "")
	for name, secure := range map[string]bool{"shiji": false, "__Host-shiji": true} {
		site := *w
		site.options.Secure = secure
		site.handler = w.serving(t, site.options)
		rec := site.enter(g.login)
		cookies := rec.Result().Cookies()
		if len(cookies) != 1 {
			t.Fatalf("got %v", cookies)
		}
		c := cookies[0]
		if c.Name != name || !c.HttpOnly || c.Secure != secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != int(townWhole.Seconds()) || len(c.Value) < 43 {
			t.Errorf("got %+v", c)
		}
		if got := rec.Header().Get("Strict-Transport-Security"); (got != "") != secure {
			t.Errorf("secure %v: HSTS %q", secure, got)
		}
		r := site.as(nil, http.MethodPost, "/care", strings.NewReader(url.Values{"care": {strings.Repeat("1", 5000) + "; Domain=example"}}.Encode()))
		r.Header.Set("Content-Type", kinds[0])
		for _, c := range site.do(r).Result().Cookies() {
			if c.Value != "0" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != secure {
				t.Errorf("got %+v", c)
			}
		}
	}
}

// TestFixation: whoever gives somebody a cookie before she signs in knows nothing
// afterwards, and signing in twice does not leave two sessions.
func TestFixation(t *testing.T) {
	t.Parallel()
	w, _ := outpost(t, storetest.SQLite(t))
	g := w.admit(t, "somebody", "")
	w.signedIn(t, g)
	attacker := w.admit(t, "attacker", "")
	w.signedIn(t, attacker)
	for _, given := range []string{"chosen by somebody else", attacker.token, g.token} {
		fields := url.Values{"login": {g.login}, "password": {townPassword}}
		holder := &guest{token: given, name: "holder"}
		if given != "chosen by somebody else" {
			fields.Set("mark", w.markOf(t, holder))
		}
		r := w.as(holder, http.MethodPost, "/sign-in", strings.NewReader(fields.Encode()))
		r.Header.Set("Content-Type", kinds[0])
		rec := w.do(r)
		token := w.token(rec)
		if rec.Code != http.StatusSeeOther || token == "" || token == given {
			t.Errorf("got %d and session %q over %q", rec.Code, token, given)
		}
		if !w.out(holder) {
			t.Errorf("the session that was there before goes on")
		}
	}
}

var secretShown = regexp.MustCompile(`name="secret" value="([A-Z2-7]+)"`)

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w, _ := outpost(t, db)
		g := w.admit(t, "somebody", "")
		w.signedIn(t, g)
		old := &guest{name: "old", token: g.token}
		shown := secretShown.FindStringSubmatch(w.do(w.as(g, http.MethodGet, "/account/factor", nil)).Body.String())
		if shown == nil {
			t.Fatal("no secret is shown")
		}
		code := func() string {
			c, err := hotp.GenerateCode(shown[1], uint64(db.Clock.Now().Unix()/30))
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		wrong := "000000"
		if code() == wrong {
			wrong = "111111"
		}
		for _, c := range []url.Values{
			{"password": {"not it"}, "secret": {shown[1]}, "code": {code()}},
			{"password": {townPassword}, "secret": {shown[1]}, "code": {wrong}},
			{"password": {townPassword}, "secret": {""}, "code": {code()}},
			{"password": {townPassword}, "secret": {"not base32!"}, "code": {code()}},
		} {
			if rec := w.sends(t, g, "/account/factor", c); rec.Code < 400 || rec.Code >= 500 || w.token(rec) != "" {
				t.Errorf("%v: got %d", c, rec.Code)
			}
		}
		first := code()
		rec := w.sends(t, g, "/account/factor", url.Values{"password": {townPassword}, "secret": {shown[1]}, "code": {first}})
		if g.token = w.token(rec); rec.Code != http.StatusSeeOther || w.out(g) || !w.out(old) {
			t.Fatalf("got %d; other sessions end", rec.Code)
		}
		refused := func(why string, more ...string) {
			t.Helper()
			if rec := w.enter(g.login, more...); rec.Code != http.StatusForbidden || w.token(rec) != "" {
				t.Errorf("%s: got %d", why, rec.Code)
			}
		}
		refused("no code")
		refused("wrong code", "code", wrong)
		refused("the code by which it was taken", "code", first)
		db.Clock.Advance(time.Minute)
		second := code()
		refused("wrong password", "password", "not it", "code", second)
		w.signedIn(t, g, "code", second)
		refused("a code that was used", "code", second)
		db.Clock.Advance(30 * time.Second)
		refused("a code that was used, a step later", "code", second)
		w.signedIn(t, g, "code", code())
	})
}

// TestWrongSignInsLookAlike: a login that does not exist, a wrong password, a
// closed account and a missing code are answered alike.
func TestWrongSignInsLookAlike(t *testing.T) {
	t.Parallel()
	w, _ := outpost(t, storetest.SQLite(t))
	g, closed, factor := w.admit(t, "somebody", ""), w.admit(t, "closed", ""), w.admit(t, "factor", "")
	w.restate(t, closed, store.Closed)
	w.write(t, func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.Account(ctx, factor.viewer.Account)
		a.TOTP = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
		if err != nil {
			return err
		}
		return tx.ChangeAccount(ctx, a)
	})
	look := func(login, password string) string {
		rec := w.enter(login, "password", password)
		return strings.ReplaceAll(likeness(rec), login, "LOGIN")
	}
	want := look(g.login, "not it")
	for _, login := range []string{"nobody-there", closed.login, factor.login} {
		for _, password := range []string{"not it", townPassword} {
			if got := look(login, password); got != want {
				t.Errorf("%s: got\n%s\nwant\n%s", login, got, want)
			}
		}
	}
}

// TestSignInLimits: nobody tries one login often, nor many from one place; what
// stands in X-Forwarded-For counts only as far as a proxy of ours wrote it.
func TestSignInLimits(t *testing.T) {
	t.Parallel()
	w, _ := outpost(t, storetest.SQLite(t))
	g := w.admit(t, "somebody", "")
	for i := range 10 {
		login := g.login
		if i%2 == 1 {
			login = strings.ToUpper(login) // the same to us
		}
		if rec := w.enter(login, "password", "not it"); rec.Code != http.StatusForbidden {
			t.Fatalf("try %d: got %d", i, rec.Code)
		}
	}
	if rec := w.enter(g.login); w.token(rec) != "" {
		t.Error("the eleventh try is let through")
	}
	w.db.Clock.Advance(16 * time.Minute)
	w.signedIn(t, g) // nobody is kept out for longer by others

	from := func(site *town, remote, forwarded, login, password string) bool {
		fields := url.Values{"login": {login}, "password": {password}}
		r := site.as(nil, http.MethodPost, "/sign-in", strings.NewReader(fields.Encode()))
		r.Header.Set("Content-Type", kinds[0])
		r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(remote), 1).String()
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		return site.token(site.do(r)) != ""
	}
	behind := *w
	behind.options.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	behind.handler = w.serving(t, behind.options)
	// One guesser, who pretends to be many; then somebody honest beside her.
	for _, c := range []struct {
		name     string
		site     *town
		remote   string
		claims   func(i int) string
		again    string // what she claims last
		honest   string // remote of somebody else
		forwards string // for somebody else
	}{
		{"nothing trusted", w, "198.51.100.1", func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, "203.0.113.250", "198.51.100.2", ""},
		{"a proxy's client", &behind, "10.1.2.3", func(i int) string { return fmt.Sprintf("203.0.113.%d, 198.51.100.77, 10.9.9.9", i) }, "192.0.2.99, 198.51.100.77", "10.1.2.3", "198.51.100.78"},
		{"not a proxy", &behind, "198.51.100.3", func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, "10.0.0.1", "10.1.2.3", "198.51.100.4"},
		{"broken claims", &behind, "10.7.7.7", func(i int) string { return fmt.Sprintf("203.0.113.%d, nonsense", i) }, "", "10.7.7.8", ""},
	} {
		w.db.Clock.Advance(16 * time.Minute)
		for i := range 60 {
			from(c.site, c.remote, c.claims(i), fmt.Sprint("guess-", i), "not it")
		}
		if from(c.site, c.remote, c.again, g.login, townPassword) {
			t.Errorf("%s: the guesser goes on", c.name)
		}
		if !from(c.site, c.honest, c.forwards, g.login, townPassword) {
			t.Errorf("%s: somebody else is kept out", c.name)
		}
	}
}
