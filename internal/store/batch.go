package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"shiji/internal/audit"
	"shiji/internal/org"
)

// Batch is what was handed in together for a unit and a term. Nobody sees its
// documents until it is adopted.
type Batch struct {
	ID     string
	County org.UnitID
	Unit   org.UnitID
	Term   string
	Filler org.AccountID
	At     string
	State  BatchState
	Number int64  // among those adopted of its unit and term, 0 before
	Event  string // that adopted it, "" before
}

// BatchState says whether a batch counts.
type BatchState string

// A batch is staged, invisible but to its filler, until it is adopted.
const (
	BatchStaged  BatchState = "staged"
	BatchAdopted BatchState = "adopted"
)

// Draft is one document of a batch: packed bytes under a kind and a natural key.
// Replaces is the version that the filler saw as the valid one, "" if none: a
// document that changed meanwhile is not overwritten.
type Draft struct {
	Kind     string
	Key      string
	Replaces string
	Body     []byte
}

const batchColumns = "batch.county, batch.id, batch.unit, batch.term, batch.filler, batch.at, batch.state, batch.number, batch.event"

func scanBatch(r *sql.Rows) (b Batch, err error) {
	err = r.Scan(&b.County, &b.ID, &b.Unit, &b.Term, &b.Filler, &b.At, &b.State, &b.Number, &b.Event)
	return b, err
}

func (b Batch) canonical(originals []Blob) []byte {
	fields := []string{string(b.County), b.ID, string(b.Unit), b.Term, string(b.Filler), b.At, strconv.FormatInt(b.Number, 10)}
	for _, o := range originals {
		fields = append(fields, o.SHA, o.Name, strconv.FormatInt(o.Size, 10))
	}
	return canonical("batch/1", fields...)
}

// Stage begins a batch of actor for a unit and a term. Staging leaves no event:
// what nobody adopted was never handed in.
func (s *Store) Stage(ctx context.Context, actor org.Actor, unit org.UnitID, term string) (Batch, error) {
	b := Batch{Unit: unit, Term: term, Filler: actor.Account, State: BatchStaged}
	err := s.submit(ctx, func(c *conn, _ *batch) (_ []*entry, err error) {
		u, err := Reader{q: c}.unit(ctx, unit)
		if err != nil {
			return nil, err
		}
		now := s.now()
		if b.ID, err = s.cfg.IDs.Next(now); err != nil {
			return nil, err
		}
		b.County, b.At = u.County, FormatTime(now)
		_, err = c.exec(ctx, "INSERT INTO batch (county, id, unit, term, filler, state, at, number, event) VALUES ($1, $2, $3, $4, $5, 'staged', $6, 0, '')", b.County, b.ID, b.Unit, b.Term, b.Filler, b.At)
		return nil, err
	})
	if err != nil {
		return Batch{}, fmt.Errorf("stage: %w", err)
	}
	return b, nil
}

// StageDrafts adds documents to a staged batch. Callers hand over large imports
// in chunks, so that the writer serves others between them.
func (s *Store) StageDrafts(ctx context.Context, b Batch, drafts []Draft) error {
	err := s.submit(ctx, func(c *conn, _ *batch) ([]*entry, error) {
		if err := touchBatch(ctx, c, b); err != nil {
			return nil, err
		}
		n, err := one(ctx, c, integer, "SELECT COUNT(*) FROM version WHERE county = $1 AND batch = $2", b.County, b.ID)
		if err != nil {
			return nil, err
		}
		var versions, payloads [][]any
		for i, d := range drafts {
			v := versionRow{batch: b.ID, ordinal: n + int64(i), kind: d.Kind, key: d.Key, replaces: d.Replaces}
			if v.id, err = s.cfg.IDs.Next(s.now()); err != nil {
				return nil, err
			}
			salt, err := s.salt()
			if err != nil {
				return nil, err
			}
			body := append([]byte{}, d.Body...)
			commitment := audit.Commit(salt, body)
			versions = append(versions, []any{b.County, b.ID, v.ordinal, v.id, v.kind, v.key, v.replaces, commitment[:]})
			payloads = append(payloads, []any{b.County, v.id, salt[:], body})
		}
		if err := insertMany(ctx, c, "version (county, batch, ordinal, id, kind, natural_key, replaces, commitment)", versions); err != nil {
			return nil, err
		}
		return nil, insertMany(ctx, c, "payload (county, version, salt, body)", payloads)
	})
	if err != nil {
		return fmt.Errorf("stage documents: %w", err)
	}
	return nil
}

// touchBatch holds the batch's row until the commit, and refuses one that is
// adopted or gone.
func touchBatch(ctx context.Context, c *conn, b Batch) error {
	n, err := c.exec(ctx, "UPDATE batch SET at = at WHERE county = $1 AND id = $2 AND state = 'staged'", b.County, b.ID)
	if err == nil && n != 1 {
		err = stale("batch", b.ID)
	}
	return err
}

// Discard removes a staged batch with its documents.
func (s *Store) Discard(ctx context.Context, b Batch) error {
	err := s.submit(ctx, func(c *conn, _ *batch) ([]*entry, error) {
		if err := touchBatch(ctx, c, b); err != nil {
			return nil, err
		}
		for _, q := range []string{
			"DELETE FROM payload WHERE county = $1 AND version IN (SELECT id FROM version WHERE county = $1 AND batch = $2)",
			"DELETE FROM version WHERE county = $1 AND batch = $2",
			"DELETE FROM blob WHERE county = $1 AND batch = $2",
			"DELETE FROM batch WHERE county = $1 AND id = $2",
		} {
			if _, err := c.exec(ctx, q, b.County, b.ID); err != nil {
				return nil, err
			}
		}
		return nil, nil
	})
	if err != nil {
		return fmt.Errorf("discard batch: %w", err)
	}
	return nil
}

// Handed is a batch as lists show it: who handed in what, and when it was
// adopted by whom.
type Handed struct {
	Batch
	Adopter   org.AccountID // "" before
	Adopted   string        // moment, "" before
	Documents int64
	Originals []Blob
}

// Batches returns the batches of a unit and a term in the scope, the newest
// first; staged ones are among them, their documents are not shown.
func (r Reader) Batches(ctx context.Context, scope org.Scope, unit org.UnitID, term string) ([]Handed, error) {
	var w where
	w.and("batch.unit = %s AND batch.term = %s", unit, term)
	return r.batches(ctx, scope, &w)
}

// Batch returns one batch in the scope.
func (r Reader) Batch(ctx context.Context, scope org.Scope, id string) (Handed, error) {
	var w where
	w.and("batch.id = %s", id)
	found, err := r.batches(ctx, scope, &w)
	if err == nil && len(found) != 1 {
		err = notFound()
	}
	if err != nil {
		return Handed{}, err
	}
	return found[0], nil
}

func (r Reader) batches(ctx context.Context, scope org.Scope, w *where) ([]Handed, error) {
	w.scope(scope, seen{path: "unit.path", state: "batch.state"})
	batches, err := list(ctx, r.q, scanBatch, "SELECT "+batchColumns+" FROM batch JOIN unit ON unit.id = batch.unit"+w.String()+" ORDER BY batch.id DESC", w.args...)
	if err != nil {
		return nil, fmt.Errorf("batches: %w", err)
	}
	out := make([]Handed, len(batches))
	for i, b := range batches {
		out[i].Batch = b
		if err := r.fill(ctx, &out[i]); err != nil {
			return nil, fmt.Errorf("batches: %w", err)
		}
	}
	return out, nil
}

// fill adds what other tables know of a batch.
func (r Reader) fill(ctx context.Context, h *Handed) (err error) {
	if h.Documents, err = one(ctx, r.q, integer, "SELECT COUNT(*) FROM version WHERE county = $1 AND batch = $2", h.County, h.ID); err != nil {
		return err
	}
	if h.Originals, err = originalsOf(ctx, r.q, h.Batch); err != nil || h.Event == "" {
		return err
	}
	b, err := one(ctx, r.q, bytesOf, "SELECT bytes FROM event WHERE id = $1", h.Event)
	if err != nil {
		return err
	}
	e, err := audit.ParseEvent(b)
	h.Adopter, h.Adopted = org.AccountID(e.Actor), e.Time
	return err
}

// Staged returns a batch that is not adopted yet, with its documents, to the
// account that filled it and to nobody else.
func (r Reader) Staged(ctx context.Context, filler org.AccountID, id string) (Handed, []Draft, error) {
	b, err := one(ctx, r.q, scanBatch, "SELECT "+batchColumns+" FROM batch WHERE id = $1 AND filler = $2 AND state = 'staged'", id, filler)
	if err != nil {
		return Handed{}, nil, err
	}
	h := Handed{Batch: b}
	if err := r.fill(ctx, &h); err != nil {
		return Handed{}, nil, fmt.Errorf("staged: %w", err)
	}
	drafts, err := list(ctx, r.q, func(r *sql.Rows) (d Draft, err error) {
		err = r.Scan(&d.Kind, &d.Key, &d.Replaces, &d.Body)
		return d, err
	}, `SELECT v.kind, v.natural_key, v.replaces, p.body FROM version v JOIN payload p ON p.county = v.county AND p.version = v.id
		WHERE v.county = $1 AND v.batch = $2 ORDER BY v.ordinal`, b.County, b.ID)
	if err != nil {
		return Handed{}, nil, fmt.Errorf("staged: %w", err)
	}
	return h, drafts, nil
}
