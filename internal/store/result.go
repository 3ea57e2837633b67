package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"shiji/internal/org"
)

// ResultOrder names the order of a list of results.
type ResultOrder string

// The orders; results that are equal in one stand in the order in which they
// were stored. Without a place one stands after all places, without a score
// before all scores.
const (
	ByName  ResultOrder = "" // by sort key
	ByScore ResultOrder = "score"
	ByPlace ResultOrder = "place"
	ByGroup ResultOrder = "group"
)

// ResultQuery asks for a page of results. Search, if any, is what name, sort
// key, initials or subject begin with, bytewise; Group, if any, is the one that
// is shown. The key of a page is the Key of the last result of the one before,
// which must have asked in the same order.
type ResultQuery struct {
	Group  string
	Search string
	Order  ResultOrder
	Desc   bool
	Page
}

// lastPlace is where results without a place stand.
const lastPlace = 1_000_000_000

var orderColumns = map[ResultOrder]string{
	ByName: "result.sort", ByScore: "result.rank_key", ByGroup: "result.grp",
	ByPlace: "CASE WHEN result.place = 0 THEN 1000000000 ELSE result.place END",
}

// Key returns the key after which the next page begins in q's order.
func (q ResultQuery) Key(r Result) (string, error) {
	key := r.Sort
	switch q.Order {
	case ByScore:
		var err error
		if key, err = rankKey(r.Score); err != nil {
			return "", err
		}
	case ByPlace:
		key = strconv.FormatInt(cmp.Or(r.Place, lastPlace), 10)
	case ByGroup:
		key = r.Group
	}
	return key + "/" + strconv.FormatInt(r.Ordinal, 10), nil
}

// after adds the condition that a result comes after q's page key.
func (q ResultQuery) after(w *where) error {
	if q.After == "" {
		return nil
	}
	first, last := splitKey(q.After)
	ordinal, err := strconv.ParseInt(last, 10, 64)
	if err != nil {
		return notFound()
	}
	var key any = first
	if q.Order == ByPlace {
		if key, err = strconv.ParseInt(first, 10, 64); err != nil {
			return notFound()
		}
	}
	than := ">"
	if q.Desc {
		than = "<"
	}
	w.and("("+orderColumns[q.Order]+", result.ordinal) "+than+" (%s, %s)", key, ordinal)
	return nil
}

func (q ResultQuery) filter(w *where) {
	if q.Group != "" {
		w.and("result.grp = %s", q.Group)
	}
	w.search(q.Search, "result.name", "result.sort", "result.initials", "result.subject")
}

const resultTables = ` FROM appraisal JOIN unit ON unit.id = appraisal.unit
	JOIN result ON result.county = appraisal.county AND result.evaluation = appraisal.evaluation`

const lineColumns = "result.subject, result.person, result.name, result.sort, result.initials, result.grp, result.score, result.place, result.among, result.ordinal"

const resultColumns = lineColumns + ", result.trace, result.facts"

func scanLine(r *sql.Rows) (o Result, err error) {
	err = r.Scan(&o.Subject, &o.Person, &o.Name, &o.Sort, &o.Initials, &o.Group, &o.Score, &o.Place, &o.Of, &o.Ordinal)
	return o, err
}

func scanResult(r *sql.Rows) (o Result, err error) {
	err = r.Scan(&o.Subject, &o.Person, &o.Name, &o.Sort, &o.Initials, &o.Group, &o.Score, &o.Place, &o.Of, &o.Ordinal, &o.Trace, &o.Facts)
	return o, err
}

// currentResults are those of a's current evaluation that the scope sees.
func currentResults(scope org.Scope, a Appraisal) *where {
	var w where
	w.and("appraisal.county = %s AND appraisal.id = %s", a.County, a.ID)
	w.scope(scope, seen{path: "unit.path", person: "result.person", state: "appraisal.state"})
	return &w
}

// Results returns what lists show of an appraisal's current results, without
// traces and facts. Who sees only herself finds only her own line.
func (r Reader) Results(ctx context.Context, scope org.Scope, a Appraisal, q ResultQuery) ([]Result, error) {
	order, known := orderColumns[q.Order]
	if !known {
		return nil, fmt.Errorf("results: unknown order %q", q.Order)
	}
	w := currentResults(scope, a)
	q.filter(w)
	if err := q.after(w); err != nil {
		return nil, err
	}
	direction := ""
	if q.Desc {
		direction = " DESC"
	}
	rows, err := list(ctx, r.q, scanLine, "SELECT "+lineColumns+resultTables+w.String()+" ORDER BY "+order+direction+", result.ordinal"+direction+" LIMIT "+w.arg(q.limit()), w.args...)
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	return rows, nil
}

// CountResults returns how many results q shows on all its pages.
func (r Reader) CountResults(ctx context.Context, scope org.Scope, a Appraisal, q ResultQuery) (int64, error) {
	w := currentResults(scope, a)
	q.filter(w)
	n, err := one(ctx, r.q, integer, "SELECT COUNT(*)"+resultTables+w.String(), w.args...)
	if err != nil {
		return 0, fmt.Errorf("count results: %w", err)
	}
	return n, nil
}

// ResultsWhole calls fn with each of an appraisal's current results in the scope,
// traces and facts included, in the order in which they were stored, one at a
// time in memory. It ends with the first error of fn.
func (r Reader) ResultsWhole(ctx context.Context, scope org.Scope, a Appraisal, fn func(Result) error) error {
	w := currentResults(scope, a)
	rows, err := r.q.rows(ctx, "SELECT "+resultColumns+resultTables+w.String()+" ORDER BY result.ordinal", w.args...)
	if err != nil {
		return fmt.Errorf("results: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		o, err := scanResult(rows)
		if err != nil {
			return fmt.Errorf("results: %w", err)
		}
		if err := fn(o); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}

// Result returns one person's current result in the scope, whole.
func (r Reader) Result(ctx context.Context, scope org.Scope, a Appraisal, subject string) (Result, error) {
	w := currentResults(scope, a)
	w.and("result.subject = %s", subject)
	return one(ctx, r.q, scanResult, "SELECT "+resultColumns+resultTables+w.String(), w.args...)
}

// PersonResult is one line of a person's history.
type PersonResult struct {
	Appraisal Appraisal
	Result    // without trace and facts
}

// ResultsOf returns a person's current results in the scope, the newest term
// first.
func (r Reader) ResultsOf(ctx context.Context, scope org.Scope, person org.PersonID) ([]PersonResult, error) {
	var w where
	w.and("result.person = %s", person)
	w.scope(scope, seen{path: "unit.path", person: "result.person", state: "appraisal.state"})
	rows, err := list(ctx, r.q, func(r *sql.Rows) (o PersonResult, err error) {
		a := &o.Appraisal
		err = r.Scan(&o.Subject, &o.Person, &o.Name, &o.Sort, &o.Initials, &o.Group, &o.Score, &o.Place, &o.Of, &o.Ordinal,
			&a.County, &a.ID, &a.Unit, &a.Term, &a.Scheme, &a.State, &a.Evaluation, &a.Basis, &a.Version)
		return o, err
	}, `SELECT `+lineColumns+`, appraisal.county, appraisal.id, appraisal.unit, appraisal.term, appraisal.scheme, appraisal.state, appraisal.evaluation, appraisal.basis, appraisal.version
		FROM result JOIN evaluation ON evaluation.county = result.county AND evaluation.id = result.evaluation
		JOIN appraisal ON appraisal.county = evaluation.county AND appraisal.id = evaluation.appraisal AND appraisal.evaluation = evaluation.id
		JOIN unit ON unit.id = appraisal.unit`+w.String()+` ORDER BY appraisal.term DESC, appraisal.id`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("results of a person: %w", err)
	}
	return rows, nil
}
