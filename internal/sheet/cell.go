package sheet

// Kind says what a file declares a cell to hold.
type Kind uint8

const (
	// Blank cells hold nothing; readers leave them out of a Row.
	Blank Kind = iota
	// Text is a string, the only kind in CSV.
	Text
	// Number is a number that its format does not show as a date.
	Number
	// Bool is TRUE ("1") or FALSE ("0").
	Bool
	// Date is a serial number shown as a date or a time, or an ISO 8601 literal.
	Date
	// Error is a formula error such as #N/A.
	Error
	// NoValue is a formula whose result the writing program did not store.
	NoValue
)

// Cell is one cell that is not blank.
type Cell struct {
	Column  int    // 1-based
	Kind    Kind   //
	Text    string // text, or a number's literal exactly as it stands in the file
	Formula bool   // the value is a formula's stored result
	// Date1904 says that serial numbers of the workbook count from 1904-01-01
	// (old files of Excel for Mac) and not from 1900.
	Date1904 bool
}

// Row is one row with at least one cell that is not blank, columns ascending.
// Cells is reused for the next row; the strings in it may be kept.
type Row struct {
	Number int // 1-based, as shown by spreadsheets
	Hidden bool
	Cells  []Cell
}

// IsBlank reports whether the cell shows nothing: no value, or only spaces.
func (c Cell) IsBlank() bool {
	return c.Kind == Blank || c.Kind == Text && Tidy(c.Text) == ""
}

// Range is a rectangle of cells, 1-based and inclusive.
type Range struct {
	FirstRow, FirstColumn int
	LastRow, LastColumn   int
}
