package app

import (
	"io"

	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/print"
	"shiji/internal/sheet"
)

// Report is a whole school's result, worded, ready to be written.
type Report struct {
	a           *Appraisal
	roll        explain.Roll
	derivations []*eval.Derivation
}

// Report works out every person's steps.
func (a *Appraisal) Report() (*Report, error) {
	derivations, err := a.Derivations()
	if err != nil {
		return nil, err
	}
	return &Report{a, a.Roll(), derivations}, nil
}

// WriteJSON writes the canonical JSON: equal results give equal bytes.
func (r *Report) WriteJSON(w io.Writer) error {
	b, err := explain.JSON(r.a.Compiled, r.a.Outcome, r.derivations, r.roll)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

func (r *Report) overview() *explain.Overview {
	return explain.Cohort(r.a.Compiled, r.a.Outcome, r.roll)
}

func (r *Report) pages() []*explain.Page {
	out := make([]*explain.Page, len(r.derivations))
	for i, d := range r.derivations {
		out[i] = explain.Person(r.a.Compiled, d, r.roll.Who(d.Result.Subject))
	}
	return out
}

// WriteHTML writes one self-contained page for the committee.
func (r *Report) WriteHTML(w io.Writer) error { return print.Report(w, r.overview(), r.pages()) }

// WriteWorkbook writes the same as a workbook.
func (r *Report) WriteWorkbook(w io.Writer) error {
	return sheet.WriteResults(w, r.overview(), r.pages())
}

// WritePage writes one person's result as a page to print.
func WritePage(w io.Writer, p *explain.Page) error { return print.Person(w, p) }
