package app

import (
	"context"
	"strings"

	"shiji/internal/auth"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/pinyin"
	"shiji/internal/store"
)

// issuer names the site in authenticator apps.
const issuer = "师迹"

// Passwords returns which passwords may be set here.
func (s *Service) Passwords() auth.Policy { return s.options.Passwords }

// own reads the viewer's account.
func (s *Service) own(ctx context.Context, v *Viewer) (store.Account, error) {
	return s.store.Account(ctx, v.Account)
}

// proven reads the viewer's account after she typed her password once more:
// whoever finds an open window must not take the account over.
func (s *Service) proven(ctx context.Context, v *Viewer, password string) (store.Account, error) {
	limits := []limit{{"own/" + string(v.Account), failsHere}}
	if err := s.count(ctx, limits); err != nil {
		return store.Account{}, err
	}
	account, err := s.own(ctx, v)
	if err != nil {
		return store.Account{}, err
	}
	ok, _, err := s.hasher.Check(ctx, account.Secret, password)
	switch {
	case err == nil && !ok:
		err = fault.New(fault.Refused, "app.password-wrong").At(fault.Place{Field: "password"})
	case err == nil:
		err = s.uncount(ctx, limits)
	}
	return account, err
}

// saveAccount writes the viewer's account and signs her in again, for a change
// ends every session.
func (s *Service) saveAccount(ctx context.Context, v *Viewer, a store.Account) (token string, err error) {
	err = s.act(ctx, v, org.Grant{Role: org.Own}, func(ctx context.Context, tx *store.Tx) error { return tx.ChangeAccount(ctx, a) })
	if err != nil {
		return "", err
	}
	err = s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error {
		token, err = k.BeginSession(ctx, a.ID, a.Version+1, s.options.Session)
		return err
	})
	return token, err
}

// ChangePassword replaces the viewer's password, ends all her sessions and
// returns the token of a new one.
func (s *Service) ChangePassword(ctx context.Context, v *Viewer, old, password string) (token string, err error) {
	account, err := s.proven(ctx, v, old)
	if err != nil {
		return "", err
	}
	var faults fault.List
	if err := faults.Join(s.options.Passwords.Accept(password, v.Login, v.Name, spelled(v.Name), string(v.Number))); err != nil {
		return "", err
	}
	if password == old {
		faults.Add(fault.New(fault.Invalid, "app.password-same"))
	}
	if err := faults.Err(); err != nil {
		return "", err
	}
	if account.Secret, err = s.hasher.Hash(ctx, password); err != nil {
		return "", err
	}
	account.State = store.Active
	return s.saveAccount(ctx, v, account)
}

// HasFactor says whether the viewer has a second factor.
func (s *Service) HasFactor(ctx context.Context, v *Viewer) (bool, error) {
	account, err := s.own(ctx, v)
	return account.TOTP != "", err
}

// OfferFactor draws a second factor that the viewer may take. It is kept nowhere:
// the form that confirms it carries its secret, which its owner sees anyway.
func (s *Service) OfferFactor(v *Viewer) (auth.Factor, error) {
	return auth.NewFactor(s.options.Random, issuer, v.Login)
}

// TakeFactor makes an offered factor the viewer's, once its code and her
// password are right. It returns the token of a new session.
func (s *Service) TakeFactor(ctx context.Context, v *Viewer, password, secret, code string) (token string, err error) {
	account, err := s.proven(ctx, v, password)
	if err != nil {
		return "", err
	}
	if account.TOTP != "" {
		return "", fault.New(fault.Conflict, "app.factor-taken")
	}
	step, ok := auth.Factor{Secret: secret}.Check(code, s.options.Now().Unix())
	if !ok {
		return "", fault.New(fault.Invalid, "app.factor-code").At(fault.Place{Field: "code"})
	}
	if err := s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error { return k.SpendStep(ctx, v.Account, step) }); err != nil {
		return "", err
	}
	account.TOTP = secret
	return s.saveAccount(ctx, v, account)
}

// DropFactor takes the viewer's second factor away, once her password and a code
// of it are right. Who has lost it asks the operator.
func (s *Service) DropFactor(ctx context.Context, v *Viewer, password, code string) (token string, err error) {
	account, err := s.proven(ctx, v, password)
	if err != nil {
		return "", err
	}
	step, ok := auth.Factor{Secret: account.TOTP}.Check(code, s.options.Now().Unix())
	if !ok {
		return "", fault.New(fault.Invalid, "app.factor-code").At(fault.Place{Field: "drop-code"})
	}
	if err := s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error { return k.SpendStep(ctx, v.Account, step) }); err != nil {
		return "", err
	}
	account.TOTP = ""
	return s.saveAccount(ctx, v, account)
}

// spelled returns a name in pinyin without spaces, as people build passwords of
// it.
func spelled(name string) string {
	sounds, _, _ := strings.Cut(pinyin.Sort(name), " ")
	return strings.ReplaceAll(sounds, "'", "")
}
