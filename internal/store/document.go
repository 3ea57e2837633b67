package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"strconv"

	"shiji/internal/audit"
	"shiji/internal/fault"
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
}

// Draft is one document of a batch: packed bytes under a kind and a natural key.
// Replaces is the version that the filler saw as the valid one, "" if none: a
// document that changed meanwhile is not overwritten.
type Draft struct {
	Kind     string
	Key      string
	Replaces string
	Body     []byte
}

const batchColumns = "batch.county, batch.id, batch.unit, batch.term, batch.filler, batch.at, batch.event"

type batchRow struct {
	Batch
	event string
}

func scanBatch(r *sql.Rows) (b batchRow, err error) {
	err = r.Scan(&b.County, &b.ID, &b.Unit, &b.Term, &b.Filler, &b.At, &b.event)
	return b, err
}

func (b batchRow) canonical(originals []Blob) []byte {
	fields := []string{string(b.County), b.ID, string(b.Unit), b.Term, string(b.Filler), b.At}
	for _, o := range originals {
		fields = append(fields, o.SHA, o.Name, strconv.FormatInt(o.Size, 10))
	}
	return canonical("batch/1", fields...)
}

// versionRow is one row of version.
type versionRow struct {
	batch, id, kind, key, replaces string
	ordinal                        int64
	commitment                     []byte
}

const versionColumns = "version.batch, version.ordinal, version.id, version.kind, version.natural_key, version.replaces, version.commitment"

func scanVersion(r *sql.Rows) (v versionRow, err error) {
	err = r.Scan(&v.batch, &v.ordinal, &v.id, &v.kind, &v.key, &v.replaces, &v.commitment)
	return v, err
}

// member is what the batch's root binds to: which document it is, what it
// replaces, and its commitment, which alone binds to the body. So all of it
// stays checkable after the body was erased.
func (v versionRow) member() audit.Commitment {
	return sha256.Sum256(canonical("version/1", v.batch, strconv.FormatInt(v.ordinal, 10), v.id, v.kind, v.key, v.replaces, hexOf(v.commitment)))
}

// Stage begins a batch of actor for a unit and a term. Staging leaves no event:
// what nobody adopted was never handed in.
func (s *Store) Stage(ctx context.Context, actor org.Actor, unit org.UnitID, term string) (Batch, error) {
	b := Batch{Unit: unit, Term: term, Filler: actor.Account}
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
		_, err = c.exec(ctx, "INSERT INTO batch (county, id, unit, term, filler, state, at, event) VALUES ($1, $2, $3, $4, $5, 'staged', $6, '')", b.County, b.ID, b.Unit, b.Term, b.Filler, b.At)
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

// Adopt makes a batch's documents the valid ones: its one event commits to all
// of them and to the originals they came from. A document that another batch
// changed since this one was staged is a conflict, and nothing is adopted.
func (tx *Tx) Adopt(ctx context.Context, county org.UnitID, id string) error {
	if err := touchBatch(ctx, tx.c, Batch{County: county, ID: id}); err != nil {
		return err
	}
	b, err := one(ctx, tx.q, scanBatch, "SELECT "+batchColumns+" FROM batch WHERE county = $1 AND id = $2", county, id)
	if err != nil {
		return err
	}
	u, err := tx.unit(ctx, b.Unit)
	if err != nil {
		return err
	}
	originals, err := originalsOf(ctx, tx.q, b.Batch)
	if err != nil {
		return err
	}
	evidence, n, err := tx.evidence(ctx, b.Batch, originals)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Missing, "store.empty-batch")
	}
	event, err := tx.record(ctx, change{action: audit.BatchAdopted, id: id, org: u.Path, version: 1, content: b.canonical(originals), evidence: evidence})
	if err != nil {
		return err
	}
	if _, err := tx.q.exec(ctx, "UPDATE batch SET state = 'adopted', event = $1 WHERE county = $2 AND id = $3", event, county, id); err != nil {
		return fmt.Errorf("adopt: %w", err)
	}
	return tx.moveDocuments(ctx, b.Batch, event, n)
}

// evidence returns the root over the batch's n versions and the digests of its
// originals.
func (tx *Tx) evidence(ctx context.Context, b Batch, originals []Blob) (evidence []audit.Commitment, n int64, err error) {
	versions, err := list(ctx, tx.q, scanVersion, "SELECT "+versionColumns+" FROM version WHERE county = $1 AND batch = $2 ORDER BY ordinal", b.County, b.ID)
	if err != nil {
		return nil, 0, fmt.Errorf("adopt: %w", err)
	}
	members := make([]audit.Commitment, len(versions))
	for i, v := range versions {
		members[i] = v.member()
	}
	evidence = []audit.Commitment{audit.SetRoot(members)}
	for _, o := range originals {
		c, err := commitmentOfHex(o.SHA)
		if err != nil {
			return nil, 0, err
		}
		evidence = append(evidence, c)
	}
	return evidence, int64(len(members)), nil
}

func originalsOf(ctx context.Context, q querier, b Batch) ([]Blob, error) {
	out, err := list(ctx, q, func(r *sql.Rows) (o Blob, err error) {
		err = r.Scan(&o.SHA, &o.Name, &o.Size)
		return o, err
	}, "SELECT sha, name, size FROM blob WHERE county = $1 AND batch = $2 ORDER BY sha", b.County, b.ID)
	if err != nil {
		return nil, fmt.Errorf("originals: %w", err)
	}
	return out, nil
}

// moveDocuments points documents at the batch's versions, each by
// compare-and-set on the number of the version it replaces.
func (tx *Tx) moveDocuments(ctx context.Context, b Batch, event string, n int64) error {
	moved, err := tx.q.exec(ctx, `INSERT INTO document (county, unit, term, kind, natural_key, version, number)
		SELECT v.county, $3, $4, v.kind, v.natural_key, v.id, COALESCE(a.number, 0) + 1
		FROM version v
		LEFT JOIN version r ON r.county = v.county AND r.id = v.replaces AND r.kind = v.kind AND r.natural_key = v.natural_key
		LEFT JOIN adoption a ON a.county = r.county AND a.version = r.id
		WHERE v.county = $1 AND v.batch = $2
		ON CONFLICT (county, unit, term, kind, natural_key) DO UPDATE SET version = excluded.version, number = excluded.number
		WHERE document.number = excluded.number - 1`, b.County, b.ID, b.Unit, b.Term)
	if err != nil {
		return fmt.Errorf("adopt: %w", err)
	}
	if moved != n {
		return fault.New(fault.Conflict, "store.overtaken", n-moved)
	}
	_, err = tx.q.exec(ctx, `INSERT INTO adoption (county, version, number, event)
		SELECT d.county, d.version, d.number, $3 FROM version v
		JOIN document d ON d.county = v.county AND d.unit = $4 AND d.term = $5 AND d.kind = v.kind AND d.natural_key = v.natural_key
		WHERE v.county = $1 AND v.batch = $2`, b.County, b.ID, event, b.Unit, b.Term)
	if err != nil {
		return fmt.Errorf("adopt: %w", err)
	}
	return nil
}

// Document is a valid version of a document.
type Document struct {
	County  org.UnitID
	Unit    org.UnitID
	Term    string
	Kind    string
	Key     string
	Version string
	Number  int64 // how many versions it has had
	Body    []byte
}

// Documents returns the valid documents of a unit and a term with their
// bodies, by kind and key. An erased body is nil.
func (r Reader) Documents(ctx context.Context, scope org.Scope, unit org.UnitID, term string) ([]Document, error) {
	u, err := r.Unit(ctx, scope, unit)
	if err != nil {
		return nil, err
	}
	docs, err := list(ctx, r.q, scanDocument, `SELECT d.county, d.unit, d.term, d.kind, d.natural_key, d.version, d.number, p.body
		FROM document d LEFT JOIN payload p ON p.county = d.county AND p.version = d.version
		WHERE d.county = $1 AND d.unit = $2 AND d.term = $3 ORDER BY d.kind, d.natural_key`, u.County, unit, term)
	if err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	return docs, nil
}

func scanDocument(r *sql.Rows) (d Document, err error) {
	err = r.Scan(&d.County, &d.Unit, &d.Term, &d.Kind, &d.Key, &d.Version, &d.Number, &d.Body)
	return d, err
}

// History returns all adopted versions of a document, the first one first.
func (r Reader) History(ctx context.Context, scope org.Scope, d Document) ([]Document, error) {
	u, err := r.Unit(ctx, scope, d.Unit)
	if err != nil {
		return nil, err
	}
	docs, err := list(ctx, r.q, scanDocument, `SELECT v.county, b.unit, b.term, v.kind, v.natural_key, v.id, a.number, p.body
		FROM version v JOIN batch b ON b.county = v.county AND b.id = v.batch
		JOIN adoption a ON a.county = v.county AND a.version = v.id
		LEFT JOIN payload p ON p.county = v.county AND p.version = v.id
		WHERE v.county = $1 AND b.unit = $2 AND b.term = $3 AND v.kind = $4 AND v.natural_key = $5 ORDER BY a.number`, u.County, d.Unit, d.Term, d.Kind, d.Key)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	return docs, nil
}
