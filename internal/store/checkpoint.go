package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"shiji/internal/audit"
	"shiji/internal/fault"
)

// A checkpoint is signed this often, or after this many leaves.
const (
	signEvery  = 5 * time.Second
	signLeaves = 1000
)

// guard compares the log with the checkpoint that lies outside the backup. A
// log that is older or different is opened for reading only: continuing it
// would make two histories.
func (s *Store) guard(ctx context.Context, c *conn) error {
	h, err := readHead(ctx, c)
	if err != nil {
		return err
	}
	kept, err := os.ReadFile(s.cfg.Checkpoint)
	if errors.Is(err, fs.ErrNotExist) {
		if h.size > 0 {
			s.refuseWrites(fault.New(fault.Refused, "store.no-checkpoint", h.size))
			return nil
		}
		// The empty log is signed before anything is written to it: a crash
		// before the first checkpoint must not look like a lost file.
		s.signed = audit.Checkpoint{Origin: s.signer.Name(), Root: new(audit.Tree).Root()}
		note, err := s.signed.Sign(s.signer)
		if err != nil {
			return err
		}
		return replaceFile(s.cfg.Checkpoint, []byte(note))
	}
	if err != nil {
		return err
	}
	cp, err := audit.OpenCheckpoint(string(kept), s.verifier)
	if err != nil {
		s.refuseWrites(fault.New(fault.Refused, "store.bad-checkpoint").Because(err))
		return nil
	}
	if cp.Size > h.size {
		s.refuseWrites(fault.New(fault.Refused, "store.rolled-back", h.size, cp.Size))
		return nil
	}
	now := audit.Checkpoint{Origin: cp.Origin, Size: h.size, Root: tlog.Hash(h.root)}
	root, err := audit.RootAt(cp.Size, now, tiles{ctx, c})
	if err != nil || root != cp.Root {
		s.refuseWrites(fault.New(fault.Refused, "store.other-history", cp.Size).Because(err))
		return nil
	}
	s.signed = cp
	return s.resumeTail(ctx, c, cp)
}

// resumeTail sets the checked part of the log to cp, whose root the tiles have
// been shown to lead to.
func (s *Store) resumeTail(ctx context.Context, q querier, cp audit.Checkpoint) error {
	l, err := audit.ResumeLog(cp.Size, cp.Root, tiles{ctx, q})
	if err != nil {
		return err
	}
	s.tail = l.Tree
	return nil
}

// notary signs checkpoints in the background.
func (s *Store) notary() {
	defer s.helpers.Done()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
		}
		if s.ReadOnly() != nil {
			continue
		}
		h, err := readHead(context.Background(), s.pool)
		if err != nil {
			continue // the database is away; the next tick tries again
		}
		if due := h.size - s.tailSize(); due >= signLeaves || due > 0 && time.Since(s.lastSigned()) >= signEvery {
			_, _ = s.Sign(context.Background()) // a damaged log has made the store read-only
		}
	}
}

func (s *Store) tailSize() int64 {
	s.signMu.Lock()
	defer s.signMu.Unlock()
	return s.tail.Size()
}

func (s *Store) lastSigned() time.Time {
	s.signMu.Lock()
	defer s.signMu.Unlock()
	return s.signedAt
}

// Sign recomputes the log since the last checkpoint from the events themselves,
// signs where it stands, and keeps the checkpoint in its file and in the
// database. A log that does not continue the last checkpoint is not signed, and
// nothing is written to it any more. It returns the signed note, or "" for an
// empty log.
func (s *Store) Sign(ctx context.Context) (string, error) {
	if f := s.ReadOnly(); f != nil {
		return "", f
	}
	s.signMu.Lock()
	defer s.signMu.Unlock()
	h, err := readHead(ctx, s.pool)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	if h.size == 0 {
		return "", nil
	}
	tail := s.tail.Clone()
	rows, err := s.pool.rows(ctx, "SELECT e.bytes FROM leaf l JOIN event e ON e.id = l.event WHERE l.idx >= $1 AND l.idx < $2 ORDER BY l.idx", tail.Size(), h.size)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b sql.RawBytes
		if err := rows.Scan(&b); err != nil {
			return "", fmt.Errorf("sign: %w", err)
		}
		tail.Append(audit.LeafHash(b))
	}
	if err := rows.Err(); err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	if tail.Size() != h.size || tail.Root() != tlog.Hash(h.root) {
		f := fault.New(fault.Refused, "store.tail-differs", s.tail.Size(), h.size)
		s.refuseWrites(f)
		return "", f
	}
	cp := audit.Checkpoint{Origin: s.signer.Name(), Size: h.size, Root: tail.Root()}
	note, err := cp.Sign(s.signer)
	if err != nil {
		return "", err
	}
	if err := replaceFile(s.cfg.Checkpoint, []byte(note)); err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	s.tail, s.signed, s.signedAt = tail, cp, time.Now()
	err = s.enqueue(ctx, func(c *conn, _ *batch) ([]*entry, error) {
		_, err := c.exec(ctx, "INSERT INTO checkpoint (size, note) VALUES ($1, $2) ON CONFLICT (size) DO NOTHING", cp.Size, note)
		return nil, err
	})
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return note, nil
}

// replaceFile writes data to path so that a crash leaves the old or the new
// content, and returns after it is durable.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // best effort; err is what matters
		return err
	}
	return syncDir(path)
}

// syncDir makes the entry of path in its folder durable.
func syncDir(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
