package store

import (
	"context"
	"fmt"

	"shiji/internal/org"
)

// Adopted returns how many batches of a unit and a term have been adopted: the
// number of the newest one. Whoever relies on the valid documents reads it before
// them and names it when she writes.
func (r Reader) Adopted(ctx context.Context, scope org.Scope, unit org.UnitID, term string) (int64, error) {
	if _, err := r.Unit(ctx, scope, unit); err != nil {
		return 0, err
	}
	n, err := one(ctx, r.q, integer, "SELECT COALESCE(MAX(number), 0) FROM evidence WHERE unit = $1 AND term = $2", unit, term)
	if err != nil {
		return 0, fmt.Errorf("adopted: %w", err)
	}
	return n, nil
}

// TermsHeld returns the terms of which a unit in the scope has evidence, the
// newest first.
func (r Reader) TermsHeld(ctx context.Context, scope org.Scope, unit org.UnitID) ([]string, error) {
	if _, err := r.Unit(ctx, scope, unit); err != nil {
		return nil, err
	}
	terms, err := list(ctx, r.q, text, "SELECT term FROM evidence WHERE unit = $1 AND number > 0 ORDER BY term DESC", unit)
	if err != nil {
		return nil, fmt.Errorf("terms: %w", err)
	}
	return terms, nil
}

// adoption gives the batch b its number and holds the count of its unit and term
// until the commit.
func (tx *Tx) adoption(ctx context.Context, b Batch) (int64, error) {
	n, err := one(ctx, tx.q, integer, `INSERT INTO evidence (county, unit, term, number) VALUES ($1, $2, $3, 1)
		ON CONFLICT (county, unit, term) DO UPDATE SET number = evidence.number + 1 RETURNING number`, b.County, b.Unit, b.Term)
	if err != nil {
		return 0, fmt.Errorf("number of a batch: %w", err)
	}
	return n, nil
}

// restsOn says whether the newest batch of a's unit and term has this number, and
// holds it there until the commit: an adoption under way elsewhere is awaited.
// Before the first adoption there is no row to hold, so one is made.
func (tx *Tx) restsOn(ctx context.Context, a Appraisal, number int64) (bool, error) {
	if _, err := tx.q.exec(ctx, "INSERT INTO evidence (county, unit, term, number) VALUES ($1, $2, $3, 0) ON CONFLICT (county, unit, term) DO NOTHING", a.County, a.Unit, a.Term); err != nil {
		return false, fmt.Errorf("evidence: %w", err)
	}
	n, err := tx.q.exec(ctx, "UPDATE evidence SET number = number WHERE county = $1 AND unit = $2 AND term = $3 AND number = $4", a.County, a.Unit, a.Term, number)
	if err != nil {
		return false, fmt.Errorf("evidence: %w", err)
	}
	return n == 1, nil
}

// checkNumbers holds the counts of adopted batches, which no event commits to, to
// the batches, whose events commit to their numbers.
func (v *auditor) checkNumbers() error {
	stray, err := list(v.ctx, v.q, text, `SELECT e.unit || '/' || e.term FROM evidence e LEFT JOIN (
			SELECT county, unit, term, COUNT(*) AS n, MAX(number) AS last FROM batch WHERE state = 'adopted' GROUP BY county, unit, term) b
		ON b.county = e.county AND b.unit = e.unit AND b.term = e.term
		WHERE e.number <> COALESCE(b.n, 0) OR e.number <> COALESCE(b.last, 0)
		UNION SELECT b.unit || '/' || b.term FROM batch b LEFT JOIN evidence e ON e.county = b.county AND e.unit = b.unit AND e.term = b.term
		WHERE b.state = 'adopted' AND e.unit IS NULL ORDER BY 1`)
	for _, id := range stray {
		v.fault("store.audit-row", "evidence/"+id)
	}
	return err
}
