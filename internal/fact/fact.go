// Package fact holds what measures derive from evidence and schemes read: one
// value about one person, with its state and where it came from.
//
// Facts are plain data with canonical bytes. The room decides their order and
// digest, and knows neither how they are derived nor what they are worth.
package fact

import (
	"cmp"
	"errors"
	"slices"

	"shiji/internal/num"
)

// State says whether a value is there, and why not. Missing is not zero: the
// scheme declares what each state does.
type State uint8

const (
	Given         State = iota
	NotApplicable       // 不适用: does not concern this person, or stands behind a closed guard
	Excused             // 免: concerns the person and is forgiven
	NotYet              // 未交: still to come
	Refused             // 拒绝
)

var stateNames = [...]string{"given", "not-applicable", "excused", "not-yet", "refused"}

// String returns the state's name in schemes and JSON.
func (s State) String() string { return stateNames[s] }

// ParseState reads a name that String writes, except "given".
func ParseState(name string) (State, bool) {
	i := slices.Index(stateNames[1:], name)
	return State(i + 1), i >= 0
}

// MarshalText returns the state's name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *State) UnmarshalText(b []byte) error {
	i := slices.Index(stateNames[:], string(b))
	if i < 0 {
		return ErrState
	}
	*s = State(i)
	return nil
}

// ErrState reports text that is not a state's name.
var ErrState = errors.New("fact: unknown state")

// Fact is one value about one person.
//
// Key names the fact as the scheme declares it; a field of a repeated fact is
// "table.field", and Item tells the repetitions apart. A coded fact carries the
// code's Chinese name in Code.
type Fact struct {
	Subject string // 工号
	Key     string
	Item    string
	Value   num.Q
	Code    string
	State   State
	Source  string // natural key of the handed-in line, or of the derivation
	Work    []Line // how a derived value came about; empty when Source says all
}

// Line is one step of a derivation: what was handed in, and what it counts for.
type Line struct {
	Source string // natural key of the handed-in line; "" for a declared parameter
	Label  string // in Chinese, as shown
	Value  num.Q  // as handed in
	Factor num.Q  // declared weight, rate or coefficient; 1 if none
	Counts num.Q  // what it adds to the fact
}

// Member is one person of a cohort and the group of posts appraised together.
type Member struct {
	Subject string
	Group   string
}

// Sort orders facts by subject, key and item: the order of all canonical bytes.
func Sort(facts []Fact) { slices.SortFunc(facts, inOrder) }

func inOrder(a, b Fact) int {
	return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Item, b.Item))
}
