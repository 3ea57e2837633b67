package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"shiji/internal/web/asset"
)

// town is the demonstration served by the built program, and a browser.
type town struct {
	bin      string // the program
	url      string
	password string // of all accounts
	whole    string // workbook of the fifth school that can be adopted
	faulty   string
	browser  context.Context
	shots    string // folder for pictures, "" for none

	// Addresses that the walk came by, for the sweep.
	job    string // of the fifth school's clerk
	result string // of the teacher
}

// openTown builds the program, lets it make its demonstration, and opens a browser.
// SHIJI_SHOTS names a folder for pictures of what is seen, SHIJI_CHROMIUM another
// browser than the chromium of this machine (docs/browsers.md).
func openTown(t *testing.T) *town {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: THE SITE IS NOT TRIED IN A BROWSER: -short")
	}
	browser := cmp.Or(os.Getenv("SHIJI_CHROMIUM"), "chromium")
	if _, err := exec.LookPath(browser); err != nil {
		t.Skip("SKIPPED: THE SITE IS NOT TRIED IN A BROWSER: no " + browser)
	}
	if a, err := asset.Open(); err != nil || a.URL("htmx.js") == "" {
		t.Skip("SKIPPED: THE SITE IS NOT TRIED IN A BROWSER: built without scripts, run make assets")
	}
	w := &town{bin: filepath.Join(t.TempDir(), "shiji"), shots: os.Getenv("SHIJI_SHOTS")}
	if w.shots != "" {
		if err := os.MkdirAll(w.shots, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("go", "build", "-o", w.bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	w.serve(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.DisableGPU)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	w.browser, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(w.browser, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return w
}

// serve starts the demonstration and reads what it tells its visitors.
func (w *town) serve(t *testing.T) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "demo")
	cmd := exec.Command(w.bin, "demo", "-data", data, "-addr", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		if err := cmd.Wait(); err != nil {
			t.Errorf("the site did not end well: %v\n%s", err, said.String())
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "Ctrl+C") {
		line := lines.Text()
		if _, after, ok := strings.Cut(line, "师迹演示站："); ok {
			w.url = after
		}
		if f := strings.Fields(line); len(f) > 1 && f[0] == "clerk5" {
			w.password = f[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // until it ends
	files, err := filepath.Glob(data + ".samples/*.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.Contains(f, "有问题") {
			w.faulty = f
		} else {
			w.whole = f
		}
	}
	if w.url == "" || w.password == "" || w.whole == "" || w.faulty == "" {
		t.Fatalf("the demonstration tells too little: %+v\n%s", w, said.String())
	}
}

// visitor is somebody with a browser of her own.
type visitor struct {
	t     *testing.T
	w     *town
	ctx   context.Context
	steps int // links and buttons pressed
	mu    sync.Mutex
	said  []string // by the browser: refused by the policy, missing files, broken scripts
}

// visit opens a browser without cookies. Whatever it complains about fails the
// test in the end.
func (w *town) visit(t *testing.T) *visitor {
	t.Helper()
	v := &visitor{t: t, w: w}
	ctx, cancel := context.WithTimeout(w.browser, 5*time.Minute)
	t.Cleanup(cancel)
	v.ctx, cancel = chromedp.NewContext(ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(v.listen))
	t.Cleanup(cancel)
	v.width(1366)
	t.Cleanup(func() {
		if said := v.complaints(); len(said) > 0 {
			t.Errorf("the browser complains:\n%s", strings.Join(said, "\n"))
		}
	})
	return v
}

func (v *visitor) listen(event any) {
	var text string
	switch e := event.(type) {
	case *log.EventEntryAdded:
		text = e.Entry.Text + " " + e.Entry.URL
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		text = "console." + string(e.Type)
		for _, a := range e.Args {
			text += fmt.Sprintf(" %s%s", a.Value, a.Description)
		}
	default:
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.said = append(v.said, text)
}

// complaints returns what the browser has said since it was asked last.
func (v *visitor) complaints() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	said := v.said
	v.said = nil
	return said
}

// width makes the window so many pixels wide; below 500 it is a phone.
func (v *visitor) width(pixels int64) {
	v.t.Helper()
	action := chromedp.EmulateViewport(pixels, 900)
	if pixels < 500 {
		action = chromedp.EmulateViewport(pixels, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	if err := chromedp.Do(v.ctx, action); err != nil {
		v.t.Fatal(err)
	}
}

// open goes to an address of the site and returns the status of its answer.
func (v *visitor) open(path string) int {
	v.t.Helper()
	answer, err := chromedp.RunResponse(v.ctx, chromedp.Navigate(v.w.url+path))
	if err != nil {
		v.t.Fatalf("open %s: %v", path, err)
	}
	return int(answer.Status)
}

// press clicks on what leads to another page, and waits for it.
func (v *visitor) press(selector string) {
	v.t.Helper()
	v.steps++
	ctx, cancel := context.WithTimeout(v.ctx, 30*time.Second)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
	if err != nil {
		v.shot("stuck")
		v.t.Fatalf("press %s at %s: %v", selector, v.path(), err)
	}
	if answer.Status != http.StatusOK {
		v.t.Fatalf("press %s: %s answers %d: %s", selector, answer.URL, answer.Status, v.inner("[role=alert]"))
	}
}

// signIn comes to the start of the site and signs in.
func (v *visitor) signIn(login string) {
	v.t.Helper()
	v.open("/")
	err := chromedp.Do(v.ctx, chromedp.SendKeys(chromedp.CSS("#login"), login), chromedp.SendKeys(chromedp.CSS("#password"), v.w.password))
	if err != nil {
		v.t.Fatal(err)
	}
	v.press(`form[action="/sign-in"] button`)
	v.steps = 0
}

// text runs a script in the page and returns what it gives, as text.
func (v *visitor) text(script string) string {
	v.t.Helper()
	got, err := chromedp.Run(v.ctx, chromedp.Evaluate[string]("String("+script+")"))
	if err != nil {
		v.t.Fatalf("%s: %v", script, err)
	}
	return got
}

// number runs a script that counts something.
func (v *visitor) number(script string) int {
	v.t.Helper()
	n, err := strconv.Atoi(v.text(script))
	if err != nil {
		v.t.Fatalf("%s: %v", script, err)
	}
	return n
}

// inner returns what can be read of the first element that matches.
func (v *visitor) inner(selector string) string {
	v.t.Helper()
	return v.text(fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector))
}

// path returns where the visitor is.
func (v *visitor) path() string {
	v.t.Helper()
	return v.text("location.pathname")
}

// shot keeps a picture of the whole page.
func (v *visitor) shot(name string) {
	v.t.Helper()
	if v.w.shots == "" {
		return
	}
	picture, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		v.t.Fatal(err)
	}
	v.keep(name+".png", picture)
}

// keep writes what was seen where somebody can look at it.
func (v *visitor) keep(name string, data []byte) {
	v.t.Helper()
	if v.w.shots == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(v.w.shots, name), data, 0o644); err != nil {
		v.t.Fatal(err)
	}
}

// download asks for a file as the browser would, with its cookies; with a form it
// sends that. It returns the body of an answer that must be a file.
func (v *visitor) download(path string, form url.Values) []byte {
	v.t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(v.ctx, method, v.w.url+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", v.w.url)
	cookies, err := chromedp.Call(v.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{v.w.url}})
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range cookies.Cookies {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Disposition"), "attachment") {
		v.t.Fatalf("%s %s: %s, not a file", method, path, answer.Status)
	}
	return data
}

var (
	pdfPages = regexp.MustCompile(`(?m)^Pages:\s+(\d+)$`)
	pdfA4    = regexp.MustCompile(`(?m)^Page size:\s+(59[45]\.?\d* x 84[12]\.?\d*|84[12]\.?\d* x 59[45]\.?\d*) pts`)
)

// sheets counts the pages of a PDF, which must be A4.
func (v *visitor) sheets(name string, pdf []byte) int {
	v.t.Helper()
	v.keep(name, pdf)
	if _, err := exec.LookPath("pdfinfo"); err != nil {
		v.t.Skip("SKIPPED: THE PAGES OF PDFS ARE NOT COUNTED, AND THE REST OF THIS PATH IS NOT WALKED: no pdfinfo")
	}
	file := filepath.Join(v.t.TempDir(), "p.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		v.t.Fatal(err)
	}
	out, err := exec.Command("pdfinfo", file).Output()
	if err != nil {
		v.t.Fatalf("%s: pdfinfo: %v", name, err)
	}
	if !pdfA4.Match(out) {
		v.t.Errorf("%s is not A4:\n%s", name, out)
	}
	n, err := strconv.Atoi(string(pdfPages.FindSubmatch(out)[1]))
	if err != nil {
		v.t.Fatal(err)
	}
	return n
}

// decode reads what a script gave as JSON.
func decode[T any](v *visitor, script string) (out T) {
	v.t.Helper()
	if err := json.Unmarshal([]byte(v.text("JSON.stringify("+script+")")), &out); err != nil {
		v.t.Fatalf("%s: %v", script, err)
	}
	return out
}
