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
	originals, err := originalsOf(ctx, tx.q, b)
	if err != nil {
		return err
	}
	evidence, n, err := tx.evidence(ctx, b, originals)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Missing, "store.empty-batch")
	}
	if b.Number, err = tx.adoption(ctx, b); err != nil {
		return err
	}
	event, err := tx.record(ctx, change{action: audit.BatchAdopted, id: id, org: u.Path, version: 1, content: b.canonical(originals), evidence: evidence})
	if err != nil {
		return err
	}
	if _, err := tx.q.exec(ctx, "UPDATE batch SET state = 'adopted', number = $1, event = $2 WHERE county = $3 AND id = $4", b.Number, event, county, id); err != nil {
		return fmt.Errorf("adopt: %w", err)
	}
	return tx.moveDocuments(ctx, b, event, n)
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
