package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// keyboard signs in, reaches the main action of pages and unfolds a result by keys
// alone, and always sees where it is.
func (w *town) keyboard(t *testing.T) {
	v := w.visit(t)
	v.open("/sign-in")
	// Old browsers move the focus only with the next picture that they draw.
	_, err := chromedp.Run(v.ctx, chromedp.Poll[bool](`document.activeElement.id === "login"`, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(5*time.Second)))
	if err != nil {
		t.Fatalf("the page to sign in begins at %+v, want the login: %v", v.focus(), err)
	}
	v.keys("clerk1", kb.Tab, w.password)
	if _, err := chromedp.RunResponse(v.ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int64{1366, 390} {
		v.width(width)
		v.open("/")
		v.tabTo("a.skip", 1)
		v.keys(kb.Enter)
		v.tabTo(`form[action$="/evidence"] .btn.pri`, 40)
		v.press(`.tasks a[href$="/results"]`)
		v.tabTo(`#list td.name a`, 40)
		v.press(`#list td.name a`)
		v.tabTo(`#tree summary`, 40)
		v.keys(kb.Enter)
		if n := v.number(`document.querySelectorAll("#tree > details[open]").length`); n != 1 {
			t.Errorf("at %d pixels Enter unfolds %d parts of a result, want 1", width, n)
		}
	}
}

func (v *visitor) keys(typed ...string) {
	v.t.Helper()
	for _, k := range typed {
		if err := chromedp.Do(v.ctx, chromedp.KeyEvent(k)); err != nil {
			v.t.Fatal(err)
		}
	}
}

// focused is what has the focus, and why that cannot be seen: "" if it can.
type focused struct{ id, name, hidden string }

func (v *visitor) focus() focused {
	v.t.Helper()
	got := decode[[3]string](v, `(() => {
		const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
		const x = Math.max(1, Math.min(innerWidth - 1, box.left + Math.min(box.width / 2, 40))), y = box.top + Math.min(box.height / 2, 20);
		const over = document.elementFromPoint(x, y);
		let hidden = "";
		if (style.outlineStyle === "none" && style.boxShadow === "none") hidden = "nothing marks it";
		else if (y < 0 || y > innerHeight) hidden = "outside of the window at " + Math.round(y);
		else if (over && !e.contains(over) && !over.contains(e)) hidden = "behind " + over.tagName + " " + over.className;
		return [e.id, String(e.className), hidden] })()`)
	return focused{got[0], got[1], got[2]}
}

// tabTo presses Tab until what matches has the focus, so many times at most.
func (v *visitor) tabTo(selector string, most int) {
	v.t.Helper()
	for range most {
		v.keys(kb.Tab)
		if f := v.focus(); f.hidden != "" {
			v.t.Errorf("at %s the focus on %q %q is not seen: %s", v.path(), f.id, f.name, f.hidden)
		}
		if v.text(fmt.Sprintf("document.activeElement.matches(%q)", selector)) == "true" {
			return
		}
	}
	v.t.Fatalf("at %s, Tab does not reach %s within %d times", v.path(), selector, most)
}

// weights holds what the pages that most people open cost on the line: with an empty
// cache, and again.
func (w *town) weights(t *testing.T) {
	v := w.visit(t)
	v.signIn("teacher1")
	me := v.path()
	v.press(`.tasks a`)
	result := v.path()
	var bytes, requests int
	err := chromedp.Listen(v.ctx, func(event any) {
		if e, ok := event.(*network.EventLoadingFinished); ok && e.EncodedDataLength > 0 { // 0: out of the cache
			v.mu.Lock()
			bytes += int(e.EncodedDataLength)
			requests++
			v.mu.Unlock()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []struct {
		name, path string
		cold       bool
		most       int // bytes
	}{
		{"her results, cold", me, true, 25_000}, {"her results, warm", me, false, 5_000},
		{"a result, cold", result, true, 60_000}, {"a result, warm", result, false, 40_000},
	} {
		if page.cold {
			if _, err := chromedp.Call(v.ctx, network.ClearBrowserCache, cdp.Empty{}); err != nil {
				t.Fatal(err)
			}
		}
		v.mu.Lock()
		bytes, requests = 0, 0
		v.mu.Unlock()
		v.open(page.path)
		v.mu.Lock()
		t.Logf("%s: %d bytes in %d requests", page.name, bytes, requests)
		if bytes == 0 || bytes > page.most {
			t.Errorf("%s: %d bytes on the line, want at most %d", page.name, bytes, page.most)
		}
		v.mu.Unlock()
	}
}
