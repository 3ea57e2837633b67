package store

import (
	"bytes"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"shiji/internal/audit"
)

// compareTiles compares the recomputed tiles that are full, once each. Those that
// still grow are compared at the end of the log.
func (v *auditor) compareTiles() {
	for _, t := range v.log.Drain() {
		if t.Width() < 1<<audit.TileHeight {
			v.growing[t.Level] = t
			continue
		}
		delete(v.growing, t.Level)
		v.compareTile(t)
	}
}

// compareTile compares a recomputed tile with the stored one. That is read beside
// the snapshot: tiles only grow, so their beginnings are the same.
func (v *auditor) compareTile(t audit.Tile) {
	stored, err := tiles{v.ctx, v.s.pool}.Tile(t.Level, t.N)
	switch {
	case err != nil, len(stored) < len(t.Hashes), len(stored)%tlog.HashSize != 0,
		t.Width() == 1<<audit.TileHeight && len(stored) != len(t.Hashes):
		v.fault("store.audit-tile", t.Level, t.N)
	case bytes.Equal(stored[:len(t.Hashes)], t.Hashes):
	case t.Level > 0:
		v.fault("store.audit-tile", t.Level, t.N)
	default:
		kept := audit.Tile{Hashes: stored}
		for i := range t.Width() {
			if kept.Hash(i) != t.Hash(i) {
				v.fault("store.audit-leaf", t.N<<audit.TileHeight+int64(i), v.recent[i])
			}
		}
	}
}

// checkHead compares head and checkpoints with the recomputed log, and looks for
// events without a place in it.
func (v *auditor) checkHead(Audit) error {
	h, err := readHead(v.ctx, v.q)
	if err != nil {
		return err
	}
	if h.size != v.log.Size() || tlog.Hash(h.root) != v.log.Root() {
		v.fault("store.audit-head", h.size, v.log.Size())
	}
	for _, c := range v.checks {
		cp, err := audit.OpenCheckpoint(c.note, v.s.verifier)
		if root, known := v.roots[c.size]; err != nil || cp.Size != c.size || !known || root != cp.Root {
			v.fault(c.key, c.size)
		}
	}
	for _, q := range []struct{ key, count, sql string }{
		{"store.audit-unlogged", "SELECT (SELECT COUNT(*) FROM event) - (SELECT COUNT(*) FROM leaf)",
			"SELECT e.id FROM event e LEFT JOIN leaf l ON l.event = e.id LEFT JOIN pending p ON p.event = e.id WHERE l.event IS NULL AND p.event IS NULL ORDER BY e.id LIMIT 100"},
		{"store.audit-detail", "SELECT COUNT(*) FROM detail",
			"SELECT d.event FROM detail d LEFT JOIN event e ON e.id = d.event WHERE e.id IS NULL ORDER BY d.event LIMIT 100"},
	} {
		n, err := one(v.ctx, v.q, integer, q.count)
		if err != nil {
			return err
		}
		if q.key == "store.audit-detail" {
			n -= v.details
		}
		if n == 0 && v.report.Faults.Len() == 0 { // the search costs as much as the log
			continue
		}
		ids, err := list(v.ctx, v.q, text, q.sql)
		if err != nil {
			return err
		}
		for _, id := range ids {
			v.fault(q.key, id)
		}
	}
	v.report.Waiting, err = one(v.ctx, v.q, integer, "SELECT COUNT(*) FROM pending p JOIN event e ON e.id = p.event LEFT JOIN leaf l ON l.event = p.event WHERE l.event IS NULL")
	return err
}

// checkErasures compares the erasures with the events that decided them.
func (v *auditor) checkErasures(Audit) error {
	var targets []string
	for t := range v.erased {
		targets = append(targets, t)
	}
	for t := range v.erasing {
		if _, both := v.erased[t]; !both {
			targets = append(targets, t)
		}
	}
	slices.Sort(targets)
	for _, t := range targets {
		if v.erased[t] != v.erasing[t] && v.report.Waiting == 0 { // on PostgreSQL its event may wait for its leaf
			v.fault("store.audit-erasure", t)
		}
	}
	return nil
}
