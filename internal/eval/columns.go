package eval

import (
	"cmp"
	"slices"
	"strings"

	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// cell is one fact's value in a column.
type cell struct {
	q      num.Q
	code   string
	state  fact.State
	source int32 // index of the fact, -1 if none was given
}

// columns hold the facts of a cohort, a column a fact, a line a member. Tables
// are ragged: member m has the lines from at[m] to at[m+1].
type columns struct {
	members []fact.Member
	scalars [][]cell
	tables  []table
	facts   []fact.Fact // sorted; what cells point at
	of      []span      // facts of each member
}

type span struct{ from, to int }

type table struct {
	at     []int32
	items  []string
	fields [][]cell
	state  []fact.State // of members without lines
}

var unknown = cell{state: fact.NotYet, source: -1}

// newColumns sorts members and facts and lays them out. A scalar that nobody
// handed in is NotYet, never zero.
func newColumns(c *scheme.Compiled, cohort Cohort) (*columns, error) {
	cols := &columns{members: slices.Clone(cohort.Members), facts: cohort.Facts}
	slices.SortFunc(cols.members, func(a, b fact.Member) int { return cmp.Compare(a.Subject, b.Subject) })
	if !slices.IsSortedFunc(cols.facts, compareFacts) {
		cols.facts = slices.Clone(cols.facts)
		fact.Sort(cols.facts)
	}
	if err := cols.split(c); err != nil {
		return nil, err
	}
	n := len(cols.members)
	cols.scalars = make([][]cell, len(c.Scalars))
	backing := make([]cell, n*len(c.Scalars))
	for i := range backing {
		backing[i] = unknown
	}
	for i := range cols.scalars {
		cols.scalars[i] = backing[i*n : (i+1)*n]
	}
	cols.tables = make([]table, len(c.Tables))
	for i := range cols.tables {
		cols.tables[i] = table{at: make([]int32, 1, n+1), fields: make([][]cell, len(c.Tables[i].Fields)), state: make([]fact.State, n)}
		for m := range cols.tables[i].state {
			cols.tables[i].state[m] = fact.NotYet
		}
	}
	for m := range cols.members {
		cols.fill(c, m)
	}
	return cols, nil
}

func compareFacts(a, b fact.Fact) int {
	return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Item, b.Item))
}

// split finds each member's facts and refuses what cannot be evaluated: people
// listed twice or of no group, facts about strangers, one fact given twice.
func (cols *columns) split(c *scheme.Compiled) error {
	var faults fault.List
	cols.of = make([]span, len(cols.members))
	i := 0
	for m, member := range cols.members {
		if m > 0 && member.Subject == cols.members[m-1].Subject {
			faults.Addf(fault.Conflict, fault.Place{}, "eval.member-twice", member.Subject)
		}
		if _, ok := c.Roots[member.Group]; !ok && !hasGroup(c, member.Group) {
			faults.Addf(fault.Invalid, fault.Place{}, "eval.unknown-group", member.Subject, member.Group)
		}
		for ; i < len(cols.facts) && cols.facts[i].Subject < member.Subject; i++ {
			faults.Addf(fault.Invalid, fault.Place{}, "eval.stranger", cols.facts[i].Subject, cols.facts[i].Key)
		}
		from := i
		for ; i < len(cols.facts) && cols.facts[i].Subject == member.Subject; i++ {
			if i > from && twice(c, &cols.facts[i-1], &cols.facts[i]) {
				faults.Addf(fault.Conflict, fault.Place{}, "eval.fact-twice", member.Subject, cols.facts[i].Key, cols.facts[i].Item)
			}
		}
		cols.of[m] = span{from, i}
	}
	for ; i < len(cols.facts); i++ {
		faults.Addf(fault.Invalid, fault.Place{}, "eval.stranger", cols.facts[i].Subject, cols.facts[i].Key)
	}
	return faults.Err()
}

// twice reports whether b, which follows a, says again what a said: the same
// line, or for a scalar any line, since only tables tell items apart.
func twice(c *scheme.Compiled, a, b *fact.Fact) bool {
	return a.Key == b.Key && (a.Item == b.Item || c.ScalarIndex(b.Key) >= 0)
}

func hasGroup(c *scheme.Compiled, name string) bool {
	return slices.ContainsFunc(c.Groups, func(g scheme.Group) bool { return g.Name == name })
}

// fill lays out one member's facts. Facts that no measure declares are kept
// for the digest and read by nobody.
func (cols *columns) fill(c *scheme.Compiled, m int) {
	facts := cols.facts[cols.of[m].from:cols.of[m].to]
	for i := range facts {
		f := &facts[i]
		at := cell{f.Value, f.Code, f.State, int32(cols.of[m].from + i)}
		name, field, isTable := strings.Cut(f.Key, ".")
		if !isTable {
			if k := c.ScalarIndex(f.Key); k >= 0 {
				cols.scalars[k][m] = at
			} else if t := c.TableIndex(f.Key); t >= 0 {
				cols.tables[t].state[m] = f.State
			}
			continue
		}
		if t := c.TableIndex(name); t >= 0 {
			if k := c.Tables[t].Field(field); k >= 0 {
				cols.tables[t].put(m, k, f.Item, at)
			}
		}
	}
	for t := range cols.tables {
		cols.tables[t].at = append(cols.tables[t].at, int32(len(cols.tables[t].items)))
	}
}

// put writes a field of the member's line for item, adding the line if it is
// new. Facts come sorted by key before item, so lines of the first field come
// in order; later fields find theirs by search.
func (t *table) put(m, field int, item string, at cell) {
	from := int(t.at[m])
	k, found := slices.BinarySearch(t.items[from:], item)
	k += from
	if !found {
		t.items = slices.Insert(t.items, k, item)
		for i := range t.fields {
			t.fields[i] = slices.Insert(t.fields[i], k, unknown)
		}
	}
	t.fields[field][k] = at
}

// lines returns the range of the member's lines.
func (t *table) lines(m int) (from, to int) { return int(t.at[m]), int(t.at[m+1]) }
