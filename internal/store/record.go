package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
)

// Tx is one change under way: it reads what is committed and what it wrote
// itself, and each of its writing methods records the event that belongs to it.
type Tx struct {
	Reader
	s      *Store
	c      *conn
	batch  *batch
	actor  org.Actor
	now    time.Time
	events []*entry
}

// entry is a recorded event on its way into the tables.
type entry struct {
	id    string
	event audit.Event
	bytes []byte
	salt  [audit.SaltSize]byte
	// content is what After commits to; nil if nothing.
	content []byte
}

// change is what the methods of Tx say about what they did.
type change struct {
	action   audit.Action
	id       string // of the object, without its kind
	org      org.Path
	version  int64
	previous string // event that made the state before; "" if there was none
	content  []byte
	evidence []audit.Commitment
}

// states are the actions whose events account for a row's content.
var states = map[audit.Action]bool{
	audit.UnitAdded: true, audit.UnitChanged: true, audit.PersonAdded: true, audit.PersonChanged: true,
	audit.PostBegun: true, audit.PostEnded: true, audit.AccountOpened: true, audit.AccountChanged: true, audit.AccountClosed: true,
	audit.RoleGranted: true, audit.RoleEnded: true, audit.SchemeAdded: true,
	audit.BatchAdopted: true, audit.AppraisalOpened: true, audit.AppraisalEvaluated: true, audit.AppraisalPublished: true, audit.AppraisalWithdrawn: true,
}

// notes are the actions that change no row: reads that the log must know.
var notes = map[audit.Action]bool{audit.RecordViewed: true, audit.DataExported: true, audit.BatchExported: true, audit.ResultsListed: true, audit.ResultsExported: true}

// Note records a read that is an event. The caller commits it before the body
// is sent. about, which may be nil, is kept with the event and can be erased.
func (tx *Tx) Note(ctx context.Context, action audit.Action, id string, where org.Path, about []byte) error {
	if !notes[action] {
		return fmt.Errorf("store: %s is not a read", action)
	}
	_, err := tx.record(ctx, change{action: action, id: id, org: where, content: about})
	return err
}

// record adds the event of ch and returns its id.
func (tx *Tx) record(ctx context.Context, ch change) (string, error) {
	id, err := tx.newID()
	if err != nil {
		return "", err
	}
	e := &entry{id: id, content: ch.content}
	if e.salt, err = tx.s.salt(); err != nil {
		return "", fmt.Errorf("record event: %w", err)
	}
	kind := ""
	for _, a := range audit.Actions() {
		if a.Action == ch.action {
			kind = a.Object
		}
	}
	e.event = audit.Event{
		ID: id, Time: FormatTime(tx.now), Actor: string(tx.actor.Account), Role: tx.actor.Role, Org: string(ch.org),
		Action: ch.action, Object: kind + "/" + ch.id, Version: ch.version,
		After: audit.Commit(e.salt, ch.content), Evidence: ch.evidence, Request: tx.actor.Request,
	}
	if ch.previous != "" {
		if e.event.Before, err = tx.after(ctx, ch.previous); err != nil {
			return "", err
		}
	}
	if e.bytes, err = e.event.Bytes(); err != nil {
		return "", fmt.Errorf("record event: %w", err)
	}
	tx.events = append(tx.events, e)
	return id, nil
}

// after returns what the event id committed to, written or not yet.
func (tx *Tx) after(ctx context.Context, id string) (audit.Commitment, error) {
	if e := tx.batch.byID[id]; e != nil {
		return e.event.After, nil
	}
	for _, e := range tx.events {
		if e.id == id {
			return e.event.After, nil
		}
	}
	bytes, err := one(ctx, tx.q, bytesOf, "SELECT bytes FROM event WHERE id = $1", id)
	if err != nil {
		return audit.Commitment{}, fmt.Errorf("event %s: %w", id, err)
	}
	e, err := audit.ParseEvent(bytes)
	if err != nil {
		return audit.Commitment{}, fmt.Errorf("event %s: %w", id, err)
	}
	return e.After, nil
}

func (tx *Tx) newID() (string, error) { return tx.s.cfg.IDs.Next(tx.now) }

// stale is the fault of a compare-and-set that found another state.
func stale(object, id string) error { return fault.New(fault.Conflict, "store.changed", object, id) }

func bytesOf(rows *sql.Rows) (b []byte, err error) { err = rows.Scan(&b); return b, err }

// canonical returns the bytes of a row to which its event commits: a JSON array
// of strings, the first of which names the form.
func canonical(form string, fields ...string) []byte {
	b, err := json.Marshal(append([]string{form}, fields...))
	if err != nil {
		panic("store: strings always encode: " + err.Error())
	}
	return b
}

// flush inserts the events of a batch, many rows a statement.
func flush(ctx context.Context, c *conn, e engine, entries []*entry) error {
	var events, details, waiting [][]any
	for _, en := range entries {
		ev := &en.event
		events = append(events, []any{en.id, ev.Actor, string(ev.Action), ev.Object, ev.Org, en.bytes})
		if en.content != nil {
			details = append(details, []any{en.id, en.salt[:], en.content})
		}
		if e.leavesLater {
			waiting = append(waiting, []any{en.id})
		}
	}
	if err := insertMany(ctx, c, "event (id, actor, action, object, org, bytes)", events); err != nil {
		return err
	}
	if err := insertMany(ctx, c, "detail (event, salt, content)", details); err != nil {
		return err
	}
	return insertMany(ctx, c, "pending (event)", waiting)
}
