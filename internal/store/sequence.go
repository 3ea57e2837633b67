package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"shiji/internal/audit"
)

// Events wait at most this long for their leaf.
const sequenceEvery = 500 * time.Millisecond

// maxSequence bounds one transaction of the sequencer.
const maxSequence = 10000

// sequence gives the events leaves and moves the head, in the caller's
// transaction. On error the caller rolls back and forgets s.log.
func (s *Store) sequence(ctx context.Context, c *conn, entries []*entry) error {
	h, err := readHead(ctx, c)
	if err != nil {
		return fmt.Errorf("sequence: %w", err)
	}
	if s.log == nil || s.log.Size() != h.size || s.log.Root() != tlog.Hash(h.root) { // another process moved it
		if s.log, err = audit.ResumeLog(h.size, tlog.Hash(h.root), tiles{ctx, c}); err != nil {
			return fmt.Errorf("sequence: %w", err)
		}
	}
	leaves := make([][]any, len(entries))
	for i, e := range entries {
		leaves[i] = []any{s.log.Size(), e.id}
		s.log.Append(audit.LeafHash(e.bytes))
	}
	if err := insertMany(ctx, c, "leaf (idx, event)", leaves); err != nil {
		return fmt.Errorf("sequence: %w", err)
	}
	for _, t := range s.log.Drain() {
		if _, err := c.exec(ctx, "INSERT INTO tile (level, n, hashes) VALUES ($1, $2, $3) ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes", t.Level, t.N, t.Hashes); err != nil {
			return fmt.Errorf("sequence: %w", err)
		}
	}
	root := s.log.Root()
	moved, err := c.exec(ctx, "UPDATE head SET size = $1, root = $2 WHERE one = 1 AND size = $3 AND root = $4", s.log.Size(), root[:], h.size, h.root[:])
	if err != nil {
		return fmt.Errorf("sequence: %w", err)
	}
	if moved != 1 {
		return errors.New("sequence: the head moved meanwhile")
	}
	return nil
}

// sequencer gives leaves on PostgreSQL, where many processes write.
func (s *Store) sequencer() {
	defer s.helpers.Done()
	tick := time.NewTicker(sequenceEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
		case <-s.nudge:
		}
		if s.ReadOnly() == nil {
			_ = s.sequenceWaiting(context.Background()) // the next tick tries again; Verify and Close tell
		}
	}
}

// sequenceWaiting gives leaves to all events that wait, unless another process
// is at it.
func (s *Store) sequenceWaiting(ctx context.Context) error {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	for {
		n, err := s.sequenceSome(ctx)
		if err != nil {
			s.log = nil
			return err
		}
		if n < maxSequence {
			return nil
		}
	}
}

func (s *Store) sequenceSome(ctx context.Context) (n int, err error) {
	c, err := s.engine.conn(ctx, s.write)
	if err != nil {
		return 0, err
	}
	defer c.close()
	if err := c.control(s.engine.begin); err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			_ = c.control("ROLLBACK") // err is what matters
		}
	}()
	mine, err := one(ctx, c, func(r *sql.Rows) (ok bool, err error) { err = r.Scan(&ok); return ok, err }, "SELECT pg_try_advisory_xact_lock($1)", int64(sequencerLock))
	if err != nil || !mine {
		return 0, errors.Join(err, c.control("COMMIT"))
	}
	waiting, err := list(ctx, c, func(r *sql.Rows) (*entry, error) {
		var e entry
		return &e, r.Scan(&e.id, &e.bytes)
	}, "SELECT e.id, e.bytes FROM pending p JOIN event e ON e.id = p.event ORDER BY e.id LIMIT $1", maxSequence)
	if err != nil || len(waiting) == 0 {
		return 0, errors.Join(err, c.control("COMMIT"))
	}
	if err := s.sequence(ctx, c, waiting); err != nil {
		return 0, err
	}
	// Events of other processes that committed meanwhile keep their place in
	// the queue: only those with a leaf leave it.
	if _, err := c.exec(ctx, "DELETE FROM pending WHERE event <= $1 AND EXISTS (SELECT 1 FROM leaf WHERE leaf.event = pending.event)", waiting[len(waiting)-1].id); err != nil {
		return 0, err
	}
	return len(waiting), c.control("COMMIT")
}

// tiles reads stored tiles.
type tiles struct {
	ctx context.Context
	q   querier
}

// Tile returns the stored hashes of one tile.
func (t tiles) Tile(level int, n int64) ([]byte, error) {
	b, err := one(t.ctx, t.q, bytesOf, "SELECT hashes FROM tile WHERE level = $1 AND n = $2", level, n)
	if err != nil {
		return nil, fmt.Errorf("tile %d/%d: %w", level, n, err)
	}
	return b, nil
}
