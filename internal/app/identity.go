package app

import (
	"context"
	"errors"
	"time"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// IdentityEntry is what somebody says of a person's identity number: the number as
// typed, or that the one on file is to be taken away, where it is not hers and her
// own is not at hand. Version is the person's that the form was shown with.
type IdentityEntry struct {
	Number  string
	Remove  bool
	Version int64
}

// EnterIdentity enters, corrects or takes away a person's identity number. Faults
// name the field and never the number.
func (s *Service) EnterIdentity(ctx context.Context, v *Viewer, id org.PersonID, in IdentityEntry) error {
	p, where, g, err := s.registered(ctx, v, org.IdentityEnter, id)
	if err != nil {
		return err
	}
	field := fault.Place{Field: "number"}
	number, err := s.entered(in)
	switch {
	case err != nil:
	case p.Version != in.Version:
		err = fault.New(fault.Conflict, "app.identity-changed")
	case in.Remove && p.Masked == "":
		err = fault.New(fault.Missing, "app.identity-none")
	default:
		err = s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
			return tx.SetIdentity(ctx, p, number.Number(), where)
		})
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return f.At(field)
	}
	return err
}

// identityFlaws are the words for what is no identity number.
var identityFlaws = map[org.IdentityFlaw]string{
	org.IdentityMissing: "app.identity-missing", org.IdentityOld: "app.identity-old", org.IdentityLength: "app.identity-length",
	org.IdentityCharacters: "app.identity-characters", org.IdentityRegion: "app.identity-region", org.IdentityBirth: "app.identity-birth",
	org.IdentityCheck: "app.identity-check",
}

// entered reads what was typed.
func (s *Service) entered(in IdentityEntry) (org.Identity, error) {
	if in.Remove {
		return org.Identity{}, nil
	}
	number, err := org.ParseIdentity(in.Number)
	var flaw org.IdentityFlaw
	if errors.As(err, &flaw) {
		return org.Identity{}, fault.New(fault.Invalid, identityFlaws[flaw])
	}
	if err == nil && number.Birth() > s.options.Now().UTC().Format(time.DateOnly) {
		err = fault.New(fault.Invalid, "app.identity-future")
	}
	return number, err
}

// How often an account may unmask: enough for a clerk who checks the register of a
// school by hand, too seldom to carry off a county's.
const (
	unmaskWindow = time.Hour
	unmaskLimit  = 60
)

// Unmask returns the whole identity number of a person. That it was seen is an
// event, durable before the number is returned, also when it is the viewer's own.
func (s *Service) Unmask(ctx context.Context, v *Viewer, id org.PersonID) (number string, err error) {
	p, where, g, err := s.registered(ctx, v, org.IdentityUnmask, id)
	if err != nil {
		return "", err
	}
	if p.Masked == "" {
		return "", fault.New(fault.Missing, "app.identity-none")
	}
	var hits int64
	if err := s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) (err error) {
		hits, err = k.Hit(ctx, "unmask/"+string(v.Account), unmaskWindow)
		return err
	}); err != nil {
		return "", err
	}
	if hits > unmaskLimit {
		return "", fault.New(fault.Refused, "app.identity-often", unmaskLimit, int(unmaskWindow.Minutes()))
	}
	err = s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) (err error) {
		number, err = tx.Unmask(ctx, id, where)
		return err
	})
	if err != nil {
		return "", notThere(err)
	}
	return number, nil
}

// registered returns a person to whom v may do a, in which role, and the unit in
// which the person has the post by which v may.
func (s *Service) registered(ctx context.Context, v *Viewer, a org.Action, id org.PersonID) (org.Person, org.Path, org.Grant, error) {
	p, err := s.store.Person(ctx, v.scope(a), id)
	if err != nil {
		return p, "", org.Grant{}, notThere(err)
	}
	posts, err := s.posts(ctx, v, a, id)
	if err != nil {
		return p, "", org.Grant{}, err
	}
	about := v.seenIn(a, id, posts)
	g, err := v.may(a, about)
	return p, about.Path, g, err
}

// seenIn returns a person as the holder of the first of her posts by which v may do
// a to her, or of none.
func (v *Viewer) seenIn(a org.Action, id org.PersonID, posts []PostLine) org.Object {
	scope := v.scope(a)
	for _, p := range posts {
		if o := (org.Object{Path: p.Unit.Path, Person: id}); scope.Sees(o) {
			return o
		}
	}
	return org.Object{Person: id}
}
