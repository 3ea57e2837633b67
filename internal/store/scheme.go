package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"shiji/internal/audit"
	"shiji/internal/org"
)

// Scheme is one edition of a unit's scheme, as its author wrote it. Editions
// are never changed.
type Scheme struct {
	ID      string
	Unit    org.UnitID
	Name    string
	Edition int64
	Digest  string // of the effective scheme, in hexadecimal
	Body    []byte
}

const schemeColumns = "scheme.id, scheme.unit, scheme.name, scheme.edition, scheme.digest, scheme.body, scheme.event"

type schemeRow struct {
	Scheme
	event string
}

func scanScheme(r *sql.Rows) (s schemeRow, err error) {
	err = r.Scan(&s.ID, &s.Unit, &s.Name, &s.Edition, &s.Digest, &s.Body, &s.event)
	return s, err
}

func (s schemeRow) canonical() []byte {
	return append(canonical("scheme/1", s.ID, string(s.Unit), s.Name, strconv.FormatInt(s.Edition, 10), s.Digest), append([]byte{'\n'}, s.Body...)...)
}

// AddScheme stores an edition, which must not exist yet.
func (tx *Tx) AddScheme(ctx context.Context, sc Scheme) (Scheme, error) {
	u, err := tx.unit(ctx, sc.Unit)
	if err != nil {
		return Scheme{}, err
	}
	if sc.ID, err = tx.newID(); err != nil {
		return Scheme{}, err
	}
	row := schemeRow{Scheme: sc}
	if row.event, err = tx.record(ctx, change{action: audit.SchemeAdded, id: sc.ID, org: u.Path, version: 1, content: row.canonical()}); err != nil {
		return Scheme{}, err
	}
	_, err = tx.q.exec(ctx, "INSERT INTO scheme (id, unit, name, edition, digest, body, version, event) VALUES ($1, $2, $3, $4, $5, $6, 1, $7)", sc.ID, sc.Unit, sc.Name, sc.Edition, sc.Digest, sc.Body, row.event)
	if err != nil {
		return Scheme{}, fmt.Errorf("add scheme: %w", err)
	}
	return sc, nil
}

// Scheme returns one edition. Schemes are public within the city: whoever is
// judged by one may read it, so it takes no scope.
func (r Reader) Scheme(ctx context.Context, id string) (Scheme, error) {
	s, err := one(ctx, r.q, scanScheme, "SELECT "+schemeColumns+" FROM scheme WHERE id = $1", id)
	return s.Scheme, err
}

// Schemes returns the editions that the units in the scope stored, without
// their bodies, by unit, name and edition.
func (r Reader) Schemes(ctx context.Context, scope org.Scope) ([]Scheme, error) {
	var w where
	w.scope(scope, seen{path: "unit.path"})
	rows, err := list(ctx, r.q, func(r *sql.Rows) (s Scheme, err error) {
		err = r.Scan(&s.ID, &s.Unit, &s.Name, &s.Edition, &s.Digest)
		return s, err
	}, "SELECT scheme.id, scheme.unit, scheme.name, scheme.edition, scheme.digest FROM scheme JOIN unit ON unit.id = scheme.unit"+w.String()+" ORDER BY unit.path, scheme.name, scheme.edition", w.args...)
	if err != nil {
		return nil, fmt.Errorf("schemes: %w", err)
	}
	return rows, nil
}
