package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"shiji/internal/fault"
)

// querier runs prepared statements, on the writer's connection or on the pool
// of readers.
type querier interface {
	exec(ctx context.Context, query string, args ...any) (int64, error)
	rows(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// conn is one connection with its prepared statements; not for concurrent use.
// It is never interrupted: SQLite answers an interrupted write by rolling back
// the whole transaction, and with it the changes of others.
type conn struct {
	c     *sql.Conn
	stmts map[string]*sql.Stmt
	bulk  int // parameters that one insert should have at most
}

func (e engine) conn(ctx context.Context, db *sql.DB) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{c: c, stmts: map[string]*sql.Stmt{}, bulk: e.bulk}, nil
}

func (c *conn) close() {
	for _, s := range c.stmts {
		_ = s.Close() // the connection goes with it
	}
	_ = c.c.Close()
}

func (c *conn) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	s, err := c.c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if len(c.stmts) > 500 { // multi-row inserts of odd sizes
		for q, old := range c.stmts {
			_ = old.Close()
			delete(c.stmts, q)
		}
	}
	c.stmts[query] = s
	return s, nil
}

func (c *conn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	ctx = context.WithoutCancel(ctx)
	s, err := c.stmt(ctx, query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (c *conn) rows(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx = context.WithoutCancel(ctx)
	s, err := c.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// control runs a transaction statement, which is never prepared.
func (c *conn) control(query string) error {
	_, err := c.c.ExecContext(context.Background(), query)
	return err
}

// pool is the readers' querier; its queries end with their context.
type pool struct {
	db    *sql.DB
	stmts sync.Map
}

func (p *pool) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := p.stmts.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := p.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if old, loaded := p.stmts.LoadOrStore(query, s); loaded {
		_ = s.Close() // another reader was faster
		return old.(*sql.Stmt), nil
	}
	return s, nil
}

func (p *pool) exec(context.Context, string, ...any) (int64, error) {
	return 0, errors.New("store: a reader does not write")
}

func (p *pool) rows(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// list returns all rows of a query.
func list[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.rows(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// one returns the only row of a query, and the fault "not found" without it.
func one[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) (T, error) {
	all, err := list(ctx, q, scan, query, args...)
	if err != nil {
		var none T
		return none, err
	}
	if len(all) != 1 {
		var none T
		return none, notFound()
	}
	return all[0], nil
}

func text(rows *sql.Rows) (s string, err error) { err = rows.Scan(&s); return s, err }

func integer(rows *sql.Rows) (n int64, err error) { err = rows.Scan(&n); return n, err }

func notFound() error { return fault.New(fault.NotFound, "store.not-found") }

// isNotFound says whether err is the fault of one.
func isNotFound(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == fault.NotFound
}

// insertMany inserts rows of equal width, several a statement where that is
// faster.
func insertMany(ctx context.Context, q *conn, into string, rows [][]any) error {
	for len(rows) > 0 {
		width := len(rows[0])
		n := len(rows)
		if n*width > q.bulk {
			n = max(q.bulk/width, 1)
		} else if n > 8 { // few sizes, so that few statements are prepared
			n = 1 << (bitLen(n) - 1)
		}
		args := make([]any, 0, n*width)
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		if _, err := q.exec(ctx, "INSERT INTO "+into+" VALUES "+placeholders(n, width), args...); err != nil {
			table, _, _ := strings.Cut(into, " ")
			return fmt.Errorf("insert into %s: %w", table, err)
		}
		rows = rows[n:]
	}
	return nil
}

func bitLen(n int) (bits int) {
	for ; n > 0; n >>= 1 {
		bits++
	}
	return bits
}

func placeholders(n, width int) string {
	var b strings.Builder
	k := 1
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for j := range width {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteString("$" + strconv.Itoa(k))
			k++
		}
		b.WriteByte(')')
	}
	return b.String()
}
