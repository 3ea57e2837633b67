package evidence

import (
	"cmp"
	"slices"
	"strings"

	"shiji/internal/fault"
	"shiji/internal/num"
)

// table is a sheet's lines on their way into a document: every cell as a token,
// the lines in canonical order.
//
// Body: name of the sheet, number of lines, number of columns, and for each
// column its name, its type, its distinct tokens ascending, and which of them
// each line holds. Columns that are blank in all lines are left out, so that a
// column which a sheet gains later changes no document from before.
type table struct {
	sheet *Sheet
	lines [][]string // by line, then column of the sheet
}

// A column's type in a document: whether its tokens are texts or numbers.
const (
	textTokens   = 0
	numberTokens = 1
)

// How a column tells its lines' tokens: one index a line, or a run of lines
// with one index.
const (
	plainIndexes = 0
	runIndexes   = 1
)

// tokenOf returns what stands in a document for v: the text, or the number as
// num writes it, or one byte for the state of a number that is not there, or
// nothing for a blank cell. It returns false for what none of these says exactly.
func tokenOf(typ Type, v Value) (string, bool) {
	switch {
	case typ != Number:
		return v.Text, true
	case v.State != Given:
		if v.State == NotApplicable {
			return "", v.Q.Sign() == 0
		}
		return string([]byte{byte(v.State)}), v.State <= Absent && v.Q.Sign() == 0
	}
	s := v.Q.String()
	_, err := num.Parse(s)
	return s, err == nil
}

// valueOf is the inverse of tokenOf.
func valueOf(typ Type, token string) (Value, bool) {
	switch {
	case token == "":
		return Blank, true
	case typ != Number:
		return Value{Text: token}, true
	case len(token) == 1 && State(token[0]) > NotApplicable && State(token[0]) <= Absent:
		return Value{State: State(token[0])}, true
	}
	q, err := num.Parse(token)
	return Value{Q: q}, err == nil && q.String() == token
}

// table collects s's lines.
func (k *packing) table(s *Sheet) *table {
	t := &table{sheet: s, lines: make([][]string, s.Len(k.p))}
	width := len(s.Columns)
	tokens := make([]string, len(t.lines)*width)
	row := make([]Value, width)
	sources := make([]string, len(t.lines))
	order := make([]int, len(t.lines))
	for i := range t.lines {
		line := tokens[i*width : (i+1)*width]
		s.Row(k.p, i, row)
		for c, v := range row {
			token, ok := tokenOf(s.Columns[c].Type, v)
			if !ok {
				k.Addf(fault.Invalid, fault.Place{Sheet: s.Name, Row: s.Line(k.p, i), Field: s.Columns[c].Name}, "evidence.pack-value", v.String())
			}
			line[c] = token
		}
		t.lines[i], sources[i], order[i] = line, s.Source(k.p, i), i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(strings.Compare(sources[a], sources[b]), slices.Compare(t.lines[a], t.lines[b]))
	})
	sorted := make([][]string, len(t.lines))
	for i, at := range order {
		sorted[i] = t.lines[at]
	}
	t.lines = sorted
	return t
}

// months adds a document for each month of attendance.
func (k *packing) months() {
	t := k.table(attendanceSheet)
	column := columnNamed(attendanceSheet, "月份")
	byMonth := map[string]*table{}
	var names []string
	for _, line := range t.lines {
		month := byMonth[line[column]]
		if month == nil {
			month = &table{sheet: t.sheet}
			byMonth[line[column]] = month
			names = append(names, line[column])
		}
		month.lines = append(month.lines, line)
	}
	slices.Sort(names)
	for _, name := range names {
		k.add(AttendanceDocument, name, byMonth[name].append)
	}
}

// columnNamed returns the index of s's column of that name, today's or an
// earlier one, or -1.
func columnNamed(s *Sheet, name string) int {
	return slices.IndexFunc(s.Columns, func(c Column) bool { return c.Name == name || slices.Contains(c.Aliases, name) })
}

// append writes the table.
func (t *table) append(b []byte) []byte {
	columns := t.columns()
	b = appendText(b, t.sheet.Name)
	b = appendCount(b, len(t.lines))
	b = appendCount(b, len(columns))
	for i := range columns {
		c := &columns[i]
		b = append(appendText(b, t.sheet.Columns[c.at].Name), c.typ)
		b = appendTexts(b, c.tokens)
		b = append(append(b, c.form), c.written()...)
	}
	return b
}

// columns returns the columns to write. One of them has an index a line, so that
// a body is never shorter than it has lines: its reader relies on that.
func (t *table) columns() []indexes {
	var out []indexes
	plain := len(t.lines) == 0
	for at := range t.sheet.Columns {
		c := indexed(t.lines, at)
		if len(c.tokens) == 1 && c.tokens[0] == "" || len(t.lines) == 0 {
			continue
		}
		if t.sheet.Columns[at].Type == Number {
			c.typ = numberTokens
		}
		plain = plain || c.form == plainIndexes
		out = append(out, c)
	}
	if plain {
		return out
	}
	if len(out) == 0 {
		out = append(out, indexed(t.lines, 0))
	}
	out[0].form = plainIndexes
	return out
}

// indexes is a column: its distinct tokens, and which of them each line holds.
type indexes struct {
	at     int // in the sheet's columns
	typ    byte
	form   byte
	tokens []string
	of     []int
	runs   []byte // of, as runs
	plain  []byte // of, as an index a line
}

func (c *indexes) written() []byte {
	if c.form == runIndexes {
		return c.runs
	}
	return c.plain
}

// indexed makes the column at of lines, in the shorter of its forms.
func indexed(lines [][]string, at int) indexes {
	c := indexes{at: at, of: make([]int, len(lines))}
	seen := map[string]int{}
	last := -1 // neighbours are often equal, which saves asking the map
	for i, line := range lines {
		if last >= 0 && line[at] == c.tokens[last] {
			c.of[i] = last
			continue
		}
		k, ok := seen[line[at]]
		if !ok {
			k = len(c.tokens)
			seen[line[at]] = k
			c.tokens = append(c.tokens, line[at])
		}
		c.of[i], last = k, k
	}
	slices.Sort(c.tokens)
	place := make([]int, len(c.tokens))
	for i, token := range c.tokens {
		place[seen[token]] = i
	}
	run := 0
	for i, k := range c.of {
		c.of[i] = place[k]
		c.plain = appendCount(c.plain, c.of[i])
		if i > 0 && c.of[i] != c.of[i-1] {
			c.runs = appendCount(appendCount(c.runs, run), c.of[i-1])
			run = 0
		}
		run++
	}
	if run > 0 {
		c.runs = appendCount(appendCount(c.runs, run), c.of[len(c.of)-1])
	}
	if len(c.runs) < len(c.plain) {
		c.form = runIndexes
	}
	return c
}
