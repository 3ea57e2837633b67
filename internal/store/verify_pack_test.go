package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"shiji/internal/audit"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestPackPlan: packs are made in the order of rows and of ids, without sorting.
func TestPackPlan(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	for query, want := range store.PackQueries {
		rows, err := db.SQL.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, 0, 9, store.Border, store.Border)
		if err != nil {
			t.Fatal(err)
		}
		var plan strings.Builder
		for rows.Next() {
			var id, parent, unused int
			var line string
			if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
				t.Fatal(err)
			}
			plan.WriteString(line + "\n")
		}
		_ = rows.Close()
		if !strings.Contains(plan.String(), want) || strings.Contains(plan.String(), "TEMP B-TREE") {
			t.Errorf("%s\nis read by the plan\n%swant\n%s", query, plan.String(), want)
		}
	}
}

// long fills a log beyond two chunks; every third event has something behind it.
func long(t *testing.T, db *storetest.DB) int64 {
	t.Helper()
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		for i := range 2*store.ChunkSize + 100 {
			var about []byte
			if i%3 == 0 {
				about = fmt.Appendf(nil, "about %d", i)
			}
			if err := tx.Note(ctx, audit.RecordViewed, fmt.Sprintf("01ARYZ6S41%016d", i), "A/B/", about); err != nil {
				return err
			}
		}
		return nil
	})
	return settled(t, db).Size
}

// TestHonestLogIsPacked: what the writer leaves is read by packs alone, in a copy
// as well, or the audit would be right but slow.
func TestHonestLogIsPacked(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	w := build(t, db)
	adopt(t, db, w.school.ID, "an original", store.Draft{Kind: "exam", Key: "k", Body: []byte{4}})
	size := long(t, db)
	behind := texts(t, intruder(t, db), "SELECT event FROM detail LIMIT 1")[0]
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.Erase(ctx, behind, "") })
	size++
	sound(t, db)
	path := t.TempDir() + "/copy.db"
	if _, err := db.SQL.ExecContext(t.Context(), "VACUUM INTO $1", path); err != nil {
		t.Fatal(err)
	}
	cfg := db.Config
	cfg.Path = path
	for _, log := range []*storetest.DB{db, storetest.Open(t, cfg)} {
		for first := int64(0); first < size; first += store.ChunkSize {
			last := min(first+store.ChunkSize, size) - 1
			rows, certain, err := log.Unpack(t.Context(), first, last)
			if err != nil || !certain || int64(len(rows)) != last-first+1 {
				t.Errorf("leaves %d to %d: %d rows, certain %v, %v", first, last, len(rows), certain, err)
			}
		}
	}
}

// TestEmptyContent: what is erased without a reason is committed to an empty text,
// which is something; and an empty text behind an event that says nothing is one
// too many.
func TestEmptyContent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		build(t, db)
		settled(t, db)
		c := intruder(t, db)
		behind := texts(t, c, "SELECT event FROM detail ORDER BY event LIMIT 1")[0]
		write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.Erase(ctx, behind, "") })
		write(t, db, note)
		settled(t, db)
		bare := texts(t, c, "SELECT event FROM leaf ORDER BY idx DESC LIMIT 1")[0]
		run(t, c, "INSERT INTO detail (event, salt, content) VALUES ($1, $2, $3)", bare, []byte(strings.Repeat("s", audit.SaltSize)), []byte{})
		named(t, db, bare)
	})
}

// named fails the test unless the audit names one of the events.
func named(t *testing.T, db *storetest.DB, events ...string) {
	t.Helper()
	r, err := db.Verify(t.Context(), store.Audit{})
	if err != nil {
		t.Fatal(err)
	}
	text := r.Faults.Error()
	if r.Faults.Len() == 0 || !slices.ContainsFunc(events, func(e string) bool { return strings.Contains(text, e) }) {
		t.Errorf("got the faults\n%swant one that names any of %v", text[:min(len(text), 500)], events)
	}
}

// TestChangeAnywhereInLongLog changes the log where chunks meet and at its ends.
func TestChangeAnywhereInLongLog(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		size := long(t, db)
		c := intruder(t, db)
		ids := texts(t, c, "SELECT event FROM leaf ORDER BY idx")
		settled(t, db)
		for _, i := range []int64{0, 1, store.ChunkSize - 1, store.ChunkSize, 2*store.ChunkSize - 1, 2 * store.ChunkSize, size - 1} {
			event := ids[i]
			behind := ids[i/3*3]
			for _, change := range []struct{ there, back, event string }{
				{"UPDATE event SET org = org || 'C/' WHERE id = $1", "UPDATE event SET org = 'A/B/' WHERE id = $1", event},
				{"UPDATE event SET object = $1 || object WHERE id = $1", "UPDATE event SET object = substr(object, 27) WHERE id = $1", event},
				{"UPDATE detail SET event = 'x' || event WHERE event = $1", "UPDATE detail SET event = substr(event, 2) WHERE substr(event, 2) = $1", behind},
				{"UPDATE detail SET event = substr(event, 1, 25) || '!' WHERE event = $1", "UPDATE detail SET event = $1 WHERE substr(event, 26) = '!'", behind},
			} {
				run(t, c, change.there, change.event)
				named(t, db, change.event)
				run(t, c, change.back, change.event)
			}
		}
		settled(t, db)
	})
}

// unbound takes all constraints from the log's tables, as somebody with the file
// could, and leaves their rows.
func unbound(t *testing.T, c *sql.Conn) {
	t.Helper()
	for _, table := range []struct{ name, columns, types string }{
		{"leaf", "idx, event", "idx BIGINT, event TEXT"},
		{"event", "id, actor, action, object, org, bytes", "id TEXT, actor TEXT, action TEXT, object TEXT, org TEXT, bytes BYTEA"},
		{"detail", "event, salt, content", "event TEXT, salt BYTEA, content BYTEA"},
	} {
		run(t, c, "CREATE TEMP TABLE kept AS SELECT "+table.columns+" FROM "+table.name+" ORDER BY rowid")
		run(t, c, "DROP TABLE "+table.name)
		run(t, c, "CREATE TABLE "+table.name+" ("+table.types+")")
		run(t, c, "INSERT INTO "+table.name+" ("+table.columns+") SELECT "+table.columns+" FROM kept")
		run(t, c, "DROP TABLE kept")
	}
}

// TestShiftedValues moves text between neighbours in a pack, with and without the
// border that a pack puts between them, so that all of the pack or nearly all of
// it stays the same.
func TestShiftedValues(t *testing.T) {
	t.Parallel()
	const b = store.Border
	whole := "id || '" + b + "' || actor || '" + b + "' || action || '" + b + "' || object || '" + b + "' || org || '" + b + "' || bytes"
	rest := strings.Replace(whole, "id || '"+b+"' || ", "", 1)
	for name, moves := range map[string][]string{
		"a character between columns": {"UPDATE event SET org = substr(object, 33) || org, object = substr(object, 1, 32) WHERE id = $1"},
		"a character between rows": {
			"UPDATE leaf SET event = char(10) || event WHERE event = $2", "UPDATE event SET id = char(10) || id WHERE id = $2",
			"UPDATE event SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE id = $1",
		},
		"a column swallows the next": {"UPDATE event SET object = object || '" + b + "' || org, org = '' WHERE id = $1"},
		"a row swallows the next": {
			"UPDATE event SET bytes = bytes || '" + b + "' || (SELECT " + whole + " FROM event WHERE id = $2) WHERE id = $1",
			"DELETE FROM event WHERE id = $2", "DELETE FROM leaf WHERE event = $2",
		},
		"a row swallows the next, which stays without a value": {
			"UPDATE event SET bytes = bytes || '" + b + "' || (SELECT " + whole + " FROM event WHERE id = $2) WHERE id = $1",
			"UPDATE event SET actor = NULL WHERE id = $2",
		},
		"a row swallows all but the id of the next": {
			"UPDATE event SET id = id || '" + b + "' || (SELECT " + rest + " FROM event WHERE id = $1), actor = NULL WHERE id = $1",
			"UPDATE leaf SET event = (SELECT id FROM event WHERE rowid = leaf.rowid) WHERE event = $1",
		},
		"no value":           {"UPDATE event SET org = NULL WHERE id = $1"},
		"no value, in a row": {"UPDATE event SET org = NULL WHERE id >= $1 AND id <= $2"},
		"salt into content":  {"UPDATE detail SET content = CAST(substr(salt, 32) || content AS BLOB), salt = substr(salt, 1, 31) WHERE event = $1"},
		"a detail swallows the next": {
			"UPDATE detail SET content = CAST(content || '" + b + "' || (SELECT event || '" + b + "' || salt || '" + b + "' || content FROM detail WHERE event = $2) AS BLOB) WHERE event = $1",
			"DELETE FROM detail WHERE event = $2",
		},
		"a detail swallows the next, which stays without a value": {
			"UPDATE detail SET content = CAST(content || '" + b + "' || (SELECT event || '" + b + "' || salt || '" + b + "' || content FROM detail WHERE event = $2) AS BLOB) WHERE event = $1",
			"UPDATE detail SET salt = NULL WHERE event = $2",
		},
		"a detail twice":            {"INSERT INTO detail SELECT * FROM detail WHERE event = $1"},
		"leaves in another order":   {"UPDATE leaf SET idx = 2 * (SELECT idx FROM leaf WHERE event = $1) + 1 - idx WHERE event IN ($1, $2)"},
		"a leaf twice":              {"INSERT INTO leaf SELECT * FROM leaf WHERE event = $1"},
		"a leaf twice, one missing": {"UPDATE leaf SET idx = idx - 1, event = $1 WHERE event = $2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := storetest.SQLite(t)
			for range 6 {
				write(t, db, func(ctx context.Context, tx *store.Tx) error {
					return tx.Note(ctx, audit.RecordViewed, "01ARYZ6S410000000000000000", "A/B/", []byte("about"))
				})
			}
			c := intruder(t, db)
			unbound(t, c)
			sound(t, db)
			ids := texts(t, c, "SELECT event FROM leaf ORDER BY idx")
			var changed int64
			for _, move := range moves {
				r, err := c.ExecContext(t.Context(), strings.NewReplacer("$1", "'"+ids[2]+"'", "$2", "'"+ids[3]+"'").Replace(move))
				if err != nil {
					t.Fatal(err)
				}
				n, _ := r.RowsAffected()
				changed += n
			}
			if changed < int64(len(moves)) {
				t.Fatalf("%d rows changed by %d moves", changed, len(moves))
			}
			named(t, db, ids[2], ids[3])
		})
	}
}

// TestPackIsExactOrRefused fills tables without constraints with values made of
// pieces of the border, NULLs among them: a pack that is called certain has exactly
// the values that were written, and one without such pieces is called certain.
func TestPackIsExactOrRefused(t *testing.T) {
	t.Parallel()
	const b = store.Border
	db := storetest.SQLite(t)
	c := intruder(t, db)
	unbound(t, c)
	r := rand.New(rand.NewPCG(7, 11))
	pieces := []string{"", "a", "b", "\x00", b, b, b[:1], b[:2], b[1:], b[3:], b[:3] + b, "a" + b + "a" + b + "a" + b + "a" + b + "a" + b + "a"}
	var certain, refused int
	run(t, c, "PRAGMA synchronous = OFF")
	for range 1000 {
		run(t, c, "BEGIN")
		run(t, c, "DELETE FROM leaf")
		run(t, c, "DELETE FROM event")
		run(t, c, "DELETE FROM detail")
		wild := 1 + r.IntN(12) // how often a value is taken from all pieces
		value := func() any {
			switch r.IntN(wild) {
			case 0:
				if r.IntN(4) == 0 {
					return nil
				}
				return []byte(pieces[r.IntN(len(pieces))] + pieces[r.IntN(len(pieces))])
			}
			return []byte(pieces[r.IntN(4)])
		}
		n := 1 + r.IntN(4)
		var want [][]any
		for i := range n {
			id := []byte(fmt.Sprintf("id%d", i))
			if k := value(); r.IntN(wild) == 0 && k != nil {
				id = append(id, k.([]byte)...)
			}
			row := []any{id, value(), value(), value(), value(), value()}
			run(t, c, "INSERT INTO leaf (idx, event) VALUES ($1, $2)", i, id)
			run(t, c, "INSERT INTO event (id, actor, action, object, org, bytes) VALUES ($1, $2, $3, $4, $5, $6)", row...)
			if r.IntN(2) == 0 {
				behind := []any{id, value(), value()}
				run(t, c, "INSERT INTO detail (event, salt, content) VALUES ($1, $2, $3)", behind...)
				row = append(row, behind[1:]...)
			}
			want = append(want, row)
		}
		run(t, c, "COMMIT")
		rows, sure, err := db.Unpack(t.Context(), 0, int64(n-1))
		if err != nil {
			t.Fatal(err)
		}
		clean := true
		var wrote [][]string
		for _, row := range want {
			var texts []string
			for _, v := range row {
				text, ok := v.([]byte)
				clean = clean && ok && !strings.Contains(string(text), b)
				texts = append(texts, string(text))
			}
			wrote = append(wrote, texts)
		}
		if sure {
			certain++
		} else {
			refused++
		}
		if sure != clean || sure && !reflect.DeepEqual(rows, wrote) {
			t.Fatalf("certain %v of clean %v: got %q, want %q", sure, clean, rows, want)
		}
	}
	if certain < 100 || refused < 100 {
		t.Errorf("%d packs were certain, %d refused: too few to show something", certain, refused)
	}
}
