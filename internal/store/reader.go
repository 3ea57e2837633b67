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

// scope adds what s sees: path is the column of the unit's path, person that of
// the person concerned, "" when the list is not about persons.
func (w *where) scope(s org.Scope, path, person string) {
	var any []string
	for _, p := range s.Paths() {
		any = append(any, fmt.Sprintf("%[1]s >= %[2]s AND %[1]s < %[3]s", path, w.arg(string(p)), w.arg(p.End())))
	}
	if s.Person() != "" && person != "" {
		any = append(any, fmt.Sprintf("%s = %s", person, w.arg(string(s.Person()))))
	}
	if len(any) == 0 {
		any = []string{"1 = 0"}
	}
	w.conditions = append(w.conditions, "("+strings.Join(any, " OR ")+")")
}

func (w *where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}
