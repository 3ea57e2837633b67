package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"shiji/internal/audit"
	"shiji/internal/org"
)

// blobFolder is where originals lie below the data folder.
const blobFolder = "blobs"

// Blob is an original as it was handed in.
type Blob struct {
	SHA  string // SHA-256 in hexadecimal
	Name string // as the person named it
	Size int64
}

func (s *Store) blobPath(sha string) string {
	return filepath.Join(s.cfg.Data, blobFolder, sha[:2], sha)
}

// PutBlob stores the content of in and returns after it is durable. It is not
// referred to by anything until Attach or Finish; SweepBlobs removes it after a
// day.
func (s *Store) PutBlob(in io.Reader) (Blob, error) {
	root := filepath.Join(s.cfg.Data, blobFolder)
	if err := os.MkdirAll(root, 0o700); err != nil {
		return Blob{}, fmt.Errorf("put blob: %w", err)
	}
	f, err := os.CreateTemp(root, "new.*")
	if err != nil {
		return Blob{}, fmt.Errorf("put blob: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone when it was renamed
	h := sha256.New()
	size, err := io.Copy(io.MultiWriter(f, h), in)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return Blob{}, fmt.Errorf("put blob: %w", err)
	}
	b := Blob{SHA: hex.EncodeToString(h.Sum(nil)), Size: size}
	path := s.blobPath(b.SHA)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Blob{}, fmt.Errorf("put blob: %w", err)
	}
	// The new file replaces an equal one: its fresh time keeps the sweeper off.
	if err := os.Rename(f.Name(), path); err != nil {
		return Blob{}, fmt.Errorf("put blob: %w", err)
	}
	if err := errors.Join(syncDir(path), syncDir(filepath.Dir(path)), syncDir(root)); err != nil {
		return Blob{}, fmt.Errorf("put blob: %w", err)
	}
	return b, nil
}

// Attach makes a stored blob an original of a staged batch; adopting the batch
// enters its digest into the log.
func (s *Store) Attach(ctx context.Context, b Batch, o Blob) error {
	err := s.submit(ctx, func(c *conn, _ *batch) ([]*entry, error) {
		if err := touchBatch(ctx, c, b); err != nil {
			return nil, err
		}
		_, err := c.exec(ctx, "INSERT INTO blob (county, batch, sha, name, size) VALUES ($1, $2, $3, $4, $5)", b.County, b.ID, o.SHA, o.Name, o.Size)
		return nil, err
	})
	if err != nil {
		return fmt.Errorf("attach: %w", err)
	}
	return nil
}

// OpenBlob opens an original of a batch in the scope.
func (s *Store) OpenBlob(ctx context.Context, scope org.Scope, b Batch, sha string) (io.ReadCloser, error) {
	var w where
	w.and("blob.county = %s AND blob.batch = %s AND blob.sha = %s", b.County, b.ID, sha)
	w.scope(scope, seen{path: "unit.path"})
	known, err := one(ctx, s.q, text, "SELECT blob.sha FROM blob JOIN batch ON batch.county = blob.county AND batch.id = blob.batch JOIN unit ON unit.id = batch.unit"+w.String(), w.args...)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(s.blobPath(known))
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	return f, nil
}

// SweepBlobs removes files that nothing refers to and that are older than a
// day, and returns how many.
func (s *Store) SweepBlobs(ctx context.Context) (removed int, err error) {
	root := filepath.Join(s.cfg.Data, blobFolder)
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // no blob yet, or swept by another process
			}
			return err
		}
		info, err := d.Info()
		if err != nil || s.now().Sub(info.ModTime()) < 24*time.Hour {
			return err
		}
		if len(d.Name()) == 64 {
			n, err := one(ctx, s.q, integer, "SELECT (SELECT COUNT(*) FROM blob WHERE sha = $1) + (SELECT COUNT(*) FROM job WHERE result_sha = $1 AND result_sha <> '')", d.Name())
			if err != nil || n > 0 {
				return err
			}
		}
		removed++
		return os.Remove(path)
	})
	if err != nil {
		return removed, fmt.Errorf("sweep blobs: %w", err)
	}
	return removed, nil
}

// hashBlob returns the digest of what lies under sha.
func (s *Store) hashBlob(sha string) (string, error) {
	f, err := os.Open(s.blobPath(sha))
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func commitmentOfHex(sha string) (c audit.Commitment, err error) {
	b, err := hex.DecodeString(sha)
	if err != nil || copy(c[:], b) != len(c) {
		return c, fmt.Errorf("malformed digest %q", sha)
	}
	return c, nil
}
