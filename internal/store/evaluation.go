package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"strconv"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
)

// Evaluation is what evaluating an appraisal gave.
type Evaluation struct {
	ID      string        // given by the store
	Event   string        // that commits to all of it; given by the store
	Actor   org.AccountID // who evaluated; likewise
	At      string        // moment; likewise
	Scheme  string        // digests in hexadecimal
	Cohort  string
	Head    []byte // what is said of all members together, opaque to the store
	Members int64  // number of results; counted by the store
	Basis   int64  // number of the newest batch whose documents were evaluated, as Adopted gave it before they were read
	Results []Result
}

// Result is one person's result: what lists show, and the encoded trace and own
// facts from which every step is replayed.
type Result struct {
	Subject  string // staff id, as facts name it
	Person   org.PersonID
	Name     string
	Sort     string
	Initials string
	Group    string
	Score    string // exact, as num writes it; "" without one
	Place    int64  // 0 without one
	Of       int64  // among how many Place is counted; 0 without one
	Ordinal  int64  // place in the evaluation, given by the store
	Trace    []byte // says nothing of Place and Of, which are committed to apart
	Facts    Packed
}

// ResultPart is one of the parts to which a result's commitment binds.
type ResultPart struct {
	Salt    [audit.SaltSize]byte
	Content []byte
}

// Commitment binds to the part alone.
func (p ResultPart) Commitment() audit.Commitment { return audit.Commit(p.Salt, p.Content) }

// parts are what a result's commitment binds to, each under a salt of its own: what
// is hers to know, her place among others, and the digest of every step, which rests
// on quantities of others. She is proved the first without the other two: their few
// possible contents could be tried one by one.
func (r Result) parts(evaluation string, salt [audit.SaltSize]byte) (own, place, trace ResultPart) {
	steps, facts := sha256.Sum256(r.Trace), r.Facts.digest()
	part := func(name string, fields ...string) ResultPart {
		return ResultPart{audit.PartSalt(salt, name), canonical(name, fields...)}
	}
	return part("result-own/1", evaluation, strconv.FormatInt(r.Ordinal, 10), r.Subject, string(r.Person), r.Name, r.Sort, r.Initials, r.Group, r.Score, hexOf(facts[:])),
		part("result-place/1", strconv.FormatInt(r.Place, 10), strconv.FormatInt(r.Of, 10)), part("result-trace/1", hexOf(steps[:]))
}

// commitment binds to all of a result.
func (r Result) commitment(evaluation string, salt [audit.SaltSize]byte) audit.Commitment {
	own, place, trace := r.parts(evaluation, salt)
	return audit.CommitParts(own.Commitment(), place.Commitment(), trace.Commitment())
}

// Evaluate stores the results of an appraisal and makes them the ones that are
// shown. Its one event commits to the Merkle root over all results, the digests
// of scheme and cohort, the head, and what it rests on. a must be as it was read,
// and nothing adopted after e.Basis; a published appraisal is not evaluated again.
func (tx *Tx) Evaluate(ctx context.Context, a Appraisal, e Evaluation) (Appraisal, error) {
	old, err := tx.appraisal(ctx, a)
	if err != nil {
		return Appraisal{}, err
	}
	if old.State == Published {
		return Appraisal{}, fault.New(fault.Refused, "store.published")
	}
	switch current, err := tx.restsOn(ctx, old.Appraisal, e.Basis); {
	case err != nil:
		return Appraisal{}, err
	case !current: // whoever reads anew evaluates what is valid now
		return Appraisal{}, stale("appraisal", a.ID)
	}
	id, err := tx.newID()
	if err != nil {
		return Appraisal{}, err
	}
	rows := make([][]any, len(e.Results))
	members := make([]audit.Commitment, len(e.Results))
	seal := make([]byte, 0, len(members)*len(audit.Commitment{}))
	for i, r := range e.Results {
		salt, err := tx.s.salt()
		if err != nil {
			return Appraisal{}, err
		}
		r.Ordinal = int64(i)
		members[i] = r.commitment(id, salt)
		seal = append(seal, members[i][:]...)
		rows[i] = []any{a.County, id, i, r.Subject, r.Person, r.Name, r.Sort, r.Initials, r.Group, r.Score, r.Place, r.Of, salt[:], r.Trace, r.Facts}
	}
	root := audit.SetRoot(members)
	row := old
	row.State, row.Evaluation, row.Basis, row.Version = Evaluated, id, e.Basis, a.Version+1
	scheme, err := commitmentOfHex(e.Scheme)
	if err != nil {
		return Appraisal{}, err
	}
	cohort, err := commitmentOfHex(e.Cohort)
	if err != nil {
		return Appraisal{}, err
	}
	salt, err := tx.s.salt()
	if err != nil {
		return Appraisal{}, err
	}
	head := append([]byte{}, e.Head...) // nothing is a head, too
	if err := tx.moveAppraisal(ctx, &row, old, audit.AppraisalEvaluated, []audit.Commitment{root, scheme, cohort, audit.Commit(salt, head)}); err != nil {
		return Appraisal{}, err
	}
	_, err = tx.q.exec(ctx, "INSERT INTO evaluation (county, id, appraisal, scheme, cohort, seal, event) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		a.County, id, a.ID, e.Scheme, e.Cohort, seal, row.event)
	if err != nil {
		return Appraisal{}, fmt.Errorf("evaluate: %w", err)
	}
	if _, err := tx.q.exec(ctx, "INSERT INTO heading (county, evaluation, salt, body) VALUES ($1, $2, $3, $4)", a.County, id, salt[:], head); err != nil {
		return Appraisal{}, fmt.Errorf("evaluate: %w", err)
	}
	if err := insertMany(ctx, tx.c, "result (county, evaluation, ordinal, subject, person, name, sort, initials, grp, score, place, among, salt, trace, facts)", rows); err != nil {
		return Appraisal{}, fmt.Errorf("evaluate: %w", err)
	}
	return row.Appraisal, nil
}

// Evaluation returns the current evaluation of an appraisal in the scope, without
// results. Who sees only single results of it, her own, is not told the head.
func (r Reader) Evaluation(ctx context.Context, scope org.Scope, a Appraisal) (Evaluation, error) {
	type row struct {
		Evaluation
		path  org.Path
		state string
		seal  int64
	}
	e, err := one(ctx, r.q, func(r *sql.Rows) (e row, err error) {
		var event []byte
		if err = r.Scan(&e.ID, &e.Event, &event, &e.Scheme, &e.Cohort, &e.seal, &e.Head, &e.path, &e.state); err != nil {
			return e, err
		}
		done, err := audit.ParseEvent(event)
		e.Actor, e.At = org.AccountID(done.Actor), done.Time
		return e, err
	}, `SELECT evaluation.id, evaluation.event, event.bytes, evaluation.scheme, evaluation.cohort, length(evaluation.seal), heading.body, unit.path, appraisal.state
		FROM appraisal JOIN unit ON unit.id = appraisal.unit
		JOIN evaluation ON evaluation.county = appraisal.county AND evaluation.id = appraisal.evaluation
		JOIN event ON event.id = evaluation.event
		LEFT JOIN heading ON heading.county = evaluation.county AND heading.evaluation = evaluation.id
		WHERE appraisal.county = $1 AND appraisal.id = $2`, a.County, a.ID)
	if err != nil {
		return Evaluation{}, err
	}
	e.Members = e.seal / int64(len(audit.Commitment{}))
	if scope.Sees(org.Object{Path: e.path, State: e.state}) {
		return e.Evaluation, nil
	}
	if err := r.seesAny(ctx, scope, a); err != nil {
		return Evaluation{}, err
	}
	e.Head = nil
	return e.Evaluation, nil
}
