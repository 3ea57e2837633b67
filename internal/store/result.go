package store

import (
	"context"
	"database/sql"
	"fmt"

	"shiji/internal/org"
)

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

// Unscored returns those of an appraisal's current results in the scope that have no
// score, at most as many as asked, without traces and facts, in the order in which
// they were stored.
func (r Reader) Unscored(ctx context.Context, scope org.Scope, a Appraisal, most int) ([]Result, error) {
	w := currentResults(scope, a)
	w.and("result.score = %s", "")
	rows, err := list(ctx, r.q, scanLine, "SELECT "+lineColumns+resultTables+w.String()+" ORDER BY result.ordinal LIMIT "+w.arg(most), w.args...)
	if err != nil {
		return nil, fmt.Errorf("unscored results: %w", err)
	}
	return rows, nil
}

// seesAny fails with "not found" when the scope sees none of an appraisal's current
// results.
func (r Reader) seesAny(ctx context.Context, scope org.Scope, a Appraisal) error {
	w := currentResults(scope, a)
	_, err := one(ctx, r.q, integer, "SELECT 1"+resultTables+w.String()+" LIMIT 1", w.args...)
	return err
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
