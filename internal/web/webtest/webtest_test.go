package webtest

import (
	"strings"
	"testing"
)

const right = `<!doctype html><html lang="zh-CN"><head><title>t</title><script src="/static/app.0123abcd.js" defer></script></head><body>
<h1 id="a">One</h1><h2>Two</h2><form method="post" action="/x"><input type="hidden" name="mark" value="m"><label for="n">Name</label><input id="n" name="n"><button>Send</button></form><h3>Three</h3></body></html>`

// TestFaults is the control: each thing that can be wrong with a page is found.
func TestFaults(t *testing.T) {
	t.Parallel()
	if got := Faults(right); len(got) > 0 {
		t.Fatalf("a page that is right: %v", got)
	}
	for _, c := range []struct{ old, to string }{
		{`<!doctype html>`, ``},
		{` lang="zh-CN"`, ``},
		{`<title>t</title>`, ``},
		{`/static/app.0123abcd.js`, `https://elsewhere.example/app.js`},
		{` defer></script>`, `>alert(1)</script>`},
		{`<h2>`, `<script>alert(1)</script><h2>`},
		{`<h2>`, `<h2 onclick="x()">`},
		{`<h2>`, `<h2 style="color:red">`},
		{`<h2>`, `<style>*{}</style><h2>`},
		{`<h2>`, `<h2 id="a">`},
		{`<h2>`, `<h2 id="a b">`},
		{`<h2>`, `<h2 aria-labelledby="none">`},
		{`<h2>Two</h2>`, `<h1>Two</h1>`},
		{`<h2>Two</h2>`, ``},
		{`<h1 id="a">One</h1>`, ``},
		{`<input type="hidden" name="mark" value="m">`, ``},
		{`<input type="hidden" name="mark" value="m"><label for="n">Name</label><input id="n" name="n">`, `<label for="n">Name</label><input id="n" name="n"><input type="hidden" name="mark" value="m">`},
		{`name="mark"`, `name="other"`},
		{`<label for="n">Name</label>`, ``},
		{`for="n"`, `for="m"`},
		{`action="/x"`, `action="//evil.example/x"`},
		{`<h2>`, `<a href="javascript:x()">a</a><h2>`},
		{`<h2>`, `<a href="/x"></a><h2>`},
		{`<h2>`, `<base href="/x/"><h2>`},
		{`<h2>`, `<iframe src="/x"></iframe><h2>`},
		{`<h2>`, `<meta http-equiv="refresh" content="0"><h2>`},
	} {
		page := strings.Replace(right, c.old, c.to, 1)
		if page == right {
			t.Fatalf("%q does not stand in the page", c.old)
		}
		if len(Faults(page)) == 0 {
			t.Errorf("%q for %q: nothing found", c.to, c.old)
		}
	}
}
