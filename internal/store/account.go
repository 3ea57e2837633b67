package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"strconv"

	"shiji/internal/audit"
	"shiji/internal/org"
)

// Account is what a person signs in with.
type Account struct {
	ID      org.AccountID
	Person  org.PersonID
	Login   string
	Secret  string // password hash with its parameters
	TOTP    string // seed of the second factor, "" without one
	State   AccountState
	Version int64
}

// AccountState says what an account may be used for.
type AccountState string

// An account begins with a password that must be changed, and ends closed.
const (
	FirstLogin AccountState = "first-login"
	Active     AccountState = "active"
	Closed     AccountState = "closed"
)

const accountColumns = "id, person, login, secret, totp, state, version, event"

type accountRow struct {
	Account
	sealed []byte
	event  string
}

func scanAccount(r *sql.Rows) (a accountRow, err error) {
	err = r.Scan(&a.ID, &a.Person, &a.Login, &a.Secret, &a.sealed, &a.State, &a.Version, &a.event)
	return a, err
}

// canonical holds digests of the secrets: details of events must not become a
// store of old password hashes.
func (a accountRow) canonical() []byte {
	secret, totp := sha256.Sum256([]byte(a.Secret)), sha256.Sum256(a.sealed)
	return canonical("account/1", string(a.ID), string(a.Person), a.Login, hexOf(secret[:]), hexOf(totp[:]), string(a.State), strconv.FormatInt(a.Version, 10))
}

func (tx *Tx) sealTOTP(a *accountRow) (err error) {
	a.sealed = nil
	if a.TOTP != "" {
		a.sealed, err = tx.keys.seal(tx.s.cfg.Random, a.TOTP, "totp/"+string(a.ID))
	}
	return err
}

// OpenAccount opens an account for a.Person under the login a.Login.
func (tx *Tx) OpenAccount(ctx context.Context, a Account) (Account, error) {
	id, err := tx.newID()
	if err != nil {
		return Account{}, err
	}
	a.ID, a.Version = org.AccountID(id), 1
	row := accountRow{Account: a}
	if err := tx.sealTOTP(&row); err != nil {
		return Account{}, fmt.Errorf("open account: %w", err)
	}
	if row.event, err = tx.record(ctx, change{action: audit.AccountOpened, id: id, version: 1, content: row.canonical()}); err != nil {
		return Account{}, err
	}
	_, err = tx.q.exec(ctx, "INSERT INTO account ("+accountColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", a.ID, a.Person, a.Login, a.Secret, row.sealed, a.State, 1, row.event)
	if err != nil {
		return Account{}, fmt.Errorf("open account: %w", err)
	}
	return a, nil
}

// ChangeAccount sets secret, second factor and state, and ends the account's
// sessions; a.Version must be the one that was read.
func (tx *Tx) ChangeAccount(ctx context.Context, a Account) error {
	old, err := one(ctx, tx.q, scanAccount, "SELECT "+accountColumns+" FROM account WHERE id = $1", a.ID)
	if err != nil {
		return err
	}
	row := old
	row.Secret, row.TOTP, row.State, row.Version = a.Secret, a.TOTP, a.State, a.Version+1
	if err := tx.sealTOTP(&row); err != nil {
		return fmt.Errorf("change account: %w", err)
	}
	action := audit.AccountChanged
	if a.State == Closed {
		action = audit.AccountClosed
	}
	if row.event, err = tx.record(ctx, change{action: action, id: string(a.ID), version: row.Version, previous: old.event, content: row.canonical()}); err != nil {
		return err
	}
	n, err := tx.q.exec(ctx, "UPDATE account SET secret = $1, totp = $2, state = $3, version = $4, event = $5 WHERE id = $6 AND version = $7",
		row.Secret, row.sealed, row.State, row.Version, row.event, a.ID, a.Version)
	if err != nil {
		return fmt.Errorf("change account: %w", err)
	}
	if n != 1 {
		return stale("account", string(a.ID))
	}
	return tx.endSessions(ctx, a.ID)
}

func (tx *Tx) endSessions(ctx context.Context, id org.AccountID) error {
	if _, err := tx.q.exec(ctx, "DELETE FROM session WHERE account = $1", id); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// AccountByLogin returns the account with this login, closed ones included:
// whoever signs in is not yet anybody with a scope.
func (r Reader) AccountByLogin(ctx context.Context, login string) (Account, error) {
	return r.account(ctx, "login = $1", login)
}

// Account returns one account.
func (r Reader) Account(ctx context.Context, id org.AccountID) (Account, error) {
	return r.account(ctx, "id = $1", string(id))
}

func (r Reader) account(ctx context.Context, condition, value string) (Account, error) {
	a, err := one(ctx, r.q, scanAccount, "SELECT "+accountColumns+" FROM account WHERE "+condition, value)
	if err == nil && a.sealed != nil {
		a.TOTP, err = r.keys.open(a.sealed, "totp/"+string(a.ID))
	}
	return a.Account, err
}

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
