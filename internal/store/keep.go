package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"shiji/internal/org"
)

// Keeper writes housekeeping: what may be lost without anybody's record
// changing. It has no way to write anything else.
type Keeper struct {
	s   *Store
	c   *conn
	now time.Time
}

// Session is who is signed in.
type Session struct {
	Account org.AccountID
	Begun   string
	Expires string
}

// BeginSession signs an account in and returns the token for its cookie. Only
// the token's digest is stored.
func (k *Keeper) BeginSession(ctx context.Context, account org.AccountID, lifetime time.Duration) (token string, err error) {
	var raw [32]byte
	if _, err := io.ReadFull(k.s.cfg.Random, raw[:]); err != nil {
		return "", fmt.Errorf("begin session: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(raw[:])
	digest := sha256.Sum256([]byte(token))
	_, err = k.c.exec(ctx, "INSERT INTO session (token, account, at, expires) VALUES ($1, $2, $3, $4)", digest[:], account, FormatTime(k.now), FormatTime(k.now.Add(lifetime)))
	if err != nil {
		return "", fmt.Errorf("begin session: %w", err)
	}
	return token, nil
}

// EndSession signs out; a token that is not known is not an error.
func (k *Keeper) EndSession(ctx context.Context, token string) error {
	digest := sha256.Sum256([]byte(token))
	if _, err := k.c.exec(ctx, "DELETE FROM session WHERE token = $1", digest[:]); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// Session returns who is signed in with token at now.
func (r Reader) Session(ctx context.Context, token string, now time.Time) (Session, error) {
	digest := sha256.Sum256([]byte(token))
	return one(ctx, r.q, func(r *sql.Rows) (s Session, err error) {
		err = r.Scan(&s.Account, &s.Begun, &s.Expires)
		return s, err
	}, "SELECT account, at, expires FROM session WHERE token = $1 AND expires > $2", digest[:], FormatTime(now))
}

// SaveDraft keeps what an account has typed and not yet handed in.
func (k *Keeper) SaveDraft(ctx context.Context, account org.AccountID, name string, body []byte) error {
	_, err := k.c.exec(ctx, "INSERT INTO draft (account, name, body, at) VALUES ($1, $2, $3, $4) ON CONFLICT (account, name) DO UPDATE SET body = excluded.body, at = excluded.at", account, name, append([]byte{}, body...), FormatTime(k.now))
	if err != nil {
		return fmt.Errorf("save draft: %w", err)
	}
	return nil
}

// DropDraft forgets a draft.
func (k *Keeper) DropDraft(ctx context.Context, account org.AccountID, name string) error {
	if _, err := k.c.exec(ctx, "DELETE FROM draft WHERE account = $1 AND name = $2", account, name); err != nil {
		return fmt.Errorf("drop draft: %w", err)
	}
	return nil
}

// Draft returns what an account has typed.
func (r Reader) Draft(ctx context.Context, account org.AccountID, name string) ([]byte, error) {
	return one(ctx, r.q, bytesOf, "SELECT body FROM draft WHERE account = $1 AND name = $2", account, name)
}

// Hit counts one event under name and returns how many there were since the
// window began; a window begins with its first hit.
func (k *Keeper) Hit(ctx context.Context, name string, window time.Duration) (int64, error) {
	n, err := one(ctx, k.c, integer, `INSERT INTO limits (name, hits, until) VALUES ($1, 1, $2)
		ON CONFLICT (name) DO UPDATE SET
			hits = CASE WHEN limits.until > $3 THEN limits.hits + 1 ELSE 1 END,
			until = CASE WHEN limits.until > $3 THEN limits.until ELSE excluded.until END
		RETURNING hits`, name, FormatTime(k.now.Add(window)), FormatTime(k.now))
	if err != nil {
		return 0, fmt.Errorf("count: %w", err)
	}
	return n, nil
}

// Tidy removes what has expired: sessions, counts, batches that nobody adopted
// for a week, jobs done a month ago.
func (k *Keeper) Tidy(ctx context.Context) error {
	now := FormatTime(k.now)
	week, month := FormatTime(k.now.AddDate(0, 0, -7)), FormatTime(k.now.AddDate(0, -1, 0))
	for _, q := range []struct{ sql, before string }{
		{"DELETE FROM session WHERE expires <= $1", now},
		{"DELETE FROM limits WHERE until <= $1", now},
		{"DELETE FROM job WHERE state IN ('done', 'failed') AND at <= $1", month},
		{"DELETE FROM payload WHERE EXISTS (SELECT 1 FROM version v JOIN batch b ON b.county = v.county AND b.id = v.batch WHERE v.county = payload.county AND v.id = payload.version AND b.state = 'staged' AND b.at <= $1)", week},
		{"DELETE FROM version WHERE EXISTS (SELECT 1 FROM batch b WHERE b.county = version.county AND b.id = version.batch AND b.state = 'staged' AND b.at <= $1)", week},
		{"DELETE FROM blob WHERE EXISTS (SELECT 1 FROM batch b WHERE b.county = blob.county AND b.id = blob.batch AND b.state = 'staged' AND b.at <= $1)", week},
		{"DELETE FROM batch WHERE state = 'staged' AND at <= $1", week},
	} {
		if _, err := k.c.exec(ctx, q.sql, q.before); err != nil {
			return fmt.Errorf("tidy: %w", err)
		}
	}
	return nil
}
