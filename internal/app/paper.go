package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"shiji/internal/explain"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/print"
	"shiji/internal/scheme"
	"shiji/internal/store"
	"shiji/internal/text"
)

// Form returns one person's 考核表 and 评分说明, ready to be written as a page. A look
// at another's is in the log before.
func (s *Service) Form(ctx context.Context, v *Viewer, appraisal, subject string) (print.Form, error) {
	seen, g, err := s.one(ctx, v, org.ResultPrint, appraisal, subject)
	if err != nil {
		return print.Form{}, err
	}
	proof, err := s.formProof(ctx)
	if err != nil {
		return print.Form{}, err
	}
	page, err := seen.page(seen.at[subject], g)
	if err != nil {
		return print.Form{}, err
	}
	if err := s.look(ctx, v, g, seen, subject, lookForm); err != nil {
		return print.Form{}, err
	}
	return print.Form{Page: page, Proof: proof, Printed: s.options.Now()}, nil
}

// formProof is what a form says of the log: whoever keeps the paper keeps a
// checkpoint.
func (s *Service) formProof(ctx context.Context) (string, error) {
	c, err := s.checkpoint(ctx)
	if err != nil || c.Note == "" {
		return "", err
	}
	return fmt.Sprintf("日志检查点：%s，第 %d 条，根 %s", c.Origin, c.Size, c.Root), nil
}

// formsJob is the kind of job that prints everybody's form.
const formsJob = "forms"

// OrderForms orders the forms of everybody as one PDF, to be downloaded by the
// one who ordered it.
func (s *Service) OrderForms(ctx context.Context, v *Viewer, appraisal string) (job string, err error) {
	seen, g, err := s.whole(ctx, v, org.ResultPrint, appraisal)
	if err != nil {
		return "", err
	}
	if _, err := s.regular(); err != nil {
		return "", err
	}
	return s.order(ctx, v, g, ordered{formsJob, seen.unit.Path, jobArgs{Appraisal: seen.appraisal.ID}})
}

// workForms prints everybody's form into a stored file.
func workForms(ctx context.Context, s *Service, job store.Job, progress func(string)) (result, error) {
	args, err := argsOf(job)
	if err != nil {
		return result{}, err
	}
	v, err := s.orderer(ctx, job)
	if err != nil {
		return result{}, err
	}
	seen, g, err := s.whole(ctx, v, org.ResultPrint, args.Appraisal)
	if err != nil {
		return result{}, err
	}
	press, err := s.press()
	if err != nil {
		return result{}, err
	}
	proof, err := s.formProof(ctx)
	if err != nil {
		return result{}, err
	}
	var file bytes.Buffer
	total, printed := len(seen.members), s.options.Now()
	found, err := press.Forms(&file, seen.forms(ctx, g, print.Form{Proof: proof, Printed: printed}), func(done int) {
		if done%formsTold == 0 {
			progress(text.Sprintf("app.forms-progress", done, total))
		}
	})
	if err != nil {
		return result{}, err
	}
	blob, err := s.store.PutBlob(&file)
	if err != nil {
		return result{}, err
	}
	blob.Name = "考核表-" + seen.roll.School + "-" + seen.appraisal.Term + ".pdf"
	// The file exists for its orderer from now on; the export is in the log before.
	if err := s.export(ctx, v, g, seen, exported{What: exportForms}); err != nil {
		return result{}, err
	}
	return result{Said: said(total, found), Blob: blob}, nil
}

// Progress is told after so many forms, and so many findings are named.
const (
	formsTold      = 10
	findingsNamed  = 20
	findingsJoiner = "；"
)

// said tells how many forms there are, and who is shown with a character that no
// font has: the office writes those by hand.
func said(forms int, found []print.Finding) string {
	parts := []string{text.Sprintf("app.forms-done", forms)}
	for _, f := range found[:min(len(found), findingsNamed)] {
		parts = append(parts, text.Sprintf("app.forms-finding", f.String()))
	}
	if more := len(found) - findingsNamed; more > 0 {
		parts = append(parts, text.Sprintf("app.job-more", more))
	}
	return strings.Join(parts, findingsJoiner)
}

// forms gives everybody's form, group by group as lists show them.
func (o *outcome) forms(ctx context.Context, g org.Grant, like print.Form) iter.Seq2[print.Form, error] {
	return func(yield func(print.Form, error) bool) {
		for _, group := range o.Overview().Groups {
			members := slices.Clone(group.Members)
			slices.SortStableFunc(members, func(a, b explain.Member) int {
				return strings.Compare(o.members[o.at[a.Subject]].sort, o.members[o.at[b.Subject]].sort)
			})
			for _, m := range members {
				form := like
				err := ctx.Err()
				if err == nil {
					form.Page, err = o.page(o.at[m.Subject], g)
				}
				if !yield(form, err) || err != nil {
					return
				}
			}
		}
	}
}

// press returns a press with the site's fonts. It is made for each job: it is
// needed a few times a year and holds tens of megabytes.
func (s *Service) press() (*print.Press, error) {
	regular, err := s.regular()
	if err != nil {
		return nil, err
	}
	more, err := s.fonts()
	if err != nil {
		return nil, err
	}
	return print.NewPress(print.Font{Name: "regular.ttf", Data: regular}, more...)
}

// regular returns the font of all paper. A build without it says so, and that a
// browser prints all the same.
func (s *Service) regular() ([]byte, error) {
	if s.options.Font != nil {
		if font, ok := s.options.Font(); ok {
			return font, nil
		}
	}
	return nil, fault.New(fault.Refused, "app.no-font")
}

// fonts reads the site's fonts for rare names, in the order of their file names.
func (s *Service) fonts() ([]print.Font, error) {
	if s.options.FontDir == "" {
		return nil, nil
	}
	files, err := filepath.Glob(filepath.Join(s.options.FontDir, "*.ttf"))
	if err != nil {
		return nil, err
	}
	var out []print.Font
	for _, f := range files { // sorted by Glob
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		out = append(out, print.Font{Name: filepath.Base(f), Data: data})
	}
	return out, nil
}

// JobFile opens what a job of the viewer made. The caller closes it.
func (s *Service) JobFile(ctx context.Context, v *Viewer, job string) (name string, size int64, body io.ReadCloser, err error) {
	if v.Changing {
		return "", 0, nil, notFound()
	}
	body, blob, err := s.store.OpenResult(ctx, v.Account, job)
	if err != nil {
		return "", 0, nil, notThere(err)
	}
	return blob.Name, blob.Size, body, nil
}

// NoticeQuery is what a school writes on its 公示表.
type NoticeQuery struct {
	Number      string    // 文号
	From, To    time.Time // first and last day of the period
	Office      string    // who receives objections
	Phone, Mail string
}

// publicDays is how many working days a publication lasts at least (人社部发〔2023〕6号
// 第十七条).
const publicDays = 5

// Notice returns the school's 公示表 with totals; places only where an office has
// opened the guard that keeps them off. That it was made is in the log before.
func (s *Service) Notice(ctx context.Context, v *Viewer, appraisal string, q NoticeQuery) (*print.Notice, error) {
	seen, g, err := s.whole(ctx, v, org.NoticePrint, appraisal)
	if err != nil {
		return nil, err
	}
	if err := q.check(); err != nil {
		return nil, err
	}
	columns := []print.Column{print.Tops, print.Totals}
	if slices.ContainsFunc(seen.rules.Opened, func(o scheme.OpenGuard) bool { return o.Guard == "public_ranking_of_teachers" }) {
		columns = append(columns, print.Places)
	}
	n := print.NewNotice(seen.Overview(), columns...)
	n.Number, n.From, n.To, n.Office, n.Phone, n.Mail = q.Number, q.From, q.To, q.Office, q.Phone, q.Mail
	n.Issued = q.From
	if err := s.export(ctx, v, g, seen, exported{What: exportNotice}); err != nil {
		return nil, err
	}
	return &n, nil
}

// NoticePDF writes a notice as PDF and names who is shown with a character that
// no font has.
func (s *Service) NoticePDF(w io.Writer, n print.Notice) ([]print.Finding, error) {
	press, err := s.press()
	if err != nil {
		return nil, err
	}
	return press.Notice(w, n)
}

// check lists everything that a notice lacks.
func (q NoticeQuery) check() error {
	var faults fault.List
	switch days := workdays(q.From, q.To); {
	case q.From.IsZero() || q.To.Before(q.From):
		faults.Addf(fault.Invalid, fault.Place{Field: "from"}, "app.notice-from")
	case days < publicDays:
		faults.Addf(fault.Refused, fault.Place{Field: "to"}, "app.notice-short", q.From.Format(time.DateOnly), q.To.Format(time.DateOnly), days, publicDays)
	}
	if strings.TrimSpace(q.Office) == "" {
		faults.Addf(fault.Missing, fault.Place{Field: "office"}, "app.notice-office")
	}
	if strings.TrimSpace(q.Phone+q.Mail) == "" {
		faults.Addf(fault.Missing, fault.Place{Field: "phone"}, "app.notice-contact")
	}
	return faults.Err()
}

// workdays counts the days from the first to the last, both included, that are no
// Saturday or Sunday. Public holidays and the working weekends that go with them
// are announced year by year and not known here; the fault says so.
func workdays(from, to time.Time) int {
	n := 0
	for d := from; !d.After(to) && n < publicDays; d = d.AddDate(0, 0, 1) {
		if day := d.Weekday(); day != time.Saturday && day != time.Sunday {
			n++
		}
	}
	return n
}

// ExportFormat is how a whole appraisal is written.
type ExportFormat string

// The formats.
const (
	ExportJSON     ExportFormat = "json"
	ExportWorkbook ExportFormat = "xlsx"
	ExportPage     ExportFormat = "html"
)

// Export returns a writer of all results of an appraisal and a name for the file.
// That they leave the site is in the log before the first byte.
func (s *Service) Export(ctx context.Context, v *Viewer, appraisal string, format ExportFormat) (name string, write func(io.Writer) error, err error) {
	seen, g, err := s.whole(ctx, v, org.ResultRead, appraisal)
	if err != nil {
		return "", nil, err
	}
	r, err := seen.report()
	if err != nil {
		return "", nil, err
	}
	ways := map[ExportFormat]func(io.Writer) error{ExportJSON: r.WriteJSON, ExportWorkbook: r.WriteWorkbook, ExportPage: r.WriteHTML}
	write, ok := ways[format]
	if !ok {
		return "", nil, fault.New(fault.Invalid, "app.export-format", string(format))
	}
	if err := s.export(ctx, v, g, seen, exported{What: exportWhole + "." + string(format)}); err != nil {
		return "", nil, err
	}
	return "考核结果-" + seen.roll.School + "-" + seen.appraisal.Term + "." + string(format), write, nil
}
