package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"shiji/internal/org"
)

// Reader reads what is stored. A Store reads what is committed, a Tx also what
// it wrote itself. Every list demands a Scope and shows nothing beyond it; what
// lies beyond is "not found", like what does not exist.
type Reader struct {
	q    querier
	keys *Keys
	few  int64 // see manyPeople; 0 but in tests
}

// manyPeople is from where on persons are not gathered and sorted: the list is
// walked in its order, and those that do not match are passed over.
const manyPeople = 2000

func (r Reader) many() int64 { return cmp.Or(r.few, manyPeople) }

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
// leveled says that the path has an index for each level (see level).
type seen struct {
	path, person, state string
	leveled             bool
}

// scope adds what s sees. It says of each row what Scope.Sees says of it: a term
// limited to states sees nothing of what has none, and a scope without terms
// sees nothing at all.
func (w *where) scope(s org.Scope, c seen) {
	var terms []string
	for _, t := range s.Terms() {
		if len(t.States) > 0 && c.state == "" {
			continue
		}
		var ways []string
		if t.Path != "" && c.path != "" {
			ways = append(ways, w.below(t.Path, c))
		}
		if t.Person != "" && c.person != "" {
			ways = append(ways, fmt.Sprintf("%s = %s", c.person, w.arg(string(t.Person))))
		}
		if len(ways) == 0 {
			continue
		}
		term := strings.Join(ways, " OR ")
		if len(t.States) > 0 {
			states := make([]string, len(t.States))
			for i, state := range t.States {
				states[i] = w.arg(state)
			}
			term = fmt.Sprintf("(%s) AND %s IN (%s)", term, c.state, strings.Join(states, ", "))
		}
		terms = append(terms, term)
	}
	if len(terms) == 0 {
		terms = []string{"1 = 0"}
	}
	w.conditions = append(w.conditions, "("+strings.Join(terms, " OR ")+")")
}

// below returns the condition that c.path lies in the subtree at p.
func (w *where) below(p org.Path, c seen) string {
	if c.leveled {
		if expression, id := level(c.path, p); id != "" {
			// <> '' repeats the condition of the partial indexes
			within := fmt.Sprintf("%s = %s AND %s <> ''", expression, w.arg(id), c.path)
			if len(p) > levels*step {
				within += " AND " + w.within(c.path, p)
			}
			return within
		}
	}
	return w.within(c.path, p)
}

// within returns the condition that the path in column is p or begins with it.
func (w *where) within(column string, p org.Path) string {
	return fmt.Sprintf("%[1]s >= %[2]s AND %[1]s < %[3]s", column, w.arg(string(p)), w.arg(p.End()))
}

// The levels of paths that have indexes, and how far one is from the next: a
// path is made of ids of 26 characters, each followed by "/".
const (
	levels = 3 // city, county, school
	step   = 27
)

// level returns the expression by which a table with paths is indexed for the
// level of p, and the id that it has in p's subtree. Equality with one id keeps
// the order of the index, which a range of paths does not; an id stands in no
// other subtree, so down to the last indexed level it says all. (With the range
// beside it PostgreSQL takes a subtree for small, and sorts it.) What lies deeper
// is looked for in its school.
func level(column string, p org.Path) (expression, id string) {
	if len(p) == 0 || len(p)%step != 0 {
		return "", ""
	}
	from := (min(len(p)/step, levels) - 1) * step
	return fmt.Sprintf("substr(%s, %d, 26)", column, from+1), string(p[from : from+step-1])
}

// onWay adds that the path in column is p or one above it.
func (w *where) onWay(column string, p org.Path) {
	holes := []string{"''"}
	for i, c := range p {
		if c == '/' {
			holes = append(holes, w.arg(string(p[:i+1])))
		}
	}
	w.conditions = append(w.conditions, column+" IN ("+strings.Join(holes, ", ")+")")
}

// prefix returns the condition that the text in column begins with p, bytewise.
func (w *where) prefix(column, p string) string {
	return fmt.Sprintf("%[1]s >= %[2]s AND %[1]s < %[3]s", column, w.arg(p), w.arg(p+lastText))
}

// lastText sorts after whatever else follows a prefix: it is the last character
// that Unicode has.
const lastText = "\U0010FFFF"

// search adds that one of the columns begins with text, unless it is "".
func (w *where) search(text string, columns ...string) {
	if text == "" {
		return
	}
	ways := make([]string, len(columns))
	for i, c := range columns {
		ways[i] = w.prefix(c, text)
	}
	w.conditions = append(w.conditions, "("+strings.Join(ways, " OR ")+")")
}

func (w *where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

// merge joins two lists that compare sorts, without what is in both, and keeps
// the first limit.
func merge[T any](a, b []T, compare func(a, b T) int, limit int) []T {
	if len(a) == 0 {
		return b
	}
	all := slices.Concat(a, b)
	slices.SortStableFunc(all, compare)
	all = slices.CompactFunc(all, func(a, b T) bool { return compare(a, b) == 0 })
	return all[:min(len(all), limit)]
}
