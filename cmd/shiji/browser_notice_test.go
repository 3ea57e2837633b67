package main

import (
	"bytes"
	"net/http"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"shiji/internal/web/asset"
)

// notice fills in what a 公示表 has to say, and gets it as a page that prints, as PDF
// and as a workbook, with the same people on page and workbook.
func (w *town) notice(t *testing.T) {
	v := w.visit(t)
	v.signIn("head1")
	v.press(`.tasks .what > a`)
	v.press(`.phead a[href$="/notice"]`)
	at := v.path()
	fill := func() url.Values {
		for selector, text := range map[string]string{"#number": "明德〔2026〕7号", "#office": "学校考核领导小组办公室", "#phone": "0537-0000000"} {
			if err := chromedp.Do(v.ctx, chromedp.SetValue(chromedp.CSS(selector), text)); err != nil {
				t.Fatal(err)
			}
		}
		filled, err := url.ParseQuery(v.text(`new URLSearchParams(new FormData(document.querySelector("#number").form))`))
		if err != nil {
			t.Fatal(err)
		}
		return filled
	}
	form := fill()
	v.press(`button[name=as][value=page]`)
	v.shot("notice-page")
	names := decode[[]string](v, `[...document.querySelectorAll("tbody tr")].map(r => r.cells[1].innerText.trim())`)
	if len(names) < 10 {
		t.Fatalf("the notice lists %d people", len(names))
	}
	printed, err := chromedp.Run(v.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if err != nil {
		t.Fatal(err)
	}
	form.Set("as", "xlsx")
	listed := v.secondColumn(v.download(at, form))
	for _, name := range names {
		if !listed[name] {
			t.Errorf("the workbook leaves %s out", name)
		}
	}
	v.open(at)
	fill()
	if got := v.answer(at, "#to", "2020-01-01"); got != http.StatusUnprocessableEntity || v.inner(".errors li") == "" {
		t.Errorf("a notice that ends before it begins is answered %d: %s", got, v.inner(".errors"))
	}
	if got := v.text(`document.querySelector("#office").value`); got != form.Get("office") {
		t.Errorf("what was typed is gone: %q", got)
	}
	v.shot("notice-errors")
	v.refused()
	if n := v.sheets("notice-printed.pdf", printed); n < 2 {
		t.Errorf("a notice of %d people prints on %d pages", len(names), n)
	}
	assets, err := asset.Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := assets.Font(); !ok {
		t.Log("SKIPPED: THE NOTICE IS NOT MADE AS PDF: built without the font, run make assets")
		return
	}
	form.Set("as", "pdf")
	if n := v.sheets("notice.pdf", v.download(at, form)); n < 2 {
		t.Errorf("a notice of %d people has %d pages as PDF", len(names), n)
	}
}

// secondColumn returns what a workbook's first sheet has in its second column.
func (v *visitor) secondColumn(data []byte) map[string]bool {
	v.t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		v.t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil {
		v.t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, row := range rows {
		if len(row) > 1 {
			listed[row[1]] = true
		}
	}
	return listed
}
