// Package evidence declares what a school hands in for an appraisal: the sheets
// of the package, their columns, and the typed lines they hold.
//
// One declaration a sheet drives the template, the reader, the writer, the
// check and docs/formats.md. The room decides whether lines are complete and
// agree with each other (Check); it does not know how a workbook is stored, and
// derives nothing: that is measure's work.
package evidence
