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
	f.Styles, f.Icon = c.paper.url, c.assets.URL("favicon.svg")
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

// notice shows the form.
func (c *call) notice() error {
	page, err := c.noticePage()
	if err != nil {
		return err
	}
	page.From, page.To = workdaysFrom(c.Now())
	return c.show("notice", page)
}

// noticePage returns the form, empty.
func (c *call) noticePage() (noticePage, error) {
	at, err := c.Service.NoticePlace(c.ctx(), c.viewer, c.path("appraisal"))
	if err != nil {
		return noticePage{}, err
	}
	link := "/appraisals/" + c.path("appraisal")
	page := noticePage{Base: c.base("公示表", append(crumbs(at.Way), Link{at.Term + " 学年考核", link})...), Appraisal: c.path("appraisal")}
	page.Place = at.Unit.Name
	return page, nil
}

// makeNotice answers the filled form with the notice itself: as a page that prints,
// as PDF or as a workbook, all with the same columns. It leaves an event, which
// what is fetched ahead must not.
func (c *call) makeNotice() error {
	q := app.NoticeQuery{Number: c.form("number"), From: date(c.form("from")), To: date(c.form("to")), Office: c.form("office"), Phone: c.form("phone"), Mail: c.form("mail")}
	n, err := c.Service.Notice(c.ctx(), c.viewer, c.path("appraisal"), q)
	if faults := fault.All(err); faults != nil && !fault.Is(err, fault.NotFound) {
		page, failed := c.noticePage()
		if failed != nil {
			return failed
		}
		page.Number, page.From, page.To, page.Office, page.Phone, page.Mail = q.Number, c.form("from"), c.form("to"), q.Office, q.Phone, q.Mail
		page.Faults = faults
		return c.again("notice", page, err)
	} else if err != nil {
		return err
	}
	return c.notify(n)
}

// notify writes a notice in the form that was asked for.
func (c *call) notify(n *print.Notice) error {
	n.Styles, n.Icon = c.paper.url, c.assets.URL("favicon.svg")
	var b bytes.Buffer
	switch c.form("as") {
	case "pdf":
		if _, err := c.Service.NoticePDF(c.ctx(), &b, *n); err != nil {
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

// export hands out all results. Like a bundle it is a form and not a link.
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
