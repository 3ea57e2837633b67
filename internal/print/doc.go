// Package print makes paper and pages of explained results: one self-contained
// HTML file for the committee, or one for a person, readable on a phone and
// printed on A4.
//
// It decides layout only. What is said comes ready from room explain; the files
// need no network, no scripts and no other file, so that they can be kept and
// opened in ten years.
package print
