package evidence

import (
	"cmp"
	"crypto/sha256"
	"slices"

	"shiji/internal/fault"
)

// Unpack returns the package that docs were packed from, without row numbers.
// The order of docs does not matter; the lines of a sheet go by document, and
// within it by natural key (Canonical sorts them through). Every version that
// Pack ever wrote is read. The error names each document that is damaged, of an
// unknown kind or version, or does not fit the others; whether the package is
// complete and true to itself is for Check.
//
// The bytes are taken for honest: whether they are those that were handed in
// is for the store's commitments to say. Others than Pack's are mostly refused
// and never make it panic or take more than a multiple of their length.
func Unpack(docs []Document) (*Package, error) {
	u := &unpacking{p: &Package{}}
	docs = slices.Clone(docs)
	// By kind first: a score sheet is read after its roster.
	slices.SortFunc(docs, func(a, b Document) int {
		return cmp.Or(cmp.Compare(kindBytes[a.Kind], kindBytes[b.Kind]), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
	})
	for i, d := range docs {
		if i > 0 && d.Kind == docs[i-1].Kind && d.Key == docs[i-1].Key {
			u.fault(fault.Conflict, d, "evidence.doc-twice")
			continue
		}
		if u.readable(d) {
			u.read(d)
		}
	}
	if err := u.Err(); err != nil {
		return nil, err
	}
	n := 0
	for _, r := range u.rosters {
		n += len(r.lines)
	}
	u.p.Marks = slices.Grow(u.p.Marks, n)
	for _, r := range u.rosters {
		u.p.Marks = append(u.p.Marks, r.lines...)
	}
	return u.p, nil
}

// unpacking is one run of Unpack.
type unpacking struct {
	p *Package
	fault.List
	rosters []roster // ascending by exam, as their documents are read
}

// roster is an exam's pupils, a line each, and the digest of the document.
type roster struct {
	digest [sha256.Size]byte
	lines  []Marks
}

func (u *unpacking) fault(kind fault.Kind, d Document, key string, args ...any) {
	u.Addf(kind, d.place(), key, args...)
}

// readable reports whether d is of a known kind and version, and holds more
// than that it was withdrawn.
func (u *unpacking) readable(d Document) bool {
	kind, known := kindBytes[d.Kind]
	switch {
	case !known:
		u.fault(fault.Invalid, d, "evidence.doc-kind", d.Kind)
	case len(d.Body) == 0:
		u.fault(fault.Missing, d, "evidence.doc-erased")
	case d.Body[0] != kind || len(d.Body) < 2:
		u.fault(fault.Invalid, d, "evidence.doc-damaged")
	case d.Body[1] != packVersion:
		u.fault(fault.Invalid, d, "evidence.doc-version", d.Body[1], packVersion)
	default:
		return len(d.Body) > 2
	}
	return false
}

// read adds what d holds to the package.
func (u *unpacking) read(d Document) {
	body := &decoder{b: d.Body[2:]}
	var sheet *Sheet
	switch d.Kind {
	case TableDocument, AttendanceDocument:
		sheet = u.table(d, body)
	case RosterDocument:
		u.roster(d, body)
		sheet = marksSheet
	case MarksDocument:
		if !u.marks(d, body) {
			u.fault(fault.Conflict, d, "evidence.doc-roster")
			return
		}
		sheet = marksSheet
	}
	if !body.finished() || sheet == nil {
		u.fault(fault.Invalid, d, "evidence.doc-damaged")
		return
	}
	u.p.HandIn(sheet.Name)
}

// table reads a whole sheet, or the month of one.
func (u *unpacking) table(d Document, body *decoder) *Sheet {
	name := body.text()
	s := SheetNamed(name)
	if s == nil {
		return nil
	}
	lines, columns := body.count(1), body.number(len(s.Columns)+1)
	month := d.Kind == AttendanceDocument
	body.require(lines <= mostLines)
	switch {
	case month: // a month without lines has no document
		body.require(s == attendanceSheet && lines > 0)
	default:
		body.require(name == d.Key && (lines == 0 || s != attendanceSheet && s != marksSheet))
	}
	cells := make([]cells, 0, columns)
	last := -1
	for range columns {
		c := readCells(s, body, lines)
		body.require(c.at > last)
		if body.bad {
			return s
		}
		last = c.at
		cells = append(cells, c)
	}
	if !body.finished() {
		return s
	}
	from := len(u.p.Attendance)
	if month {
		u.p.Attendance = slices.Grow(u.p.Attendance, lines)
	}
	fill(s, u.p, cells, lines)
	for i := from; month && i < len(u.p.Attendance); i++ {
		body.require(u.p.Attendance[i].Month == d.Key)
	}
	return s
}

// cells is one column of a table.
type cells struct {
	at     int // in the sheet's columns
	values []Value
	of     []uint32 // by line: index into values
}

func readCells(s *Sheet, body *decoder, lines int) cells {
	c := cells{at: columnNamed(s, body.text())}
	typ := body.byte()
	body.require(c.at >= 0)
	if body.bad {
		return c
	}
	column := &s.Columns[c.at]
	body.require((typ == numberTokens) == (column.Type == Number) && typ <= numberTokens)
	tokens := body.distinct()
	c.values = make([]Value, len(tokens))
	for i, token := range tokens {
		v, ok := valueOf(column.Type, token)
		body.require(ok)
		c.values[i] = v
	}
	c.of = make([]uint32, 0, lines)
	switch form := body.byte(); form {
	case plainIndexes:
		for i := 0; i < lines && !body.bad; i++ {
			c.of = append(c.of, uint32(body.number(len(tokens))))
		}
	case runIndexes:
		for len(c.of) < lines && !body.bad {
			run, k := body.number(lines-len(c.of)+1), body.number(len(tokens))
			body.require(run > 0)
			for range run {
				c.of = append(c.of, uint32(k))
			}
		}
	default:
		body.require(false)
	}
	return c
}

// fill appends the lines to p, a column that is not among cells being blank.
func fill(s *Sheet, p *Package, columns []cells, lines int) {
	row := make([]Value, len(s.Columns))
	for i := range row {
		row[i] = Blank
	}
	for i := range lines {
		for k := range columns {
			c := &columns[k]
			row[c.at] = c.values[c.of[i]]
		}
		s.Append(p, row, 0)
	}
}
