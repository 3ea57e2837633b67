package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"shiji/internal/explain"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/print"
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
	v, args, err := s.commission(ctx, job)
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
		parts = append(parts, f.String())
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

// JobFile opens what a job of the viewer made. Whether she may have it is decided
// anew: her role may have ended since she ordered it. That it leaves the site is in
// the log before the first byte, each time. The caller closes it.
func (s *Service) JobFile(ctx context.Context, v *Viewer, job string) (name string, size int64, body io.ReadCloser, err error) {
	j, err := s.store.Job(ctx, v.Account, job)
	if err != nil {
		return "", 0, nil, notThere(err)
	}
	args, err := argsOf(j)
	if err != nil {
		return "", 0, nil, err
	}
	a, u, err := s.appraisalIn(ctx, v.scope(org.ResultPrint), args.Appraisal)
	if err != nil {
		return "", 0, nil, err
	}
	g, err := v.may(org.ResultPrint, org.Object{Path: u.Path, State: string(a.State)})
	if err != nil {
		return "", 0, nil, err
	}
	body, blob, err := s.store.OpenResult(ctx, v.Account, job)
	if err != nil {
		return "", 0, nil, notThere(err)
	}
	if err := s.export(ctx, v, g, sight{appraisal: a, unit: u}, exported{What: exportForms}); err != nil {
		return "", 0, nil, errors.Join(err, body.Close())
	}
	return blob.Name, blob.Size, body, nil
}
