// Package print makes paper and pages of explained results: one self-contained
// HTML file for the committee, or one for a person, readable on a phone and
// printed on A4; a person's two-page form and the school's public notice, as
// HTML with print CSS and as PDF in batch.
//
// It decides layout only: sizes, breaks, what is shortened when it does not
// fit. What is said comes ready from room explain. It asks no clock and opens
// no file: times and fonts are given by the caller, so that the same input
// gives the same bytes. Report and Person need no network, no scripts and no
// other file, so that they can be kept and opened in ten years.
package print
