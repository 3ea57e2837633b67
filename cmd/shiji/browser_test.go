package main

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"shiji/internal/web/asset"
)

// TestBrowser walks through the demonstration in a real browser, as the people of
// a school would. Its parts stand in the order in which they happen.
func TestBrowser(t *testing.T) {
	w := openTown(t)
	t.Run("clerk", w.clerk)
	t.Run("head", w.head)
	t.Run("teacher", w.teacher)
	t.Run("sweep", w.sweep)
	t.Run("plain", w.plain)
	t.Run("workings", w.workings)
	t.Run("newcomer", w.newcomer)
	t.Run("notice", w.notice)
	t.Run("keyboard", w.keyboard)
	t.Run("weights", w.weights)
	t.Run("care", w.care)
	t.Run("guesses", w.guesses) // last: it keeps somebody out
}

// clerk hands in a year's workbook and brings it to results on paper.
func (w *town) clerk(t *testing.T) {
	v := w.visit(t)
	v.signIn("clerk5")
	v.shot("unit")
	v.upload(w.faulty)
	v.faults()
	v.press(`a[href$="#file"]`)
	v.upload(w.whole)
	if n := v.number(`document.querySelectorAll("#h-preview").length`); n != 1 {
		t.Fatalf("no preview of a workbook without faults: %s", v.inner("main"))
	}
	v.shot("batch-preview")
	v.press(`form[action$="/adopt"] button`)
	if got := v.inner(".phead .tag"); got != "已确认" {
		t.Errorf("after adopting the batch is %q", got)
	}
	if size := v.inner(".pairs"); !regexp.MustCompile(`\d (KB|MB)`).MatchString(size) {
		t.Errorf("the page of a batch tells no size that people know: %s", size)
	}
	v.press(`.note.ok a.btn`)
	if v.number(`document.querySelectorAll('form[action$="/evaluate"]').length`) == 0 {
		v.openYear("2025-2026")
	}
	v.press(`form[action$="/evaluate"] button.pri`)
	v.waitForJob()
	v.press(`#job a.btn[href^="/appraisals/"]`)
	v.shot("overview")
	if n := v.number(`document.querySelectorAll("#publish").length`); n != 0 {
		t.Errorf("who handed in and evaluated may publish")
	}
	overview := v.path()
	v.press(`.phead a[href$="/results"]`)
	v.shot("table")
	people := v.number(`document.querySelectorAll("#list tbody tr").length`)
	if people < 10 {
		t.Fatalf("the table lists %d people", people)
	}
	v.aligned()
	v.press(`#list tbody td.name a`)
	v.reading()
	v.press(`.phead a[href$="/form"]`)
	v.shot("form")
	pdf, err := chromedp.Run(v.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	if err != nil {
		t.Fatal(err)
	}
	if n := v.sheets("form.pdf", pdf); n != 2 {
		t.Errorf("the form prints on %d pages, want 2", n)
	}
	v.open(overview)
	v.allForms()
}

// aligned demands that the numbers of each column of the table have as many decimals.
func (v *visitor) aligned() {
	v.t.Helper()
	decimals := decode[[][]int](v, `[...document.querySelectorAll("#list thead th")].map((_, k) => [...new Set([...document.querySelectorAll("#list tbody tr")]
		.map(r => r.cells[k].innerText.trim()).filter(s => /^[0-9]+(\.[0-9]+)?$/.test(s)).map(s => (s.split(".")[1] || "").length))])`)
	some := false
	for k, found := range decimals {
		if len(found) > 1 {
			v.t.Errorf("column %d of the table has numbers of %v decimals", k+1, found)
		}
		some = some || len(found) == 1 && found[0] > 0
	}
	if !some {
		v.t.Errorf("no column of the table has decimals: %v", decimals)
	}
}

// upload hands in a workbook on the page of a school.
func (v *visitor) upload(file string) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file})); err != nil {
		v.t.Fatal(err)
	}
	v.press(`form[action$="/evidence"] button`)
}

// faults reads what is wrong with a workbook: on the page, and in its marked copy
// at the same cells.
func (v *visitor) faults() {
	v.t.Helper()
	v.shot("batch-faults")
	type fault struct{ Cell, Text string }
	listed := decode[[]fault](v, `[...document.querySelectorAll("section[aria-labelledby=h-faults] .tw tbody tr")].map(r => ({Cell: r.cells[0].innerText.trim(), Text: r.cells[1].innerText.trim()}))`)
	sheets := decode[[]string](v, `[...document.querySelectorAll("section[aria-labelledby=h-faults] h3")].map(h => h.firstChild.textContent.trim())`)
	if len(listed) == 0 || len(sheets) == 0 {
		v.t.Fatalf("no faults are listed: %s", v.inner("main"))
	}
	marked := v.comments(v.download(v.path()+"/marked", nil))
	for _, f := range listed {
		cell, _, _ := strings.Cut(f.Cell, " ")
		if !regexp.MustCompile(`^[A-Z]+[1-9]\d*$`).MatchString(cell) || f.Text == "" {
			v.t.Errorf("a fault without a cell or words: %q %q", f.Cell, f.Text)
		}
		if !strings.Contains(marked, `ref="`+cell+`"`) {
			v.t.Errorf("the marked workbook says nothing at %s", cell)
		}
	}
	for _, s := range sheets {
		if s == "" || s == "整个工作簿" {
			v.t.Errorf("faults without a sheet: %q", s)
		}
	}
}

// comments returns all comments of a workbook as they are written.
func (v *visitor) comments(book []byte) string {
	v.t.Helper()
	files, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		v.t.Fatalf("the marked workbook: %v", err)
	}
	var out strings.Builder
	for _, f := range files.File {
		if !strings.HasPrefix(f.Name, "xl/comments") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			v.t.Fatal(err)
		}
		if _, err := io.Copy(&out, r); err != nil {
			v.t.Fatal(err)
		}
		_ = r.Close() // it was only read
	}
	return out.String()
}

// openYear opens the appraisal of a year, with the scheme that is offered first.
func (v *visitor) openYear(term string) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, chromedp.Click(chromedp.CSS("details.more summary")), chromedp.SetValue(chromedp.CSS("#term"), term)); err != nil {
		v.t.Fatal(err)
	}
	v.press(`form[action$="/appraisals"] button`)
}

// waitForJob stays on the page of a job until it says that it is done: by itself,
// without loading the page again.
func (v *visitor) waitForJob() {
	v.t.Helper()
	if !strings.HasPrefix(v.path(), "/jobs/") {
		v.t.Fatalf("no job: at %s", v.path())
	}
	v.w.job = v.path()
	v.text(`window.stayed = "stayed"`)
	v.shot("job")
	_, err := chromedp.Run(v.ctx, chromedp.Poll[bool](`document.querySelector("#job .note") !== null`, chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(2*time.Minute)))
	if err != nil {
		v.t.Fatalf("the job's page does not show its end: %v", err)
	}
	if got := v.inner("#job .note b"); got != "完成" {
		v.t.Fatalf("the job: %s", v.inner("#job"))
	}
	if got := v.text(`window.stayed`); got != "stayed" {
		v.t.Errorf("the page of the job was loaded again")
	}
}

// reading unfolds one part of a result and finds its reasons there.
func (v *visitor) reading() {
	v.t.Helper()
	v.shot("result-folded")
	seen := func() string { // old browsers do not lay out what is folded, and cannot be asked
		return v.text(`(e => e.checkVisibility ? e.checkVisibility() : e.getClientRects().length > 0)(document.querySelector("#tree .node .why"))`)
	}
	if seen() != "false" {
		v.t.Errorf("the reasons are shown before they are asked for")
	}
	if err := chromedp.Do(v.ctx, chromedp.Click(chromedp.CSS("#tree .node > summary"))); err != nil {
		v.t.Fatal(err)
	}
	if why := v.inner("#tree .node .why"); seen() != "true" || !strings.Contains(why, "条款：") {
		v.t.Errorf("an unfolded part gives no reason: %q", why)
	}
	v.shot("result-unfolded-one")
	if err := chromedp.Do(v.ctx, chromedp.Click(chromedp.CSS("[data-unfold]"))); err != nil {
		v.t.Fatal(err)
	}
	if n := v.number(`document.querySelectorAll("#tree .node:not([open])").length`); n != 0 {
		v.t.Errorf("%d parts stay folded", n)
	}
	v.shot("result-unfolded")
}

// allForms orders the forms of everybody and downloads them.
func (v *visitor) allForms() {
	v.t.Helper()
	assets, err := asset.Open()
	if err != nil {
		v.t.Fatal(err)
	}
	if _, ok := assets.Font(); !ok {
		v.t.Log("SKIPPED: THE FORMS OF EVERYBODY ARE NOT PRINTED: built without the font, run make assets")
		return
	}
	members := v.number(`document.querySelector(".tiles dd").firstChild.textContent.trim()`)
	v.press(`form[action$="/forms"] button`)
	v.waitForJob()
	file := v.text(`document.querySelector("#job form[action$='/file']").getAttribute("action")`)
	mark := v.text(`document.querySelector("#job form[action$='/file'] input[name=mark]").value`)
	if n := v.sheets("all-forms.pdf", v.download(file, url.Values{"mark": {mark}})); n != 2*members {
		v.t.Errorf("the forms of %d people have %d pages, want two each", members, n)
	}
}

// head publishes what the clerk evaluated.
func (w *town) head(t *testing.T) {
	v := w.visit(t)
	v.signIn("head5")
	v.press(`.tasks a[href$="#publish"]`)
	v.press(`#publish button`)
	if got := v.inner(".phead .tag"); got != "已公布" {
		t.Errorf("after publishing it is %q", got)
	}
	v.shot("published")
	if n := v.number(`document.querySelectorAll('form[action$="/evaluate"]').length`); n != 0 {
		t.Errorf("what is published can be evaluated again")
	}
}

// teacher finds her own result, takes it home and has it checked; she sees nobody
// else's, and who has looked at hers.
func (w *town) teacher(t *testing.T) {
	v := w.visit(t)
	v.signIn("teacher1")
	v.shot("me")
	name := v.inner("h1")
	v.press(`.tasks a`)
	if !strings.Contains(v.inner("h1"), name) || v.steps > 3 {
		t.Errorf("after %d steps %s reads %q", v.steps, name, v.inner("h1"))
	}
	v.shot("result-own")
	own := v.path()
	w.result = own
	mark := v.text(`document.querySelector('form[action$="/bundle"] input[name=mark]').value`)
	bundle := v.download(own+"/bundle", url.Values{"mark": {mark}})
	w.verify(t, bundle)

	clerk := w.visit(t)
	clerk.signIn("clerk1")
	clerk.press(`.tasks a[href$="/results"]`)
	other := clerk.text(`[...document.querySelectorAll("#list td.name a")].map(a => a.getAttribute("href")).find(to => to !== ` + "`" + own + "`" + `)`)
	if clerk.open(own) != http.StatusOK {
		t.Fatalf("the clerk does not see %s", own)
	}
	who := clerk.inner(".who span")

	hidden, missing := v.open(other), v.open(regexp.MustCompile(`[^/]+$`).ReplaceAllString(other, "no-such-person"))
	if hidden != http.StatusNotFound || missing != http.StatusNotFound {
		t.Errorf("somebody else's result answers %d, a missing one %d, want 404 twice", hidden, missing)
	}
	v.shot("error")
	v.complaints() // that two answers were 404
	v.open("/me")
	if looks := v.inner("section[aria-labelledby=h-looks]"); !strings.Contains(looks, who) || !strings.Contains(looks, "考核结果") {
		t.Errorf("%s looked, but the page tells:\n%s", who, looks)
	}
	v.shot("me-looked-at")
}

// verify has the program check a bundle: it accepts the one that was downloaded,
// and not one with a byte changed.
func (w *town) verify(t *testing.T, bundle []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bundle.zip")
	for _, c := range []struct {
		name string
		flip byte
		good bool
	}{{"as downloaded", 0, true}, {"with a byte changed", 1, false}} {
		bundle[len(bundle)/2] ^= c.flip
		if err := os.WriteFile(file, bundle, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(w.bin, "verify", file).CombinedOutput()
		if (err == nil) != c.good {
			t.Errorf("verify a bundle %s: %v\n%s", c.name, err, out)
		}
	}
}
