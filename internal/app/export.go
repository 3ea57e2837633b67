package app

import (
	"context"
	"encoding/json"
	"io"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// exported is kept with the event of an export. Fields may be added, never
// renamed; What and Appraisal are those of viewed.
type exported struct {
	What      string `json:"what"`
	Appraisal string `json:"appraisal,omitempty"`
	Subject   string `json:"subject,omitempty"` // whose alone; "" of everybody's
}

// What left the site.
const (
	exportBundle = "bundle"
	exportForms  = "forms"
	exportNotice = "notice"
	exportWhole  = "results" // with the format behind it
)

// export records that v is about to take data of an appraisal away: her own, or
// those of everybody, which everybody in it is told.
func (s *Service) export(ctx context.Context, v *Viewer, g org.Grant, seen sight, what exported) error {
	what.Appraisal = seen.appraisal.ID
	about, err := json.Marshal(what)
	if err != nil {
		return err
	}
	return s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
		if what.Subject != "" {
			return tx.Note(ctx, audit.DataExported, string(seen.unit.ID), seen.unit.Path, about)
		}
		return tx.Note(ctx, audit.ResultsExported, seen.appraisal.ID, seen.unit.Path, about)
	})
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
	seen, g, err := s.whole(ctx, v, org.ResultExport, appraisal)
	if err != nil {
		return "", nil, err
	}
	way, ok := map[ExportFormat]func(*Report, io.Writer) error{
		ExportJSON: (*Report).WriteJSON, ExportWorkbook: (*Report).WriteWorkbook, ExportPage: (*Report).WriteHTML,
	}[format]
	if !ok {
		return "", nil, fault.New(fault.Invalid, "app.export-format", string(format))
	}
	if err := s.export(ctx, v, g, seen, exported{What: exportWhole + "." + string(format)}); err != nil {
		return "", nil, err
	}
	write = func(w io.Writer) error {
		return s.heavily(ctx, func() error {
			r, err := seen.report()
			if err != nil {
				return err
			}
			return way(r, w)
		})
	}
	return "考核结果-" + seen.roll.School + "-" + seen.appraisal.Term + "." + string(format), write, nil
}

// heavyAtOnce is how many pieces of heavy work run for requests at a time; each may
// hold a whole school in memory and a processor for seconds.
const heavyAtOnce = 2

// heavily runs fn when fewer others run, unless whoever waits for it goes first.
func (s *Service) heavily(ctx context.Context, fn func() error) error {
	select {
	case s.heavy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.heavy }()
	return fn()
}
