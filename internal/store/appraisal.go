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

// Appraisal is one unit's appraisal of one term by one scheme.
type Appraisal struct {
	County     org.UnitID
	ID         string
	Unit       org.UnitID
	Term       string
	Scheme     string // id
	State      AppraisalState
	Evaluation string // the one that is shown, "" before the first
	Version    int64
}

// AppraisalState says how far an appraisal is.
type AppraisalState string

// An appraisal is evaluated as often as its evidence changes, until it is
// published.
const (
	Opened    AppraisalState = "open"
	Evaluated AppraisalState = "evaluated"
	Published AppraisalState = "published"
)

const appraisalColumns = "appraisal.county, appraisal.id, appraisal.unit, appraisal.term, appraisal.scheme, appraisal.state, appraisal.evaluation, appraisal.version, appraisal.event"

type appraisalRow struct {
	Appraisal
	event string
}

func scanAppraisal(r *sql.Rows) (a appraisalRow, err error) {
	err = r.Scan(&a.County, &a.ID, &a.Unit, &a.Term, &a.Scheme, &a.State, &a.Evaluation, &a.Version, &a.event)
	return a, err
}

func (a appraisalRow) canonical() []byte {
	return canonical("appraisal/1", string(a.County), a.ID, string(a.Unit), a.Term, a.Scheme, string(a.State), a.Evaluation, strconv.FormatInt(a.Version, 10))
}

// OpenAppraisal opens an appraisal of a.Unit in a.Term by a.Scheme.
func (tx *Tx) OpenAppraisal(ctx context.Context, a Appraisal) (Appraisal, error) {
	u, err := tx.unit(ctx, a.Unit)
	if err != nil {
		return Appraisal{}, err
	}
	if a.ID, err = tx.newID(); err != nil {
		return Appraisal{}, err
	}
	a.County, a.State, a.Evaluation, a.Version = u.County, Opened, "", 1
	row := appraisalRow{Appraisal: a}
	if row.event, err = tx.record(ctx, change{action: audit.AppraisalOpened, id: a.ID, org: u.Path, version: 1, content: row.canonical()}); err != nil {
		return Appraisal{}, err
	}
	_, err = tx.q.exec(ctx, "INSERT INTO appraisal (county, id, unit, term, scheme, state, evaluation, version, event) VALUES ($1, $2, $3, $4, $5, $6, '', 1, $7)", a.County, a.ID, a.Unit, a.Term, a.Scheme, a.State, row.event)
	if err != nil {
		return Appraisal{}, fmt.Errorf("open appraisal: %w", err)
	}
	return a, nil
}

// Evaluation is what evaluating an appraisal gave, on its way into the store.
type Evaluation struct {
	Scheme  string // digests in hexadecimal
	Cohort  string
	Results []Result
}

// Result is one person's result: what lists show, and the encoded trace and own
// facts from which every step is replayed.
type Result struct {
	Subject string // staff id, as facts name it
	Person  org.PersonID
	Name    string
	Sort    string
	Group   string
	Score   string // exact, as num writes it; "" without one
	Place   int64  // 0 without one
	Ordinal int64  // place in the evaluation, given by the store
	Trace   []byte
	Facts   []byte
}

// content is what a result's commitment binds to: all of it.
func (r Result) content(evaluation string) []byte {
	trace, facts := sha256.Sum256(r.Trace), sha256.Sum256(r.Facts)
	return canonical("result/1", evaluation, strconv.FormatInt(r.Ordinal, 10), r.Subject, string(r.Person), r.Name, r.Sort, r.Group, r.Score, strconv.FormatInt(r.Place, 10), hexOf(trace[:]), hexOf(facts[:]))
}

// Evaluate stores the results of an appraisal and makes them the ones that are
// shown. Its one event commits to the Merkle root over all results. a must be as
// it was read; a published appraisal is not evaluated again.
func (tx *Tx) Evaluate(ctx context.Context, a Appraisal, e Evaluation) (Appraisal, error) {
	old, err := tx.appraisal(ctx, a)
	if err != nil {
		return Appraisal{}, err
	}
	if old.State == Published {
		return Appraisal{}, fault.New(fault.Refused, "store.published")
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
		members[i] = audit.Commit(salt, r.content(id))
		seal = append(seal, members[i][:]...)
		rows[i] = []any{a.County, id, i, r.Subject, r.Person, r.Name, r.Sort, r.Group, r.Score, r.Place, salt[:], r.Trace, r.Facts}
	}
	root := audit.SetRoot(members)
	row := old
	row.State, row.Evaluation, row.Version = Evaluated, id, a.Version+1
	scheme, err := commitmentOfHex(e.Scheme)
	if err != nil {
		return Appraisal{}, err
	}
	cohort, err := commitmentOfHex(e.Cohort)
	if err != nil {
		return Appraisal{}, err
	}
	if err := tx.moveAppraisal(ctx, &row, old, audit.AppraisalEvaluated, []audit.Commitment{root, scheme, cohort}); err != nil {
		return Appraisal{}, err
	}
	_, err = tx.q.exec(ctx, "INSERT INTO evaluation (county, id, appraisal, scheme, cohort, seal, event) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		a.County, id, a.ID, e.Scheme, e.Cohort, seal, row.event)
	if err != nil {
		return Appraisal{}, fmt.Errorf("evaluate: %w", err)
	}
	if err := insertMany(ctx, tx.c, "result (county, evaluation, ordinal, subject, person, name, sort, grp, score, place, salt, trace, facts)", rows); err != nil {
		return Appraisal{}, fmt.Errorf("evaluate: %w", err)
	}
	return row.Appraisal, nil
}

// Publish makes an evaluated appraisal's results final.
func (tx *Tx) Publish(ctx context.Context, a Appraisal) (Appraisal, error) {
	old, err := tx.appraisal(ctx, a)
	if err != nil {
		return Appraisal{}, err
	}
	if old.State != Evaluated {
		return Appraisal{}, fault.New(fault.Refused, "store.not-evaluated")
	}
	row := old
	row.State, row.Version = Published, a.Version+1
	return row.Appraisal, tx.moveAppraisal(ctx, &row, old, audit.AppraisalPublished, nil)
}

// appraisal reads a's row, which must have a's version.
func (tx *Tx) appraisal(ctx context.Context, a Appraisal) (appraisalRow, error) {
	row, err := one(ctx, tx.q, scanAppraisal, "SELECT "+appraisalColumns+" FROM appraisal WHERE county = $1 AND id = $2", a.County, a.ID)
	if err == nil && row.Version != a.Version {
		err = stale("appraisal", a.ID)
	}
	return row, err
}

func (tx *Tx) moveAppraisal(ctx context.Context, row *appraisalRow, old appraisalRow, action audit.Action, evidence []audit.Commitment) error {
	u, err := tx.unit(ctx, row.Unit)
	if err != nil {
		return err
	}
	row.event, err = tx.record(ctx, change{action: action, id: row.ID, org: u.Path, version: row.Version, previous: old.event, content: row.canonical(), evidence: evidence})
	if err != nil {
		return err
	}
	n, err := tx.q.exec(ctx, "UPDATE appraisal SET state = $1, evaluation = $2, version = $3, event = $4 WHERE county = $5 AND id = $6 AND version = $7",
		row.State, row.Evaluation, row.Version, row.event, row.County, row.ID, old.Version)
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	if n != 1 {
		return stale("appraisal", row.ID)
	}
	return nil
}

// Appraisals returns the appraisals of one term of the units in the scope, in
// the order of the tree.
func (r Reader) Appraisals(ctx context.Context, scope org.Scope, term string) ([]Appraisal, error) {
	var w where
	w.and("appraisal.term = %s", term)
	w.scope(scope, columns{path: "unit.path", state: "appraisal.state"})
	rows, err := list(ctx, r.q, scanAppraisal, "SELECT "+appraisalColumns+" FROM appraisal JOIN unit ON unit.id = appraisal.unit"+w.String()+" ORDER BY unit.path, appraisal.id", w.args...)
	if err != nil {
		return nil, fmt.Errorf("appraisals: %w", err)
	}
	out := make([]Appraisal, len(rows))
	for i, a := range rows {
		out[i] = a.Appraisal
	}
	return out, nil
}

// Results returns what lists show of an appraisal's current results, by sort
// key, without traces and facts. Who sees only herself finds only her own line.
// The key of a page is ResultKey of its last line.
func (r Reader) Results(ctx context.Context, scope org.Scope, a Appraisal, page Page) ([]Result, error) {
	w := resultsOf(scope, a)
	if page.After != "" {
		sort, last := splitKey(page.After)
		ordinal, err := strconv.ParseInt(last, 10, 64)
		if err != nil {
			return nil, notFound()
		}
		w.and("(result.sort, result.ordinal) > (%s, %s)", sort, ordinal)
	}
	rows, err := list(ctx, r.q, func(r *sql.Rows) (o Result, err error) {
		err = r.Scan(&o.Subject, &o.Person, &o.Name, &o.Sort, &o.Group, &o.Score, &o.Place, &o.Ordinal)
		return o, err
	}, "SELECT result.subject, result.person, result.name, result.sort, result.grp, result.score, result.place, result.ordinal"+resultTables+w.String()+" ORDER BY result.sort, result.ordinal LIMIT "+w.arg(page.limit()), w.args...)
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	return rows, nil
}

const resultTables = ` FROM appraisal JOIN unit ON unit.id = appraisal.unit
	JOIN result ON result.county = appraisal.county AND result.evaluation = appraisal.evaluation`

func resultsOf(scope org.Scope, a Appraisal) *where {
	var w where
	w.and("appraisal.county = %s AND appraisal.id = %s", a.County, a.ID)
	w.scope(scope, columns{path: "unit.path", person: "result.person", state: "appraisal.state"})
	return &w
}

// ResultKey returns the key after which the next page of Results begins.
func ResultKey(r Result) string { return r.Sort + "/" + strconv.FormatInt(r.Ordinal, 10) }

// Result returns one person's current result in the scope, whole.
func (r Reader) Result(ctx context.Context, scope org.Scope, a Appraisal, subject string) (Result, error) {
	w := resultsOf(scope, a)
	w.and("result.subject = %s", subject)
	return one(ctx, r.q, scanResult, "SELECT result.subject, result.person, result.name, result.sort, result.grp, result.score, result.place, result.ordinal, result.trace, result.facts"+resultTables+w.String(), w.args...)
}

func scanResult(r *sql.Rows) (o Result, err error) {
	err = r.Scan(&o.Subject, &o.Person, &o.Name, &o.Sort, &o.Group, &o.Score, &o.Place, &o.Ordinal, &o.Trace, &o.Facts)
	return o, err
}
