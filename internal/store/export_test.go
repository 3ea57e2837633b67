package store

import (
	"golang.org/x/mod/sumdb/note"

	"shiji/internal/org"
)

// SetSynchronous and SetJournal let a crash test's control open SQLite without the
// promise of durability.
func SetSynchronous(mode string) { synchronous = mode }
func SetJournal(mode string)     { journal = mode }

// SetFew makes lists of n persons long ones, so that small worlds are read as
// large ones are.
func (s *Store) SetFew(n int64) { s.few = n }

// Verifier returns the public key of the log's checkpoints.
func (s *Store) Verifier() note.Verifier { return s.verifier }

// Query is the SQL of a list.
type Query struct {
	SQL  string
	Args []any
}

// LongLists returns the queries of the lists that grow with a city, for a page in
// their middle in the subtree at p, by the index that each must read in order.
func LongLists(p org.Path) map[string]Query {
	index := []string{"city", "county", "school"}[len(p)/27-1]
	page := Page{After: "x/" + string(p[:26])}
	events := where{}
	events.conditions = []string{events.below(p, seen{path: "org", leveled: true})}
	people := where{}
	q := map[string]Query{
		"event_" + index: {SQL: events.events(page)},
		"post_" + index:  {SQL: people.people(org.Term{Path: p}, search{}, page)},
	}
	for name, args := range map[string][]any{"event_" + index: events.args, "post_" + index: people.args} {
		o := q[name]
		o.Args = args
		q[name] = o
	}
	return q
}
