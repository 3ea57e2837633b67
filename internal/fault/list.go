package fault

import (
	"errors"
	"fmt"
	"strings"
)

// MaxListed bounds how many faults a List keeps; the rest are only counted, so
// that a million bad cells cannot fill the memory.
const MaxListed = 1000

// List collects faults. The zero value is ready to use.
type List struct {
	Faults  []*Error
	Dropped int // faults beyond MaxListed
}

// Add appends e, which may be nil.
func (l *List) Add(e *Error) {
	switch {
	case e == nil:
	case len(l.Faults) < MaxListed:
		l.Faults = append(l.Faults, e)
	default:
		l.Dropped++
	}
}

// Addf appends a fault of the kind and key, located at p.
func (l *List) Addf(kind Kind, p Place, key string, args ...any) {
	l.Add(New(kind, key, args...).At(p))
}

// Join appends what err holds: a List, an *Error, or nothing when nil. An
// error that is neither is returned, for it is not the person's fault.
func (l *List) Join(err error) error {
	var list *List
	var one *Error
	switch {
	case err == nil:
	case errors.As(err, &list):
		for _, e := range list.Faults {
			l.Add(e)
		}
		l.Dropped += list.Dropped
	case errors.As(err, &one):
		l.Add(one)
	default:
		return err
	}
	return nil
}

// Len returns how many faults were added.
func (l *List) Len() int { return len(l.Faults) + l.Dropped }

// Err returns l as an error, or nil when it is empty.
func (l *List) Err() error {
	if l.Len() == 0 {
		return nil
	}
	return l
}

// Error is for logs and tests.
func (l *List) Error() string {
	lines := make([]string, 0, len(l.Faults)+1)
	for _, e := range l.Faults {
		lines = append(lines, e.Error())
	}
	if l.Dropped > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", l.Dropped))
	}
	return strings.Join(lines, "\n")
}

// All returns the faults in err, or nil when it holds none.
func All(err error) []*Error {
	var l List
	if l.Join(err) != nil {
		return nil
	}
	return l.Faults
}

// Is says whether err is one fault of kind k, however wrapped.
func Is(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}
