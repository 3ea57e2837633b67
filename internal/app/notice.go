package app

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/print"
	"shiji/internal/scheme"
)

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

// NoticePlace is where a 公示表 belongs.
type NoticePlace struct {
	Term string
	Unit org.Unit
	Way  []Crumb
}

// NoticePlace returns where the 公示表 of an appraisal belongs, to who may make it.
func (s *Service) NoticePlace(ctx context.Context, v *Viewer, appraisal string) (*NoticePlace, error) {
	a, u, err := s.appraisalIn(ctx, v.scope(org.NoticePrint), appraisal)
	if err != nil {
		return nil, err
	}
	if _, err := v.may(org.NoticePrint, org.Object{Path: u.Path, State: string(a.State)}); err != nil {
		return nil, err
	}
	if a.Evaluation == "" {
		return nil, notFound()
	}
	way, err := s.way(ctx, v, u)
	return &NoticePlace{Term: a.Term, Unit: u, Way: way}, err
}

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
func (s *Service) NoticePDF(ctx context.Context, w io.Writer, n print.Notice) (found []print.Finding, err error) {
	err = s.heavily(ctx, func() error {
		press, err := s.press()
		if err == nil {
			found, err = press.Notice(w, n)
		}
		return err
	})
	return found, err
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
