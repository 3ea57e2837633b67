package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"shiji/internal/audit"
	"shiji/internal/org"
)

const personColumns = "id, number, name, sort, initials, masked, cipher, blind, version, event"

type personRow struct {
	org.Person
	cipher, blind []byte
	event         string
}

func scanPerson(r *sql.Rows) (p personRow, err error) {
	err = r.Scan(&p.ID, &p.Number, &p.Name, &p.Sort, &p.Initials, &p.Masked, &p.cipher, &p.blind, &p.Version, &p.event)
	return p, err
}

func (p personRow) canonical() []byte {
	return canonical("person/1", string(p.ID), string(p.Number), p.Name, p.Sort, p.Initials, p.Masked, hexOf(p.cipher), hexOf(p.blind), strconv.FormatInt(p.Version, 10))
}

// setIdentity seals an identity number into the row; "" keeps none.
func (tx *Tx) setIdentity(p *personRow, identity string) (err error) {
	p.Masked, p.cipher, p.blind = "", nil, nil
	if identity == "" {
		return nil
	}
	p.Masked, p.blind = maskIdentity(identity), tx.keys.blind(identity)
	p.cipher, err = tx.keys.seal(tx.s.cfg.Random, normalIdentity(identity), "identity/"+string(p.ID))
	return err
}

// AddPerson enters a person, whose number it draws, with an identity number or
// "". Two persons cannot have the same identity number.
func (tx *Tx) AddPerson(ctx context.Context, p org.Person, identity string) (org.Person, error) {
	id, err := tx.newID()
	if err != nil {
		return org.Person{}, err
	}
	serial, err := one(ctx, tx.q, integer, "INSERT INTO serial (name, last) VALUES ('person', 1) ON CONFLICT (name) DO UPDATE SET last = serial.last + 1 RETURNING last")
	if err != nil {
		return org.Person{}, fmt.Errorf("add person: %w", err)
	}
	p.ID, p.Number, p.Version = org.PersonID(id), org.NumberOf(serial), 1
	row := personRow{Person: p}
	if err := tx.setIdentity(&row, identity); err != nil {
		return org.Person{}, fmt.Errorf("add person: %w", err)
	}
	if row.event, err = tx.record(ctx, change{action: audit.PersonAdded, id: id, version: 1, content: row.canonical()}); err != nil {
		return org.Person{}, err
	}
	_, err = tx.q.exec(ctx, "INSERT INTO person ("+personColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		p.ID, p.Number, p.Name, p.Sort, p.Initials, row.Masked, row.cipher, row.blind, 1, row.event)
	if err != nil {
		return org.Person{}, fmt.Errorf("add person: %w", err)
	}
	return row.Person, nil
}

// ChangePerson corrects name and its sort keys; p.Version must be the one that
// was read.
func (tx *Tx) ChangePerson(ctx context.Context, p org.Person) error {
	row, err := tx.personRow(ctx, p.ID)
	if err != nil {
		return err
	}
	previous := row.event
	row.Name, row.Sort, row.Initials, row.Version = p.Name, p.Sort, p.Initials, p.Version+1
	if row.event, err = tx.record(ctx, change{action: audit.PersonChanged, id: string(p.ID), version: row.Version, previous: previous, content: row.canonical()}); err != nil {
		return err
	}
	n, err := tx.q.exec(ctx, "UPDATE person SET name = $1, sort = $2, initials = $3, version = $4, event = $5 WHERE id = $6 AND version = $7",
		row.Name, row.Sort, row.Initials, row.Version, row.event, p.ID, p.Version)
	if err != nil {
		return fmt.Errorf("change person: %w", err)
	}
	if n != 1 {
		return stale("person", string(p.ID))
	}
	return nil
}

// Unmask returns a person's identity number and records that the actor saw it.
// The caller shows it after the commit.
func (tx *Tx) Unmask(ctx context.Context, id org.PersonID) (string, error) {
	row, err := tx.personRow(ctx, id)
	if err != nil {
		return "", err
	}
	if _, err := tx.record(ctx, change{action: audit.IdentityUnmasked, id: string(id)}); err != nil {
		return "", err
	}
	if row.cipher == nil {
		return "", notFound()
	}
	identity, err := tx.keys.open(row.cipher, "identity/"+string(id))
	if err != nil {
		return "", fmt.Errorf("unmask: %w", err)
	}
	return identity, nil
}

// PersonByIdentity returns the person with this identity number: it finds one,
// it never lists any.
func (tx *Tx) PersonByIdentity(ctx context.Context, identity string) (org.Person, error) {
	p, err := one(ctx, tx.q, scanPerson, "SELECT "+personColumns+" FROM person WHERE blind = $1", tx.keys.blind(identity))
	return p.Person, err
}

func (r Reader) personRow(ctx context.Context, id org.PersonID) (personRow, error) {
	return one(ctx, r.q, scanPerson, "SELECT "+personColumns+" FROM person WHERE id = $1", id)
}

// Person returns one person in the scope: herself, or somebody who holds or
// held a post in one of its subtrees.
func (r Reader) Person(ctx context.Context, scope org.Scope, id org.PersonID) (org.Person, error) {
	var w where
	w.and("person.id = %s", id)
	w.people(scope)
	p, err := one(ctx, r.q, scanPerson, "SELECT "+personColumns+" FROM person"+w.String(), w.args...)
	return p.Person, err
}

// people adds the condition that the scope sees the person.
func (w *where) people(scope org.Scope) {
	var in where
	in.args = w.args
	in.conditions = []string{"post.person = person.id"}
	in.scope(scope, columns{path: "post.path"})
	see := "EXISTS (SELECT 1 FROM post" + in.String() + ")"
	w.args = in.args
	for _, t := range scope.Terms() {
		if t.Person != "" && len(t.States) == 0 {
			see = "(" + see + " OR person.id = " + w.arg(string(t.Person)) + ")"
		}
	}
	w.conditions = append(w.conditions, see)
}

// People returns the persons in the scope by their sort key. The key of a page
// is PageKey of its last person.
func (r Reader) People(ctx context.Context, scope org.Scope, page Page) ([]org.Person, error) {
	var w where
	w.people(scope)
	if page.After != "" {
		sort, id := splitKey(page.After)
		w.and("(person.sort, person.id) > (%s, %s)", sort, id)
	}
	rows, err := list(ctx, r.q, scanPerson, "SELECT "+personColumns+" FROM person"+w.String()+" ORDER BY person.sort, person.id LIMIT "+w.arg(page.limit()), w.args...)
	if err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	out := make([]org.Person, len(rows))
	for i, p := range rows {
		out[i] = p.Person
	}
	return out, nil
}

// PageKey returns the key after which the next page of People begins.
func PageKey(p org.Person) string { return p.Sort + "/" + string(p.ID) }

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

// BeginPost lets a person hold a post in a unit.
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
	_, err = tx.q.exec(ctx, "INSERT INTO post ("+postColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", p.ID, p.Person, p.Unit, u.Path, p.Code, p.Name, p.Since, "", 1, row.event)
	if err != nil {
		return Post{}, fmt.Errorf("begin post: %w", err)
	}
	return p, nil
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
	w.scope(scope, columns{path: "path", person: "person"})
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
	w.scope(scope, columns{path: "path", person: "person"})
	rows, err := list(ctx, r.q, scanPost, "SELECT "+postColumns+" FROM post"+w.String()+" ORDER BY code", w.args...)
	if err != nil {
		return nil, fmt.Errorf("staff: %w", err)
	}
	out := make([]Post, len(rows))
	for i, p := range rows {
		out[i] = p.Post
	}
	return out, nil
}
