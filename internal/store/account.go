package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"shiji/internal/audit"
	"shiji/internal/fault"
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

// OpenAccount opens an account for a.Person under the login a.Login, which no
// other account, open or closed, may have: logs and people name accounts by it. A
// person has one account that is not closed.
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
	n, err := tx.q.exec(ctx, "INSERT INTO account ("+accountColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING", a.ID, a.Person, a.Login, a.Secret, row.sealed, a.State, 1, row.event)
	if err != nil {
		return Account{}, fmt.Errorf("open account: %w", err)
	}
	if n == 1 {
		return a, nil
	}
	switch _, err := tx.AccountByLogin(ctx, a.Login); {
	case err == nil:
		return Account{}, fault.New(fault.Conflict, "store.login-taken", a.Login)
	case isNotFound(err):
		return Account{}, fault.New(fault.Conflict, "store.account-once")
	default:
		return Account{}, err
	}
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

// AccountLine is an account as lists show it.
type AccountLine struct {
	ID     org.AccountID
	Login  string
	State  AccountState
	Second bool // has a second factor
	Person org.Person
	Roles  []Role
}

// Accounts returns the accounts in the scope by their login: of the persons whom
// the scope sees, and those that hold a role in one of its subtrees. The key of
// a page is the login of its last account.
func (r Reader) Accounts(ctx context.Context, scope org.Scope, page Page) ([]AccountLine, error) {
	gather, err := r.seesFew(ctx, scope)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	var w where
	w.and("account.login > %s", page.After)
	from := "account"
	if gather {
		if from = w.gathered(scope); from == "" {
			return nil, nil
		}
		w.conditions = append(w.conditions, "account.id = match")
	} else {
		w.walked(scope)
	}
	out, err := list(ctx, r.q, func(r *sql.Rows) (a AccountLine, err error) {
		p := &a.Person
		err = r.Scan(&a.ID, &a.Login, &a.State, &a.Second, &p.ID, &p.Number, &p.Name, &p.Sort, &p.Initials, &p.Masked, &p.Version)
		return a, err
	}, `SELECT account.id, account.login, account.state, account.totp IS NOT NULL, person.id, person.number, person.name, person.sort, person.initials, person.masked, person.version
		FROM `+from+" CROSS JOIN person"+w.String()+" AND person.id = account.person ORDER BY account.login LIMIT "+w.arg(page.limit()), w.args...)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	for i := range out {
		if out[i].Roles, err = r.Roles(ctx, out[i].ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// seesFew says whether a scope sees so few persons that they are better gathered and
// sorted than looked for in the order of the list.
func (r Reader) seesFew(ctx context.Context, scope org.Scope) (bool, error) {
	var w where
	ways := []string{"1 = 0"}
	for _, t := range scope.Terms() {
		if t.Path != "" {
			ways = append(ways, "path = "+w.arg(string(t.Path)))
		}
	}
	n, err := one(ctx, r.q, integer, "SELECT COALESCE(SUM(people), 0) FROM unit WHERE "+strings.Join(ways, " OR "), w.args...)
	return n < r.many(), err
}

// gathered returns the tables of the accounts that the scope sees, "" if none.
func (w *where) gathered(scope org.Scope) string {
	var ways []string
	for _, t := range scope.Terms() {
		switch {
		case len(t.States) > 0: // an account is in no state of a record
		case t.Path != "":
			ways = append(ways,
				"SELECT account.id AS match FROM post JOIN account ON account.person = post.person WHERE "+w.below(t.Path, seen{path: "post.path", leveled: true}),
				"SELECT role.account FROM unit JOIN role ON role.unit = unit.id WHERE role.until = '' AND "+w.below(t.Path, seen{path: "unit.path"}))
		default:
			ways = append(ways, "SELECT account.id AS match FROM account WHERE account.person = "+w.arg(string(t.Person)))
		}
	}
	if len(ways) == 0 {
		return ""
	}
	return "(" + strings.Join(ways, " UNION ") + ") m CROSS JOIN account"
}

// walked adds the condition that the scope sees the account.
func (w *where) walked(scope org.Scope) {
	w.person(scope)
	in := where{args: w.args, conditions: []string{"role.account = account.id", "role.until = ''"}}
	in.scope(scope, seen{path: "unit.path"})
	w.args = in.args
	last := len(w.conditions) - 1
	w.conditions[last] = "(" + w.conditions[last] + " OR EXISTS (SELECT 1 FROM role JOIN unit ON unit.id = role.unit" + in.String() + "))"
}
