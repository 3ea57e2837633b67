package sheet

import (
	"io"
	"sync"
	"sync/atomic"

	"shiji/internal/fault"
)

// Workbook is an .xlsx file that passed every check that can be made before
// its rows are read. It is safe for concurrent use.
type Workbook struct {
	// Sheets lists the worksheets in the order of their tabs.
	Sheets []Sheet
	// Date1904 says that the workbook's serial dates count from 1904-01-01.
	Date1904 bool

	pack    *pack
	strings sharedStrings
	dates   []bool // by cell style: its number format shows a date or a time

	mu     sync.Mutex
	cells  []int     // cells read, by sheet
	merged [][]Range // by sheet; nil while the sheet was not read to its end
}

// Sheet is one worksheet's entry in the workbook.
type Sheet struct {
	Name   string
	Hidden bool // hidden by the user, or so that only a program can show it
	part   string
}

// OpenXLSX reads what a workbook says about itself: its parts, sheets, styles
// and shared strings. r must stay readable as long as rows are read. The error
// is a *fault.Error, except when r itself fails.
func OpenXLSX(r io.ReaderAt, size int64, limits Limits) (*Workbook, error) {
	p, err := openPack(r, size, limits)
	if err != nil {
		return nil, err
	}
	w := &Workbook{pack: p}
	if err := w.readBook(); err != nil {
		return nil, err
	}
	w.cells = make([]int, len(w.Sheets))
	w.merged = make([][]Range, len(w.Sheets))
	return w, nil
}

// counter tells Progress how much of the file was read. It also bounds what
// archive/zip may read for the directory, whose length nothing else bounds.
type counter struct {
	r        io.ReaderAt
	read     atomic.Int64
	told     atomic.Int64
	limit    int64 // 0 once the directory is read
	exceeded bool
	failed   atomic.Pointer[error] // what r itself failed with
	progress func(int64)
}

const progressStep = 64 << 10

func (c *counter) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 {
		return 0, io.ErrUnexpectedEOF // a damaged directory, not a failing reader
	}
	n, err := c.r.ReadAt(b, off)
	if err != nil && err != io.EOF {
		c.failed.Store(&err)
	}
	total := c.read.Add(int64(n))
	if c.limit > 0 && total > c.limit {
		c.exceeded = true
		return 0, io.ErrUnexpectedEOF
	}
	if told := c.told.Load(); c.progress != nil && total-told >= progressStep && c.told.CompareAndSwap(told, total) {
		c.progress(total)
	}
	return n, err
}

// broken words err, met while reading a part, as a fault.
func (c *counter) broken(part string, offset int64, err error) error {
	if p := c.failed.Load(); p != nil {
		return *p
	}
	switch err {
	case errStop:
		return err
	case errDTD:
		return fault.New(fault.Refused, "sheet.xml-dtd", part).Because(err).WithHint("sheet.hint-resave")
	case errSyntax, errEncoding, errToken, errDepth:
		return fault.New(fault.Invalid, "sheet.xml-broken", part, offset).Because(err).WithHint("sheet.hint-resave")
	}
	if f, ok := err.(*fault.Error); ok {
		return f
	}
	return fault.New(fault.Invalid, "sheet.zip-broken", part).Because(err).WithHint("sheet.hint-resave")
}
