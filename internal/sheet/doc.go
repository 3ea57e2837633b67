// Package sheet turns workbooks and CSV files that people hand in into rows of
// cells, and cells into exact values: numbers, dates, codes, text.
//
// The reader is strict and streams: a file either is a workbook it understands
// whole, or is refused with the place and the way out, in memory that the
// declared Limits bound. Nothing is repaired by guessing: a number that lost
// digits, a date that may mean two months, a code that contradicts its name
// are faults of the cell. excelize never parses what has not passed here.
//
// It refuses to know what a column means: headers, requirements and documents
// are declared above the reader, and scores are judged in other rooms.
package sheet
