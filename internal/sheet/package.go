package sheet

import (
	"cmp"
	"errors"
	"io"
	"iter"
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/fault"
)

// The sheets of a package's workbook that hold no evidence. A reader passes
// over them.
const (
	notesSheet  = "填表说明"
	codesSheet  = "代码表"
	faultsSheet = "错误说明"
)

// ReadPackage reads a school's package from a workbook, with headers matched by
// name, and checks it. The package is taken whole or not at all: the error is a
// *fault.Error when the file itself is refused, else a *fault.List with every
// fault of every cell and line, or what r failed with. Lines come in the order
// of their natural keys, however the file sorts its rows, columns and sheets.
func ReadPackage(r io.ReaderAt, size int64, limits Limits) (*evidence.Package, error) {
	book, err := OpenXLSX(r, size, limits)
	if err != nil {
		return nil, err
	}
	tables := make([]table, len(book.Sheets))
	for i, s := range book.Sheets {
		tables[i] = table{
			place:  fault.Place{Sheet: s.Name},
			name:   s.Name,
			hidden: s.Hidden,
			rows:   book.Rows(i),
			merged: func() ([]Range, error) { return book.MergedRanges(i) },
		}
	}
	return readTables(tables, limits.Also)
}

// table is one sheet as handed in: a worksheet or a CSV file.
type table struct {
	place  fault.Place // file or sheet, as the person knows it
	name   string
	hidden bool
	rows   iter.Seq2[Row, error]
	merged func() ([]Range, error) // nil when the format knows no merged cells
	broken *fault.Error            // why it has no rows
}

// intake collects a package from its tables.
type intake struct {
	fault.List
	evidence *evidence.Package
	forms    map[string]*form // by the declared name of the sheet
	codes    map[*evidence.Code]*codeReader
}

func readTables(tables []table, also func(*evidence.Package) error) (*evidence.Package, error) {
	in := &intake{evidence: &evidence.Package{}, forms: map[string]*form{}, codes: map[*evidence.Code]*codeReader{}}
	for _, t := range tables {
		in.assign(t)
	}
	// In the declared order: two files that differ in the order of their sheets
	// have the same faults.
	for _, s := range evidence.Sheets {
		f := in.forms[s.Name]
		if f == nil {
			continue
		}
		in.evidence.HandIn(s.Name)
		if err := f.read(); err != nil {
			return nil, err
		}
	}
	for _, rules := range []func(*evidence.Package) error{also, evidence.Check} { // its own last: they may fill the list
		if rules == nil {
			continue
		}
		if err := in.check(rules); err != nil {
			return nil, err
		}
	}
	if err := in.sorted(); err != nil {
		return nil, err
	}
	return in.evidence.Canonical(), nil
}

// assign finds the declared sheet of a table.
func (in *intake) assign(t table) {
	switch t.name {
	case notesSheet, codesSheet, faultsSheet:
		return
	}
	decl := sheetNamed(t.name)
	switch {
	case t.broken != nil:
		in.Add(t.broken.At(t.place))
		if decl != nil {
			in.evidence.Partial(decl.Name)
		}
	case decl == nil && isEmpty(t.rows):
		return // 空白的 Sheet2, Sheet3 that Excel makes unasked
	case decl == nil:
		key, near := "evidence.sheet-unknown", nearest(t.name, sheetNames())
		if near != "" {
			key = "evidence.sheet-unknown-near"
		}
		in.Addf(fault.Invalid, t.place, key, t.name, near)
		in.partialAll()
	case t.hidden:
		in.Addf(fault.Refused, t.place, "evidence.sheet-hidden", t.name)
		in.evidence.Partial(decl.Name)
	case in.forms[decl.Name] != nil:
		in.Addf(fault.Conflict, t.place, "evidence.sheet-twice", t.name, in.forms[decl.Name].table.name)
	default:
		in.forms[decl.Name] = &form{intake: in, sheet: decl, table: t}
	}
}

// partialAll says that an unknown sheet may be any of those not handed in.
func (in *intake) partialAll() {
	for _, s := range evidence.Sheets {
		in.evidence.Partial(s.Name)
	}
}

func isEmpty(rows iter.Seq2[Row, error]) bool {
	for range rows {
		return false
	}
	return true
}

// check adds what the package as a whole gets wrong by rules, where cells alone did
// not already.
func (in *intake) check(rules func(*evidence.Package) error) error {
	err := rules(in.evidence)
	var list *fault.List
	if err != nil && !errors.As(err, &list) {
		return err
	}
	if list != nil {
		for _, e := range list.Faults {
			if f := in.forms[e.Where.Sheet]; f != nil {
				if f.knows(e.Where) {
					continue
				}
				e = f.locate(e)
			}
			in.Add(e)
		}
		in.Dropped += list.Dropped
	}
	return nil
}

// sorted returns all faults in the order of sheets, rows and columns, nil if there
// are none.
func (in *intake) sorted() error {
	if in.Len() == 0 {
		return nil
	}
	order := map[fault.Place]int{}
	for i, s := range evidence.Sheets {
		if f := in.forms[s.Name]; f != nil {
			order[f.table.place] = i + 1
		}
	}
	rank := func(e *fault.Error) int { return order[fault.Place{File: e.Where.File, Sheet: e.Where.Sheet}] }
	slices.SortStableFunc(in.Faults, func(a, b *fault.Error) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Where.Row, b.Where.Row), cmp.Compare(a.Where.Column, b.Where.Column))
	})
	return &in.List
}
