package asset

import (
	"bytes"
	"context"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
)

// page has one of everything that the scripts serve, under the content security policy of the site.
var page = template.Must(template.New("page").Parse(`<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>t</title>
<link rel="icon" href="{{.URL "favicon.svg"}}"><link rel="stylesheet" href="{{.URL "app.css"}}">
<script src="{{.URL "app.js"}}" defer></script><script src="{{.URL "htmx.js"}}" defer></script></head><body>
<section class="errors" role="alert" tabindex="-1"><h2>有 1 处需要改正</h2></section>
<button type="button" data-unfold="tree" id="unfold">全部展开</button>
<div id="tree"><details id="a"><summary>一</summary><details id="b"><summary>二</summary><p id="deep">深</p></details></details></div>
<a href="/elsewhere" data-open="dialog" id="door">开</a><dialog id="dialog"><button type="button" data-close id="shut">关</button></dialog>
<form id="guarded" method="post" action="/post" data-guard><input id="typed"><label data-drop id="box"><input type="file" id="file"><output id="said"></output></label>
<table><tr><th class="pick"><input type="checkbox" data-pick-all id="all"></th></tr><tr><td class="pick"><input type="checkbox" class="one"></td></tr><tr><td class="pick"><input type="checkbox" class="one" id="second"></td></tr></table><b data-picked id="picked">0</b><button id="send">送</button></form>
<div id="job" hx-get="/job" hx-trigger="every 50ms" hx-swap="outerHTML">37</div>
<iframe name="answer"></iframe></body></html>`))

// visit is one page in one browser.
type visit struct {
	t    *testing.T
	ctx  context.Context
	mu   sync.Mutex
	said []string // by the browser: refused by the policy, missing files
}

func browse(t *testing.T) *visit {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("SKIPPED: the scripts are not tested: no chromium")
	}
	a, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	if a.URL("app.js") == "" || a.URL("htmx.js") == "" {
		t.Skip("SKIPPED: the scripts are not tested: built without them, run make assets")
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", a.Handler())
	mux.HandleFunc("GET /job", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<div id="job"><b>完成</b><script>document.title="run"</script></div>`)) // to a test
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		var out bytes.Buffer
		if err := page.Execute(&out, a); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'")
		_, _ = w.Write(out.Bytes()) // to a test
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	v := &visit{t: t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, v.listen); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/")); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *visit) listen(event any) {
	if e, ok := event.(*log.EventEntryAdded); ok {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.said = append(v.said, e.Entry.Text)
	}
}

// want runs a script in the page and compares what it gives as text.
func (v *visit) want(name, script, want string) {
	v.t.Helper()
	got, err := chromedp.Run(v.ctx, chromedp.Evaluate[string]("(async () => String(await (async () => {"+script+"})()))()", chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatalf("%s: %v", name, err)
	}
	if got != want {
		v.t.Errorf("%s: %s, want %s", name, got, want)
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	v := browse(t)
	v.want("the summary of errors has the focus", `return document.activeElement.className`, "errors")
	v.want("scripts announce themselves to the style", `return document.documentElement.className`, "js")

	v.want("unfold all", `unfold.click(); return [a.open, b.open, unfold.textContent]`, "true,true,全部收起")
	v.want("fold all", `unfold.click(); return [a.open, b.open, unfold.textContent]`, "false,false,全部展开")
	v.want("paper shows everything", `b.open = true; dispatchEvent(new Event("beforeprint")); return [a.open, b.open]`, "true,true")
	v.want("and folds again what it opened", `dispatchEvent(new Event("afterprint")); return [a.open, b.open]`, "false,true")
	v.want("a link opens what hides its target", `a.open = b.open = false; location.hash = "deep"; await new Promise(r => setTimeout(r, 100)); return [a.open, b.open]`, "true,true")

	v.want("a dialog opens instead of the link", `door.click(); return [dialog.open, location.pathname]`, "true,/")
	v.want("and closes", `shut.click(); return dialog.open`, "false")

	leave := `const e = new Event("beforeunload", {cancelable: true}); dispatchEvent(e); return e.defaultPrevented`
	v.want("nothing typed: leaving is free", leave, "false")

	v.want("all rows are picked at once", `all.click(); return [picked.textContent, document.querySelectorAll("tr[aria-selected=true]").length]`, "2,2")
	v.want("some rows", `second.click(); return [picked.textContent, all.checked, all.indeterminate]`, "1,false,true")

	drop := `const d = new DataTransfer(); d.items.add(new File([new Uint8Array(12345)], "九月.xlsx"));
		const e = new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: d}); box.dispatchEvent(e); return [e.defaultPrevented, file.files.length, said.textContent]`
	v.want("a dropped file is taken and named", drop, "true,1,九月.xlsx（12 KB）")

	v.want("typed: leaving asks", `typed.value = "x"; typed.dispatchEvent(new Event("input", {bubbles: true})); `+leave, "true")
	v.want("sent once", `let n = 0; guarded.target = "answer"; document.addEventListener("submit", (e) => { if (!e.defaultPrevented) n++; }); send.click(); send.click(); return n`, "1")
	v.want("sent: leaving is free", leave, "false")
}

func TestHTMX(t *testing.T) {
	t.Parallel()
	v := browse(t)
	v.want("a job's part is fetched", `for (let i = 0; i < 100 && job.textContent === "37"; i++) await new Promise(r => setTimeout(r, 50)); return document.getElementById("job").innerText`, "完成")
	v.want("its script is not run", `return document.title`, "t")
	v.want("no style is written into the page", `return document.querySelectorAll("style,[style]").length`, "0")
	v.want("no page is kept in the browser", `return [sessionStorage.getItem("htmx-history-cache"), localStorage.length]`, ",0")
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.said) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(v.said, "\n"))
	}
}
