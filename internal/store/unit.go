package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
)

const unitColumns = "id, parent, kind, path, county, code, name, version, event"

type unitRow struct {
	org.Unit
	event string
}

func scanUnit(r *sql.Rows) (u unitRow, err error) {
	err = r.Scan(&u.ID, &u.Parent, &u.Kind, &u.Path, &u.County, &u.Code, &u.Name, &u.Version, &u.event)
	return u, err
}

func (u unitRow) canonical() []byte {
	return canonical("unit/1", string(u.ID), string(u.Parent), string(u.Kind), string(u.Path), string(u.County), u.Code, u.Name, strconv.FormatInt(u.Version, 10))
}

// AddUnit enters u below u.Parent and returns it with id, path, owning county
// and version.
func (tx *Tx) AddUnit(ctx context.Context, u org.Unit) (org.Unit, error) {
	var parent org.Unit
	if u.Parent != "" {
		var err error
		if parent, err = tx.unit(ctx, u.Parent); err != nil {
			return org.Unit{}, err
		}
	}
	if !parent.Kind.MayHold(u.Kind) {
		return org.Unit{}, fault.New(fault.Invalid, "store.unit-place", u.Kind, parent.Kind)
	}
	id, err := tx.newID()
	if err != nil {
		return org.Unit{}, err
	}
	u.ID, u.Version = org.UnitID(id), 1
	u.Path = parent.Path.Child(u.ID)
	switch u.Kind {
	case org.City, org.County, org.Zone:
		u.County = u.ID
	default:
		u.County = parent.County
	}
	if u.County == "" { // a school that stands alone owns its documents
		u.County = u.ID
	}
	event, err := tx.record(ctx, change{action: audit.UnitAdded, id: id, org: u.Path, version: 1, content: unitRow{Unit: u}.canonical()})
	if err != nil {
		return org.Unit{}, err
	}
	_, err = tx.q.exec(ctx, "INSERT INTO unit ("+unitColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		u.ID, u.Parent, u.Kind, u.Path, u.County, u.Code, u.Name, u.Version, event)
	if err != nil {
		return org.Unit{}, fmt.Errorf("add unit: %w", err)
	}
	return u, nil
}

// ChangeUnit corrects code and name; u.Version must be the one that was read.
func (tx *Tx) ChangeUnit(ctx context.Context, u org.Unit) error {
	old, err := one(ctx, tx.q, scanUnit, "SELECT "+unitColumns+" FROM unit WHERE id = $1", u.ID)
	if err != nil {
		return err
	}
	row := old
	row.Code, row.Name, row.Version = u.Code, u.Name, u.Version+1
	event, err := tx.record(ctx, change{action: audit.UnitChanged, id: string(u.ID), org: row.Path, version: row.Version, previous: old.event, content: row.canonical()})
	if err != nil {
		return err
	}
	n, err := tx.q.exec(ctx, "UPDATE unit SET code = $1, name = $2, version = $3, event = $4 WHERE id = $5 AND version = $6", row.Code, row.Name, row.Version, event, u.ID, u.Version)
	if err != nil {
		return fmt.Errorf("change unit: %w", err)
	}
	if n != 1 {
		return stale("unit", string(u.ID))
	}
	return nil
}

// Unit returns one unit in the scope.
func (r Reader) Unit(ctx context.Context, scope org.Scope, id org.UnitID) (org.Unit, error) {
	u, err := r.unit(ctx, id)
	if err == nil && !scope.Sees(org.Object{Path: u.Path}) {
		return org.Unit{}, notFound()
	}
	return u, err
}

func (r Reader) unit(ctx context.Context, id org.UnitID) (org.Unit, error) {
	u, err := one(ctx, r.q, scanUnit, "SELECT "+unitColumns+" FROM unit WHERE id = $1", id)
	return u.Unit, err
}

// Units returns the units in the scope, in the order of the tree. The key of a
// page is the path of its last unit.
func (r Reader) Units(ctx context.Context, scope org.Scope, page Page) ([]org.Unit, error) {
	var w where
	w.scope(scope, columns{path: "path"})
	w.and("path > %s", page.After)
	rows, err := list(ctx, r.q, scanUnit, "SELECT "+unitColumns+" FROM unit"+w.String()+" ORDER BY path LIMIT "+w.arg(page.limit()), w.args...)
	if err != nil {
		return nil, fmt.Errorf("units: %w", err)
	}
	out := make([]org.Unit, len(rows))
	for i, u := range rows {
		out[i] = u.Unit
	}
	return out, nil
}
