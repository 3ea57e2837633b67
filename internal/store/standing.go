package store

import (
	"context"
	"database/sql"
	"fmt"

	"shiji/internal/audit"
	"shiji/internal/org"
)

// Standing is an appraisal with what a page of it says first.
type Standing struct {
	Appraisal
	Edition   int64  // of its scheme
	Members   int64  // with a result
	Adopted   int64  // number of the newest batch; above Basis, the evaluation is out of date
	Evaluated string // moment of the current evaluation, "" before
	Published string // moment, "" before
}

// Standings returns how far the appraisals of one unit in the scope are, the newest
// term first.
func (r Reader) Standings(ctx context.Context, scope org.Scope, unit org.UnitID) ([]Standing, error) {
	var w where
	w.and("appraisal.unit = %s", unit)
	return r.standings(ctx, scope, &w)
}

// Standing returns how far one appraisal in the scope is.
func (r Reader) Standing(ctx context.Context, scope org.Scope, id string) (Standing, error) {
	var w where
	w.and("appraisal.id = %s", id)
	found, err := r.standings(ctx, scope, &w)
	if err == nil && len(found) != 1 {
		err = notFound()
	}
	if err != nil {
		return Standing{}, err
	}
	return found[0], nil
}

// standings reads all of it by one query: what the events of evaluation and
// publication say of their moments is committed to, so no row repeats it.
func (r Reader) standings(ctx context.Context, scope org.Scope, w *where) ([]Standing, error) {
	w.appraisals(scope)
	out, err := list(ctx, r.q, scanStanding, "SELECT "+appraisalColumns+`, scheme.edition, COALESCE(length(evaluation.seal), 0), COALESCE(evidence.number, 0), evaluating.bytes, publishing.bytes
		FROM appraisal JOIN unit ON unit.id = appraisal.unit JOIN scheme ON scheme.id = appraisal.scheme
		LEFT JOIN evidence ON evidence.county = appraisal.county AND evidence.unit = appraisal.unit AND evidence.term = appraisal.term
		LEFT JOIN evaluation ON evaluation.county = appraisal.county AND evaluation.id = appraisal.evaluation
		LEFT JOIN event evaluating ON evaluating.id = evaluation.event
		LEFT JOIN event publishing ON publishing.id = appraisal.event AND appraisal.state = 'published'`+w.String()+" ORDER BY appraisal.term DESC, appraisal.id", w.args...)
	if err != nil {
		return nil, fmt.Errorf("standings: %w", err)
	}
	return out, nil
}

func scanStanding(r *sql.Rows) (o Standing, err error) {
	var event string
	var evaluating, publishing []byte
	if err := r.Scan(&o.County, &o.ID, &o.Unit, &o.Term, &o.Scheme, &o.State, &o.Evaluation, &o.Basis, &o.Version, &event,
		&o.Edition, &o.Members, &o.Adopted, &evaluating, &publishing); err != nil {
		return o, err
	}
	o.Members /= int64(len(audit.Commitment{}))
	for at, bytes := range map[*string][]byte{&o.Evaluated: evaluating, &o.Published: publishing} {
		if bytes == nil {
			continue
		}
		e, err := audit.ParseEvent(bytes)
		if err != nil {
			return o, err
		}
		*at = e.Time
	}
	return o, nil
}
