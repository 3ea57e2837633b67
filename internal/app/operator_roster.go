package app

import (
	"context"
	"errors"
	"sync"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// RosterLine is one line of a list of new accounts: Code is that of the post (工号)
// by which the unit knows its owner.
type RosterLine struct {
	Opened
	Code string
}

// OpenRoster opens an account for everybody who holds a post with a code in a unit
// and has none, not even a closed one: closing was somebody's decision. The login is
// her number, which stays hers for life.
//
// keep is given the list with the first passwords before any account is opened; when
// it fails, none is. Accounts whose passwords nobody has would be of no use.
func (o *Operator) OpenRoster(ctx context.Context, unit string, keep func([]RosterLine) error) error {
	t, err := readTree(ctx, o.store.Reader)
	if err != nil {
		return err
	}
	u, wrong := t.find("unit", unit)
	if wrong != nil {
		return wrong
	}
	list, err := withoutAccount(ctx, o.store.Reader, u)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fault.New(fault.NotFound, "app.nobody-new", t.name(u))
	}
	for i := range list {
		list[i].Unit = t.name(u)
	}
	secrets, err := o.firstPasswords(ctx, list)
	if err != nil {
		return err
	}
	if err := keep(list); err != nil {
		return err
	}
	return o.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		for i, l := range list {
			if err := checkOnly(ctx, tx.Reader, l.Person, fault.Place{}); err != nil { // somebody was quicker
				return err
			}
			a := store.Account{Person: l.Person.ID, Login: l.Login, Secret: secrets[i], State: store.FirstLogin}
			if _, err := tx.OpenAccount(ctx, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// withoutAccount returns who on u's staff gets an account.
func withoutAccount(ctx context.Context, r store.Reader, u org.Unit) (list []RosterLine, err error) {
	scope := org.Below(u.Path)
	accounts, err := allAccounts(ctx, r, scope)
	if err != nil {
		return nil, err
	}
	has := map[org.PersonID]bool{}
	for _, a := range accounts {
		has[a.Person.ID] = true
	}
	staff, err := r.Staff(ctx, scope, u.ID)
	if err != nil {
		return nil, err
	}
	for _, post := range staff {
		if has[post.Person] {
			continue
		}
		has[post.Person] = true
		p, err := r.Person(ctx, scope, post.Person)
		if err != nil {
			return nil, err
		}
		list = append(list, RosterLine{Opened{Login: string(p.Number), Person: p}, post.Code})
	}
	return list, nil
}

// firstPasswords draws a first password for every line, and returns the hashes in
// the same order. One takes 25 ms; the hasher sees to it that not too many are under
// way.
func (o *Operator) firstPasswords(ctx context.Context, list []RosterLine) (secrets []string, err error) {
	secrets = make([]string, len(list))
	failed := make([]error, len(list))
	var wait sync.WaitGroup
	for i := range list {
		wait.Go(func() { list[i].Password, secrets[i], failed[i] = o.firstPassword(ctx) })
	}
	wait.Wait()
	return secrets, errors.Join(failed...)
}
