package app

import (
	"context"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// AccountLine is an account as the operator's list shows it.
type AccountLine struct {
	store.AccountLine
	Seats []SiteSeat
}

// SiteSeat is a role with the full name of the unit in which it is held.
type SiteSeat struct {
	Role org.Role
	Unit string
}

// Accounts returns the accounts of those who belong to a unit or to one below it,
// and of those who hold a role there, by login; unit "" is the whole site.
func (o *Operator) Accounts(ctx context.Context, unit string) ([]AccountLine, error) {
	t, err := readTree(ctx, o.store.Reader)
	if err != nil {
		return nil, err
	}
	scope := t.scope
	if unit != "" {
		u, wrong := t.find("unit", unit)
		if wrong != nil {
			return nil, wrong
		}
		scope = org.Below(u.Path)
	}
	accounts, err := allAccounts(ctx, o.store.Reader, scope)
	if err != nil {
		return nil, err
	}
	out := make([]AccountLine, len(accounts))
	for i, a := range accounts {
		out[i] = t.line(a)
	}
	return out, nil
}

// line returns an account with the full names of the units of its roles.
func (t tree) line(a store.AccountLine) AccountLine {
	out := AccountLine{AccountLine: a}
	for _, r := range a.Roles {
		out.Seats = append(out.Seats, SiteSeat{org.Role(r.Name), t.name(t.byID[r.Unit])})
	}
	return out
}

// allAccounts reads all accounts in a scope.
func allAccounts(ctx context.Context, r store.Reader, scope org.Scope) (out []store.AccountLine, err error) {
	page := store.Page{Limit: wholePage}
	for {
		lines, err := r.Accounts(ctx, scope, page)
		if err != nil {
			return nil, err
		}
		if out = append(out, lines...); len(lines) < page.Limit {
			return out, nil
		}
		page.After = lines[len(lines)-1].Login
	}
}

// accountNamed returns the account with a login.
func accountNamed(ctx context.Context, r store.Reader, login string) (store.Account, error) {
	a, err := r.AccountByLogin(ctx, login)
	if fault.Is(err, fault.NotFound) {
		return a, fault.New(fault.NotFound, "app.no-login", login).At(fault.Place{Field: "login"})
	}
	return a, err
}

// openNamed returns the account with a login, unless it is closed. Closing is
// final: whoever comes back gets a new account, and the log shows both.
func openNamed(ctx context.Context, r store.Reader, login string) (store.Account, error) {
	a, err := accountNamed(ctx, r, login)
	if err == nil && a.State == store.Closed {
		err = fault.New(fault.Refused, "app.account-closed", a.Login).At(fault.Place{Field: "login"})
	}
	return a, err
}

// Loss says what the owner of an account has lost.
type Loss string

// The password alone, or the second factor with it: the telephone is gone.
const (
	LostPassword Loss = "password"
	LostFactor   Loss = "factor"
)

// ResetAccount draws a new first password for somebody who lost hers, and takes a
// lost second factor away. It ends her sessions.
func (o *Operator) ResetAccount(ctx context.Context, login string, lost Loss) (password string, err error) {
	password, secret, err := o.firstPassword(ctx)
	if err != nil {
		return "", err
	}
	err = o.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		a, err := openNamed(ctx, tx.Reader, login)
		if err != nil {
			return err
		}
		a.Secret, a.State = secret, store.FirstLogin
		if lost == LostFactor {
			a.TOTP = ""
		}
		return tx.ChangeAccount(ctx, a)
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// CloseAccount closes an account for good and ends its roles.
func (o *Operator) CloseAccount(ctx context.Context, login string) error {
	return o.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		a, err := openNamed(ctx, tx.Reader, login)
		if err != nil {
			return err
		}
		roles, err := tx.Roles(ctx, a.ID)
		if err != nil {
			return err
		}
		for _, r := range roles {
			if err := tx.EndRole(ctx, r.ID); err != nil {
				return err
			}
		}
		a.State, a.TOTP = store.Closed, ""
		return tx.ChangeAccount(ctx, a)
	})
}
