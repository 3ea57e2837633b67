package store

import (
	"fmt"
	"strings"

	"shiji/internal/org"
)

// Reader reads what is stored. A Store reads what is committed, a Tx also what
// it wrote itself. Every list demands a Scope and shows nothing beyond it; what
// lies beyond is "not found", like what does not exist.
type Reader struct {
	q    querier
	keys *Keys
}

// Page asks for the part of a list after the key of a former page's last line.
type Page struct {
	After string // "" for the first page
	Limit int    // at most 1000; 0 means 50
}

func (p Page) limit() int {
	switch {
	case p.Limit <= 0:
		return 50
	case p.Limit > 1000:
		return 1000
	}
	return p.Limit
}

// splitKey takes a page's key apart: sort key "/" what makes it unique.
func splitKey(key string) (sort, last string) {
	i := strings.LastIndexByte(key, '/')
	return key[:max(i, 0)], key[i+1:]
}

// where collects conditions and their arguments.
type where struct {
	conditions []string
	args       []any
}

// arg adds an argument and returns its placeholder.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return fmt.Sprintf("$%d", len(w.args))
}

func (w *where) and(format string, values ...any) {
	holes := make([]any, len(values))
	for i, v := range values {
		holes[i] = w.arg(v)
	}
	w.conditions = append(w.conditions, fmt.Sprintf(format, holes...))
}

// seen names the columns by which a list is scoped: the unit's path, the person
// concerned and the state of the object; "" when the list has no such thing.
type seen struct{ path, person, state string }

// columns are where a list's tables say what a Scope asks about: the unit's path,
// the person concerned, the record's state; "" where a list has no such column.
type columns struct{ path, person, state string }

// scope adds what s sees. It says of each row what Scope.Sees says of it: a term
// limited to states sees nothing of what has none, and a scope without terms
// sees nothing at all.
func (w *where) scope(s org.Scope, c columns) {
	var seen []string
	for _, t := range s.Terms() {
		if len(t.States) > 0 && c.state == "" {
			continue
		}
		var where []string
		if t.Path != "" && c.path != "" {
			where = append(where, fmt.Sprintf("%[1]s >= %[2]s AND %[1]s < %[3]s", c.path, w.arg(string(t.Path)), w.arg(t.Path.End())))
		}
		if t.Person != "" && c.person != "" {
			where = append(where, fmt.Sprintf("%s = %s", c.person, w.arg(string(t.Person))))
		}
		if len(where) == 0 {
			continue
		}
		term := strings.Join(where, " OR ")
		if len(t.States) > 0 {
			states := make([]string, len(t.States))
			for i, state := range t.States {
				states[i] = w.arg(state)
			}
			term = fmt.Sprintf("(%s) AND %s IN (%s)", term, c.state, strings.Join(states, ", "))
		}
		seen = append(seen, term)
	}
	if len(seen) == 0 {
		seen = []string{"1 = 0"}
	}
	w.conditions = append(w.conditions, "("+strings.Join(seen, " OR ")+")")
}

func (w *where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}
