package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"shiji/internal/fault"
	"shiji/internal/org"
)

// Session is who is signed in.
type Session struct {
	Account org.AccountID
	Begun   string
	Expires string // it ends then in any case
	Idle    string // it ends then unless it is touched before
}

// Lifetime bounds a session: in all, and without a request.
type Lifetime struct{ Whole, Idle time.Duration }

// BeginSession signs an account in and returns the token for its cookie. Only
// the token's digest is stored. version is the account's whose password was
// checked: the session is worth nothing for any other, so one that begins beside
// a change of password, or beside the closing of the account, does not outlive it.
func (k *Keeper) BeginSession(ctx context.Context, account org.AccountID, version int64, life Lifetime) (token string, err error) {
	token, digest, err := k.token()
	if err != nil {
		return "", fmt.Errorf("begin session: %w", err)
	}
	expires := FormatTime(k.now.Add(life.Whole))
	_, err = k.c.exec(ctx, "INSERT INTO session (token, account, version, at, expires, idle) VALUES ($1, $2, $3, $4, $5, $6)", digest, account, version, FormatTime(k.now), expires, min(FormatTime(k.now.Add(life.Idle)), expires))
	if err != nil {
		return "", fmt.Errorf("begin session: %w", err)
	}
	return token, nil
}

func (k *Keeper) token() (token string, digest []byte, err error) {
	var raw [32]byte
	if _, err := io.ReadFull(k.s.cfg.Random, raw[:]); err != nil {
		return "", nil, err
	}
	token = base64.RawURLEncoding.EncodeToString(raw[:])
	return token, tokenDigest(token), nil
}

func tokenDigest(token string) []byte {
	d := sha256.Sum256([]byte(token))
	return d[:]
}

// Touch keeps a session from idling out for another while. Callers touch when a
// good part of the while has passed, not at each request: it is a write.
func (k *Keeper) Touch(ctx context.Context, token string, idle time.Duration) error {
	now := FormatTime(k.now)
	n, err := k.c.exec(ctx, "UPDATE session SET idle = CASE WHEN expires < $1 THEN expires ELSE $1 END WHERE token = $2 AND expires > $3 AND idle > $3", FormatTime(k.now.Add(idle)), tokenDigest(token), now)
	if err != nil {
		return fmt.Errorf("touch session: %w", err)
	}
	if n != 1 {
		return notFound()
	}
	return nil
}

// EndSession signs out; a token that is not known is not an error.
func (k *Keeper) EndSession(ctx context.Context, token string) error {
	if _, err := k.c.exec(ctx, "DELETE FROM session WHERE token = $1", tokenDigest(token)); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// SignedIn is a session with whom it is of. Account lacks the seed of its second
// factor, which nobody needs once she is in.
type SignedIn struct {
	Session Session
	Account Account
	Person  org.Person
}

// SignedIn returns who is signed in with token at now, in one query: it is asked at
// each request, and nothing of it is kept, so that what is taken from an account is
// gone with the next one.
func (r Reader) SignedIn(ctx context.Context, token string, now time.Time) (SignedIn, error) {
	return one(ctx, r.q, func(r *sql.Rows) (in SignedIn, err error) {
		a, p := &in.Account, &in.Person
		err = r.Scan(&in.Session.Begun, &in.Session.Expires, &in.Session.Idle, &a.ID, &a.Login, &a.Secret, &a.State, &a.Version,
			&p.ID, &p.Number, &p.Name, &p.Sort, &p.Initials, &p.Masked, &p.Version)
		in.Session.Account, a.Person = a.ID, p.ID
		return in, err
	}, `SELECT session.at, session.expires, session.idle, account.id, account.login, account.secret, account.state, account.version,
		person.id, person.number, person.name, person.sort, person.initials, person.masked, person.version
		FROM session JOIN account ON account.id = session.account AND account.version = session.version AND account.state <> 'closed' JOIN person ON person.id = account.person
		WHERE session.token = $1 AND session.expires > $2 AND session.idle > $2`, tokenDigest(token), FormatTime(now))
}

// SpendStep records that an account used the one-time code of a time step, and
// refuses a step that is not younger than the last one used: a code that was
// looked at over somebody's shoulder is worth nothing (RFC 6238, 5.2).
func (k *Keeper) SpendStep(ctx context.Context, account org.AccountID, step int64) error {
	n, err := k.c.exec(ctx, "INSERT INTO spent (account, step) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE SET step = excluded.step WHERE spent.step < excluded.step", account, step)
	if err != nil {
		return fmt.Errorf("spend code: %w", err)
	}
	if n != 1 {
		return fault.New(fault.Conflict, "store.code-spent")
	}
	return nil
}
