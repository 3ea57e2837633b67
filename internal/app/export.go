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
// renamed.
type exported struct {
	What      string `json:"what"`
	Appraisal string `json:"appraisal,omitempty"`
	Subject   string `json:"subject,omitempty"`
}

// What left the site.
const (
	exportBundle = "bundle"
	exportForms  = "forms"
	exportNotice = "notice"
	exportWhole  = "results" // with the format behind it
)

// export records that v is about to take data of an appraisal away.
func (s *Service) export(ctx context.Context, v *Viewer, g org.Grant, seen sight, what exported) error {
	what.Appraisal = seen.appraisal.ID
	about, err := json.Marshal(what)
	if err != nil {
		return err
	}
	return s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
		return tx.Note(ctx, audit.DataExported, string(seen.unit.ID), seen.unit.Path, about)
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
