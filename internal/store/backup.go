package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
)

// A backup is a folder: one database file and the originals. Keys and
// checkpoint are not in it.
const backupFile = "shiji.db"

// ErrOtherTool reports that PostgreSQL is backed up by its own tools; see
// docs/operations.md.
var ErrOtherTool = errors.New("store: PostgreSQL is backed up with pg_dump or pg_basebackup")

// Backup writes a consistent copy of the database and then of the originals
// into the folder dir, which must not hold a backup yet. Writing goes on
// meanwhile.
func (s *Store) Backup(ctx context.Context, dir string) error {
	if s.engine.leavesLater {
		return ErrOtherTool
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	to := filepath.Join(dir, backupFile)
	if _, err := os.Stat(to); err == nil {
		return fault.New(fault.Refused, "store.not-empty", to)
	}
	path, err := filepath.Abs(s.cfg.Path) // in an address, the first name of a relative path is a host
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	db, err := sql.Open("sqlite", sqliteAddress(path, "busy_timeout(10000)"))
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "VACUUM INTO $1", to); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if err := syncFile(to); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if err := copyTree(filepath.Join(s.cfg.Data, blobFolder), filepath.Join(dir, blobFolder)); err != nil {
		return fmt.Errorf("back up originals: %w", err)
	}
	return syncDir(to)
}

// Restore puts a backup where cfg says; nothing may lie there yet. Open then
// compares it with the checkpoint file.
func Restore(cfg Config, dir string) error {
	if cfg.Path == "" {
		return ErrOtherTool
	}
	if _, err := os.Stat(cfg.Path); err == nil {
		return fault.New(fault.Refused, "store.not-empty", cfg.Path)
	}
	if err := copyTree(filepath.Join(dir, blobFolder), filepath.Join(cfg.Data, blobFolder)); err != nil {
		return fmt.Errorf("restore originals: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(cfg.Path), 0o700); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := copyFile(filepath.Join(dir, backupFile), cfg.Path); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return syncDir(cfg.Path)
}

// copyTree copies the regular files below from that to lacks. Originals are
// named by their content, so what is there is the same.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // no original yet, or swept meanwhile
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		if _, err := os.Stat(target); err == nil || len(d.Name()) != 64 {
			return nil
		}
		if err := copyFile(path, target); err != nil {
			return err
		}
		return syncDir(target)
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, in); err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// epoch is what the two persons accept: it stands behind their event.
type epoch struct {
	Second     org.AccountID `json:"second"`
	Reason     string        `json:"reason"`
	Checkpoint string        `json:"checkpoint"` // the one that was given up, "" if it is lost
	Size       int64         `json:"size"`       // from here the log continues
	Root       string        `json:"root"`
}

// OpenEpoch lets a read-only store write again: two different persons accept,
// with a reason that states what was lost, that the log continues from where
// the database stands. The whole log must verify. Who kept the checkpoint that
// is given up will see the break; that is meant.
func (s *Store) OpenEpoch(ctx context.Context, by org.Actor, second org.AccountID, reason string) error {
	if s.ReadOnly() == nil {
		return errors.New("open epoch: the store is not read-only")
	}
	if by.Account == "" || second == "" || by.Account == second || reason == "" {
		return fault.New(fault.Refused, "store.epoch-people")
	}
	report, err := s.Verify(ctx, Audit{})
	if err != nil {
		return err
	}
	if err := report.Faults.Err(); err != nil {
		for _, f := range report.Faults.Faults {
			if f.Key != "store.audit-checkpoint" { // those that the lost part signed
				return err
			}
		}
	}
	old, err := os.ReadFile(s.cfg.Checkpoint)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("open epoch: %w", err)
	}
	s.signMu.Lock()
	err = s.resumeTail(ctx, s.pool, audit.Checkpoint{Origin: s.signer.Name(), Size: report.Size, Root: report.Root})
	s.signMu.Unlock()
	if err != nil {
		return fmt.Errorf("open epoch: %w", err)
	}
	content, err := json.Marshal(epoch{second, reason, string(old), report.Size, tlog.Hash(report.Root).String()})
	if err != nil {
		return fmt.Errorf("open epoch: %w", err)
	}
	err = s.enqueue(ctx, func(c *conn, b *batch) ([]*entry, error) {
		tx := &Tx{Reader: Reader{q: c, keys: &s.cfg.Keys}, s: s, c: c, batch: b, actor: by, now: s.now()}
		_, err := tx.record(ctx, change{action: audit.EpochOpened, id: s.signer.Name(), content: content})
		return tx.events, err
	})
	if err != nil {
		return fmt.Errorf("open epoch: %w", err)
	}
	s.readOnly.Store(nil)
	if s.engine.leavesLater {
		if err := s.sequenceWaiting(ctx); err != nil {
			return fmt.Errorf("open epoch: %w", err)
		}
	}
	_, err = s.Sign(ctx)
	return err
}
