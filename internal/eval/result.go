package eval

import (
	"shiji/internal/fact"
	"shiji/internal/num"
)

// Cohort is who is appraised together, and everything known about them.
type Cohort struct {
	Members []fact.Member
	Facts   []fact.Fact
}

// Outcome is the evaluation of a cohort.
type Outcome struct {
	Scheme   fact.Digest // of the effective scheme
	Cohort   fact.Digest // over the digests of all members' facts
	Results  []Result    // by Subject
	Findings []Finding   // about the cohort as a whole
}

// Result is one member's result: a record from which every step can be shown
// and recomputed.
type Result struct {
	Subject string
	Group   string
	Values  []Value // by the scheme's node index; nodes of other groups are Outside

	Score         num.Q // exact to the scheme's total places
	Scored        bool  // false: blocked, or an appraisal without points
	Contributions []Contribution
	Place, Of     int // place among the scored members of the group; 0 if not scored

	Refs         []Ref
	Consequences []Consequence
	Findings     []Finding
	Facts        fact.Digest // over the member's own facts
}

// Value is what a node came to.
type Value struct {
	Q      num.Q
	Code   string // of a node without points
	Status Status
}

// Status says whether a node has a value.
type Status uint8

// A node's value is known, missing for one of the reasons of fact.State, not
// part of the member's tree, or blocked: something must be settled first.
const (
	Known         = Status(fact.Given)
	NotApplicable = Status(fact.NotApplicable)
	Excused       = Status(fact.Excused)
	NotYet        = Status(fact.NotYet)
	Refused       = Status(fact.Refused)
	Outside       = Status(0x10)
	Blocked       = Status(0x11)
)

// String returns the status's name in JSON.
func (s Status) String() string {
	switch s {
	case Outside:
		return "outside"
	case Blocked:
		return "blocked"
	}
	return fact.State(s).String()
}

// MarshalText returns the status's name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *Status) UnmarshalText(b []byte) error {
	switch string(b) {
	case "outside":
		*s = Outside
	case "blocked":
		*s = Blocked
	default:
		return (*fact.State)(s).UnmarshalText(b)
	}
	return nil
}

// Contribution is what a level-1 node adds to the total, rounded before it is
// added, so that the shown parts sum to the shown total. The bonus is one part:
// all bonus nodes together under their cap.
type Contribution struct {
	Node  string // id; BonusPart for the bonus
	Value num.Q
}

// BonusPart is the Node of the bonus's contribution.
const BonusPart = "bonus"

// Ref is a quantity of the cohort that a node's rule used. A Name of RefValue
// gives the node's own value, where the quantities behind it may not be shown.
type Ref struct {
	Node  string
	Name  string // "max", "mean", "n", "place" …
	Value num.Q
}

// RefValue names a reference that stands for the node's whole value.
const RefValue = "value"

// Consequence is what a fulfilled gate entails.
type Consequence struct {
	Gate, Name, Clause, Effect string
	Veto                       bool
	Fact                       string
	Value                      string // the value that met the condition, or how many lines
}

// Finding is something people must look at: it never changes a value. Key and
// Args word it by room text.
type Finding struct {
	Node string
	Key  string
	Args []string
}
