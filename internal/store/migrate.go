package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
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
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func closePools(write, read *sql.DB) {
	_ = write.Close() // nothing of ours is under way
	if read != write {
		_ = read.Close()
	}
}

func (e engine) provider(db *sql.DB) (*goose.Provider, error) {
	shared, err := fs.Sub(migrations, "migrations/shared")
	if err != nil {
		return nil, err
	}
	own, err := fs.Sub(migrations, "migrations/"+e.name)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(e.dialect, db, overlay{shared, own}, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
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
