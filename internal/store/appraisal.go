package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

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
	Basis      int64  // number of the newest batch it rests on, 0 without any
	Version    int64
}

// AppraisalState says how far an appraisal is.
type AppraisalState string

// An appraisal is evaluated as often as its evidence changes, until it is
// published. One that was never evaluated can be withdrawn; then nobody finds it
// any more, but the log tells of it.
const (
	Opened    AppraisalState = "open"
	Evaluated AppraisalState = "evaluated"
	Published AppraisalState = "published"
	Withdrawn AppraisalState = "withdrawn"
)

const appraisalColumns = "appraisal.county, appraisal.id, appraisal.unit, appraisal.term, appraisal.scheme, appraisal.state, appraisal.evaluation, appraisal.basis, appraisal.version, appraisal.event"

type appraisalRow struct {
	Appraisal
	event string
}

func scanAppraisal(r *sql.Rows) (a appraisalRow, err error) {
	err = r.Scan(&a.County, &a.ID, &a.Unit, &a.Term, &a.Scheme, &a.State, &a.Evaluation, &a.Basis, &a.Version, &a.event)
	return a, err
}

func (a appraisalRow) canonical() []byte {
	return canonical("appraisal/1", string(a.County), a.ID, string(a.Unit), a.Term, a.Scheme, string(a.State), a.Evaluation, strconv.FormatInt(a.Basis, 10), strconv.FormatInt(a.Version, 10))
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
	a.County, a.State, a.Evaluation, a.Basis, a.Version = u.County, Opened, "", 0, 1
	row := appraisalRow{Appraisal: a}
	if row.event, err = tx.record(ctx, change{action: audit.AppraisalOpened, id: a.ID, org: u.Path, version: 1, content: row.canonical()}); err != nil {
		return Appraisal{}, err
	}
	_, err = tx.q.exec(ctx, "INSERT INTO appraisal (county, id, unit, term, scheme, state, evaluation, basis, version, event) VALUES ($1, $2, $3, $4, $5, $6, '', 0, 1, $7)", a.County, a.ID, a.Unit, a.Term, a.Scheme, a.State, row.event)
	if err != nil {
		return Appraisal{}, fmt.Errorf("open appraisal: %w", err)
	}
	return a, nil
}

// Withdraw takes back an appraisal that was never evaluated.
func (tx *Tx) Withdraw(ctx context.Context, a Appraisal) error {
	old, err := tx.appraisal(ctx, a)
	if err != nil {
		return err
	}
	if old.State != Opened {
		return fault.New(fault.Refused, "store.not-open")
	}
	row := old
	row.State, row.Version = Withdrawn, a.Version+1
	return tx.moveAppraisal(ctx, &row, old, audit.AppraisalWithdrawn, nil)
}

// Publish makes an evaluated appraisal's results final. It is refused when
// evidence has been adopted on which they do not rest.
func (tx *Tx) Publish(ctx context.Context, a Appraisal) (Appraisal, error) {
	old, err := tx.appraisal(ctx, a)
	if err != nil {
		return Appraisal{}, err
	}
	if old.State != Evaluated {
		return Appraisal{}, fault.New(fault.Refused, "store.not-evaluated")
	}
	switch current, err := tx.restsOn(ctx, old.Appraisal, old.Basis); {
	case err != nil:
		return Appraisal{}, err
	case !current:
		return Appraisal{}, fault.New(fault.Refused, "store.publish-outdated")
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
	n, err := tx.q.exec(ctx, "UPDATE appraisal SET state = $1, evaluation = $2, basis = $3, version = $4, event = $5 WHERE county = $6 AND id = $7 AND version = $8",
		row.State, row.Evaluation, row.Basis, row.Version, row.event, row.County, row.ID, old.Version)
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	if n != 1 {
		return stale("appraisal", row.ID)
	}
	return nil
}

// Tally is how many appraisals of one term are in one state in the subtree at Path.
type Tally struct {
	Path  org.Path
	Term  string
	State AppraisalState
	N     int64
}

// Tally counts the appraisals of terms that the scope sees below the unit at path,
// by the subtrees that stand directly below it. Who sees only herself finds those
// that have a result of hers.
func (r Reader) Tally(ctx context.Context, scope org.Scope, path org.Path, terms ...string) ([]Tally, error) {
	var w where
	w.and("unit.path > %s AND unit.path < %s", path, path.End())
	among := make([]string, len(terms))
	for i, t := range terms {
		among[i] = w.arg(t)
	}
	w.conditions = append(w.conditions, "appraisal.term IN ("+strings.Join(among, ", ")+")")
	w.appraisals(scope)
	// written, not passed: PostgreSQL takes two parameters for two expressions
	child := fmt.Sprintf("substr(unit.path, 1, %d)", len(path)+step)
	out, err := list(ctx, r.q, func(r *sql.Rows) (t Tally, err error) {
		err = r.Scan(&t.Path, &t.Term, &t.State, &t.N)
		return t, err
	}, "SELECT "+child+", appraisal.term, appraisal.state, COUNT(*) FROM unit JOIN appraisal ON appraisal.unit = unit.id"+w.String()+
		" GROUP BY "+child+", appraisal.term, appraisal.state ORDER BY "+child+", appraisal.term, appraisal.state", w.args...)
	if err != nil {
		return nil, fmt.Errorf("tally: %w", err)
	}
	return out, nil
}

// AppraisalsOf returns the appraisals of one unit in the scope, of all terms, the
// newest term first.
func (r Reader) AppraisalsOf(ctx context.Context, scope org.Scope, unit org.UnitID) ([]Appraisal, error) {
	var w where
	w.and("appraisal.unit = %s", unit)
	return r.appraisals(ctx, scope, &w, "appraisal.term DESC, appraisal.id")
}

// Appraisal returns one appraisal in the scope.
func (r Reader) Appraisal(ctx context.Context, scope org.Scope, id string) (Appraisal, error) {
	var w where
	w.and("appraisal.id = %s", id)
	found, err := r.appraisals(ctx, scope, &w, "appraisal.id")
	if err == nil && len(found) != 1 {
		err = notFound()
	}
	if err != nil {
		return Appraisal{}, err
	}
	return found[0], nil
}

func (r Reader) appraisals(ctx context.Context, scope org.Scope, w *where, order string) ([]Appraisal, error) {
	w.appraisals(scope)
	rows, err := list(ctx, r.q, scanAppraisal, "SELECT "+appraisalColumns+" FROM appraisal JOIN unit ON unit.id = appraisal.unit"+w.String()+" ORDER BY "+order, w.args...)
	if err != nil {
		return nil, fmt.Errorf("appraisals: %w", err)
	}
	out := make([]Appraisal, len(rows))
	for i, a := range rows {
		out[i] = a.Appraisal
	}
	return out, nil
}

// appraisals adds what the scope sees and nobody withdrew: whole subtrees, and the
// appraisals in whose current results a person has one.
func (w *where) appraisals(scope org.Scope) {
	w.and("appraisal.state <> %s", Withdrawn)
	in := where{args: w.args, conditions: []string{"result.county = appraisal.county", "result.evaluation = appraisal.evaluation"}}
	in.scope(scope, seen{person: "result.person", state: "appraisal.state"})
	unit := where{args: in.args}
	unit.scope(scope, seen{path: "unit.path", state: "appraisal.state"})
	w.args = unit.args
	w.conditions = append(w.conditions, "("+unit.conditions[0]+" OR EXISTS (SELECT 1 FROM result"+in.String()+"))")
}
