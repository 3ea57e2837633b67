package store

import (
	"context"
	"fmt"
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

// batchDraft begins the name of a draft that goes with a batch.
const batchDraft = "batch/"

// BatchDraft names the draft that goes with a staged batch: it is forgotten when the
// batch is adopted or gone.
func BatchDraft(batch string) string { return batchDraft + batch }

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

// Unhit takes one hit under name back: what was counted turned out to be none.
func (k *Keeper) Unhit(ctx context.Context, name string) error {
	if _, err := k.c.exec(ctx, "UPDATE limits SET hits = hits - 1 WHERE name = $1 AND hits > 0", name); err != nil {
		return fmt.Errorf("count back: %w", err)
	}
	return nil
}

// Tidy removes what has expired: sessions, counts, batches that nobody adopted
// for a week, jobs done a month ago, drafts of batches that are no longer staged,
// and what nobody has typed on for three months.
func (k *Keeper) Tidy(ctx context.Context) error {
	now := FormatTime(k.now)
	week, month, season := FormatTime(k.now.AddDate(0, 0, -7)), FormatTime(k.now.AddDate(0, -1, 0)), FormatTime(k.now.AddDate(0, -3, 0))
	for _, q := range []struct{ sql, arg string }{
		{"DELETE FROM session WHERE expires <= $1 OR idle <= $1", now},
		{"DELETE FROM limits WHERE until <= $1", now},
		{"DELETE FROM job WHERE state IN ('done', 'failed') AND at <= $1", month},
		{"DELETE FROM payload WHERE EXISTS (SELECT 1 FROM version v JOIN batch b ON b.county = v.county AND b.id = v.batch WHERE v.county = payload.county AND v.id = payload.version AND b.state = 'staged' AND b.at <= $1)", week},
		{"DELETE FROM version WHERE EXISTS (SELECT 1 FROM batch b WHERE b.county = version.county AND b.id = version.batch AND b.state = 'staged' AND b.at <= $1)", week},
		{"DELETE FROM blob WHERE EXISTS (SELECT 1 FROM batch b WHERE b.county = blob.county AND b.id = blob.batch AND b.state = 'staged' AND b.at <= $1)", week},
		{"DELETE FROM batch WHERE state = 'staged' AND at <= $1", week},
		{"DELETE FROM draft WHERE at <= $1", season},
		{"DELETE FROM draft WHERE substr(name, 1, 6) = $1 AND NOT EXISTS (SELECT 1 FROM batch WHERE batch.id = substr(draft.name, 7) AND batch.state = 'staged')", batchDraft},
	} {
		if _, err := k.c.exec(ctx, q.sql, q.arg); err != nil {
			return fmt.Errorf("tidy: %w", err)
		}
	}
	return nil
}
