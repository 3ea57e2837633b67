package store

import "database/sql"

// chunkSize is how many leaves are read at once, chunksAhead how many chunks are
// read, waiting or checked at a time.
const (
	chunkSize   = 512
	chunksAhead = 3
)

// chunk is some leaves in their order, and the memory that they lie in.
type chunk struct {
	rows           []logRow
	events, behind []byte
}

// logRow is one leaf with its event and what stands behind it. Its bytes are
// those of its chunk.
type logRow struct {
	idx                                         int64
	leaf, id, actor, action, object, org, bytes []byte
	salt, content                               []byte // salt is nil if nothing stands behind the event
}

// pipe carries chunks from who reads them to who checks them, and back to be
// filled again: a log of any length is read in the memory of a few chunks.
type pipe struct{ empty, full chan *chunk }

func newPipe() pipe {
	p := pipe{make(chan *chunk, chunksAhead), make(chan *chunk, chunksAhead)}
	for range chunksAhead {
		p.empty <- new(chunk)
	}
	return p
}

const logRows = `SELECT l.idx, l.event, e.id, e.actor, e.action, e.object, e.org, e.bytes, d.salt, d.content
	FROM leaf l LEFT JOIN event e ON e.id = l.event LEFT JOIN detail d ON d.event = l.event`

// fetch reads the leaves in their order, row by row.
func (v *auditor) fetch(p pipe) error {
	return v.fetchRows(p, logRows+" ORDER BY l.idx")
}

func (v *auditor) fetchRows(p pipe, query string, args ...any) error {
	rows, err := v.q.rows(v.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for {
		c := <-p.empty
		if err := c.read(rows); err != nil {
			return err
		}
		if len(c.rows) == 0 {
			p.empty <- c
			return nil
		}
		p.full <- c
	}
}

// read fills the chunk with the next rows.
func (c *chunk) read(rows *sql.Rows) error {
	c.rows, c.events = c.rows[:0], c.events[:0]
	for len(c.rows) < chunkSize && rows.Next() {
		var r logRow
		var raw [9]sql.RawBytes
		if err := rows.Scan(&r.idx, &raw[0], &raw[1], &raw[2], &raw[3], &raw[4], &raw[5], &raw[6], &raw[7], &raw[8]); err != nil {
			return err
		}
		for i, field := range []*[]byte{&r.leaf, &r.id, &r.actor, &r.action, &r.object, &r.org, &r.bytes, &r.salt, &r.content} {
			if raw[i] != nil {
				start := len(c.events)
				c.events = append(c.events, raw[i]...)
				*field = c.events[start:]
			}
		}
		c.rows = append(c.rows, r)
	}
	return rows.Err()
}

// fetchPacked reads the leaves in their order, a chunk in one row where it is as
// the writer left it, row by row elsewhere.
func (v *auditor) fetchPacked(p pipe) error {
	const ends = "SELECT (SELECT COUNT(*) FROM leaf), COALESCE((SELECT MIN(idx) FROM leaf), 0), COALESCE((SELECT MAX(idx) FROM leaf), -1)"
	leaves, err := one(v.ctx, v.q, func(r *sql.Rows) (n [3]int64, err error) {
		return n, r.Scan(&n[0], &n[1], &n[2])
	}, ends)
	if err != nil {
		return err
	}
	n := leaves[0]
	if leaves[1] != 0 || leaves[2] != n-1 {
		return v.fetch(p)
	}
	for first := int64(0); first < n; first += chunkSize {
		last := min(first+chunkSize, n) - 1
		c := <-p.empty
		certain, err := v.unpack(c, first, last)
		switch {
		case err != nil:
			return err
		case certain:
			p.full <- c
		default:
			p.empty <- c
			if err := v.fetchRows(p, logRows+" WHERE l.idx >= $1 AND l.idx <= $2 ORDER BY l.idx", first, last); err != nil {
				return err
			}
		}
	}
	return nil
}
