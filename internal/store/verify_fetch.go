package store

import (
	"context"
	"database/sql"
)

const logQuery = `SELECT l.idx, l.event, e.id, e.actor, e.action, e.object, e.org, e.bytes, d.salt, d.content
	FROM leaf l LEFT JOIN event e ON e.id = l.event LEFT JOIN detail d ON d.event = l.event ORDER BY l.idx`

// fetchJoined reads the log by one join.
func (v *auditor) fetchJoined(chunks chan<- []logRow) error {
	rows, err := v.q.rows(v.ctx, logQuery)
	if err != nil {
		return err
	}
	defer rows.Close()
	chunk := make([]logRow, 0, 512)
	for rows.Next() {
		r := logRow{whole: true}
		if err := rows.Scan(&r.idx, &r.leaf, &r.id, &r.actor, &r.action, &r.object, &r.org, &r.bytes, &r.salt, &r.content); err != nil {
			return err
		}
		if chunk = append(chunk, r); len(chunk) == cap(chunk) {
			chunks <- chunk
			chunk = make([]logRow, 0, 512)
		}
	}
	chunks <- chunk
	return rows.Err()
}

// maxAhead bounds how far one leaf moves a cursor on.
const maxAhead = 1000

// cursor reads a table beside the leaves: its rows were inserted in their order,
// which reads twice as fast as a join finds them one by one. A row that is not
// met in that order is looked for by itself.
type cursor struct {
	rows *sql.Rows
	scan func(*sql.Rows, *logRow) error
	id   func(*logRow) string
	row  logRow
	have bool
}

// next moves on by one row.
func (c *cursor) next() error {
	if c.have = c.rows.Next(); !c.have {
		return c.rows.Err()
	}
	c.row = logRow{}
	return c.scan(c.rows, &c.row)
}

// find moves on to the row of leaf, ids ascend with time, and says whether it is
// there.
func (c *cursor) find(leaf string) (bool, error) {
	for range maxAhead {
		if !c.have || c.id(&c.row) >= leaf {
			break
		}
		if err := c.next(); err != nil {
			return false, err
		}
	}
	return c.have && c.id(&c.row) == leaf, nil
}

func (v *auditor) cursor(query string, scan func(*sql.Rows, *logRow) error, id func(*logRow) string) (*cursor, error) {
	rows, err := v.q.rows(v.ctx, query)
	if err != nil {
		return nil, err
	}
	c := &cursor{rows: rows, scan: scan, id: id}
	return c, c.next()
}

// fetchInOrder reads leaves, events and details side by side, on SQLite, where
// the writer inserts all three in one order.
func (v *auditor) fetchInOrder(chunks chan<- []logRow) error {
	events, err := v.cursor("SELECT id, actor, action, object, org, bytes FROM event ORDER BY rowid",
		func(rows *sql.Rows, r *logRow) error {
			return rows.Scan(&r.id, &r.actor, &r.action, &r.object, &r.org, &r.bytes)
		}, func(r *logRow) string { return r.id.String })
	if err != nil {
		return err
	}
	defer events.rows.Close()
	details, err := v.cursor("SELECT event, salt, content FROM detail ORDER BY rowid",
		func(rows *sql.Rows, r *logRow) error { return rows.Scan(&r.leaf, &r.salt, &r.content) },
		func(r *logRow) string { return r.leaf })
	if err != nil {
		return err
	}
	defer details.rows.Close()
	leaves, err := v.q.rows(v.ctx, "SELECT idx, event FROM leaf ORDER BY idx")
	if err != nil {
		return err
	}
	defer leaves.Close()
	chunk := make([]logRow, 0, 512)
	for leaves.Next() {
		var r logRow
		if err := leaves.Scan(&r.idx, &r.leaf); err != nil {
			return err
		}
		if err := v.join(&r, events, details); err != nil {
			return err
		}
		if chunk = append(chunk, r); len(chunk) == cap(chunk) {
			chunks <- chunk
			chunk = make([]logRow, 0, 512)
		}
	}
	chunks <- chunk
	return leaves.Err()
}

// join adds to a leaf its event, and its detail if that is met in order.
func (v *auditor) join(r *logRow, events, details *cursor) error {
	there, err := events.find(r.leaf)
	if err != nil {
		return err
	}
	if !there {
		rows, err := list(v.ctx, v.q, func(rows *sql.Rows) (o logRow, err error) {
			o = logRow{idx: r.idx, leaf: r.leaf, whole: true}
			return o, rows.Scan(&o.id, &o.actor, &o.action, &o.object, &o.org, &o.bytes, &o.salt, &o.content)
		}, "SELECT e.id, e.actor, e.action, e.object, e.org, e.bytes, d.salt, d.content FROM event e LEFT JOIN detail d ON d.event = e.id WHERE e.id = $1", r.leaf)
		if err == nil && len(rows) == 1 {
			*r = rows[0]
		}
		return err
	}
	e := &events.row
	r.id, r.actor, r.action, r.object, r.org, r.bytes = e.id, e.actor, e.action, e.object, e.org, e.bytes
	if there, err = details.find(r.leaf); there {
		r.salt, r.content, r.whole = details.row.salt, details.row.content, true
	}
	return err
}

// detailBeside looks for the detail of an event that was not met in order.
func (v *auditor) detailBeside(event string, r *logRow) bool {
	r.whole = true
	d, err := one(context.WithoutCancel(v.ctx), v.s.pool, func(rows *sql.Rows) (o logRow, err error) {
		return o, rows.Scan(&o.salt, &o.content)
	}, "SELECT salt, content FROM detail WHERE event = $1", event)
	r.salt, r.content = d.salt, d.content
	return err == nil && d.salt != nil && d.content != nil
}
