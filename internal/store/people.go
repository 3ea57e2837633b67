package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"

	"shiji/internal/org"
)

// PeopleQuery asks for a page of persons. Search, if any, is what sort key,
// initials, name or number begin with, bytewise: the caller folds what people
// type into the form in which these are stored.
type PeopleQuery struct {
	Search string
	Page
}

// People returns the persons in the scope by their sort key: herself, and who
// holds or held a post in one of its subtrees. The key of a page is PageKey of
// its last person.
func (r Reader) People(ctx context.Context, scope org.Scope, q PeopleQuery) ([]org.Person, error) {
	s := search{text: q.Search}
	var out []org.Person
	for _, t := range peopleTerms(scope) {
		if err := r.plan(ctx, t, &s); err != nil {
			return nil, fmt.Errorf("people: %w", err)
		}
		var w where
		query := w.people(t, s, q.Page)
		rows, err := list(ctx, r.q, scanPerson, query, w.args...)
		if err != nil {
			return nil, fmt.Errorf("people: %w", err)
		}
		people := make([]org.Person, len(rows))
		for i, p := range rows {
			people[i] = p.Person
		}
		out = merge(out, people, func(a, b org.Person) int {
			return cmp.Or(strings.Compare(a.Sort, b.Sort), strings.Compare(string(a.ID), string(b.ID)))
		}, q.limit())
	}
	return out, nil
}

// CountPeople returns how many persons People lists on all its pages, but stops
// counting at most. That of one subtree is known; otherwise keys are read one by one.
func (r Reader) CountPeople(ctx context.Context, scope org.Scope, text string, most int64) (int64, error) {
	terms := peopleTerms(scope)
	if len(terms) == 1 && terms[0].Path != "" && text == "" {
		n, err := one(ctx, r.q, integer, "SELECT people FROM unit WHERE path = $1", terms[0].Path)
		if isNotFound(err) {
			return 0, nil // no such unit, hence nobody in it
		}
		return min(n, most), err
	}
	s := search{text: text}
	var w where
	var keys []string
	for _, t := range terms {
		if err := r.plan(ctx, t, &s); err != nil {
			return 0, fmt.Errorf("count people: %w", err)
		}
		keys = append(keys, w.peopleOf(t, s, ""))
	}
	if len(keys) == 0 {
		return 0, nil
	}
	n, err := one(ctx, r.q, integer, "SELECT COUNT(*) FROM ("+strings.Join(keys, " UNION ")+" LIMIT "+w.arg(most)+") k", w.args...)
	if err != nil {
		return 0, fmt.Errorf("count people: %w", err)
	}
	return n, nil
}

// PageKey returns the key after which the next page of People begins.
func PageKey(p org.Person) string { return p.Sort + "/" + string(p.ID) }

// peopleTerms returns the terms that see persons: a person has no state.
func peopleTerms(scope org.Scope) (terms []org.Term) {
	for _, t := range scope.Terms() {
		if len(t.States) == 0 {
			terms = append(terms, t)
		}
	}
	return terms
}

// search is how a search is carried out in one term of a scope.
type search struct {
	text string
	walk bool // over the people of the term, who are few

	counted  bool   // the rest is known
	few      bool   // fewer than many match
	from, to string // sort keys between which all lie that match; "" if not known
}

var searched = []string{"sort", "initials", "name", "number"}

// plan decides how s is carried out in t: the people of a school are walked,
// few matches are gathered, and only where both are many the list is walked
// between the keys of those that match.
func (r Reader) plan(ctx context.Context, t org.Term, s *search) error {
	if s.text == "" || t.Path == "" {
		return nil
	}
	people, err := one(ctx, r.q, integer, "SELECT people FROM unit WHERE path = $1", t.Path)
	if err != nil && !isNotFound(err) { // in no unit there is nobody to walk over
		return err
	}
	if s.walk = people < r.many(); s.walk || s.counted {
		return nil
	}
	s.counted = true
	return r.count(ctx, s)
}

// count counts, up to a bound, how many match.
func (r Reader) count(ctx context.Context, s *search) error {
	var w where
	counts := make([]string, len(searched))
	for i, c := range searched {
		counts[i] = "(SELECT COUNT(*) FROM (SELECT 1 FROM person WHERE " + w.prefix(c, s.text) + " LIMIT " + w.arg(r.many()) + ") k)"
	}
	var by [4]int64
	n, err := one(ctx, r.q, func(r *sql.Rows) (n int64, err error) {
		err = r.Scan(&by[0], &by[1], &by[2], &by[3])
		return by[0] + by[1] + by[2] + by[3], err
	}, "SELECT "+strings.Join(counts, ", "), w.args...)
	if s.few = n < r.many(); err != nil || s.few || by[3] > 0 {
		return err // numbers know nothing of names: no bounds
	}
	if by[0] > 0 { // these lie where they say
		s.from, s.to = s.text, s.text+lastText
	}
	if by[1]+by[2] == 0 {
		return nil
	}
	return r.bound(ctx, s)
}

// bound finds between which sort keys the persons lie whose initials or names
// match: they gather in one place of the list, far from its beginning.
func (r Reader) bound(ctx context.Context, s *search) error {
	var w where
	keys := "SELECT sort FROM person WHERE " + w.prefix("initials", s.text) + " UNION ALL SELECT sort FROM person WHERE " + w.prefix("name", s.text)
	_, err := one(ctx, r.q, func(r *sql.Rows) (struct{}, error) {
		var from, to string
		err := r.Scan(&from, &to)
		if s.to == "" || from < s.from {
			s.from = from
		}
		s.to = max(s.to, to)
		return struct{}{}, err
	}, "SELECT MIN(sort), MAX(sort) FROM ("+keys+") k", w.args...)
	return err
}

// people returns the query of a page of the persons that t sees.
func (w *where) people(t org.Term, s search, page Page) string {
	keys := w.peopleOf(t, s, page.After) + " ORDER BY 1, 2 LIMIT " + w.arg(page.limit())
	return "SELECT " + personColumns + " FROM (" + keys + ") k JOIN person ON id = key_id ORDER BY key_sort, key_id"
}

// peopleOf returns the select of the keys of the persons that t sees.
func (w *where) peopleOf(t org.Term, s search, after string) string {
	var in where
	in.args = w.args
	defer func() { w.args = in.args }()
	key := func(sort, id string) {
		if after != "" {
			last, unique := splitKey(after)
			in.and("("+sort+", "+id+") > (%s, %s)", last, unique)
		}
	}
	switch {
	case t.Path == "":
		key("sort", "id")
		in.and("id = %s", t.Person)
		in.search(s.text, searched...)
		return "SELECT sort AS key_sort, id AS key_id FROM person" + in.String()
	case s.few && !s.walk:
		from := make([]string, len(searched))
		for i, c := range searched {
			from[i] = "SELECT id AS match FROM person WHERE " + in.prefix(c, s.text)
		}
		key("sort", "id")
		in.conditions = append(in.conditions, "id = match", "EXISTS (SELECT 1 FROM post WHERE post.person = match AND "+in.below(t.Path, seen{path: "post.path"})+")")
		return "SELECT sort AS key_sort, id AS key_id FROM (" + strings.Join(from, " UNION ") + ") m CROSS JOIN person" + in.String()
	}
	in.conditions = append(in.conditions, in.below(t.Path, seen{path: "post.path", leveled: true}))
	key("post.sort", "post.person")
	tables := " FROM post"
	if s.text != "" {
		tables = " FROM post CROSS JOIN person" // in this order: the list is walked
		in.conditions = append(in.conditions, "person.id = post.person")
		in.search(s.text, "person.sort", "person.initials", "person.name", "person.number")
	}
	if s.to != "" && !s.walk {
		in.and("post.sort >= %s AND post.sort <= %s", s.from, s.to)
	}
	return "SELECT post.sort AS key_sort, post.person AS key_id" + tables + in.String() + " GROUP BY post.sort, post.person"
}
