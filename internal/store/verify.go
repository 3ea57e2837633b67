package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"shiji/internal/audit"
	"shiji/internal/fault"
)

// Audit says how far Verify goes beyond what is always checked.
type Audit struct {
	Known []string // signed checkpoints that somebody kept
	Blobs bool     // read every original as well
}

// Report is what a full audit found. No faults means: every event, row,
// version and result is what its event committed to, nothing is missing, and
// the log continues every checkpoint.
type Report struct {
	Size    int64
	Root    tlog.Hash
	Waiting int64 // events that have no leaf yet
	Rows    int64 // rows compared with their events
	Erased  int64 // contents that were erased by decision
	Faults  fault.List
}

// Verify recomputes the whole log from the events and compares everything with
// it, in one snapshot of the database.
func (s *Store) Verify(ctx context.Context, a Audit) (Report, error) {
	c, err := s.engine.conn(ctx, s.pool.db)
	if err != nil {
		return Report{}, fmt.Errorf("verify: %w", err)
	}
	defer c.close()
	begin := "BEGIN"
	if s.engine.leavesLater {
		begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	if err := c.control(begin); err != nil {
		return Report{}, fmt.Errorf("verify: %w", err)
	}
	defer func() { _ = c.control("ROLLBACK") }() // nothing was written
	v := &auditor{s: s, ctx: ctx, q: c, log: audit.NewLog(), growing: map[int]audit.Tile{}, roots: map[int64]tlog.Hash{}, states: map[string]state{}, sets: map[string]set{}, erased: map[string]string{}, erasing: map[string]string{}}
	for _, step := range []func(Audit) error{v.prepare, v.readLog, v.checkHead, v.checkErasures, v.checkRows, v.checkVersions, v.checkDocuments, v.checkResults, v.checkBlobs} {
		if err := step(a); err != nil {
			return Report{}, fmt.Errorf("verify: %w", err)
		}
	}
	return v.report, nil
}

// auditor is one full audit.
type auditor struct {
	s      *Store
	ctx    context.Context
	q      *conn
	report Report

	log     *audit.Log
	growing map[int]audit.Tile            // by level: recomputed tiles that are not full yet
	recent  [1 << audit.TileHeight]string // ids of the last events, to name one in a tile
	roots   map[int64]tlog.Hash           // at the sizes of checkpoints
	sizes   []int64
	states  map[string]state  // by object: the last event that accounts for it
	sets    map[string]set    // by event: of those that commit to a set
	erased  map[string]string // erasure rows: target → event
	erasing map[string]string // erasing events: target → event
	checks  []checkpointRow
	details int64 // met in the log
}

// state is what the log says about an object.
type state struct {
	event   string
	after   audit.Commitment
	salt    [audit.SaltSize]byte // that opens after
	opened  bool                 // the salt is there
	version int64
	seen    bool
}

type set struct {
	object   string
	evidence []audit.Commitment
}

type checkpointRow struct {
	size int64
	note string
	key  string // catalogue key of the fault when it does not fit
}

func (v *auditor) fault(key string, args ...any) {
	v.report.Faults.Add(fault.New(fault.Conflict, key, args...))
}

// prepare reads the erasures and at which sizes roots are wanted.
func (v *auditor) prepare(a Audit) error {
	_, err := list(v.ctx, v.q, func(r *sql.Rows) (struct{}, error) {
		var target, event string
		err := r.Scan(&target, &event)
		v.erased[target] = event
		return struct{}{}, err
	}, "SELECT target, event FROM erasure")
	if err != nil {
		return err
	}
	v.checks, err = list(v.ctx, v.q, func(r *sql.Rows) (c checkpointRow, err error) {
		c.key = "store.audit-checkpoint"
		return c, r.Scan(&c.size, &c.note)
	}, "SELECT size, note FROM checkpoint ORDER BY size")
	if err != nil {
		return err
	}
	for _, note := range a.Known {
		cp, err := audit.OpenCheckpoint(note, v.s.verifier)
		if err != nil {
			v.fault("store.audit-known", cp.Size)
			continue
		}
		v.checks = append(v.checks, checkpointRow{cp.Size, note, "store.audit-known"})
	}
	for _, c := range v.checks {
		v.sizes = append(v.sizes, c.size)
	}
	slices.Sort(v.sizes)
	return nil
}

// readLog walks the log once. Reading and checking run side by side.
func (v *auditor) readLog(Audit) error {
	p, fetch := newPipe(), v.fetchPacked
	if v.s.engine.leavesLater {
		fetch = v.fetch
	}
	failed := make(chan error, 1)
	go func() {
		defer close(p.full)
		failed <- fetch(p)
	}()
	for c := range p.full {
		for i := range c.rows {
			v.entry(&c.rows[i])
		}
		p.empty <- c
	}
	if err := <-failed; err != nil {
		return err
	}
	v.compareTiles()
	for _, level := range slices.Sorted(maps.Keys(v.growing)) {
		v.compareTile(v.growing[level])
	}
	v.report.Size, v.report.Root = v.log.Size(), v.log.Root()
	v.keepRoot()
	return nil
}

// entry checks one event and appends it to the recomputed log. Nothing of r is
// kept, because its chunk is filled again.
func (v *auditor) entry(r *logRow) {
	n := v.log.Size()
	v.keepRoot()
	e, err := audit.ParseEvent(r.bytes)
	leaf := e.ID // its bytes are the event's own, not r's; nearly always they are those of the leaf, and an allocation less for each event
	if leaf != string(r.leaf) {
		leaf = string(r.leaf)
	}
	if r.idx != n {
		v.fault("store.audit-leaf", n, leaf)
	}
	v.recent[n%int64(len(v.recent))] = leaf // keeps the text of these events, which ParseEvent copied
	v.log.Append(audit.LeafHash(r.bytes))
	if v.log.Size()%int64(len(v.recent)) == 0 {
		v.compareTiles()
	}
	if err != nil || e.ID != string(r.id) || e.ID != leaf || e.Actor != string(r.actor) || string(e.Action) != string(r.action) || e.Object != string(r.object) || e.Org != string(r.org) {
		v.fault("store.audit-event", n, leaf)
		return
	}
	salt, opened := v.detail(&e, r)
	if e.Action == audit.PayloadErased {
		v.erasing[e.Object[len("payload/"):]] = e.ID
	}
	if len(e.Evidence) > 0 {
		v.sets[e.ID] = set{e.Object, e.Evidence}
	}
	if states[e.Action] {
		object := strings.Clone(e.Object) // or the whole text of the event would be kept
		last := v.states[object]
		if e.Before != last.after || e.Version != last.version+1 {
			v.fault("store.audit-chain", object, e.ID)
		}
		v.states[object] = state{event: strings.Clone(e.ID), after: e.After, salt: salt, opened: opened, version: e.Version}
	}
}

// detail checks that what stands behind an event is what it committed to, and
// returns the salt if it is there.
func (v *auditor) detail(e *audit.Event, r *logRow) (salt [audit.SaltSize]byte, there bool) {
	switch {
	case r.salt != nil:
		v.details++
		content := r.content
		if content == nil { // empty as SQLite's driver gives it; nothing commits to NULL
			content = []byte{}
		}
		if copy(salt[:], r.salt) != len(r.salt) || len(r.salt) != len(salt) || audit.Commit(salt, content) != e.After {
			v.fault("store.audit-detail", e.ID)
		}
		return salt, true
	case e.After.IsZero():
	case v.erased[e.ID] != "":
		v.report.Erased++
	default:
		v.fault("store.audit-detail", e.ID)
	}
	return salt, false
}

func (v *auditor) keepRoot() {
	if i, ok := slices.BinarySearch(v.sizes, v.log.Size()); ok {
		v.roots[v.sizes[i]] = v.log.Root()
	}
}
