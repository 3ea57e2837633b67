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

// setIdentity seals an identity number into the row; "" keeps none. One that
// somebody else has is a conflict, which names neither the number nor whose it is.
func (tx *Tx) setIdentity(ctx context.Context, p *personRow, identity string) (err error) {
	p.Masked, p.cipher, p.blind = "", nil, nil
	if identity == "" {
		return nil
	}
	p.Masked, p.blind = maskIdentity(identity), tx.keys.blind(identity)
	others, err := one(ctx, tx.q, integer, "SELECT COUNT(*) FROM person WHERE blind = $1 AND id <> $2", p.blind, p.ID)
	if err != nil {
		return err
	}
	if others > 0 {
		return fault.New(fault.Conflict, "store.identity-taken")
	}
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
	if err := tx.setIdentity(ctx, &row, identity); err != nil {
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
	if _, err := tx.q.exec(ctx, "UPDATE post SET sort = $1 WHERE person = $2", row.Sort, p.ID); err != nil {
		return fmt.Errorf("change person: %w", err)
	}
	return nil
}

// SetIdentity enters or corrects a person's identity number; "" takes it away. p
// needs ID and Version alone, and Version must be the one that was read. where is
// the unit for which the actor keeps the register.
func (tx *Tx) SetIdentity(ctx context.Context, p org.Person, identity string, where org.Path) error {
	row, err := tx.personRow(ctx, p.ID)
	if err != nil {
		return err
	}
	previous := row.event
	row.Version = p.Version + 1
	if err := tx.setIdentity(ctx, &row, identity); err != nil {
		return fmt.Errorf("set identity: %w", err)
	}
	if row.event, err = tx.record(ctx, change{action: audit.PersonChanged, id: string(p.ID), org: where, version: row.Version, previous: previous, content: row.canonical()}); err != nil {
		return err
	}
	n, err := tx.q.exec(ctx, "UPDATE person SET masked = $1, cipher = $2, blind = $3, version = $4, event = $5 WHERE id = $6 AND version = $7",
		row.Masked, row.cipher, row.blind, row.Version, row.event, p.ID, p.Version)
	if err != nil {
		return fmt.Errorf("set identity: %w", err)
	}
	if n != 1 {
		return stale("person", string(p.ID))
	}
	return nil
}

// Unmask returns a person's identity number and records that the actor saw it, for
// the unit where. The caller shows it after the commit.
func (tx *Tx) Unmask(ctx context.Context, id org.PersonID, where org.Path) (string, error) {
	row, err := tx.personRow(ctx, id)
	if err != nil {
		return "", err
	}
	if _, err := tx.record(ctx, change{action: audit.IdentityUnmasked, id: string(id), org: where}); err != nil {
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

func (r Reader) personRow(ctx context.Context, id org.PersonID) (personRow, error) {
	return one(ctx, r.q, scanPerson, "SELECT "+personColumns+" FROM person WHERE id = $1", id)
}

// Person returns one person in the scope: herself, or somebody who holds or
// held a post in one of its subtrees.
func (r Reader) Person(ctx context.Context, scope org.Scope, id org.PersonID) (org.Person, error) {
	var w where
	w.and("person.id = %s", id)
	w.person(scope)
	p, err := one(ctx, r.q, scanPerson, "SELECT "+personColumns+" FROM person"+w.String(), w.args...)
	return p.Person, err
}

// person adds the condition that the scope sees the person.
func (w *where) person(scope org.Scope) {
	in := where{args: w.args, conditions: []string{"post.person = person.id"}}
	in.scope(scope, seen{path: "post.path"})
	own := where{args: in.args}
	own.scope(scope, seen{person: "person.id"})
	w.args = own.args
	w.conditions = append(w.conditions, "(EXISTS (SELECT 1 FROM post"+in.String()+") OR "+own.conditions[0]+")")
}
