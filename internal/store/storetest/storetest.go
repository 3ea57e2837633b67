// Package storetest opens stores for tests: a new SQLite database always, and a
// new PostgreSQL database where SHIJI_TEST_PG names a server, so that one suite
// holds both engines. `make test` starts such a server.
package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shiji/internal/audit"
	"shiji/internal/store"
)

// DB is an open store of one test and the ways around it.
type DB struct {
	*store.Store
	Config store.Config
	Clock  *Clock
	SQL    *sql.DB // a connection beside the store, as somebody with the password has
	Engine string  // "sqlite" or "postgres"
}

// Clock is the time of a test: it stands still but for a microsecond a look.
type Clock struct{ micros atomic.Int64 }

// Now returns the time and moves it a microsecond on.
func (c *Clock) Now() time.Time { return time.UnixMicro(c.micros.Add(1)).UTC() }

// Advance moves the time.
func (c *Clock) Advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

// Each runs test on every engine there is, and says so when PostgreSQL is not
// tested.
func Each(t *testing.T, test func(t *testing.T, db *DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
}

// SQLite opens a new SQLite database.
func SQLite(t testing.TB) *DB {
	t.Helper()
	cfg := Config(t)
	cfg.Path = filepath.Join(t.TempDir(), "shiji.db")
	migrated, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cfg.Path, migrated, 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(t, cfg)
}

// Postgres opens a new PostgreSQL database, or skips the test.
func Postgres(t testing.TB) *DB {
	t.Helper()
	server := os.Getenv("SHIJI_TEST_PG")
	if server == "" {
		t.Skip("PostgreSQL is NOT tested: SHIJI_TEST_PG names no server (make test starts one)")
	}
	cfg := Config(t)
	template, err := postgresTemplate(server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("shiji_test_%d_%d", os.Getpid(), rand.Uint64())
	if err := admin(server, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	cfg.DSN = withDatabase(server, name)
	return Open(t, cfg)
}

// Open opens a migrated database for a test and closes it at its end.
func Open(t testing.TB, cfg store.Config) *DB {
	t.Helper()
	db := &DB{Config: cfg, Clock: &Clock{}, Engine: "sqlite"}
	db.Clock.micros.Store(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).UnixMicro())
	if cfg.Now == nil {
		db.Config.Now = db.Clock.Now
	}
	driver, address := "sqlite", "file:"+cfg.Path+"?_pragma=busy_timeout(10000)"
	if cfg.DSN != "" {
		db.Engine, driver, address = "postgres", "pgx", cfg.DSN
	}
	var err error
	if db.SQL, err = sql.Open(driver, address); err != nil {
		t.Fatal(err)
	}
	if db.Store, err = store.Open(context.Background(), db.Config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.SQL.Close(); err != nil {
			t.Error(err)
		}
		_ = db.Store.Close() // a test that damaged its log has said so
	})
	return db
}

// Reopen closes the store and opens its database again.
func (db *DB) Reopen(t testing.TB) {
	t.Helper()
	if err := db.Store.Close(); err != nil {
		t.Fatal(err)
	}
	var err error
	if db.Store, err = store.Open(context.Background(), db.Config); err != nil {
		t.Fatal(err)
	}
}

// EventsAbout returns the events about one object ("person/…"), whatever unit they
// belong to, the newest first.
func (db *DB) EventsAbout(ctx context.Context, object string) (events []audit.Event, err error) {
	rows, err := db.SQL.QueryContext(ctx, "SELECT bytes FROM event WHERE object = $1 ORDER BY id DESC", object)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		e, err := audit.ParseEvent(b)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, rows.Err()
}

// Config returns what a store of a test needs but a database.
func Config(t testing.TB) store.Config {
	t.Helper()
	dir := t.TempDir()
	random := rand.NewChaCha8([32]byte{'k', 'e', 'y', 's'})
	keys, err := store.NewKeys(random, "test.example/log")
	if err != nil {
		t.Fatal(err)
	}
	return store.Config{
		Data: filepath.Join(dir, "data"), Checkpoint: filepath.Join(dir, "checkpoint"), Keys: keys,
	}
}

var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "shiji-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "shiji.db")
	if err := store.Migrate(context.Background(), store.Config{Path: path}); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // closed: the log of SQLite is back in the file
})

var templates sync.Map

// postgresTemplate returns the name of a migrated database; test binaries that
// run at the same time share it.
func postgresTemplate(server string) (string, error) {
	once, _ := templates.LoadOrStore(server, sync.OnceValues(func() (string, error) {
		schema := sha256.Sum256([]byte(store.Schema()))
		name := "shiji_template_" + hex.EncodeToString(schema[:8])
		db, err := sql.Open("pgx", server)
		if err != nil {
			return "", err
		}
		defer db.Close()
		ctx := context.Background()
		c, err := db.Conn(ctx)
		if err != nil {
			return "", err
		}
		defer c.Close()
		if _, err := c.ExecContext(ctx, "SELECT pg_advisory_lock(1)"); err != nil { // ends with the connection
			return "", err
		}
		var n int
		if err := c.QueryRowContext(ctx, "SELECT COUNT(*) FROM pg_database WHERE datname = $1", name).Scan(&n); err != nil || n > 0 {
			return name, err
		}
		if _, err := c.ExecContext(ctx, "CREATE DATABASE "+name+"_new"); err != nil {
			return "", err
		}
		if err := store.Migrate(ctx, store.Config{DSN: withDatabase(server, name+"_new")}); err != nil {
			return "", err
		}
		_, err = c.ExecContext(ctx, "ALTER DATABASE "+name+"_new RENAME TO "+name)
		return name, err
	}))
	return once.(func() (string, error))()
}

func admin(server, statement string) error {
	db, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

// withDatabase returns the address of another database on a server that is
// given as "host=… user=… dbname=…".
func withDatabase(server, name string) string {
	var parts []string
	for _, p := range strings.Fields(server) {
		if !strings.HasPrefix(p, "dbname=") {
			parts = append(parts, p)
		}
	}
	return strings.Join(append(parts, "dbname="+name), " ")
}
