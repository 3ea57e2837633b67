package store_test

import (
	"context"
	"testing"

	"shiji/internal/fault"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestOtherMigrations: a database that went through other migrations under the same
// numbers is refused in words, by shiji migrate and when it is opened; a run of
// migrations that was cut off before it was noted is not.
func TestOtherMigrations(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		build(t, db)
		c := intruder(t, db)
		refused := func() []string {
			var keys []string
			_, opening := store.Open(t.Context(), db.Config)
			for _, err := range []error{store.Migrate(t.Context(), db.Config), opening} {
				for _, f := range fault.All(err) {
					keys = append(keys, f.Key)
				}
			}
			return keys
		}
		for _, s := range []struct {
			name, statement string
			refused         int
		}{
			{"one not noted", "DELETE FROM setting WHERE name = 'migration/0003_work.sql'", 0},
			{"another text", "UPDATE setting SET value = 'x' WHERE name = 'migration/0002_people.sql'", 2},
			{"none noted", "DELETE FROM setting WHERE name LIKE 'migration/%'", 2},
		} {
			if _, err := c.ExecContext(context.Background(), s.statement); err != nil {
				t.Fatal(err)
			}
			if s.refused == 0 { // mended by migrating, which comes before opening
				if err := store.Migrate(t.Context(), db.Config); err != nil {
					t.Errorf("%s: %v", s.name, err)
				}
				db.Reopen(t)
				continue
			}
			got := refused()
			if len(got) != s.refused || got[0] != "store.schema-other" || got[1] != got[0] {
				t.Errorf("%s: got %v", s.name, got)
			}
		}
	})
}
