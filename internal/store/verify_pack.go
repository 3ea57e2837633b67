package store

import (
	"bytes"
	"database/sql"
	"strings"
)

// Handing a row over costs SQLite's driver more than reading or hashing it, so
// the engine is asked to pack many rows into one value. (On PostgreSQL, whose
// driver is cheaper and whose server joins the whole log at once, this would be
// slower.)
//
// A pack of n rows of k columns is their n·k values in order, with border between
// any two. border cannot overlap itself, so a pack of values without border and
// without NULL holds it n·k-1 times. A value that holds border adds one, and a row
// with a NULL, which stands as k borders, adds one too. So a pack with n·k-1
// borders cuts into exactly the values that were packed, whatever somebody wrote
// into the tables; any other is not trusted, and its rows are read one by one.
const border = "\x1c\x1d\x1e\x1f" // ASCII's separators, each once

const (
	eventColumns  = 6
	detailColumns = 3
)

// In these queries $1 and $2 are the first and the last leaf of the chunk, $3 is
// border, and $4 stands for a row with a NULL.
const (
	// The writer inserts leaves and events in one order, beginning with row 1 and
	// leaf 0: they are found side by side, where looking for ids takes twice as
	// long. Rows that lie elsewhere are missing from the pack; NOT INDEXED leaves no
	// other order than that of rows.
	packedEvents = `SELECT COUNT(*), CAST(group_concat(ifnull(
			e.id || $3 || e.actor || $3 || e.action || $3 || e.object || $3 || e.org || $3 || e.bytes, $4), $3) AS BLOB)
		FROM leaf l NOT INDEXED CROSS JOIN event e NOT INDEXED ON e.rowid = l.rowid AND e.id = l.event
		WHERE l.rowid > $1 AND l.rowid <= $2 + 1 AND l.idx = l.rowid - 1`
	// One more than a chunk may have tells that there are strangers among them.
	packedDetails = `SELECT COUNT(*), CAST(group_concat(ifnull(event || $3 || salt || $3 || content, $4), $3) AS BLOB)
		FROM (SELECT event, salt, content FROM detail
			WHERE event >= (SELECT event FROM leaf WHERE idx = $1) AND event <= (SELECT event FROM leaf WHERE idx = $2)
			ORDER BY event LIMIT $2 - $1 + 2)`
)

// unpack reads the leaves from first to last packed, and says whether that is
// certain: all are there, their ids ascend, and values are those of the tables.
func (v *auditor) unpack(c *chunk, first, last int64) (certain bool, err error) {
	n := last - first + 1
	cut, packed, err := v.pack(&c.events, packedEvents, eventColumns, first, last)
	if err != nil || packed != n {
		return false, err
	}
	c.rows = c.rows[:0]
	for i := range n {
		r := logRow{idx: first + i, id: cut.next(), actor: cut.next(), action: cut.next(), object: cut.next(), org: cut.next(), bytes: cut.next()}
		r.leaf = r.id // by which it was joined
		if i > 0 && bytes.Compare(c.rows[i-1].id, r.id) >= 0 {
			return false, nil
		}
		c.rows = append(c.rows, r)
	}
	if !cut.exact() {
		return false, nil
	}
	return v.unpackDetails(c, first, last)
}

// unpackDetails adds what stands behind the events of a chunk whose ids ascend.
func (v *auditor) unpackDetails(c *chunk, first, last int64) (certain bool, err error) {
	cut, packed, err := v.pack(&c.behind, packedDetails, detailColumns, first, last)
	if err != nil || packed == 0 {
		return packed == 0, err
	}
	rows := c.rows
	for range packed {
		event := cut.next()
		for len(rows) > 0 && !bytes.Equal(rows[0].id, event) {
			rows = rows[1:]
		}
		if len(rows) == 0 { // belongs to none of them
			return false, nil
		}
		rows[0].salt, rows[0].content = cut.next(), cut.next()
		rows = rows[1:]
	}
	return cut.exact(), nil
}

// pack puts the pack of a query into buf, ready to be cut, and returns how many
// rows are in it.
func (v *auditor) pack(buf *[]byte, query string, columns int, first, last int64) (cut cutter, n int64, err error) {
	rows, err := v.q.rows(v.ctx, query, first, last, []byte(border), []byte(strings.Repeat(border, columns)))
	if err != nil {
		return cut, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var raw sql.RawBytes
		if err := rows.Scan(&n, &raw); err != nil {
			return cut, 0, err
		}
		*buf = append((*buf)[:0], raw...)
	}
	return cutter{rest: *buf, left: n * int64(columns)}, n, rows.Err()
}

// cutter cuts a pack of so many values.
type cutter struct {
	rest  []byte
	left  int64 // borders that must still come, and the end
	wrong bool
}

// next returns the next value.
func (c *cutter) next() []byte {
	value, rest, found := bytes.Cut(c.rest, []byte(border))
	c.left--
	if found != (c.left > 0) {
		c.wrong = true
	}
	c.rest = rest
	return value
}

// exact says whether all values were cut and the pack held no border but theirs.
func (c *cutter) exact() bool { return c.left == 0 && !c.wrong }
