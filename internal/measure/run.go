package measure

import (
	"cmp"
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/num"
)

// run is one measure being derived.
type run struct {
	*index
	part  *part
	rows  [][]row // by person
	empty []blank // by person: what stands there when there are no rows
}

// row is one line of a table, or a scalar.
type row struct {
	item   string
	source string
	work   []fact.Line
	cells  []cell
}

// cell is one field of a row; its own work, if any, stands for the row's.
type cell struct {
	value num.Q
	code  string
	state fact.State
	work  []fact.Line
}

type blank struct {
	state fact.State
	work  []fact.Line
}

func newRun(x *index, p *part) *run {
	return &run{index: x, part: p, rows: make([][]row, len(x.staff)), empty: make([]blank, len(x.staff))}
}

// ready settles the state of people the measure does not concern, and of all
// when a sheet is missing; it reports whether anything is left to derive.
func (r *run) ready() bool {
	state := fact.Given
	for _, name := range r.part.sheets() {
		switch s := r.sheetState(name); {
		case s == fact.NotApplicable, s == fact.NotYet && state == fact.Given:
			state = s
		}
	}
	for i := range r.staff {
		switch {
		case !r.concerned(i):
			r.empty[i].state = fact.NotApplicable
		case state != fact.Given:
			r.empty[i].state = state
		}
	}
	return state == fact.Given
}

func (r *run) concerned(person int) bool {
	return r.part.concerns == nil || r.part.concerns.match(r.staff[person])
}

// people calls f for everybody the measure concerns.
func (r *run) people(f func(person int, s *evidence.Staff)) {
	for i, s := range r.staff {
		if r.concerned(i) {
			f(i, s)
		}
	}
}

// number puts the person's number, whose work adds up to it.
func (r *run) number(person int, q num.Q, work []fact.Line) {
	r.rows[person] = append(r.rows[person], row{source: r.part.Name, work: work, cells: []cell{{value: q}}})
}

// code puts the person's code as one handed-in line says it.
func (r *run) code(person int, code, source string) {
	r.rows[person] = append(r.rows[person], row{source: source, cells: []cell{{code: code}}})
}

// missing says why the person has no value.
func (r *run) missing(person int, state fact.State, work []fact.Line) {
	r.empty[person] = blank{state, work}
}

// add puts a line of the person's table.
func (r *run) add(person int, line row) { r.rows[person] = append(r.rows[person], line) }

func (r *run) sort() {
	for _, rows := range r.rows {
		slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.item, b.item) })
	}
}

// fault reports a line that the scheme's declarations do not cover.
func (r *run) fault(sheet string, line int, column, key string, args ...any) {
	r.faults.Addf(fault.Invalid, fault.Place{Sheet: sheet, Row: line, Field: column}, key, append([]any{r.part.Name}, args...)...)
}

// value returns what another measure derived for the person.
func (x *index) value(measure string, person int) (num.Q, fact.State) {
	r := x.runs[measure]
	if len(r.rows[person]) == 0 {
		return num.Q{}, r.empty[person].state
	}
	c := r.rows[person][0].cells[0]
	return c.value, c.state
}
