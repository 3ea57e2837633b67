package app

import (
	"context"

	"shiji/internal/auth"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// Epoch is how a database that opened read-only, for part of its log is lost, is
// written again: two persons with a role accept the loss.
type Epoch struct {
	Reason        string // what is lost and why it cannot be found: the log shows it
	First, Second string // logins
	// Ask returns what the owner of a login types when she is asked for proof.
	Ask func(login string, p Proof) (string, error)
}

// Proof is what somebody types to show who she is.
type Proof string

// The password, and a code of the second factor where there is one.
const (
	ProofPassword Proof = "password"
	ProofCode     Proof = "code"
)

// OpenEpoch opens a new epoch of the log.
func (o *Operator) OpenEpoch(ctx context.Context, in Epoch) error {
	if o.store.ReadOnly() == nil {
		return fault.New(fault.Conflict, "app.not-read-only")
	}
	first, by, err := o.witness(ctx, in.First, in.Ask)
	if err != nil {
		return err
	}
	second, _, err := o.witness(ctx, in.Second, in.Ask)
	if err != nil {
		return err
	}
	if first.Person == second.Person {
		return fault.New(fault.Refused, "store.epoch-people")
	}
	return o.store.OpenEpoch(ctx, by, second.ID, in.Reason)
}

// witness returns the account with login and as whom it acts, once its owner has
// proved who she is. Whatever is wrong is one fault.
func (o *Operator) witness(ctx context.Context, login string, ask func(string, Proof) (string, error)) (a store.Account, by org.Actor, err error) {
	password, err := ask(login, ProofPassword)
	if err != nil {
		return a, by, err
	}
	wrong := fault.New(fault.Refused, "app.not-accepted", login)
	if a, err = o.store.AccountByLogin(ctx, login); err != nil {
		if fault.Is(err, fault.NotFound) {
			err = wrong
		}
		return a, by, err
	}
	ok, _, err := o.hasher.Check(ctx, a.Secret, password)
	if err != nil {
		return a, by, err
	}
	if ok && a.TOTP != "" {
		code, err := ask(login, ProofCode)
		if err != nil {
			return a, by, err
		}
		_, ok = auth.Factor{Secret: a.TOTP}.Check(code, o.now().Unix())
	}
	roles, err := o.store.Roles(ctx, a.ID)
	if err != nil {
		return a, by, err
	}
	if !ok || a.State != store.Active || len(roles) == 0 {
		return a, by, wrong
	}
	return a, org.Actor{Account: a.ID, Role: roles[0].Name}, nil
}
