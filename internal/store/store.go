package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"shiji/internal/audit"
	"shiji/internal/fault"
)

// Config says where everything lies. Keys and Checkpoint must lie where no
// backup of the database brings them back: they are what an old or altered
// database is found out with.
type Config struct {
	Path       string // SQLite file; exactly one of Path and DSN
	DSN        string // PostgreSQL
	Data       string // folder of blobs
	Checkpoint string // file of the last signed checkpoint
	Keys       Keys

	Now    func() time.Time // nil: the system's clock
	IDs    *IDs             // nil: from crypto/rand
	Random io.Reader        // salts, nonces, tokens; nil: crypto/rand
}

// Store is an open database. Its methods are safe for concurrent use.
type Store struct {
	Reader
	cfg      Config
	engine   engine
	write    *sql.DB
	pool     *pool
	signer   note.Signer
	verifier note.Verifier

	jobs     chan *job
	stop     chan struct{}
	helpers  sync.WaitGroup // sequencer and notary
	written  chan struct{}  // closed when the writer has ended
	closing  sync.RWMutex   // held for reading while a job is handed over
	closed   bool
	nudge    chan struct{} // events wait for leaves
	log      *audit.Log    // the sequencer's own; nil: resume from the tiles
	logMu    sync.Mutex
	readOnly atomic.Pointer[fault.Error]

	signMu   sync.Mutex
	signed   audit.Checkpoint // last one signed or read from the file
	tail     audit.Tree       // the log as far as it was checked and signed
	signedAt time.Time
}

// Open opens a migrated database. When the log is older than or different from
// the checkpoint outside the backup, it opens read-only: ReadOnly says why.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Random == nil {
		cfg.Random = systemRandom
	}
	if cfg.IDs == nil {
		cfg.IDs = NewIDs(systemRandom)
	}
	if cfg.Data == "" || cfg.Checkpoint == "" {
		return nil, errors.New("open store: data folder and checkpoint file are needed")
	}
	s := &Store{cfg: cfg, jobs: make(chan *job, maxBatch), stop: make(chan struct{}), written: make(chan struct{}), nudge: make(chan struct{}, 1)}
	var err error
	if s.signer, err = note.NewSigner(cfg.Keys.Log); err != nil {
		return nil, fmt.Errorf("open store: signing key: %w", err)
	}
	if s.verifier, err = note.NewVerifier(cfg.Keys.Verifier); err != nil {
		return nil, fmt.Errorf("open store: public key: %w", err)
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	var read *sql.DB
	if s.engine, s.write, read, err = openEngine(cfg); err != nil {
		return nil, err
	}
	s.pool = &pool{db: read}
	s.Reader = Reader{q: s.pool, keys: &s.cfg.Keys}
	if err := s.start(ctx); err != nil {
		closePools(s.write, read)
		return nil, err
	}
	return s, nil
}

func (s *Store) start(ctx context.Context) error {
	if err := s.engine.ready(ctx, s.write); err != nil {
		return err
	}
	c, err := s.engine.conn(ctx, s.write)
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	err = s.settle(ctx, c)
	if err == nil {
		err = s.guard(ctx, c)
	}
	if err != nil || s.engine.leavesLater {
		c.close()
	}
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	if s.engine.leavesLater {
		c = nil // the writer takes its own
		s.helpers.Add(1)
		go s.sequencer()
	}
	s.helpers.Add(1)
	go s.writer(c)
	go s.notary()
	return nil
}

// settle writes what a new database needs and refuses one of other keys.
func (s *Store) settle(ctx context.Context, c *conn) error {
	empty := new(audit.Tree).Root()
	if _, err := c.exec(ctx, "INSERT INTO head (one, size, root) VALUES (1, 0, $1) ON CONFLICT (one) DO NOTHING", empty[:]); err != nil {
		return err
	}
	for name, value := range map[string]string{"keys": s.cfg.Keys.check(), "log": s.cfg.Keys.Verifier} {
		if _, err := c.exec(ctx, "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, value); err != nil {
			return err
		}
		kept, err := one(ctx, c, text, "SELECT value FROM setting WHERE name = $1", name)
		if err != nil {
			return err
		}
		if kept != value {
			return fault.New(fault.Refused, "store.keys", name)
		}
	}
	return nil
}

// ReadOnly returns why the store refuses to write, or nil.
func (s *Store) ReadOnly() *fault.Error { return s.readOnly.Load() }

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if _, err := one(ctx, s.q, integer, "SELECT size FROM head WHERE one = 1"); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return nil
}

// Close ends all writing: what was handed over is committed or refused, the
// last events get leaves and a checkpoint.
func (s *Store) Close() error {
	s.closing.Lock()
	if s.closed {
		s.closing.Unlock()
		return nil
	}
	s.closed = true
	s.closing.Unlock()
	close(s.stop)
	s.helpers.Wait()
	err := s.finish(context.Background())
	close(s.jobs)
	<-s.written
	closePools(s.write, s.pool.db)
	return err
}

func (s *Store) finish(ctx context.Context) error {
	if s.ReadOnly() != nil {
		return nil
	}
	if s.engine.leavesLater {
		if err := s.enqueue(ctx, func(*conn, *batch) ([]*entry, error) { return nil, nil }); err != nil {
			return fmt.Errorf("close store: %w", err) // what was handed over before is committed now
		}
		if err := s.sequenceWaiting(ctx); err != nil {
			return fmt.Errorf("close store: %w", err)
		}
	}
	if _, err := s.Sign(ctx); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

func (s *Store) now() time.Time { return s.cfg.Now() }

func (s *Store) salt() (salt [audit.SaltSize]byte, err error) {
	_, err = io.ReadFull(s.cfg.Random, salt[:])
	return salt, err
}

// head is where the log stands.
type head struct {
	size int64
	root audit.Commitment
}

func readHead(ctx context.Context, q querier) (head, error) {
	return one(ctx, q, func(r *sql.Rows) (h head, err error) {
		var root []byte
		err = r.Scan(&h.size, &root)
		if err == nil && copy(h.root[:], root) != len(h.root) {
			err = errors.New("malformed root in head")
		}
		return h, err
	}, "SELECT size, root FROM head WHERE one = 1")
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
