// Package explain turns a result and its scheme into sentences and tables in
// Chinese: what a value is, how it came about, which clause says so, and which
// handed-in line it rests on.
//
// Everything that shows results (paper, workbooks, pages, the command line,
// golden cases) renders a Page or an Overview and adds no words about scores of
// its own. The room decides wording and what may be shown of a small group; it
// changes no value, and knows no HTML, no files and no clock.
package explain
