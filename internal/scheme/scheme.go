package scheme

import (
	"slices"

	"shiji/internal/fact"
	"shiji/internal/num"
)

// Scheme is one school's adopted rules for one appraisal, with the policy it
// follows. It is immutable after Parse.
type Scheme struct {
	Name    string // jining-2018/junior
	File    string // that it was read from, for faults
	Edition int
	Title   string
	Policy  *Policy // nil for a scheme that follows none

	Rounding Rounding
	Total    Total
	Missing  Missing // for nodes that declare none of their own

	Groups     []Group
	Measures   []Measure
	Nodes      []*Node // as written; parents need not come first
	Gates      []Gate
	Opened     []OpenGuard
	Departures []Departure
	Tables     []*Table

	byID   map[string]*Node
	byName map[string][]*Node
	roots  []*Node

	Digest fact.Digest // over the canonical bytes of scheme and policy
	Source string      // the canonical bytes themselves
}

// Rounding declares how values are rounded: inner nodes to Places, level-1
// contributions to Contributions.
type Rounding struct {
	Places        int
	Contributions int
	Mode          num.Mode
}

// Total declares what becomes of the level-1 contributions.
type Total struct {
	None     bool // the appraisal has no points (龙岩)
	Full     num.Q
	Places   int
	Ties     string // "shared": equal totals share the better place; "dense": and the next place follows at once
	BonusCap *BonusCap
}

// BonusCap limits what bonus nodes add to the total: Share of Of, where Of is a
// declared number, or "base": the person's own total before the bonus. What
// 总分 means in 济宁2018 三(四) is the scheme's to state.
type BonusCap struct {
	Share  num.Q
	OfBase bool
	Of     num.Q
}

// Missing says what a node does for each state other than Given.
type Missing map[fact.State]MissingRule

// MissingRule is what a missing value does: it re-weights (the node drops out
// and its siblings share its weight), blocks the result, or counts as Value.
type MissingRule struct {
	How   string // "reweight", "block", "value"
	Value num.Q
}

// Group is a set of posts appraised together, with a sub-tree of its own. A
// person belongs to the first group whose every stated condition holds.
type Group struct {
	Name      string
	Posts     []string // 岗位类别
	Positions []string // 职务
	Stages    []string // 学段
	Subjects  []string // 学科
	Line      int
}

// Measure declares a named quantity: which measure derives it and with which
// declared parameters. Room measure reads Params.
type Measure struct {
	Name   string
	From   string
	Unit   string
	Clause string
	Note   string
	Params *Params
}

// FactDecl is a fact that measures will yield: a scalar if Table is empty.
type FactDecl struct {
	Name  string // scalar's name, or the field's name within Table
	Table string
	Coded bool // the fact carries a code, not a number
	Share bool // the number is a share of one: rules write it in percent, and so people are told it
	Unit  string
	Guard string // who reads it has to stand behind this guard
}

// Node is one indicator.
type Node struct {
	ID, Name, Parent string
	Weight           num.Q    // share of the parent, siblings of a group add up to 1
	Weighted         bool     // false: the node adds its points
	Full             num.Q    // full marks of the node's own value
	Groups           []string // as stated or inherited from above; nil: all
	Clause           string
	Form             Form
	Missing          Missing // what it declares itself
	Guard            string  // policy guard it stands behind
	Bonus            bool    // adds to the total under Total.BonusCap
	Grounds          string  // of a bonus node: which ground of the clause it serves
	Evidence         string  // "process" or "final": the kind of source
	Note             string
	Line             int

	above *Node   // the parent, nil for level 1
	kids  []*Node // as written
}

// Applies reports whether the node is part of the group's tree.
func (n *Node) Applies(group string) bool {
	if n.Groups == nil {
		return true
	}
	for _, g := range n.Groups {
		if g == group {
			return true
		}
	}
	return false
}

// Pointless reports whether the node states something and has no points, so
// that it takes no part in sums.
func (n *Node) Pointless() bool { _, ok := n.Form.(*Record); return ok }

// Gate is a condition whose fulfilment has a consequence beside the score.
type Gate struct {
	ID, Name, Clause string
	Fact             string // scalar fact, or table whose lines count
	Below, Above     *num.Q
	Is               []string // codes of which the fact must be one
	Any              bool     // the table has a line
	Effect           string   // what follows, as the policy words it: 考核不合格
	Veto             bool     // overrides the score's conclusion
	Line             int
}

// OpenGuard switches on what a guard keeps off, by an approving office with a
// reason; both show on every result it touches.
type OpenGuard struct {
	Guard, Office, Reason string
	Line                  int
}

// Departure leaves a bound of force 原则上, by a reason and an approval.
type Departure struct {
	Bound, Reason, Approval string
	Line                    int
}

// Table is a table of parameters with its clause: rows of named cells.
type Table struct {
	Name, Clause string
	Keys         []string // columns that rows are looked up by
	Rows         []map[string]string
}

var allStates = []fact.State{fact.NotApplicable, fact.Excused, fact.NotYet, fact.Refused}

// AllTables returns the scheme's tables and those of its policy that the scheme
// does not replace.
func (s *Scheme) AllTables() []*Table {
	out := s.Tables[:len(s.Tables):len(s.Tables)]
	if s.Policy == nil {
		return out
	}
	for _, t := range s.Policy.Tables {
		if !slices.ContainsFunc(s.Tables, func(own *Table) bool { return own.Name == t.Name }) {
			out = append(out, t)
		}
	}
	return out
}
