package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"shiji/internal/audit"
	"shiji/internal/org"
)

// Logged is an event with its place in the log and what is kept beside it.
type Logged struct {
	audit.Event
	Leaf   int64  // -1 while it waits for its leaf
	Detail []byte // what After commits to; nil if nothing, or erased
}

// Logged returns events with their leaves and details, in the order in which
// they are given. The caller decides who may see them.
func (r Reader) Logged(ctx context.Context, events []audit.Event) ([]Logged, error) {
	if len(events) == 0 {
		return nil, nil
	}
	out := make([]Logged, len(events))
	at := map[string]int{}
	var w where
	ids := make([]string, len(events))
	for i, e := range events {
		out[i] = Logged{Event: e, Leaf: -1}
		at[e.ID], ids[i] = i, w.arg(e.ID)
	}
	in := " IN (" + strings.Join(ids, ", ") + ")"
	_, err := list(ctx, r.q, func(rows *sql.Rows) (struct{}, error) {
		var id string
		var leaf sql.NullInt64
		var detail []byte
		err := rows.Scan(&id, &leaf, &detail)
		if i, ok := at[id]; ok && err == nil {
			out[i].Detail = detail
			if leaf.Valid {
				out[i].Leaf = leaf.Int64
			}
		}
		return struct{}{}, err
	}, "SELECT event.id, leaf.idx, detail.content FROM event LEFT JOIN leaf ON leaf.event = event.id LEFT JOIN detail ON detail.event = event.id WHERE event.id"+in, w.args...)
	if err != nil {
		return nil, fmt.Errorf("logged events: %w", err)
	}
	return out, nil
}

// Concerned returns whom an event's object ("post/…", "role/…") concerns; the
// fault "not found" says that it concerns nobody in particular. It takes no scope:
// the caller shows events that she may see.
func (r Reader) Concerned(ctx context.Context, object string) (org.PersonID, error) {
	kind, id, _ := strings.Cut(object, "/")
	query, ok := map[string]string{
		"person":  "SELECT id FROM person WHERE id = $1",
		"post":    "SELECT person FROM post WHERE id = $1",
		"account": "SELECT person FROM account WHERE id = $1",
		"role":    "SELECT account.person FROM role JOIN account ON account.id = role.account WHERE role.id = $1",
	}[kind]
	if !ok {
		return "", notFound()
	}
	person, err := one(ctx, r.q, text, query, id)
	return org.PersonID(person), err
}

// UnitOf returns the unit of an appraisal that the caller has read within her
// scope: who sees an appraisal, or her result in it, may know whose it is.
func (r Reader) UnitOf(ctx context.Context, a Appraisal) (org.Unit, error) {
	return r.unit(ctx, a.Unit)
}

// UnitNamed returns a unit whoever asks: its name stands beside something that the
// caller may see, a post or a role, and is no secret.
func (r Reader) UnitNamed(ctx context.Context, id org.UnitID) (org.Unit, error) {
	return r.unit(ctx, id)
}

// Checkpoint returns the last signed checkpoint, the fault "not found" before the
// first. It is public.
func (s *Store) Checkpoint(ctx context.Context) (string, error) {
	return one(ctx, s.q, text, "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
}

// PublicKey returns the text of the key by which everybody checks checkpoints.
func (s *Store) PublicKey() string { return s.cfg.Keys.Verifier }
