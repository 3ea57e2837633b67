package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"shiji/internal/audit"
	"shiji/internal/org"
)

// Role is what an account may act as in a unit. Since and Until are moments.
type Role struct {
	ID      string
	Account org.AccountID
	Unit    org.UnitID
	Path    org.Path // of the unit
	Name    string
	Since   string
	Until   string // "" while it is held
	Version int64
}

const roleColumns = "role.id, role.account, role.unit, COALESCE(unit.path, ''), role.name, role.since, role.until, role.version, role.event"

type roleRow struct {
	Role
	event string
}

func scanRole(r *sql.Rows) (o roleRow, err error) {
	err = r.Scan(&o.ID, &o.Account, &o.Unit, &o.Path, &o.Name, &o.Since, &o.Until, &o.Version, &o.event)
	return o, err
}

func (o roleRow) canonical() []byte {
	return canonical("role/1", o.ID, string(o.Account), string(o.Unit), o.Name, o.Since, o.Until, strconv.FormatInt(o.Version, 10))
}

// GrantRole lets an account act as name in a unit from now on, and ends its
// sessions: the next request signs in with the new role.
func (tx *Tx) GrantRole(ctx context.Context, account org.AccountID, unit org.UnitID, name string) (Role, error) {
	u, err := tx.unit(ctx, unit)
	if err != nil {
		return Role{}, err
	}
	id, err := tx.newID()
	if err != nil {
		return Role{}, err
	}
	row := roleRow{Role: Role{ID: id, Account: account, Unit: unit, Path: u.Path, Name: name, Since: FormatTime(tx.now), Version: 1}}
	if row.event, err = tx.record(ctx, change{action: audit.RoleGranted, id: id, org: u.Path, version: 1, content: row.canonical()}); err != nil {
		return Role{}, err
	}
	_, err = tx.q.exec(ctx, "INSERT INTO role (id, account, unit, name, since, until, version, event) VALUES ($1, $2, $3, $4, $5, '', 1, $6)", id, account, unit, name, row.Since, row.event)
	if err != nil {
		return Role{}, fmt.Errorf("grant role: %w", err)
	}
	return row.Role, tx.endSessions(ctx, account)
}

// EndRole ends a role now, and the sessions of its account.
func (tx *Tx) EndRole(ctx context.Context, id string) error {
	row, err := one(ctx, tx.q, scanRole, "SELECT "+roleColumns+" FROM role JOIN unit ON unit.id = role.unit WHERE role.id = $1", id)
	if err != nil {
		return err
	}
	previous := row.event
	row.Until = FormatTime(tx.now)
	row.Version++
	if row.event, err = tx.record(ctx, change{action: audit.RoleEnded, id: id, org: row.Path, version: row.Version, previous: previous, content: row.canonical()}); err != nil {
		return err
	}
	n, err := tx.q.exec(ctx, "UPDATE role SET until = $1, version = $2, event = $3 WHERE id = $4 AND until = '' AND version = $5", row.Until, row.Version, row.event, id, row.Version-1)
	if err != nil {
		return fmt.Errorf("end role: %w", err)
	}
	if n != 1 {
		return stale("role", id)
	}
	return tx.endSessions(ctx, row.Account)
}

// Roles returns the roles that an account holds.
func (r Reader) Roles(ctx context.Context, account org.AccountID) ([]Role, error) {
	rows, err := list(ctx, r.q, scanRole, "SELECT "+roleColumns+" FROM role JOIN unit ON unit.id = role.unit WHERE role.account = $1 AND role.until = '' ORDER BY role.id", account)
	if err != nil {
		return nil, fmt.Errorf("roles: %w", err)
	}
	out := make([]Role, len(rows))
	for i, o := range rows {
		out[i] = o.Role
	}
	return out, nil
}

// Seat is a role that is held, with its unit.
type Seat struct {
	Role
	In org.Unit
}

// Seats returns the roles that an account holds, with their units.
func (r Reader) Seats(ctx context.Context, account org.AccountID) ([]Seat, error) {
	out, err := list(ctx, r.q, func(r *sql.Rows) (s Seat, err error) {
		u := &s.In
		err = r.Scan(&s.ID, &s.Account, &s.Name, &s.Since, &s.Version, &u.ID, &u.Parent, &u.Kind, &u.Path, &u.County, &u.Code, &u.Name, &u.Version)
		s.Unit, s.Path = u.ID, u.Path
		return s, err
	}, `SELECT role.id, role.account, role.name, role.since, role.version, unit.id, unit.parent, unit.kind, unit.path, unit.county, unit.code, unit.name, unit.version
		FROM role JOIN unit ON unit.id = role.unit WHERE role.account = $1 AND role.until = '' ORDER BY role.id`, account)
	if err != nil {
		return nil, fmt.Errorf("seats: %w", err)
	}
	return out, nil
}
