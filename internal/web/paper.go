package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"shiji/internal/app"
	"shiji/internal/fault"
	"shiji/internal/print"
	"shiji/internal/sheet"
)

// paper is the style sheet of forms and notices. Its address names its content,
// so that browsers keep it for good.
type paper struct {
	url  string
	text []byte
}

func newPaper() paper {
	text := print.StyleSheet()
	sum := sha256.Sum256(text)
	return paper{url: "/paper." + hex.EncodeToString(sum[:4]) + ".css", text: text}
}

func (p paper) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(p.text) // the reader has gone
}

// printForm shows a person's 考核表 as it prints.
func (c *call) printForm() error {
	f, err := c.Service.Form(c.ctx(), c.viewer, c.path("appraisal"), c.path("subject"))
	if err != nil {
		return err
	}
	f.Styles = c.paper.url
	var b bytes.Buffer
	if err := print.WriteForm(&b, f); err != nil {
		return err
	}
	return c.html(&b)
}

// html answers with a page that is drawn elsewhere.
func (c *call) html(b *bytes.Buffer) error {
	c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return c.send(b, int64(b.Len()))
}

func (c *call) orderForms() error {
	job, err := c.Service.OrderForms(c.ctx(), c.viewer, c.path("appraisal"))
	if err != nil {
		return err
	}
	return c.redirect("/jobs/" + job)
}

// noticePage asks what a 公示表 has to say besides the table.
type noticePage struct {
	Base
	Appraisal                             string
	Number, From, To, Office, Phone, Mail string
}

// notice shows the form, and with its fields filled in the notice itself: as a
// page that prints, as PDF or as a workbook, all with the same columns.
func (c *call) notice() error {
	page := noticePage{
		Base: c.base("公示表"), Appraisal: c.path("appraisal"),
		Number: c.query("number"), From: c.query("from"), To: c.query("to"), Office: c.query("office"), Phone: c.query("phone"), Mail: c.query("mail"),
	}
	overview, err := c.Service.Overview(c.ctx(), c.viewer, page.Appraisal)
	if err != nil {
		return err
	}
	if !overview.CanNotice {
		return errNoPage
	}
	page.Base = c.base("公示表", append(crumbs(overview.Way), Link{overview.Term + " 学年考核", "/appraisals/" + page.Appraisal})...)
	page.Place = overview.Unit.Name
	if c.query("as") == "" {
		if page.From == "" {
			page.From, page.To = workdaysFrom(c.Now())
		}
		return c.show("notice", page)
	}
	q := app.NoticeQuery{Number: page.Number, Office: page.Office, Phone: page.Phone, Mail: page.Mail}
	q.From, q.To = date(page.From), date(page.To)
	n, err := c.Service.Notice(c.ctx(), c.viewer, page.Appraisal, q)
	if faults := fault.All(err); faults != nil && !fault.Is(err, fault.NotFound) {
		page.Faults = faults
		return c.again("notice", page, err)
	} else if err != nil {
		return err
	}
	return c.notify(n)
}

// notify writes a notice in the form that was asked for.
func (c *call) notify(n *print.Notice) error {
	n.Styles = c.paper.url
	var b bytes.Buffer
	switch c.query("as") {
	case "pdf":
		if _, err := c.Service.NoticePDF(&b, *n); err != nil {
			return err
		}
		c.attachment("公示表.pdf", "application/pdf")
		return c.send(&b, int64(b.Len()))
	case "xlsx":
		book := sheet.Notice{Title: n.Title, Above: n.Above(), Below: n.Below(), Signed: n.Signed()}
		book.Head, book.Rows = n.Table()
		if n.Number != "" {
			book.Above = append([]string{n.Number}, book.Above...)
		}
		if err := sheet.WriteNotice(&b, book); err != nil {
			return err
		}
		c.attachment("公示表.xlsx", xlsx)
		return c.send(&b, int64(b.Len()))
	}
	if err := print.WriteNotice(&b, *n); err != nil {
		return err
	}
	return c.html(&b)
}

// date reads a date that a form sent; what is none is the zero time, which the
// use case refuses in words.
func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// workdaysFrom proposes a period: tomorrow and a week and a day on, which holds
// five working days when no holiday falls into it.
func workdaysFrom(now time.Time) (from, to string) {
	tomorrow := now.In(shanghai).AddDate(0, 0, 1)
	return tomorrow.Format(time.DateOnly), tomorrow.AddDate(0, 0, 7).Format(time.DateOnly)
}

func (c *call) export() error {
	format := app.ExportFormat(c.path("format"))
	name, write, err := c.Service.Export(c.ctx(), c.viewer, c.path("appraisal"), format)
	if err != nil {
		return err
	}
	var b bytes.Buffer // an export that fails is an error page, not half of a file
	if err := write(&b); err != nil {
		return err
	}
	kinds := map[app.ExportFormat]string{app.ExportJSON: "application/json", app.ExportWorkbook: xlsx, app.ExportPage: "text/html; charset=utf-8"}
	c.attachment(name, kinds[format])
	return c.send(&b, int64(b.Len()))
}
