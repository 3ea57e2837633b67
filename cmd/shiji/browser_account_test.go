package main

import (
	"context"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// Names as long as some really are, and a school that has nothing yet.
const (
	longSchool = "明湖市东湖区实验教育集团第二附属外国语学校九年一贯制南校区（筹）与特殊教育资源中心联合部"
	longName   = "阿卜杜热合曼·阿卜杜克热木·麦麦提吐尔逊·喀迪尔江"
)

// newcomer gets an account in a school that has nothing, from the operator who sits
// at the server; she makes it her own, adds a second factor, and leaves.
func (w *town) newcomer(t *testing.T) {
	data := strings.TrimSuffix(filepath.Dir(w.whole), ".samples") // samples lie beside the data
	unit := strings.TrimSpace(w.operate(t, "unit", "add", "-data", data, "-kind", "school", "-name", longSchool, "-parent", "990100"))
	said := w.operate(t, "user", "add", "-data", data, "-login", "newcomer", "-unit", unit, "-role", "clerk", "-name", longName)
	_, first, _ := strings.Cut(said, "初始密码：")
	first = strings.TrimSpace(first)

	v := w.visit(t)
	v.enter("newcomer", first, "")
	for _, path := range []string{"/", "/units/" + unit, "/me"} {
		if v.open(path); v.path() != "/account" {
			t.Errorf("before a password of her own %s leads to %s", path, v.path())
		}
	}
	v.shot("account-first")
	v.press(`form[action="/sign-out"] button`)
	if v.path() != "/sign-in" {
		t.Errorf("who does not set a password now cannot leave: she is at %s", v.path())
	}
	v.enter("newcomer", first, "")
	const mine = "南校区的银杏叶黄了三回"
	for _, c := range []struct{ old, new, repeat string }{
		{"not-the-first-one", mine, mine}, {first, mine, mine + "！"}, {first, "123456789012", "123456789012"},
	} {
		if got := v.answer("/account/password", "#password", c.old, "#new", c.new, "#repeat", c.repeat); got == http.StatusOK || v.inner(".errors li") == "" {
			t.Errorf("password %q, %q, %q is answered %d %q", c.old, c.new, c.repeat, got, v.inner(".errors"))
		}
		if v.focus().name != "errors" {
			t.Errorf("the summary of errors has not the focus, but %+v", v.focus())
		}
	}
	v.shot("account-errors")
	if got := v.answer("/account/password", "#password", first, "#new", mine, "#repeat", mine); got != http.StatusOK {
		t.Fatalf("a good password is answered %d: %s", got, v.inner(".errors"))
	}
	v.nothingYet(unit)
	v.secondFactor(mine)
}

// nothingYet looks at a school without anything: it says what to do first, and the
// long names fit.
func (v *visitor) nothingYet(unit string) {
	v.t.Helper()
	v.open("/")
	if v.inner("h1") != longSchool || v.inner(".empty b") == "" {
		v.t.Errorf("a school with nothing shows %q", v.inner("main"))
	}
	for _, width := range []int64{1366, 683, 390} {
		v.width(width)
		for _, page := range []struct{ name, path string }{{"nothing-unit", "/"}, {"nothing-people", "/units/" + unit + "/people"}, {"nothing-me", "/me"}} {
			v.open(page.path)
			if wide := v.text(tooWide); wide != "" {
				v.t.Errorf("%d pixels: %s is wider than its window: %s", width, page.name, wide)
			}
			if hidden := v.number(`(s => s.scrollWidth - s.clientWidth)(document.querySelector(".side"))`); hidden > 0 {
				v.t.Errorf("%d pixels: %s hides %d pixels of the navigation", width, page.name, hidden)
			}
			v.shot(page.name + "-" + map[int64]string{1366: "desktop", 683: "zoomed", 390: "phone"}[width])
		}
	}
	v.width(1366)
}

// secondFactor turns a second factor on as an app would, and signs in with it.
func (v *visitor) secondFactor(password string) {
	v.t.Helper()
	v.open("/account")
	v.press(`a[href="/account/factor"]`)
	secret := v.inner(".hint .mono")
	code := func(after time.Duration) string {
		c, err := totp.GenerateCode(secret, time.Now().Add(after))
		if err != nil {
			v.t.Fatal(err)
		}
		return c
	}
	if got := v.answer("/account/factor", "#code", "abcdef", "#password", password); got == http.StatusOK {
		v.t.Errorf("a code that is none turns the factor on")
	}
	if again := v.inner(".hint .mono"); again != secret {
		v.t.Fatalf("after a wrong code the page shows another secret than the one in her app: %s", again)
	}
	if got := v.answer("/account/factor", "#code", code(0), "#password", password); got != http.StatusOK || !strings.Contains(v.inner("main"), "已启用") {
		v.t.Fatalf("a good code is answered %d: %s", got, v.inner(".errors"))
	}
	v.press(`form[action="/sign-out"] button`)
	if v.open("/account"); v.path() != "/sign-in" {
		v.t.Errorf("after signing out her account is open at %s", v.path())
	}
	for _, wrong := range []string{"", "000000"} {
		if got := v.enter("newcomer", password, wrong); got != http.StatusForbidden {
			v.t.Errorf("signing in with the code %q answers %d", wrong, got)
		}
	}
	if got := v.enter("newcomer", password, code(30*time.Second)); got != http.StatusOK { // the code of before has served
		v.t.Errorf("signing in with a good code answers %d: %s", got, v.inner(".errors"))
	}
	v.refused()
}

// guesses tries passwords until the site has enough of it: then the right one does
// not help from here either, and somebody else is not kept out.
func (w *town) guesses(t *testing.T) {
	v := w.visit(t)
	tries := 0
	for ; !strings.Contains(v.inner(".errors"), "频繁"); tries++ {
		if tries > 20 {
			t.Fatal("nobody stops a guesser")
		}
		if got := v.enter("committee1", "a wrong password", ""); got != http.StatusForbidden {
			t.Fatalf("a wrong password answers %d", got)
		}
	}
	if tries < 5 {
		t.Errorf("somebody who mistypes is stopped after %d times", tries)
	}
	v.shot("sign-in-often")
	if got := v.enter("committee1", w.password, ""); got != http.StatusForbidden {
		t.Errorf("after %d wrong passwords the right one answers %d", tries, got)
	}
	if got := v.enter("head1", w.password, ""); got != http.StatusOK {
		t.Errorf("somebody else is answered %d", got)
	}
	v.refused()
}

// care switches 关怀版 on by its button and off again: type grows, and the choice
// outlives signing out.
func (w *town) care(t *testing.T) {
	v := w.visit(t)
	v.signIn("teacher1")
	size := func() string { return v.text(`getComputedStyle(document.body).fontSize`) }
	small := size()
	v.press(`form[action="/care"] button`)
	if size() == small || v.path() != "/me" {
		t.Errorf("关怀版 shows type of %s instead of %s at %s", size(), small, v.path())
	}
	v.press(`form[action="/sign-out"] button`)
	if size() == small {
		t.Errorf("关怀版 is forgotten when signing out")
	}
	v.press(`form[action="/care"] button`)
	if size() != small {
		t.Errorf("without 关怀版 type is %s, want %s", size(), small)
	}
}

// refused lets the browser complain of answers that were refusals, and of nothing
// else.
func (v *visitor) refused() {
	v.t.Helper()
	for _, said := range v.complaints() {
		if !strings.Contains(said, "responded with a status of 4") {
			v.t.Errorf("the browser complains: %s", said)
		}
	}
}

// operate runs the program as the operator does, beside the running site.
func (w *town) operate(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(w.bin, args...)
	var told strings.Builder
	cmd.Stderr = &told
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("shiji %s: %v\n%s", strings.Join(args, " "), err, told.String())
	}
	return string(out)
}

// enter fills in the page to sign in and returns the status of the answer.
func (v *visitor) enter(login, password, code string) int {
	v.t.Helper()
	v.open("/sign-in")
	return v.answer("/sign-in", "#login", login, "#password", password, "#code", code)
}

// answer fills in a form of the page, selector by selector, sends it and returns the
// status of the answer.
func (v *visitor) answer(action string, fields ...string) int {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, 30*time.Second)
	defer cancel()
	for i := 0; i < len(fields); i += 2 {
		if fields[i+1] == "" {
			continue // is left empty
		}
		if err := chromedp.Do(ctx, chromedp.SetValue(chromedp.CSS(fields[i]), fields[i+1])); err != nil {
			v.t.Fatalf("fill in %s: %v", fields[i], err)
		}
	}
	answer, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(`form[action="`+action+`"] .btn.pri, form:not([action]) .btn.pri`)))
	if err != nil {
		v.t.Fatalf("send %s: %v", action, err)
	}
	return int(answer.Status)
}
