package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"shiji/internal/audit"
	"shiji/internal/org"
)

// Events returns the events about units in the scope, the newest first. The key
// of a page is the id of its last event. Events that belong to no unit are seen
// by nobody here; the full audit reads them.
func (r Reader) Events(ctx context.Context, scope org.Scope, page Page) ([]audit.Event, error) {
	var out []audit.Event
	for _, t := range scope.Terms() { // each has its own place in an index; one query over all has none
		if t.Path == "" || len(t.States) > 0 {
			continue
		}
		var w where
		w.conditions = []string{w.below(t.Path, seen{path: "org", leveled: true})}
		events, err := r.events(ctx, w, page)
		if err != nil {
			return nil, err
		}
		out = merge(out, events, func(a, b audit.Event) int { return strings.Compare(b.ID, a.ID) }, page.limit())
	}
	return out, nil
}

func (r Reader) events(ctx context.Context, w where, page Page) ([]audit.Event, error) {
	rows, err := list(ctx, r.q, bytesOf, w.events(page), w.args...)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	out := make([]audit.Event, len(rows))
	for i, b := range rows {
		if out[i], err = audit.ParseEvent(b); err != nil {
			return nil, fmt.Errorf("events: %w", err)
		}
	}
	return out, nil
}

// events returns the query of a page of events.
func (w *where) events(page Page) string {
	if page.After != "" {
		w.and("id < %s", page.After)
	}
	return "SELECT bytes FROM event" + w.String() + " ORDER BY id DESC LIMIT " + w.arg(page.limit())
}

// Proof returns the file that proves an event offline, and the event's
// canonical bytes. It rests on the last signed checkpoint; an event that is
// younger is "not found" until the next one.
func (s *Store) Proof(ctx context.Context, event string) (proof audit.Proof, bytes []byte, err error) {
	note, cp, err := s.lastSignedNote(ctx)
	if err != nil {
		return proof, nil, err
	}
	type leaf struct {
		idx   int64
		bytes []byte
	}
	l, err := one(ctx, s.q, func(r *sql.Rows) (l leaf, err error) {
		err = r.Scan(&l.idx, &l.bytes)
		return l, err
	}, "SELECT l.idx, e.bytes FROM leaf l JOIN event e ON e.id = l.event WHERE l.event = $1 AND l.idx < $2", event, cp.Size)
	if err != nil {
		return proof, nil, err
	}
	hashes, err := audit.Prove(cp, l.idx, tiles{ctx, s.q})
	if err != nil {
		return proof, nil, fmt.Errorf("proof: %w", err)
	}
	return audit.Proof{Index: l.idx, Hashes: hashes, Checkpoint: note}, l.bytes, nil
}

// Growth returns the file that proves offline that the log of the last signed
// checkpoint continues the one that had old entries; "not found" when it never
// had so many.
func (s *Store) Growth(ctx context.Context, old int64) (audit.Growth, error) {
	note, cp, err := s.lastSignedNote(ctx)
	if err != nil {
		return audit.Growth{}, err
	}
	if old < 0 || old > cp.Size {
		return audit.Growth{}, notFound()
	}
	hashes, err := audit.ProveGrowth(old, cp, tiles{ctx, s.q})
	if err != nil {
		return audit.Growth{}, fmt.Errorf("growth: %w", err)
	}
	return audit.Growth{Old: old, Hashes: hashes, Checkpoint: note}, nil
}

// lastSignedNote returns the last signed checkpoint, as a note and as what it says.
func (s *Store) lastSignedNote(ctx context.Context) (note string, cp audit.Checkpoint, err error) {
	if note, err = s.Checkpoint(ctx); err != nil {
		return "", cp, err
	}
	if cp, err = audit.OpenCheckpoint(note, s.verifier); err != nil {
		return "", cp, fmt.Errorf("checkpoint: %w", err)
	}
	return note, cp, nil
}

// Erase deletes what stands behind an event, a version or an evaluation whose
// results nobody is shown any more, with its salts: the log stays verifiable,
// the content is gone. reason is kept with the event of the erasure.
func (tx *Tx) Erase(ctx context.Context, target, reason string) error {
	event, err := tx.record(ctx, change{action: audit.PayloadErased, id: target, content: []byte(reason)})
	if err != nil {
		return err
	}
	if _, err := tx.q.exec(ctx, "INSERT INTO erasure (target, event) VALUES ($1, $2)", target, event); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	var erased int64
	for _, q := range []string{
		"DELETE FROM detail WHERE event = $1",
		"DELETE FROM payload WHERE version = $1",
		"DELETE FROM result WHERE evaluation = $1 AND NOT EXISTS (SELECT 1 FROM appraisal a WHERE a.county = result.county AND a.evaluation = result.evaluation)",
		"DELETE FROM heading WHERE evaluation = $1 AND NOT EXISTS (SELECT 1 FROM appraisal a WHERE a.county = heading.county AND a.evaluation = heading.evaluation)",
	} {
		n, err := tx.q.exec(ctx, q, target)
		if err != nil {
			return fmt.Errorf("erase: %w", err)
		}
		erased += n
	}
	if erased == 0 {
		return notFound()
	}
	return nil
}
