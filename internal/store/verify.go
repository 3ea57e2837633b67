package store

import (
	"context"
	"database/sql"
	"fmt"
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
	v := &auditor{s: s, ctx: ctx, q: c, log: audit.NewLog(), roots: map[int64]tlog.Hash{}, states: map[string]state{}, sets: map[string]set{}, erased: map[string]string{}, erasing: map[string]string{}}
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

// logRow is one leaf with its event and what stands behind it.
type logRow struct {
	idx                            int64
	leaf                           string
	id, actor, action, object, org sql.NullString
	bytes, salt, content           []byte
	whole                          bool // nothing else is stored behind it
}

// readLog walks the log once. Reading and checking run side by side.
func (v *auditor) readLog(Audit) error {
	chunks := make(chan []logRow, 4)
	failed := make(chan error, 1)
	fetch := v.fetchJoined
	if !v.s.engine.leavesLater {
		fetch = v.fetchInOrder
	}
	go func() {
		defer close(chunks)
		failed <- fetch(chunks)
	}()
	for chunk := range chunks {
		for i := range chunk {
			v.entry(&chunk[i])
		}
	}
	if err := <-failed; err != nil {
		return err
	}
	v.compareTiles(v.log.Drain())
	v.report.Size, v.report.Root = v.log.Size(), v.log.Root()
	v.keepRoot()
	return nil
}

// entry checks one event and appends it to the recomputed log.
func (v *auditor) entry(r *logRow) {
	n := v.log.Size()
	v.keepRoot()
	if r.idx != n {
		v.fault("store.audit-leaf", n, r.leaf)
	}
	v.recent[n%int64(len(v.recent))] = r.leaf
	v.log.Append(audit.LeafHash(r.bytes))
	if v.log.Size()%int64(len(v.recent)) == 0 {
		v.compareTiles(v.log.Drain())
	}
	e, err := audit.ParseEvent(r.bytes)
	if err != nil || e.ID != r.id.String || e.ID != r.leaf || e.Actor != r.actor.String || string(e.Action) != r.action.String || e.Object != r.object.String || e.Org != r.org.String {
		v.fault("store.audit-event", n, r.leaf)
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
		v.states[object] = state{event: r.leaf, after: e.After, salt: salt, opened: opened, version: e.Version}
	}
}

// detail checks that what stands behind an event is what it committed to, and
// returns the salt if it is there.
func (v *auditor) detail(e *audit.Event, r *logRow) (salt [audit.SaltSize]byte, there bool) {
	switch {
	case r.salt != nil && r.content != nil:
		v.details++
		if copy(salt[:], r.salt) != len(r.salt) || len(r.salt) != len(salt) || audit.Commit(salt, r.content) != e.After {
			v.fault("store.audit-detail", e.ID)
		}
		return salt, true
	case e.After.IsZero():
	case v.erased[e.ID] != "":
		v.report.Erased++
	case !r.whole && v.detailBeside(e.ID, r):
		return v.detail(e, r)
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
