// Package fault carries what is wrong with something a person handed in: which
// fault, where, what was found, and the way out. All faults of one check travel
// together in a List, so that nobody mends a file one row at a time.
//
// It holds no prose: room text turns a fault into Chinese. It knows no HTTP
// and no terminal.
package fault

import (
	"fmt"
	"strings"
)

// Kind sorts faults by what the caller must do about them.
type Kind uint8

const (
	// Invalid input: the person mends it and hands it in again.
	Invalid Kind = iota + 1
	// Missing input: something required was not handed in.
	Missing
	// Conflict: two inputs say different things.
	Conflict
	// TooLarge input, beyond a declared limit.
	TooLarge
	// Refused by a rule, a guard or a right.
	Refused
	// NotFound names something that does not exist, or must not be seen.
	NotFound
)

// Error is one fault. Key names it in the catalogue of room text, Args fill
// its sentence, Where says the place as a person would find it ("出勤!F12",
// "junior.yaml:14 节点 3.1"), Hint names the way out in the catalogue.
type Error struct {
	Kind  Kind
	Key   string
	Args  []any
	Where Place
	Hint  string
	Err   error // cause for the log, never shown
}

// Place locates a fault. Unused parts stay zero.
type Place struct {
	File   string // file name as the person knows it
	Sheet  string // sheet or section
	Row    int    // 1-based; 0 if none
	Column int    // 1-based; 0 if none
	Field  string // header or key
}

// New returns a fault without a place; At adds it.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// At returns a copy of e located at p. Parts that e already names win, so an
// outer room adds the file to what an inner room knows.
func (e *Error) At(p Place) *Error {
	c := *e
	w := &c.Where
	if w.File == "" {
		w.File = p.File
	}
	if w.Sheet == "" {
		w.Sheet = p.Sheet
	}
	if w.Row == 0 {
		w.Row = p.Row
	}
	if w.Column == 0 {
		w.Column = p.Column
	}
	if w.Field == "" {
		w.Field = p.Field
	}
	return &c
}

// WithHint returns a copy of e whose way out is the catalogue's entry key.
func (e *Error) WithHint(key string) *Error {
	c := *e
	c.Hint = key
	return &c
}

// Because returns a copy of e with err as its cause.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// Error is for logs and tests; people see what room text makes of the fault.
func (e *Error) Error() string {
	var b strings.Builder
	if p := e.Where.String(); p != "" {
		b.WriteString(p + ": ")
	}
	b.WriteString(e.Key)
	if len(e.Args) > 0 {
		fmt.Fprintf(&b, " %v", e.Args)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Cell returns the place's column and row as spreadsheets write them ("F12"),
// or "" when there is no row.
func (p Place) Cell() string {
	if p.Row == 0 {
		return ""
	}
	return ColumnName(p.Column) + fmt.Sprint(p.Row)
}

// String returns the place in the notation of spreadsheets: file[sheet]!F12.
func (p Place) String() string {
	s := p.File
	if p.Sheet != "" {
		if s != "" {
			s += " "
		}
		s += p.Sheet
	}
	if c := p.Cell(); c != "" {
		s += "!" + c
	}
	if p.Field != "" {
		s += "(" + p.Field + ")"
	}
	return s
}

// ColumnName returns the letters of a 1-based column: 1 is A, 27 is AA; "" for 0.
func ColumnName(n int) string {
	s := ""
	for ; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}
