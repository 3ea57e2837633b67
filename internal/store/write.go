package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
)

// A batch is what is committed together: many changes share one fsync.
const (
	maxBatch    = 256
	maxBatchFor = 20 * time.Millisecond
)

// idleAfter is how long nothing happens before memory is given back: the caches
// of all connections to SQLite grow to 96 MB, and cost twice that.
const idleAfter = time.Minute

// ErrNoEvent reports a change that would have left no trace in the log.
var ErrNoEvent = errors.New("store: a write without an event is refused")

// ErrClosed reports a write after Close.
var ErrClosed = errors.New("store: closed")

// Write runs fn and commits its changes together with its events; it returns
// after they are durable. A fn that records no event is refused with
// ErrNoEvent, one that fails changes nothing. fn may run twice and must have
// no effect outside tx; it must not keep tx.
func (s *Store) Write(ctx context.Context, actor org.Actor, fn func(ctx context.Context, tx *Tx) error) error {
	if actor.Account == "" {
		return errors.New("store: a write without an actor is refused")
	}
	return s.submit(ctx, func(c *conn, b *batch) ([]*entry, error) {
		tx := &Tx{Reader: Reader{q: c, keys: &s.cfg.Keys}, s: s, c: c, batch: b, actor: actor, now: s.now()}
		if err := fn(ctx, tx); err != nil {
			return nil, err
		}
		if len(tx.events) == 0 {
			return nil, ErrNoEvent
		}
		return tx.events, nil
	})
}

// Keep runs fn, which can write housekeeping only: sessions, drafts, limits and
// the state of jobs. It records no event. The rules of Write's fn hold.
func (s *Store) Keep(ctx context.Context, fn func(ctx context.Context, k *Keeper) error) error {
	return s.submit(ctx, func(c *conn, _ *batch) ([]*entry, error) {
		return nil, fn(ctx, &Keeper{s: s, c: c, now: s.now()})
	})
}

// job is one change on its way to the writer.
type job struct {
	ctx  context.Context
	run  func(*conn, *batch) ([]*entry, error)
	err  error
	done chan struct{}
}

// batch is what the jobs of one transaction have recorded so far.
type batch struct {
	entries []*entry
	byID    map[string]*entry
}

func (s *Store) submit(ctx context.Context, run func(*conn, *batch) ([]*entry, error)) error {
	if f := s.ReadOnly(); f != nil {
		return f
	}
	s.closing.RLock()
	defer s.closing.RUnlock()
	if s.closed {
		return ErrClosed
	}
	return s.enqueue(ctx, run)
}

func (s *Store) enqueue(ctx context.Context, run func(*conn, *batch) ([]*entry, error)) error {
	j := &job{ctx: ctx, run: run, done: make(chan struct{})}
	select {
	case s.jobs <- j:
	case <-ctx.Done():
		return ctx.Err()
	}
	<-j.done // a job in the writer's hands ends; its outcome must not stay unknown
	return j.err
}

// writer is the only goroutine that changes anything but the log's leaves on
// PostgreSQL.
func (s *Store) writer(c *conn) {
	defer close(s.written)
	idle := time.NewTimer(idleAfter)
	for {
		select {
		case j, open := <-s.jobs:
			if !open {
				if c != nil {
					c.close()
				}
				return
			}
			c = s.serve(c, j)
			idle.Reset(idleAfter)
		case <-idle.C:
			if c != nil && s.engine.shrink != "" {
				_ = c.control(s.engine.shrink) // a larger cache is no failure
			}
		}
	}
}

// serve runs a batch that begins with j, on c or a new connection if it is nil,
// and returns the connection for the next one.
func (s *Store) serve(c *conn, j *job) *conn {
	if c == nil {
		var err error
		if c, err = s.engine.conn(context.Background(), s.write); err != nil {
			j.err = fmt.Errorf("store: no connection: %w", err)
			close(j.done)
			return nil
		}
	}
	if !s.runBatch(c, j) {
		c.close()
		return nil
	}
	return c
}

// runBatch commits j and what arrives meanwhile, and answers afterwards. It
// returns false when the connection must not be used again.
func (s *Store) runBatch(c *conn, j *job) (healthy bool) {
	began := time.Now()
	jobs := []*job{j}
	b := &batch{byID: map[string]*entry{}}
	err := c.control(s.engine.begin)
	for err == nil {
		if err = s.runJob(c, b, jobs[len(jobs)-1]); err != nil || len(jobs) == maxBatch || time.Since(began) > maxBatchFor {
			break
		}
		select {
		case next, open := <-s.jobs:
			if open {
				jobs = append(jobs, next)
				continue
			}
		default:
		}
		break
	}
	if err == nil {
		err = s.commit(c, b)
	}
	if err != nil {
		s.log = s.forget()
		_ = c.control("ROLLBACK") // fails when the engine already did
		for _, j := range jobs {
			if j.err == nil {
				j.err = fmt.Errorf("store: commit: %w", err)
			}
		}
	} else if s.engine.leavesLater && len(b.entries) > 0 {
		select {
		case s.nudge <- struct{}{}:
		default: // one is enough
		}
	}
	for _, j := range jobs {
		close(j.done)
	}
	return err == nil
}

// forget drops the log in memory after its changes were rolled back; on
// PostgreSQL it belongs to the sequencer.
func (s *Store) forget() *audit.Log {
	if s.engine.leavesLater {
		return s.log
	}
	return nil
}

// runJob runs one job in its savepoint. Its own failure stays its own; the
// returned error is one of the transaction.
func (s *Store) runJob(c *conn, b *batch, j *job) error {
	for attempt := 1; ; attempt++ {
		if j.err = j.ctx.Err(); j.err != nil {
			return nil
		}
		if err := c.control("SAVEPOINT job"); err != nil {
			return err
		}
		entries, err := protect(j, c, b)
		if err == nil {
			if err := c.control("RELEASE SAVEPOINT job"); err != nil {
				return err
			}
			b.add(entries)
			return nil
		}
		j.err = err
		if err := c.control("ROLLBACK TO SAVEPOINT job"); err != nil {
			return err
		}
		if err := c.control("RELEASE SAVEPOINT job"); err != nil {
			return err
		}
		if attempt == 3 || !fleeting(err) {
			return nil
		}
	}
}

func (b *batch) add(entries []*entry) {
	b.entries = append(b.entries, entries...)
	for _, e := range entries {
		b.byID[e.id] = e
	}
}

// protect turns a panic of one job into its failure: the writer serves all.
func protect(j *job, c *conn, b *batch) (entries []*entry, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("store: a change panicked: %v\n%s", r, debug.Stack())
		}
	}()
	return j.run(c, b)
}

// fleeting says whether the same job may succeed when it runs again: another
// process of PostgreSQL stood in the way.
func fleeting(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// commit writes the batch's events and, where the writer does it, their leaves.
func (s *Store) commit(c *conn, b *batch) error {
	ctx := context.Background()
	if err := flush(ctx, c, s.engine, b.entries); err != nil {
		return err
	}
	if !s.engine.leavesLater && len(b.entries) > 0 {
		if err := s.sequence(ctx, c, b.entries); err != nil {
			return err
		}
	}
	return c.control("COMMIT")
}

// refuseWrites makes the store read-only for the reason f.
func (s *Store) refuseWrites(f *fault.Error) { s.readOnly.CompareAndSwap(nil, f) }
