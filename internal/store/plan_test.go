package store_test

import (
	"strings"
	"testing"

	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestLongListsReadAnIndex: a page of events or of persons of a subtree is read
// from the index of its level in the list's order, on both engines. A plan that
// sorts would read the whole subtree for each page.
func TestLongListsReadAnIndex(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		c, err := db.SQL.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		explain, column := "EXPLAIN QUERY PLAN ", 3
		if db.Engine == "postgres" {
			explain, column = "EXPLAIN ", 0
			for _, plan := range []string{"seqscan", "bitmapscan", "sort", "hashagg", "hashjoin", "mergejoin"} { // a world of five persons fits in one page
				run(t, c, "SET enable_"+plan+" = off")
			}
		}
		for _, p := range []org.Path{w.city.Path, w.county.Path, w.school.Path} {
			for index, q := range store.LongLists(p) {
				rows, err := c.QueryContext(t.Context(), explain+q.SQL, q.Args...)
				if err != nil {
					t.Fatal(err)
				}
				var plan strings.Builder
				for rows.Next() {
					line := make([]any, 4)
					holes := []any{&line[0], &line[1], &line[2], &line[3]}
					if err := rows.Scan(holes[:max(column+1, 1)]...); err != nil {
						t.Fatal(err)
					}
					plan.WriteString(line[column].(string) + "\n")
				}
				_ = rows.Close()
				text := plan.String()
				inner, _, _ := strings.Cut(text, "USE TEMP B-TREE FOR ORDER BY") // SQLite sorts the page itself again, 50 lines
				sorts := strings.Contains(inner, "TEMP B-TREE") || strings.HasPrefix(index, "event") && inner != text || strings.Contains(text, "Sort Key: event") || strings.Contains(text, "Sort Key: post")
				if !strings.Contains(text, index) || sorts {
					t.Errorf("%s is not read in order:\n%s\n%s", index, q.SQL, text)
				}
			}
		}
	})
}
