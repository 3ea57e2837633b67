package sheet

import (
	"shiji/internal/evidence"
	"shiji/internal/fault"
)

// Limits bound what a file may cost before it is refused. Zero fields are not
// "unlimited": start from DefaultLimits and change what must differ.
type Limits struct {
	FileBytes     int64 // the file as handed in
	UnpackedBytes int64 // all parts of a workbook together
	Entries       int   // parts in a workbook
	Ratio         int64 // unpacked to packed size of one part
	StyleRatio    int64 // the same for styles, which repeat themselves in honest files
	StyleBytes    int64 // unpacked size of styles, the other half of that exception
	Rows          int   // highest row number
	Columns       int   // highest column number
	Cells         int   // cells in all sheets together
	CellBytes     int   // text of one cell
	TextBytes     int64 // text of all cells of one sheet, repeated strings counted each time
	Merged        int   // merged ranges in one sheet

	// Progress, when set, is told how many bytes of the file have been read so
	// far; the whole is the file's size. Reading two sheets at once calls it from
	// two goroutines.
	Progress func(bytesRead int64)

	// Also, when set, is what the caller holds a package to besides its own rules. It
	// is shown the package as far as it could be read, and its *fault.List is told
	// among the other faults, at the cells of the file.
	Also func(*evidence.Package) error
}

// smallPart is the size up to which a part's ratio is not looked at: so little
// text can do no harm, and a short part of blanks packs better than 100 to 1.
const smallPart = 256 << 10

// DefaultLimits returns the limits for files handed in by people: those of
// Excel itself for rows, columns and cell text, and tighter ones where an
// honest workbook of a county stays far below.
func DefaultLimits() Limits {
	return Limits{
		FileBytes:     20 << 20,
		UnpackedBytes: 64 << 20,
		Entries:       200,
		Ratio:         100,
		StyleRatio:    1000,
		StyleBytes:    8 << 20,
		Rows:          1_048_576,
		Columns:       16_384,
		Cells:         2_000_000,
		CellBytes:     4 * 32_767, // Excel's 32,767 characters in the longest encoding
		TextBytes:     256 << 20,
		Merged:        65_536,
	}
}

// megabytes words a size for a fault.
func megabytes(n int64) int64 { return (n + 1<<20 - 1) >> 20 }

func (l Limits) fileTooLarge(size int64) *fault.Error {
	return fault.New(fault.TooLarge, "sheet.file-too-large", megabytes(size), megabytes(l.FileBytes)).WithHint("sheet.hint-split")
}
