package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// workings unfolds parts of a result and reads what was read for them: there, fetched
// once, and without scripts or when the fetch fails by following the link.
func (w *town) workings(t *testing.T) {
	v := w.visit(t)
	v.signIn("teacher1")
	v.press(`.tasks a`)
	own := v.path()
	links := v.number(`document.querySelectorAll("#tree .why a").length`)
	if links < 20 {
		t.Fatalf("a result leads to %d parts of its workings", links)
	}
	asked := v.asks("/workings")
	v.unfold(`#tree > .node`)
	v.until(`document.querySelector("#tree .reads") !== null`)
	if n := v.number(`document.querySelectorAll("#tree .why a").length`); n != 0 {
		t.Errorf("%d links stay beside what they lead to", n)
	}
	if n := v.number(`document.querySelectorAll("#tree > .node:not(:first-child)[open]").length`); n != 0 {
		t.Errorf("unfolding one part unfolded %d others", n)
	}
	v.unfold(`#tree > .node .node`)
	v.unfold(`#tree > .node .node .node`)
	if why := v.inner(`#tree > .node .node .node .why`); !strings.Contains(why, "规则：") || !strings.Contains(why, "［") {
		t.Errorf("an unfolded indicator names no line that was read: %q", why)
	}
	if err := chromedp.Do(v.ctx, chromedp.Click(chromedp.CSS("[data-unfold]"))); err != nil {
		t.Fatal(err)
	}
	if n := v.number(`document.querySelectorAll("#tree .node:not([open])").length`); n != 0 {
		t.Errorf("%d parts stay folded", n)
	}
	v.shot("result-with-workings")
	if n := asked(); n != 1 {
		t.Errorf("unfolding asked for the workings %d times, want once", n)
	}

	v.open(own)
	v.text(`(() => {
		const answers = [() => Promise.reject(new Error("away")), () => Promise.resolve(new Response("<h1>登录</h1>")),
			() => Promise.resolve(new Response('<div id="tree"></div>', { status: 500 })), window.fetch.bind(window)];
		window.tried = 0;
		window.fetch = (to) => answers[window.tried++](to);
	})()`)
	for i, what := range []string{"a fetch that failed", "another page", "an error"} {
		v.unfold(fmt.Sprintf(`#tree > .node:nth-child(%d)`, i+1))
		v.until(fmt.Sprintf(`window.tried === %d`, i+1))
		if n := v.number(`document.querySelectorAll("#tree .why a").length`); n != links {
			t.Errorf("after %s %d links stay, want %d", what, n, links)
		}
	}
	v.unfold(`#tree > .node .node`) // in the part that was unfolded first
	v.until(`document.querySelector("#tree .reads") !== null`)

	if _, err := chromedp.Call(v.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	v.open(own)
	v.unfold(`#tree > .node`)
	v.unfold(`#tree > .node .node`)
	v.unfold(`#tree > .node .node .node`)
	v.press(`#tree > .node .node .node .why a`)
	if v.path() != own+"/workings" {
		t.Fatalf("the link leads to %s", v.path())
	}
	if why := v.inner(":target .why"); !strings.Contains(why, "规则：") || !strings.Contains(why, "［") {
		t.Errorf("the workings of an indicator name no line that was read: %q", why)
	}
	if n := v.number(`document.querySelectorAll("#tree .node:not([open])").length`); n != 0 {
		t.Errorf("%d parts of the workings are folded", n)
	}
	pdf, err := chromedp.Run(v.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	if err != nil {
		t.Fatal(err)
	}
	if n := v.sheets("workings.pdf", pdf); n < 3 || n > 15 {
		t.Errorf("the workings print on %d pages", n)
	}
}

// unfold clicks on the first part that matches.
func (v *visitor) unfold(node string) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, chromedp.Click(chromedp.CSS(node+" > summary"))); err != nil {
		v.t.Fatal(err)
	}
	if v.text(fmt.Sprintf("document.querySelector(%q).open", node)) != "true" {
		v.t.Fatalf("%s stays folded", node)
	}
}

// until waits until an expression is true.
func (v *visitor) until(expression string) {
	v.t.Helper()
	_, err := chromedp.Run(v.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(10*time.Second)))
	if err != nil {
		v.t.Fatalf("%s: %v", expression, err)
	}
}

// asks counts from now on what the page asks for whose address ends so.
func (v *visitor) asks(end string) func() int {
	v.t.Helper()
	n := 0
	err := chromedp.Listen(v.ctx, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok && strings.HasSuffix(e.Request.URL, end) {
			v.mu.Lock()
			n++
			v.mu.Unlock()
		}
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return func() int {
		v.mu.Lock()
		defer v.mu.Unlock()
		return n
	}
}
