package evidence

import (
	"strings"

	"shiji/internal/num"
)

// Type says how a column's cells are read and written.
type Type uint8

const (
	Text   Type = iota + 1 // any text, trimmed
	ID     Type = iota + 1 // text that programs like to destroy, compared without regard to width: numbers beyond 15 digits are refused
	Coded                  // one of Codes
	Number                 // exact decimal, or a state
	Mark                   // an exam mark: exact to 1/100, or absent …
	Date                   // 2006-01-02
	Month                  // 2006-01
	List                   // several texts, separated by 、 or ;
)

// State is why a value is missing. Missing is not zero: the scheme says what
// each state does.
type State uint8

const (
	Given         State = iota // a value is there
	NotApplicable              // 不适用: does not concern this person
	Excused                    // 免/缓: concerns, and is forgiven
	NotYet                     // 未交: still to come
	Refused                    // 拒绝
	Absent                     // 缺考: marks only
)

// Code is one allowed value of a Coded column: what a cell may say for it.
type Code struct {
	Code    string // short code in exchange with other systems, may be empty
	Name    string // what the value is called; the value itself in Go, schemes and results
	Aliases []string
}

// Column declares one column of a sheet.
type Column struct {
	Name     string
	Aliases  []string // other headers people use for it
	Type     Type
	Unit     string
	Required bool // the header and every cell
	Key      bool // part of the line's natural key
	Codes    []Code
	Pair     bool   // a Coded cell may hold two codes, morning and afternoon
	Refers   string // the sheet whose lines this column names
	Min, Max *num.Q // bounds of a Number, both inclusive
	Places   int    // decimals a Number may have
	Example  string
	Note     string // one Chinese sentence for template and docs
}

// Value is a cell after parsing by its column's type.
type Value struct {
	Text  string // Text, ID, Coded (the code's name), Date, Month, List (joined by 、)
	Q     num.Q  // Number, Mark
	State State
}

// Empty reports whether the cell held nothing.
func (v Value) Empty() bool { return v.Text == "" && v.State == NotApplicable && v.Q.Sign() == 0 }

// Blank is the value of an empty cell.
var Blank = Value{State: NotApplicable}

// Sheet declares one sheet: its columns and how they reach the typed lines.
type Sheet struct {
	Name    string
	Aliases []string
	Note    string // one Chinese sentence: what a line is
	Columns []Column

	append func(p *Package, row []Value, line int)
	lines  func(p *Package) int
	row    func(p *Package, i int, into []Value)
	cell   func(p *Package, i, column int) Value
	line   func(p *Package, i int) int
	sort   func(p *Package, key func(i int) string)
}

// Append adds a line to p. row holds a value for each of s.Columns, Blank where
// the file has no such column; line is the file's row number, for faults.
func (s *Sheet) Append(p *Package, row []Value, line int) { s.append(p, row, line) }

// Len returns how many lines p has of s.
func (s *Sheet) Len(p *Package) int { return s.lines(p) }

// Row fills into, one value a column, with line i of p.
func (s *Sheet) Row(p *Package, i int, into []Value) { s.row(p, i, into) }

// Cell returns the value in column, an index into s.Columns, of line i of p.
func (s *Sheet) Cell(p *Package, i, column int) Value { return s.cell(p, i, column) }

// Line returns the file's row number of line i of p, 0 if it came from no file.
func (s *Sheet) Line(p *Package, i int) int { return s.line(p, i) }

// Source returns the natural key of line i of p: sheet and key cells joined by
// slashes, without the empty parts at its end. It is stable under any order of
// rows.
func (s *Sheet) Source(p *Package, i int) string {
	var b strings.Builder
	b.WriteString(s.Name)
	for k := range s.Columns {
		if !s.Columns[k].Key {
			continue
		}
		part := "—" // an optional part of the key that was left empty
		if v := s.cell(p, i, k); !v.Empty() {
			part = strings.ReplaceAll(v.String(), "/", "∕")
		}
		b.WriteByte('/')
		b.WriteString(part)
	}
	source := b.String()
	for strings.HasSuffix(source, "/—") {
		source = strings.TrimSuffix(source, "/—")
	}
	return source
}

// String returns the value as it is written into a cell.
func (v Value) String() string {
	switch {
	case v.Text != "":
		return v.Text
	case v.State == Given:
		return v.Q.String()
	}
	return StateToken(v.State)
}

// field binds a column to a part of the typed line T.
type field[T any] struct {
	Column
	get func(*T) Value
	set func(*T, Value)
}

// sheetOf makes a sheet whose lines are kept in the slice that in selects;
// lineOf selects the line's row number.
func sheetOf[T any](name, note string, in func(*Package) *[]T, lineOf func(*T) *int, fields ...field[T]) *Sheet {
	s := &Sheet{Name: name, Note: note}
	for _, f := range fields {
		s.Columns = append(s.Columns, f.Column)
	}
	s.append = func(p *Package, row []Value, line int) {
		var t T
		for i, f := range fields {
			f.set(&t, row[i])
		}
		*lineOf(&t) = line
		list := in(p)
		*list = append(*list, t)
	}
	s.lines = func(p *Package) int { return len(*in(p)) }
	s.row = func(p *Package, i int, into []Value) {
		for k, f := range fields {
			into[k] = f.get(&(*in(p))[i])
		}
	}
	s.cell = func(p *Package, i, column int) Value { return fields[column].get(&(*in(p))[i]) }
	s.sort = func(p *Package, key func(int) string) { sortBy(*in(p), key) }
	s.line = func(p *Package, i int) int { return *lineOf(&(*in(p))[i]) }
	return s
}

func textual[T any](typ Type, name string, at func(*T) *string) field[T] {
	return field[T]{
		Column: Column{Name: name, Type: typ},
		get:    func(t *T) Value { return textValue(*at(t)) },
		set:    func(t *T, v Value) { *at(t) = v.Text },
	}
}

func textValue(s string) Value {
	if s == "" {
		return Blank
	}
	return Value{Text: s}
}

func text[T any](name string, at func(*T) *string) field[T]  { return textual(Text, name, at) }
func id[T any](name string, at func(*T) *string) field[T]    { return textual(ID, name, at) }
func date[T any](name string, at func(*T) *string) field[T]  { return textual(Date, name, at) }
func month[T any](name string, at func(*T) *string) field[T] { return textual(Month, name, at) }

func coded[T any](name string, codes []Code, at func(*T) *string) field[T] {
	f := textual(Coded, name, at)
	f.Codes = codes
	return f
}

func list[T any](name string, at func(*T) *[]string) field[T] {
	return field[T]{
		Column: Column{Name: name, Type: List},
		get:    func(t *T) Value { return textValue(strings.Join(*at(t), "、")) },
		set: func(t *T, v Value) {
			if v.Text != "" {
				*at(t) = strings.Split(v.Text, "、")
			}
		},
	}
}

func number[T any](name string, places int, at func(*T) *Quantity) field[T] {
	return field[T]{
		Column: Column{Name: name, Type: Number, Places: places, Min: &zero},
		get:    func(t *T) Value { q := *at(t); return Value{Q: q.Q, State: q.State} },
		set:    func(t *T, v Value) { *at(t) = Quantity{Q: v.Q, State: v.State} },
	}
}

var zero = num.Int(0)

func (f field[T]) required() field[T]            { f.Required = true; return f }
func (f field[T]) key() field[T]                 { f.Key, f.Required = true, true; return f }
func (f field[T]) keyOptional() field[T]         { f.Key = true; return f }
func (f field[T]) also(names ...string) field[T] { f.Aliases = names; return f }
func (f field[T]) unit(u string) field[T]        { f.Unit = u; return f }
func (f field[T]) eg(s string) field[T]          { f.Example = s; return f }
func (f field[T]) note(s string) field[T]        { f.Note = s; return f }
func (f field[T]) max(n int64) field[T]          { q := num.Int(n); f.Max = &q; return f }
func (f field[T]) pair() field[T]                { f.Pair = true; return f }
func (f field[T]) of(codes []Code) field[T]      { f.Codes = codes; return f }
func (f field[T]) refers(sheet string) field[T]  { f.Refers = sheet; return f }

// Quantity is a number handed in, or the reason why it is missing.
type Quantity struct {
	Q     num.Q
	State State
}

// Known returns a given quantity.
func Known(q num.Q) Quantity { return Quantity{Q: q} }

// Or returns the quantity's value, or q when it is not given.
func (n Quantity) Or(q num.Q) num.Q {
	if n.State == Given {
		return n.Q
	}
	return q
}

// None is a quantity that was not handed in. The zero Quantity is a given zero.
var None = Quantity{State: NotApplicable}
