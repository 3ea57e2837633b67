package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"shiji/internal/audit"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// guarded are the tables in which no byte may change unseen.
var guarded = []string{
	"event", "leaf", "tile", "head", "checkpoint", "detail", "erasure",
	"unit", "person", "post", "account", "role",
	"batch", "version", "payload", "evidence", "document", "adoption", "blob", "scheme", "appraisal", "evaluation", "heading", "result",
}

// unguarded says why the remaining tables are not.
var unguarded = map[string]string{
	"pending": "events on their way to a leaf", "setting": "compared when the store opens", "serial": "the last number drawn",
	"job": "housekeeping", "session": "housekeeping", "draft": "housekeeping", "spent": "housekeeping", "limits": "housekeeping",
	"goose_db_version": "kept by the migrations", "sqlite_sequence": "kept by the engine",
}

// intruder opens a connection whose hands no trigger and no foreign key stops.
func intruder(t *testing.T, db *storetest.DB) *sql.Conn {
	t.Helper()
	c, err := db.SQL.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if db.Engine == "postgres" {
		run(t, c, "SET session_replication_role = replica")
		return c
	}
	for _, name := range texts(t, c, "SELECT name FROM sqlite_master WHERE type = 'trigger'") {
		run(t, c, "DROP TRIGGER "+name)
	}
	return c
}

func run(t *testing.T, c *sql.Conn, query string, args ...any) {
	t.Helper()
	if _, err := c.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func texts(t *testing.T, c *sql.Conn, query string) (out []string) {
	t.Helper()
	rows, err := c.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// table is the content of one table.
type table struct {
	name    string
	columns []string
	keys    []string // how the engine names each row
	rows    [][]any
}

func read(t *testing.T, c *sql.Conn, db *storetest.DB, name string) table {
	t.Helper()
	key := "CAST(rowid AS TEXT)"
	if db.Engine == "postgres" {
		key = "ctid::text"
	}
	rows, err := c.QueryContext(t.Context(), "SELECT "+key+", "+name+".* FROM "+name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	tab := table{name: name}
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	tab.columns = columns[1:]
	for rows.Next() {
		values := make([]any, len(columns))
		holes := make([]any, len(columns))
		for i := range values {
			holes[i] = &values[i]
		}
		if err := rows.Scan(holes...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = bytes.Clone(b)
			}
		}
		tab.keys = append(tab.keys, fmt.Sprint(values[0]))
		tab.rows = append(tab.rows, values[1:])
	}
	return tab
}

// tampered returns a value that differs from v in one place, or nil.
func tampered(v any, at int) any {
	switch v := v.(type) {
	case int64:
		return v + 1
	case []byte:
		if len(v) == 0 {
			return []byte{1}
		}
		b := bytes.Clone(v)
		b[at%len(b)] ^= 1
		return b
	case string:
		if v == "" {
			return "x"
		}
		r := []rune(v)
		i := at % len(r)
		if r[i]++; r[i] == '{' {
			r[i] = '0'
		}
		return string(r)
	}
	return nil
}

// names says whether the audit's faults name the row, by one of its ids.
func names(r store.Report, row []any) bool {
	text := r.Faults.Error()
	for _, v := range row {
		if s, ok := v.(string); ok && len(s) >= 26 && strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// sameFacts says that two cells hold the same facts, only packed in another way:
// bytes of a frame that unpacking passes over tell nothing.
func sameFacts(a, b any) bool {
	before, err := store.Packed(a.([]byte)).Unpack()
	after, failed := store.Packed(b.([]byte)).Unpack()
	return err == nil && failed == nil && bytes.Equal(before, after)
}

// TestAnyChangeIsFound changes every cell of every guarded table, one after the
// other, as somebody with the database's password could, and deletes every row.
func TestAnyChangeIsFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		adopt(t, db, w.school.ID, "an original", store.Draft{Kind: "exam", Key: "期末/语文", Body: []byte{4}})
		erased := adopt(t, db, w.school.ID, "", store.Draft{Kind: "note", Key: "x", Body: []byte("to be erased")})
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			docs, err := tx.History(ctx, all(w), store.Document{Unit: erased.Unit, Term: erased.Term, Kind: "note", Key: "x"})
			if err != nil {
				return err
			}
			return tx.Erase(ctx, docs[0].Version, "by request")
		})
		settled(t, db)
		if _, err := db.Sign(t.Context()); err != nil {
			t.Fatal(err)
		}
		c := intruder(t, db)
		settled(t, db)
		var changed, refused, deleted, at int
		for _, name := range guarded {
			tab := read(t, c, db, name)
			if len(tab.rows) == 0 {
				t.Errorf("table %s is empty: the test shows nothing about it", name)
			}
			for i, row := range tab.rows {
				key := tab.keys[i]
				for j, column := range tab.columns {
					if testing.Short() && (i+j)%5 > 0 {
						continue
					}
					at += 7
					v := tampered(row[j], at)
					if v == nil || name == "result" && column == "facts" && sameFacts(row[j], v) {
						continue
					}
					next, err := set(t, c, db, name, column, key, v)
					if err != nil {
						refused++
						continue
					}
					changed++
					check(t, db, row, name, fmt.Sprintf("%s.%s of row %d changed from %v to %v", name, column, i, row[j], v))
					if key, err = set(t, c, db, name, column, next, row[j]); err != nil {
						t.Fatal(err)
					}
				}
				if testing.Short() && i%5 > 0 {
					continue
				}
				run(t, c, "DELETE FROM "+name+where(db, "$1"), key)
				deleted++
				if name == "checkpoint" || name == "head" { // a kept checkpoint tells, see TestRewrittenDatabase; a head must be there
				} else {
					check(t, db, row, "", fmt.Sprintf("row %d of %s deleted", i, name))
				}
				holes := make([]string, len(row))
				for k := range row {
					holes[k] = fmt.Sprintf("$%d", k+1)
				}
				run(t, c, "INSERT INTO "+name+" ("+strings.Join(tab.columns, ", ")+") VALUES ("+strings.Join(holes, ", ")+")", row...)
			}
		}
		settled(t, db)
		t.Logf("%d cells changed, %d changes refused by constraints, %d rows deleted", changed, refused, deleted)
		if changed < 100 {
			t.Errorf("only %d changes were tried", changed)
		}
	})
}

func where(db *storetest.DB, hole string) string {
	if db.Engine == "postgres" {
		return " WHERE ctid = " + hole + "::text::tid"
	}
	return " WHERE rowid = " + hole
}

// set changes one cell and returns the row's new key.
func set(t *testing.T, c *sql.Conn, db *storetest.DB, name, column, key string, v any) (string, error) {
	t.Helper()
	returning := "CAST(rowid AS TEXT)"
	if db.Engine == "postgres" {
		returning = "ctid::text"
	}
	var next string
	err := c.QueryRowContext(t.Context(), "UPDATE "+name+" SET "+column+" = $1"+where(db, "$2")+" RETURNING "+returning, v, key).Scan(&next)
	return next, err
}

// check fails the test when the audit does not find a change; with a table's
// name, also when no fault names the row.
func check(t *testing.T, db *storetest.DB, row []any, name, what string) {
	t.Helper()
	r, err := db.Verify(t.Context(), store.Audit{Blobs: true})
	if err != nil {
		if name == "head" {
			return // a head that cannot be read is found, too
		}
		t.Fatalf("%s: %v", what, err)
	}
	if r.Faults.Len() == 0 {
		t.Errorf("%s: not found", what)
		return
	}
	if name != "" && !slices.Contains([]string{"tile", "head", "checkpoint"}, name) && !names(r, row) {
		t.Errorf("%s: no fault names it:\n%v", what, r.Faults.Error())
	}
}

func TestEveryTableIsGuardedOrExcused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		query := "SELECT name FROM sqlite_master WHERE type = 'table'"
		if db.Engine == "postgres" {
			query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
		}
		c, err := db.SQL.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for _, name := range texts(t, c, query) {
			if _, excused := unguarded[name]; !excused && !slices.Contains(guarded, name) {
				t.Errorf("table %s is neither guarded nor excused", name)
			}
		}
	})
}

// TestTriggers: the program's own connection cannot change what stays.
func TestTriggers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		adopt(t, db, w.school.ID, "an original", store.Draft{Kind: "exam", Key: "k", Body: []byte{4}})
		settled(t, db)
		if _, err := db.Sign(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{
			"UPDATE event SET actor = 'x'", "DELETE FROM event", "UPDATE leaf SET idx = idx + 1000", "DELETE FROM leaf",
			"UPDATE detail SET content = salt", "DELETE FROM detail", "DELETE FROM checkpoint", "UPDATE checkpoint SET note = 'x'",
			"UPDATE version SET kind = 'x'", "DELETE FROM version", "UPDATE payload SET body = salt", "DELETE FROM payload",
			"UPDATE adoption SET number = 9", "DELETE FROM adoption", "UPDATE blob SET name = 'x'", "DELETE FROM blob",
			"UPDATE batch SET term = 'x'", "DELETE FROM batch", "UPDATE scheme SET edition = 9", "DELETE FROM scheme",
			"UPDATE evaluation SET event = 'x'", "DELETE FROM evaluation", "UPDATE result SET score = '9'", "DELETE FROM result", "UPDATE heading SET body = salt", "DELETE FROM heading",
			"DELETE FROM unit", "DELETE FROM person", "DELETE FROM post", "DELETE FROM role", "DELETE FROM account", "DELETE FROM appraisal", "DELETE FROM document", "DELETE FROM evidence",
		} {
			if _, err := db.SQL.ExecContext(t.Context(), q); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: got %v, want a refusal by its trigger", q, err)
			}
		}
		settled(t, db)
	})
}

// TestRewrittenDatabase: whoever rewrites the log and recomputes every hash, and
// even the head, is found out by a checkpoint that somebody kept, by the next
// signature, and when the store opens.
func TestRewrittenDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		build(t, db)
		settled(t, db)
		kept, err := db.Sign(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r, err := db.Verify(t.Context(), store.Audit{Known: []string{kept}}); err != nil || r.Faults.Len() > 0 {
			t.Fatalf("honest log: %v %v", err, r.Faults.Error())
		}
		c := intruder(t, db)
		rewrite(t, c)
		r, err := db.Verify(t.Context(), store.Audit{Known: []string{kept}})
		if err != nil {
			t.Fatal(err)
		}
		if r.Faults.Len() != 1 || r.Faults.Faults[0].Key != "store.audit-known" {
			t.Errorf("got\n%v\nwant the kept checkpoint only: the rewriting is perfect", r.Faults.Error())
		}
		if err := db.Store.Close(); err != nil {
			t.Logf("close: %v", err)
		}
		again, err := store.Open(t.Context(), db.Config)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if f := again.ReadOnly(); f == nil || f.Key != "store.other-history" {
			t.Errorf("opened a rewritten log with %v", f)
		}
	})
}

// rewrite moves the first event to another request and makes everything fit.
func rewrite(t *testing.T, c *sql.Conn) {
	t.Helper()
	rows, err := c.QueryContext(t.Context(), "SELECT e.id, e.bytes FROM leaf l JOIN event e ON e.id = l.event ORDER BY l.idx")
	if err != nil {
		t.Fatal(err)
	}
	log := audit.NewLog()
	var victim string
	var forged []byte
	for rows.Next() {
		var id string
		var b []byte
		if err := rows.Scan(&id, &b); err != nil {
			t.Fatal(err)
		}
		if victim == "" {
			e, err := audit.ParseEvent(b)
			if err != nil {
				t.Fatal(err)
			}
			e.Request = "forged"
			if b, err = e.Bytes(); err != nil {
				t.Fatal(err)
			}
			victim, forged = id, b
		}
		log.Append(audit.LeafHash(b))
	}
	_ = rows.Close()
	run(t, c, "UPDATE event SET bytes = $1 WHERE id = $2", forged, victim)
	for _, tile := range log.Drain() {
		run(t, c, "UPDATE tile SET hashes = $1 WHERE level = $2 AND n = $3", tile.Hashes, tile.Level, tile.N)
	}
	root := log.Root()
	run(t, c, "UPDATE head SET root = $1", root[:])
	run(t, c, "DELETE FROM checkpoint")
}

// TestNoSignatureAfterTampering: an event that was changed since the last
// checkpoint is not signed, and writing ends.
func TestNoSignatureAfterTampering(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		build(t, db)
		settled(t, db)
		c := intruder(t, db)
		rows := texts(t, c, "SELECT event FROM leaf ORDER BY idx DESC LIMIT 1")
		var b []byte
		if err := c.QueryRowContext(t.Context(), "SELECT bytes FROM event WHERE id = $1", rows[0]).Scan(&b); err != nil {
			t.Fatal(err)
		}
		run(t, c, "UPDATE event SET bytes = $1 WHERE id = $2", bytes.Replace(b, []byte("clerk"), []byte("chief"), 1), rows[0])
		if note, err := db.Sign(t.Context()); err == nil {
			t.Fatalf("signed\n%s", note)
		}
		if f := db.ReadOnly(); f == nil || f.Key != "store.tail-differs" {
			t.Errorf("read-only because of %v", f)
		}
		if err := db.Write(t.Context(), clerk, func(context.Context, *store.Tx) error { return nil }); err == nil || err == store.ErrNoEvent {
			t.Errorf("a write to a damaged log: %v", err)
		}
	})
}

func TestLostCheckpointFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		build(t, db)
		if err := db.Store.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(db.Config.Checkpoint); err != nil {
			t.Fatal(err)
		}
		again, err := store.Open(t.Context(), db.Config)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if f := again.ReadOnly(); f == nil || f.Key != "store.no-checkpoint" {
			t.Fatalf("opened with %v", f)
		}
		if err := again.OpenEpoch(t.Context(), clerk, clerk.Account, "alone"); err == nil {
			t.Error("one person opened an epoch")
		}
		if err := again.OpenEpoch(t.Context(), clerk, "01SECOND000000000000000000", "the disk with the checkpoint broke"); err != nil {
			t.Fatal(err)
		}
		if f := again.ReadOnly(); f != nil {
			t.Errorf("still read-only: %v", f)
		}
		r, err := again.Verify(t.Context(), store.Audit{})
		if err != nil || r.Faults.Len() > 0 {
			t.Errorf("%v %v", err, r.Faults.Error())
		}
	})
}
