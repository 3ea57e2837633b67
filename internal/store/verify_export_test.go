package store

import (
	"context"

	"shiji/internal/audit"
)

// PackQueries are the packing queries by the plan that each must have.
var PackQueries = map[string]string{
	packedEvents:  "SEARCH l USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)\nSEARCH e USING INTEGER PRIMARY KEY (rowid=?)\n",
	packedDetails: "SEARCH detail USING INDEX sqlite_autoindex_detail_1 (event>? AND event<?)\n",
}

// Border stands between the values of a pack.
const Border = border

// ChunkSize is how many leaves the audit reads at once.
const ChunkSize = chunkSize

// Unpack reads the leaves from first to last packed, and returns of each the
// values of its event, and of its detail if there is one.
func (s *Store) Unpack(ctx context.Context, first, last int64) (rows [][]string, certain bool, err error) {
	q, err := s.engine.conn(ctx, s.pool.db)
	if err != nil {
		return nil, false, err
	}
	defer q.close()
	var c chunk
	v := &auditor{s: s, ctx: ctx, q: q, log: audit.NewLog()}
	if certain, err = v.unpack(&c, first, last); err != nil || !certain {
		return nil, false, err
	}
	for _, r := range c.rows {
		row := []string{string(r.id), string(r.actor), string(r.action), string(r.object), string(r.org), string(r.bytes)}
		if r.salt != nil {
			row = append(row, string(r.salt), string(r.content))
		}
		rows = append(rows, row)
	}
	return rows, true, nil
}
