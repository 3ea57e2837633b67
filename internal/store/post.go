package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
)

// Post is a person's place in a unit, under the code (工号) by which the unit's
// workbooks name her; a code names at most one open post of a unit. Since and
// Until are dates; an open post has no Until.
type Post struct {
	ID      string
	Person  org.PersonID
	Unit    org.UnitID
	Code    string // may be empty
	Name    string
	Since   string
	Until   string
	Version int64
}

const postColumns = "id, person, unit, path, code, name, since, until, version, event"

type postRow struct {
	Post
	path  org.Path
	event string
}

func scanPost(r *sql.Rows) (p postRow, err error) {
	err = r.Scan(&p.ID, &p.Person, &p.Unit, &p.path, &p.Code, &p.Name, &p.Since, &p.Until, &p.Version, &p.event)
	return p, err
}

func (p postRow) canonical() []byte {
	return canonical("post/1", p.ID, string(p.Person), string(p.Unit), string(p.path), p.Code, p.Name, p.Since, p.Until, strconv.FormatInt(p.Version, 10))
}

// BeginPost lets a person hold a post in a unit. A code that names another open
// post of the unit is a conflict.
func (tx *Tx) BeginPost(ctx context.Context, p Post) (Post, error) {
	u, err := tx.unit(ctx, p.Unit)
	if err != nil {
		return Post{}, err
	}
	if p.ID, err = tx.newID(); err != nil {
		return Post{}, err
	}
	p.Version, p.Until = 1, ""
	row := postRow{Post: p, path: u.Path}
	if row.event, err = tx.record(ctx, change{action: audit.PostBegun, id: p.ID, org: u.Path, version: 1, content: row.canonical()}); err != nil {
		return Post{}, err
	}
	if err := tx.countIn(ctx, p.Person, u.Path); err != nil {
		return Post{}, fmt.Errorf("begin post: %w", err)
	}
	n, err := tx.q.exec(ctx, "INSERT INTO post ("+postColumns+", sort) SELECT $1, id, $2, $3, $4, $5, $6, '', 1, $7, sort FROM person WHERE id = $8 ON CONFLICT (unit, code) WHERE until = '' AND code <> '' DO NOTHING", p.ID, p.Unit, u.Path, p.Code, p.Name, p.Since, row.event, p.Person)
	if err != nil {
		return Post{}, fmt.Errorf("begin post: %w", err)
	}
	if n == 1 {
		return p, nil
	}
	if _, err := tx.personRow(ctx, p.Person); err != nil {
		return Post{}, err
	}
	return Post{}, fault.New(fault.Conflict, "store.post-code-taken", p.Code, u.Name)
}

// countIn counts a person in the units on the way to path in which she has not
// held a post yet.
func (tx *Tx) countIn(ctx context.Context, person org.PersonID, path org.Path) error {
	var w where
	w.onWay("path", path)
	w.and("NOT EXISTS (SELECT 1 FROM post WHERE post.person = %s AND post.path >= unit.path AND post.path < substr(unit.path, 1, length(unit.path) - 1) || '0')", person)
	_, err := tx.q.exec(ctx, "UPDATE unit SET people = people + 1"+w.String(), w.args...)
	return err
}

// EndPost ends a post at the date until.
func (tx *Tx) EndPost(ctx context.Context, id, until string) error {
	row, err := one(ctx, tx.q, scanPost, "SELECT "+postColumns+" FROM post WHERE id = $1", id)
	if err != nil {
		return err
	}
	previous := row.event
	row.Until = until
	row.Version++
	if row.event, err = tx.record(ctx, change{action: audit.PostEnded, id: id, org: row.path, version: row.Version, previous: previous, content: row.canonical()}); err != nil {
		return err
	}
	n, err := tx.q.exec(ctx, "UPDATE post SET until = $1, version = $2, event = $3 WHERE id = $4 AND until = '' AND version = $5", until, row.Version, row.event, id, row.Version-1)
	if err != nil {
		return fmt.Errorf("end post: %w", err)
	}
	if n != 1 {
		return stale("post", id)
	}
	return nil
}

// Posts returns the posts of one person that the scope sees.
func (r Reader) Posts(ctx context.Context, scope org.Scope, id org.PersonID) ([]Post, error) {
	var w where
	w.and("person = %s", id)
	w.scope(scope, seen{path: "path", person: "person"})
	rows, err := list(ctx, r.q, scanPost, "SELECT "+postColumns+" FROM post"+w.String()+" ORDER BY since, id", w.args...)
	if err != nil {
		return nil, fmt.Errorf("posts: %w", err)
	}
	out := make([]Post, len(rows))
	for i, p := range rows {
		out[i] = p.Post
	}
	return out, nil
}

// Staff returns the open posts of a unit in the scope that have a code, by code.
func (r Reader) Staff(ctx context.Context, scope org.Scope, unit org.UnitID) ([]Post, error) {
	var w where
	w.and("unit = %s AND code <> '' AND until = ''", unit)
	return r.coded(ctx, scope, &w)
}

// StaffEver returns all posts of a unit in the scope that have a code, ended ones
// too, by code and then in the order in which they began.
func (r Reader) StaffEver(ctx context.Context, scope org.Scope, unit org.UnitID) ([]Post, error) {
	var w where
	w.and("unit = %s AND code <> ''", unit)
	return r.coded(ctx, scope, &w)
}

func (r Reader) coded(ctx context.Context, scope org.Scope, w *where) ([]Post, error) {
	w.scope(scope, seen{path: "path", person: "person"})
	rows, err := list(ctx, r.q, scanPost, "SELECT "+postColumns+" FROM post"+w.String()+" ORDER BY code, since, id", w.args...)
	if err != nil {
		return nil, fmt.Errorf("staff: %w", err)
	}
	out := make([]Post, len(rows))
	for i, p := range rows {
		out[i] = p.Post
	}
	return out, nil
}
