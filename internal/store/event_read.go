package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
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

// Trail names events about one object: those of the given actions.
type Trail struct {
	Object  string
	Actions []audit.Action
}

// EventsAlong returns the events on any of the trails that others than the actor
// without left, the newest first. The key of a page is the id of its last event. The
// caller decides who may see them.
func (r Reader) EventsAlong(ctx context.Context, trails []Trail, without org.AccountID, page Page) ([]audit.Event, error) {
	var out []audit.Event
	for _, t := range trails { // each is a range of one index; together they are none
		var w where
		w.and("object = %s", t.Object)
		w.and("actor <> %s", string(without))
		actions := make([]string, len(t.Actions))
		for i, a := range t.Actions {
			actions[i] = w.arg(string(a))
		}
		w.conditions = append(w.conditions, "action IN ("+strings.Join(actions, ", ")+")")
		events, err := r.events(ctx, w, page)
		if err != nil {
			return nil, err
		}
		out = merge(out, events, func(a, b audit.Event) int { return strings.Compare(b.ID, a.ID) }, page.limit())
	}
	return out, nil
}

// LastOf returns the newest event by which actor did action to an object, the fault
// "not found" if there is none.
func (r Reader) LastOf(ctx context.Context, object string, action audit.Action, actor org.AccountID) (audit.Event, error) {
	// the index of objects is meant: an actor leaves many more events than an
	// object has, and || keeps planners without statistics from hers
	bytes, err := one(ctx, r.q, bytesOf, "SELECT bytes FROM event WHERE object = $1 AND action = $2 AND actor || '' = $3 ORDER BY id DESC LIMIT 1", object, string(action), string(actor))
	if err != nil {
		return audit.Event{}, err
	}
	return audit.ParseEvent(bytes)
}

// AppraisalsWith returns the ids of the appraisals in any evaluation of which,
// superseded ones included, a person has a result. The caller decides who may know.
func (r Reader) AppraisalsWith(ctx context.Context, person org.PersonID) ([]string, error) {
	ids, err := list(ctx, r.q, text, `SELECT DISTINCT evaluation.appraisal FROM result
		JOIN evaluation ON evaluation.county = result.county AND evaluation.id = result.evaluation WHERE result.person = $1 ORDER BY evaluation.appraisal`, person)
	if err != nil {
		return nil, fmt.Errorf("appraisals with a person: %w", err)
	}
	return ids, nil
}

// BatchesWith returns the ids of the adopted batches of the units and terms in
// which, likewise, a person has a result: their workbooks tell of her.
func (r Reader) BatchesWith(ctx context.Context, person org.PersonID) ([]string, error) {
	ids, err := list(ctx, r.q, text, `SELECT DISTINCT batch.id FROM result
		JOIN evaluation ON evaluation.county = result.county AND evaluation.id = result.evaluation
		JOIN appraisal ON appraisal.county = evaluation.county AND appraisal.id = evaluation.appraisal
		JOIN batch ON batch.unit = appraisal.unit AND batch.term = appraisal.term AND batch.state = 'adopted'
		WHERE result.person = $1 ORDER BY batch.id`, person)
	if err != nil {
		return nil, fmt.Errorf("batches with a person: %w", err)
	}
	return ids, nil
}

// AccountNames returns the names of the persons behind accounts, as far as there are
// such accounts. The caller shows them beside what she may see.
func (r Reader) AccountNames(ctx context.Context, ids []string) (map[string]string, error) {
	return r.names(ctx, "SELECT account.id, person.name FROM account JOIN person ON person.id = account.person WHERE account.id IN ", ids)
}

// PersonNames returns the names of persons, likewise.
func (r Reader) PersonNames(ctx context.Context, ids []string) (map[string]string, error) {
	return r.names(ctx, "SELECT id, name FROM person WHERE id IN ", ids)
}

func (r Reader) names(ctx context.Context, query string, ids []string) (map[string]string, error) {
	out := map[string]string{}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 {
		return out, nil
	}
	var w where
	holes := make([]string, len(ids))
	for i, id := range ids {
		holes[i] = w.arg(id)
	}
	_, err := list(ctx, r.q, func(rows *sql.Rows) (struct{}, error) {
		var id, name string
		err := rows.Scan(&id, &name)
		out[id] = name
		return struct{}{}, err
	}, query+"("+strings.Join(holes, ", ")+")", w.args...)
	if err != nil {
		return nil, fmt.Errorf("names: %w", err)
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
