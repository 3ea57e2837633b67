package app

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"shiji/internal/auth"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// SignIn is what somebody types to sign in, and from where.
type SignIn struct {
	Login    string
	Password string
	Code     string // of the second factor; "" without one
	Address  string // of the client, for limits; never stored with the account
}

// How often somebody may fail. Who tries from one place is stopped there and does
// not keep the login's owner out elsewhere; only a login that is tried from many
// places closes for everybody, for as long as that goes on. What succeeds is not
// counted: a whole school signs in behind one address.
const (
	signInWindow = 15 * time.Minute
	failsHere    = 10 // of one login from one address
	failsByPlace = 60 // of one address, all logins
	failsByLogin = 50 // of one login, all addresses
)

// SignIn checks who it is and returns the token of a new session, for a cookie.
// Whatever is wrong (no such login, wrong password or code, closed account) is
// one fault, and takes the same time.
func (s *Service) SignIn(ctx context.Context, in SignIn) (token string, err error) {
	in.Login = strings.ToLower(in.Login)
	limits := in.limits()
	if err := s.count(ctx, limits); err != nil {
		return "", err
	}
	if token, err = s.signIn(ctx, in); err == nil {
		err = s.uncount(ctx, limits)
	}
	return token, err
}

// signIn is SignIn without its limits.
func (s *Service) signIn(ctx context.Context, in SignIn) (token string, err error) {
	wrong := fault.New(fault.Refused, "app.sign-in")
	account, err := s.store.AccountByLogin(ctx, in.Login)
	if fault.Is(err, fault.NotFound) {
		if err := s.hasher.Decoy(ctx, in.Password); err != nil {
			return "", err
		}
		return "", wrong
	} else if err != nil {
		return "", err
	}
	ok, again, err := s.hasher.Check(ctx, account.Secret, in.Password)
	if err != nil {
		return "", err
	}
	if !ok || account.State == store.Closed {
		return "", wrong
	}
	var step int64
	if account.TOTP != "" {
		if step, ok = (auth.Factor{Secret: account.TOTP}).Check(in.Code, s.options.Now().Unix()); !ok {
			return "", wrong
		}
	}
	if again {
		if err := s.hashAgain(ctx, &account, in.Password); fault.Is(err, fault.Conflict) {
			return "", wrong
		} else if err != nil {
			return "", err
		}
	}
	err = s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error {
		if account.TOTP != "" {
			if err := k.SpendStep(ctx, account.ID, step); err != nil { // a code that was looked at does not serve twice
				return err
			}
		}
		token, err = k.BeginSession(ctx, account.ID, account.Version, s.options.Session)
		return err
	})
	if fault.Is(err, fault.Conflict) {
		return "", wrong
	}
	return token, err
}

// limit is how often something may fail within the window.
type limit struct {
	name string
	most int64
}

// limits are those that an attempt counts against. Logins and addresses are
// digested: the table of limits is a list of neither.
func (in SignIn) limits() []limit {
	digest := func(parts ...string) string {
		sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
		return "sign-in/" + base64.RawURLEncoding.EncodeToString(sum[:12])
	}
	return []limit{
		{digest("here", in.Login, in.Address), failsHere},
		{digest("place", in.Address), failsByPlace},
		{digest("login", in.Login), failsByLogin},
	}
}

// count counts an attempt before it is made, so that many at once cannot slip
// through, and refuses it beyond the limits.
func (s *Service) count(ctx context.Context, limits []limit) error {
	beyond := false
	err := s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error {
		beyond = false // may run twice
		for _, l := range limits {
			n, err := k.Hit(ctx, l.name, signInWindow)
			if err != nil {
				return err
			}
			beyond = beyond || n > l.most
		}
		return nil
	})
	if err == nil && beyond {
		err = fault.New(fault.Refused, "app.sign-in-often", int(signInWindow.Minutes()))
	}
	return err
}

// uncount takes back what count counted for an attempt that succeeded.
func (s *Service) uncount(ctx context.Context, limits []limit) error {
	return s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error {
		for _, l := range limits {
			if err := k.Unhit(ctx, l.name); err != nil {
				return err
			}
		}
		return nil
	})
}

// hashAgain stores the password under today's parameters. Who changed the account
// meanwhile goes first, and the sign-in fails.
func (s *Service) hashAgain(ctx context.Context, a *store.Account, password string) (err error) {
	if a.Secret, err = s.hasher.Hash(ctx, password); err != nil {
		return err
	}
	err = s.store.Write(ctx, org.Actor{Account: a.ID, Role: string(org.Own)}, func(ctx context.Context, tx *store.Tx) error {
		return tx.ChangeAccount(ctx, *a)
	})
	a.Version++
	return err
}

// SignOut ends the session of token.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error { return k.EndSession(ctx, token) })
}

// Viewer returns who is signed in with token, with all she may act as at this
// moment: a role that ended is gone on the next request.
func (s *Service) Viewer(ctx context.Context, token, request string) (*Viewer, error) {
	now := s.options.Now()
	in, err := s.store.SignedIn(ctx, token, now)
	if err != nil {
		return nil, notThere(err)
	}
	if err := s.touch(ctx, token, in.Session, now); err != nil {
		return nil, notThere(err)
	}
	v, err := s.acting(ctx, in.Account, in.Person)
	if err != nil {
		return nil, err
	}
	v.Request = request
	mark := sha256.Sum256([]byte("shiji-form/1\x00" + token))
	v.Mark = base64.RawURLEncoding.EncodeToString(mark[:16])
	return v, nil
}

// touch keeps a session from idling out, once a good part of the while is over:
// it is a write, and most requests need none.
func (s *Service) touch(ctx context.Context, token string, session store.Session, now time.Time) error {
	idle, err := store.ParseTime(session.Idle)
	if err != nil || idle.Sub(now) > s.options.Session.Idle*3/4 {
		return err
	}
	return s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) error { return k.Touch(ctx, token, s.options.Session.Idle) })
}

// viewer returns what account may act as.
func (s *Service) viewer(ctx context.Context, account store.Account) (*Viewer, error) {
	person, err := s.store.Person(ctx, org.Self(account.Person), account.Person)
	if err != nil {
		return nil, err
	}
	return s.acting(ctx, account, person)
}

// acting returns what the account of person may act as.
func (s *Service) acting(ctx context.Context, account store.Account, person org.Person) (*Viewer, error) {
	v := &Viewer{Viewer: org.Viewer{Account: account.ID, Person: account.Person}, Name: person.Name, Number: person.Number, Login: account.Login}
	v.Changing = account.State != store.Active
	if day, err := auth.SetOn(account.Secret); err != nil || s.options.Passwords.Expired(day, s.options.Now().Unix()) {
		v.Changing = true
	}
	seats, err := s.store.Seats(ctx, account.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range seats {
		if !slices.Contains(org.Role(r.Name).GrantedAt(), r.In.Kind) {
			continue // a role means nothing in a unit for which it was not made
		}
		v.Roles = append(v.Roles, org.Held{Role: org.Role(r.Name), Path: r.In.Path})
		v.Seats = append(v.Seats, Seat{Role: org.Role(r.Name), Unit: r.In})
	}
	return v, nil
}
