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
	if err := tx.freeCode(ctx, u); err != nil {
		return org.Unit{}, err
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
	_, err = tx.q.exec(ctx, "INSERT INTO unit ("+unitColumns+", people) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)",
		u.ID, u.Parent, u.Kind, u.Path, u.County, u.Code, u.Name, u.Version, event)
	if err != nil {
		return org.Unit{}, fmt.Errorf("add unit: %w", err)
	}
	return u, nil
}

// freeCode refuses a code that another unit has; groups number themselves.
func (tx *Tx) freeCode(ctx context.Context, u org.Unit) error {
	if u.Code == "" || u.Kind == org.Group {
		return nil
	}
	owner, err := one(ctx, tx.q, scanUnit, "SELECT "+unitColumns+" FROM unit WHERE code = $1 AND code <> '' AND kind <> 'group'", u.Code)
	switch {
	case isNotFound(err), err == nil && owner.ID == u.ID:
		return nil
	case err != nil:
		return err
	}
	return fault.New(fault.Conflict, "store.code-taken", u.Code)
}

// ChangeUnit corrects code and name; u.Version must be the one that was read.
func (tx *Tx) ChangeUnit(ctx context.Context, u org.Unit) error {
	old, err := one(ctx, tx.q, scanUnit, "SELECT "+unitColumns+" FROM unit WHERE id = $1", u.ID)
	if err != nil {
		return err
	}
	row := old
	row.Code, row.Name, row.Version = u.Code, u.Name, u.Version+1
	if err := tx.freeCode(ctx, row.Unit); err != nil {
		return err
	}
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

// Way returns the units from the root down to the one at path, as far as the
// scope sees them: what a page shows above its heading.
func (r Reader) Way(ctx context.Context, scope org.Scope, path org.Path) ([]org.Unit, error) {
	var w where
	w.scope(scope, seen{path: "path"})
	w.onWay("path", path)
	return r.units(ctx, w, "")
}

// Roots returns the units that stand below no other, whatever anybody's scope: it
// is for the operator alone, who holds database and keys and has no scope.
func (r Reader) Roots(ctx context.Context) ([]org.Unit, error) {
	var w where
	w.and("parent = %s", "")
	return r.units(ctx, w, "")
}

// Child is a unit below another one, and how much stands below it.
type Child struct {
	org.Unit
	Units  int64 // below it, at any depth
	People int64 // who hold or held a post in it or below it
}

// Children returns the units directly below id that the scope sees, in the
// order of the tree, with what they hold.
func (r Reader) Children(ctx context.Context, scope org.Scope, id org.UnitID) ([]Child, error) {
	var w where
	w.and("parent = %s", id)
	w.scope(scope, seen{path: "path"})
	out, err := list(ctx, r.q, func(r *sql.Rows) (c Child, err error) {
		err = r.Scan(&c.ID, &c.Parent, &c.Kind, &c.Path, &c.County, &c.Code, &c.Name, &c.Version, &c.People, &c.Units)
		return c, err
	}, `SELECT id, parent, kind, path, county, code, name, version, people,
		(SELECT COUNT(*) FROM unit below WHERE below.path > unit.path AND below.path < substr(unit.path, 1, length(unit.path) - 1) || '0')
		FROM unit`+w.String()+" ORDER BY path", w.args...)
	if err != nil {
		return nil, fmt.Errorf("children: %w", err)
	}
	return out, nil
}

// Units returns the units in the scope, in the order of the tree. The key of a
// page is the path of its last unit.
func (r Reader) Units(ctx context.Context, scope org.Scope, page Page) ([]org.Unit, error) {
	var w where
	w.scope(scope, seen{path: "path"})
	w.and("path > %s", page.After)
	return r.units(ctx, w, " LIMIT "+w.arg(page.limit()))
}

func (r Reader) units(ctx context.Context, w where, limit string) ([]org.Unit, error) {
	rows, err := list(ctx, r.q, scanUnit, "SELECT "+unitColumns+" FROM unit"+w.String()+" ORDER BY path"+limit, w.args...)
	if err != nil {
		return nil, fmt.Errorf("units: %w", err)
	}
	out := make([]org.Unit, len(rows))
	for i, u := range rows {
		out[i] = u.Unit
	}
	return out, nil
}
