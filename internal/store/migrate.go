package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"shiji/internal/fault"
)

//go:embed migrations
var migrations embed.FS

// Migrate brings the database to this program's schema. It goes forward only,
// and is safe to repeat.
func Migrate(ctx context.Context, cfg Config) error {
	e, write, read, err := openEngine(cfg)
	if err != nil {
		return err
	}
	defer closePools(write, read)
	p, err := e.provider(write)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	applied, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := e.keepDigests(ctx, write, len(applied) > 0); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return e.checkDigests(ctx, write)
}

// digestName begins the settings that keep the SHA-256 of each migration that the
// database went through.
const digestName = "migration/"

// digests returns what those settings should be.
func (e engine) digests() (map[string]string, error) {
	files, err := e.files()
	if err != nil {
		return nil, err
	}
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, entry := range entries {
		text, err := fs.ReadFile(files, entry.Name())
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		out[digestName+entry.Name()] = hex.EncodeToString(sum[:])
	}
	return out, nil
}

// keepDigests notes the migrations that are not noted yet: those just applied, and
// those of a run that was cut off before it could note them. A database in use that
// has no note at all was made by a program that kept none: it is not this one's.
func (e engine) keepDigests(ctx context.Context, db *sql.DB, applied bool) error {
	want, err := e.digests()
	if err != nil {
		return err
	}
	var noted, events int64
	row := db.QueryRowContext(ctx, "SELECT (SELECT COUNT(*) FROM setting WHERE substr(name, 1, $1) = $2), (SELECT COUNT(*) FROM (SELECT 1 FROM event LIMIT 1) AS used)", len(digestName), digestName)
	if err := row.Scan(&noted, &events); err != nil {
		return err
	}
	if !applied && noted == 0 && events > 0 {
		return nil
	}
	for name, digest := range want {
		if _, err := db.ExecContext(ctx, "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, digest); err != nil {
			return err
		}
	}
	return nil
}

// checkDigests refuses a database that went through other migrations under the same
// numbers: what it holds may mean something else.
func (e engine) checkDigests(ctx context.Context, db *sql.DB) error {
	want, err := e.digests()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		var kept string
		err := db.QueryRowContext(ctx, "SELECT value FROM setting WHERE name = $1", name).Scan(&kept)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if kept != want[name] {
			return fault.New(fault.Refused, "store.schema-other", strings.TrimPrefix(name, digestName))
		}
	}
	return nil
}

func closePools(write, read *sql.DB) {
	_ = write.Close() // nothing of ours is under way
	if read != write {
		_ = read.Close()
	}
}

// files are the engine's migrations: those of both engines and its own.
func (e engine) files() (overlay, error) {
	shared, err := fs.Sub(migrations, "migrations/shared")
	if err != nil {
		return overlay{}, err
	}
	own, err := fs.Sub(migrations, "migrations/"+e.name)
	return overlay{shared, own}, err
}

func (e engine) provider(db *sql.DB) (*goose.Provider, error) {
	files, err := e.files()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(e.dialect, db, files, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
}

// overlay shows the files of two folders as one.
type overlay [2]fs.FS

func (o overlay) Open(name string) (fs.File, error) {
	f, err := o[0].Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o[1].Open(name)
	}
	return f, err
}

func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	var all []fs.DirEntry
	for _, f := range o {
		entries, err := fs.ReadDir(f, name)
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, nil
}

// ready returns nil when the database has exactly this program's schema and,
// on PostgreSQL, sorts bytewise as every list expects.
func (e engine) ready(ctx context.Context, db *sql.DB) error {
	p, err := e.provider(db)
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	if have != want {
		return fault.New(fault.Refused, "store.schema", have, want)
	}
	if err := e.checkDigests(ctx, db); err != nil {
		return err
	}
	if e.name != postgres.name {
		return nil
	}
	var collation string
	if err := db.QueryRowContext(ctx, "SELECT datcollate FROM pg_database WHERE datname = current_database()").Scan(&collation); err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	if collation != "C" {
		return fault.New(fault.Refused, "store.collation", collation)
	}
	return nil
}

// Schema returns the text of all migrations: tests name their template
// databases after it.
func Schema() string {
	var b strings.Builder
	err := fs.WalkDir(migrations, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := migrations.ReadFile(path)
		b.Write(text)
		return err
	})
	if err != nil {
		panic("store: embedded files are always there: " + err.Error())
	}
	return b.String()
}
