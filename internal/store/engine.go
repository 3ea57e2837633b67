package store

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // registers "sqlite"
)

// engine is all in which the two databases differ outside of migrations.
type engine struct {
	name    string
	dialect goose.Dialect
	begin   string
	// leavesLater: events get their leaves by a sequencer that holds an
	// advisory lock, because other processes write too; otherwise the writer
	// itself gives them at the end of its batch.
	leavesLater bool
	// bulk bounds the parameters of an insert of many rows: on PostgreSQL each
	// statement is a round trip; the driver of SQLite needs time quadratic in
	// their number (205 µs a write with up to 4,000, 32 µs with 32).
	bulk int
	// shrink, if any, gives the cache of an idle connection back.
	shrink string
}

var (
	sqlite   = engine{name: "sqlite", dialect: goose.DialectSQLite3, begin: "BEGIN IMMEDIATE", bulk: 32, shrink: "PRAGMA shrink_memory"}
	postgres = engine{name: "postgres", dialect: goose.DialectPostgres, begin: "BEGIN", leavesLater: true, bulk: 4000}
)

// sequencerLock is the advisory lock of whoever gives leaves.
const sequencerLock = 0x5348494a49 // "SHIJI"

// synchronous and journal are never anything else but in the controls of the crash
// tests, which must lose what they acknowledged.
var (
	synchronous = "FULL"
	journal     = "WAL"
)

// Readers see the file through a map: the pages of a city do not fit into caches of
// their own, and copying them in took a sixth of all processor time. The map counts
// as resident memory but is the system's, which takes it back when it is short; it
// bears no error of the disk, which ends the process instead of a query. Only the
// writer, who decides what is durable, reads and writes by calls.
const mapped = "mmap_size(1073741824)"

// readersAtOnce is how many queries run at a time: they compute more than they wait.
var readersAtOnce = min(max(2*runtime.NumCPU(), 4), 16)

// openEngine returns the pools for writing and reading. SQLite writes through
// one connection with a durable log (WAL, FULL: 0 of 19,836 acknowledged writes
// lost in 300 power cuts, NORMAL lost all); its readers cannot write.
func openEngine(cfg Config) (e engine, write, read *sql.DB, err error) {
	if (cfg.Path == "") == (cfg.DSN == "") {
		return e, nil, nil, fmt.Errorf("open store: exactly one of path and address is needed")
	}
	if cfg.DSN != "" {
		db, err := sql.Open("pgx", cfg.DSN)
		if err != nil {
			return e, nil, nil, fmt.Errorf("open store: %w", err)
		}
		db.SetMaxOpenConns(16)
		db.SetMaxIdleConns(16)
		return postgres, db, db, nil
	}
	path, err := filepath.Abs(cfg.Path)
	if err != nil {
		return e, nil, nil, fmt.Errorf("open store: %w", err)
	}
	if write, err = sql.Open("sqlite", sqliteAddress(path, "foreign_keys(1)", "busy_timeout(10000)", "journal_mode("+journal+")", "synchronous("+synchronous+")", "cache_size(-32768)")); err != nil {
		return e, nil, nil, fmt.Errorf("open store: %w", err)
	}
	if read, err = sql.Open("sqlite", sqliteAddress(path, "query_only(1)", "busy_timeout(10000)", mapped, "cache_size(-2048)")); err != nil {
		_ = write.Close() // the first error is the one to tell
		return e, nil, nil, fmt.Errorf("open store: %w", err)
	}
	write.SetMaxOpenConns(1)
	read.SetMaxOpenConns(readersAtOnce)
	read.SetMaxIdleConns(readersAtOnce)
	read.SetConnMaxIdleTime(idleAfter)
	return sqlite, write, read, nil
}

func sqliteAddress(path string, pragmas ...string) string {
	return (&url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"_pragma": pragmas}.Encode()}).String()
}
