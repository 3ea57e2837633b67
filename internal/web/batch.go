package web

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"shiji/internal/app"
	"shiji/internal/fault"
	"shiji/internal/org"
)

const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// template hands out the empty workbook, to who may hand it in.
func (c *call) template() error {
	home, err := c.Service.UnitHome(c.ctx(), c.viewer, org.UnitID(c.path("unit")))
	if err != nil {
		return err
	}
	if !home.May.Stage {
		return errNoPage
	}
	var b bytes.Buffer
	if err := c.Service.Template(&b); err != nil {
		return err
	}
	c.attachment("考核材料模板.xlsx", xlsx)
	return c.send(&b, int64(b.Len()))
}

// send answers with a body of known size.
func (c *call) send(body io.Reader, size int64) error {
	c.leave()
	c.w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	_, err := io.Copy(c.w, body)
	if err != nil {
		c.Log.Debug("download broke off", "request", c.id, "err", err)
	}
	return nil
}

// upload reads the form as it arrives: the mark and the term stand before the
// file, so nothing of a file is kept that a foreign page sent.
func (c *call) upload() error {
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, c.MaxUpload+maxForm)
	parts, err := c.r.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "web.no-file").Because(err)
	}
	fields := map[string]string{}
	for {
		part, err := parts.NextPart()
		if err == io.EOF && !c.marked(fields["mark"]) {
			return errForeign
		}
		if err == io.EOF {
			return c.retryUnit(fault.New(fault.Missing, "web.no-file").At(fault.Place{Field: "file"}))
		}
		if err != nil {
			return fault.New(fault.Invalid, "web.cut-off").Because(err)
		}
		if part.FormName() == "file" {
			return c.uploaded(fields, part)
		}
		value, err := io.ReadAll(io.LimitReader(part, 1<<10))
		if err != nil {
			return fault.New(fault.Invalid, "web.cut-off").Because(err)
		}
		fields[part.FormName()] = string(value)
	}
}

func (c *call) uploaded(fields map[string]string, file *multipart.Part) error {
	if !c.marked(fields["mark"]) {
		return errForeign
	}
	if file.FileName() == "" {
		return c.retryUnit(fault.New(fault.Missing, "web.no-file").At(fault.Place{Field: "file"}))
	}
	body := &arriving{Reader: file}
	batch, err := c.Service.Upload(c.ctx(), c.viewer, org.UnitID(c.path("unit")), app.Upload{Term: fields["term"], Name: file.FileName(), Body: body})
	if body.broken != nil {
		err = fault.New(fault.Invalid, "web.cut-off").Because(body.broken)
	}
	if err != nil {
		return c.retryUnit(err)
	}
	return c.redirect("/batches/" + batch)
}

// arriving is a file on its way. That it broke off is nobody's fault but the
// network's, and no incident.
type arriving struct {
	io.Reader
	broken error
}

func (a *arriving) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	if err != nil && err != io.EOF {
		a.broken = err
	}
	return n, err
}

// retryUnit shows the unit's page again with what was wrong.
func (c *call) retryUnit(err error) error {
	faults := fault.All(err)
	if faults == nil || fault.Is(err, fault.NotFound) {
		return err
	}
	page, failed := c.unitPage()
	if failed != nil {
		return failed
	}
	page.Base.Faults = faults
	return c.again("unit", page, err)
}

// batchPage is what was handed in: its faults, or what adopting it would change.
type batchPage struct {
	Base
	Batch *app.BatchPage
	Steps []step
	// Sheets group the faults as a clerk mends them, sheet by sheet.
	Sheets []faultySheet
}

// step is one stage of handing in.
type step struct {
	Name  string
	Class string // "done", "stop" or ""
	Now   bool
}

type faultySheet struct {
	Name   string
	Faults []*fault.Error
}

func (c *call) batch() error {
	page, err := c.batchPage()
	if err != nil {
		return err
	}
	return c.show("batch", page)
}

func (c *call) batchPage() (batchPage, error) {
	b, err := c.Service.Batch(c.ctx(), c.viewer, c.path("batch"))
	if err != nil {
		return batchPage{}, err
	}
	page := batchPage{Base: c.base(fmt.Sprintf("%s 学年材料", b.Term), crumbs(b.Way)...), Batch: b, Steps: stepsOf(b.State)}
	page.Place = b.Unit.Name
	for _, f := range b.Faults {
		if n := len(page.Sheets); n == 0 || page.Sheets[n-1].Name != f.Where.Sheet {
			page.Sheets = append(page.Sheets, faultySheet{Name: f.Where.Sheet})
		}
		last := &page.Sheets[len(page.Sheets)-1]
		last.Faults = append(last.Faults, f)
	}
	return page, nil
}

// stepsOf tells where a batch stands on its way 上传→校验→预览→确认.
func stepsOf(state app.BatchState) []step {
	names := []string{"上传", "校验", "预览", "确认"}
	at, stopped := 2, false
	switch state {
	case app.BatchFaulty, app.BatchCut:
		at, stopped = 1, true
	case app.BatchOvertaken, app.BatchSame:
		stopped = true
	case app.BatchAdopted:
		at = len(names)
	}
	out := make([]step, len(names))
	for i, name := range names {
		out[i] = step{Name: name, Now: i == at}
		switch {
		case i < at:
			out[i].Class = "done"
		case i == at && stopped:
			out[i].Class = "stop"
		}
	}
	return out
}

// holderField begins the name of the choice who has a staff code now; the code
// follows.
const holderField = "holder-"

func (c *call) adopt() error {
	said := app.Confirm{Names: c.form("names") == "1", Holders: map[string]app.Holder{}}
	for field := range c.r.PostForm { // read by c.form
		if code, ok := strings.CutPrefix(field, holderField); ok {
			said.Holders[storable(code)] = app.Holder(c.form(field))
		}
	}
	err := c.Service.AdoptBatch(c.ctx(), c.viewer, c.path("batch"), said)
	if faults := fault.All(err); faults != nil && !fault.Is(err, fault.NotFound) {
		page, failed := c.batchPage()
		if failed != nil {
			return failed
		}
		page.Faults = faults
		return c.again("batch", page, err)
	} else if err != nil {
		return err
	}
	return c.redirect("/batches/" + c.path("batch") + "?done=adopted")
}

func (c *call) discard() error {
	b, err := c.Service.Batch(c.ctx(), c.viewer, c.path("batch"))
	if err != nil {
		return err
	}
	if err := c.Service.DiscardBatch(c.ctx(), c.viewer, b.ID); err != nil {
		return err
	}
	return c.redirect("/units/" + string(b.Unit.ID) + "?done=discarded")
}

func (c *call) original() error {
	name, file, size, err := c.Service.Original(c.ctx(), c.viewer, c.path("batch"))
	if err != nil {
		return err
	}
	defer file.Close()
	c.attachment(name, "application/octet-stream")
	return c.send(file, size)
}

func (c *call) markedWorkbook() error {
	b, err := c.Service.Batch(c.ctx(), c.viewer, c.path("batch"))
	if err != nil {
		return err
	}
	var book bytes.Buffer // a marking that fails is an error page, not a broken workbook
	if err := c.Service.MarkedWorkbook(c.ctx(), c.viewer, b.ID, &book); err != nil {
		return err
	}
	name, _ := strings.CutSuffix(b.Name, ".xls")
	name, _ = strings.CutSuffix(name, ".xlsx")
	c.attachment(name+"-标注.xlsx", xlsx)
	return c.send(&book, int64(book.Len()))
}
