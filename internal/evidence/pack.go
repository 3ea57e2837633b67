package evidence

import (
	"slices"

	"shiji/internal/fault"
)

// Document is one thing that somebody hands in, in the bytes in which it is
// kept: what a clerk fills, a reviewer signs, and a later version replaces as a
// whole. Kind and Key name it within a school's period.
type Document struct {
	Kind string
	Key  string
	Body []byte // byte 0 the kind, byte 1 the version of its format
}

// The kinds of documents.
//
// A month of attendance is one document for the whole school, not one a person:
// it is what a school fills and signs in one piece; it takes a dozen rows a
// school and year in a store instead of more than a thousand, each of which
// would carry more bytes of row than of content; and column by column a day on
// which nearly everybody was there is a few bytes. A roster is a document apart
// from its marks, so that nine subjects of an exam name their pupils once.
const (
	TableDocument      = "table"      // a whole sheet; Key: its name
	AttendanceDocument = "attendance" // a month of 出勤; Key: 2025-09
	RosterDocument     = "roster"     // who sat an exam; Key: the exam's number
	MarksDocument      = "marks"      // one subject of an exam; Key: exam/subject
)

// kindBytes are the kinds as byte 0 of a body. A number is never given again.
var kindBytes = map[string]byte{TableDocument: 1, AttendanceDocument: 2, RosterDocument: 3, MarksDocument: 4}

// packVersion is byte 1 of every body. A new form of a kind gets the next
// number, and the reader of this one stays.
const packVersion = 1

// mostLines bounds the lines of one sheet, and so of a document, as the reader of
// workbooks does: a few bytes may stand for a line, and memory must not run out
// over bytes that nobody handed in.
const mostLines = 200_000

// Withdrawn returns the version that says d was taken back: a later package
// without d's sheet, month or exam replaces d by it. A body of kind and version
// alone holds nothing and does not count as handed in.
func (d Document) Withdrawn() Document {
	return Document{d.Kind, d.Key, []byte{kindBytes[d.Kind], packVersion}}
}

// place names d to a person: the sheet it belongs to, and which part of it.
func (d Document) place() fault.Place {
	switch d.Kind {
	case TableDocument:
		return fault.Place{Sheet: d.Key}
	case AttendanceDocument:
		return fault.Place{Sheet: attendanceSheet.Name, Field: d.Key}
	case RosterDocument, MarksDocument:
		return fault.Place{Sheet: marksSheet.Name, Field: d.Key}
	}
	return fault.Place{Sheet: d.Kind, Field: d.Key}
}

// Pack returns the documents of p, which it leaves as it is. Equal content gives
// equal bytes: lines go in the order of their natural keys, single ballots in
// that of their marks (see Canonical), however a sheet was sorted. The error
// lists every value that no document can hold, such as a number beside a state;
// a package that passes Check has none.
//
// Row numbers (Line) are not kept. They say where in a file a line stood, which
// the record of the import knows; no Source, digest or result is made of them.
// Sheets that were handed in empty have a document without lines.
func Pack(p *Package) ([]Document, error) {
	k := &packing{p: settled(p)}
	for _, s := range Sheets {
		switch n := s.Len(p); {
		case p.partial[s.Name]:
			k.Addf(fault.Refused, fault.Place{Sheet: s.Name}, "evidence.pack-partial")
		case n > mostLines:
			k.Addf(fault.TooLarge, fault.Place{Sheet: s.Name}, "evidence.pack-lines", mostLines, n)
		case n > 0 && s == marksSheet:
			k.exams()
		case n > 0 && s == attendanceSheet:
			k.months()
		case n > 0 || p.Has(s.Name):
			k.add(TableDocument, s.Name, k.table(s).append)
		}
	}
	if err := k.Err(); err != nil {
		return nil, err
	}
	return k.docs, nil
}

// packing is one run of Pack.
type packing struct {
	p *Package
	fault.List
	docs []Document
}

// add appends a document whose body is written by content.
func (k *packing) add(kind, key string, content func(b []byte) []byte) {
	k.docs = append(k.docs, Document{kind, key, content([]byte{kindBytes[kind], packVersion})})
}

// settled returns p with its ballots in the order of their marks. The lines and
// all else are shared with p.
func settled(p *Package) *Package {
	c := *p
	c.Ratings = make([]Rating, len(p.Ratings))
	for i, r := range p.Ratings {
		r.Ballots = slices.Clone(r.Ballots)
		slices.SortStableFunc(r.Ballots, compareBallots)
		c.Ratings[i] = r
	}
	return &c
}
