package app_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"shiji/internal/app"
	"shiji/internal/city"
	"shiji/internal/sheet"
)

// BenchmarkSchool is the clerk's whole wait: a school of 137 staff and 99,192
// marks from its workbook to the explained workbook, and where the time goes.
func BenchmarkSchool(b *testing.B) {
	path := filepath.Join(b.TempDir(), "school.xlsx")
	var book bytes.Buffer
	if err := sheet.WritePackage(&book, city.School(1, 0)); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, book.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	r := rules(b, junior)
	p, err := app.ReadPackage(path, nil)
	if err != nil {
		b.Fatal(err)
	}
	a := appraise(b, r, p)
	report, err := a.Report()
	if err != nil {
		b.Fatal(err)
	}
	for _, part := range []struct {
		name string
		run  func() error
	}{
		{"whole", func() error {
			p, err := app.ReadPackage(path, nil)
			if err != nil {
				return err
			}
			report, err := appraise(b, r, p).Report()
			if err != nil {
				return err
			}
			return report.WriteWorkbook(io.Discard)
		}},
		{"read", func() error { _, err := app.ReadPackage(path, nil); return err }},
		{"derive and evaluate", func() error { _, err := r.Evaluate(p); return err }},
		{"replay all", func() error { _, err := a.Derivations(); return err }},
		{"write workbook", func() error { return report.WriteWorkbook(io.Discard) }},
		{"write html", func() error { return report.WriteHTML(io.Discard) }},
		{"write json", func() error { return report.WriteJSON(io.Discard) }},
	} {
		b.Run(part.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := part.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
