package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestTakenNames: a login and a code that somebody has are refused in words, and
// the refused change leaves nothing behind.
func TestTakenNames(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		post := func(person org.PersonID, unit org.UnitID, code string) (p store.Post, err error) {
			err = db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error {
				p, err = tx.BeginPost(ctx, store.Post{Person: person, Unit: unit, Code: code, Name: "教师", Since: "2025-09-01"})
				return err
			})
			return p, err
		}
		account := func(person org.PersonID, login string) error {
			return db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.OpenAccount(ctx, store.Account{Person: person, Login: login, Secret: "$argon2id$x", State: store.FirstLogin})
				return err
			})
		}
		held, err := post(w.people[0].ID, w.school.ID, "T1")
		if err != nil {
			t.Fatal(err)
		}
		before := settled(t, db).Size
		for _, c := range []struct {
			name string
			do   func() error
			want string
		}{
			{"a code", func() error { _, err := post(w.people[1].ID, w.school.ID, "T1"); return err }, "store.post-code-taken"},
			{"a login", func() error { return account(w.people[1].ID, "js0") }, "store.login-taken"},
			{"nobody's post", func() error { _, err := post("01NOBODY000000000000000000", w.school.ID, "T9"); return err }, "store.not-found"},
			{"nobody's post under a taken code", func() error { _, err := post("01NOBODY000000000000000000", w.school.ID, "T1"); return err }, "store.not-found"},
		} {
			var f *fault.Error
			if err := c.do(); !errors.As(err, &f) || f.Key != c.want || c.want != "store.not-found" && f.Kind != fault.Conflict {
				t.Errorf("%s: got %v, want %s", c.name, err, c.want)
			}
		}
		if after := settled(t, db).Size; after != before {
			t.Errorf("refused changes left %d events", after-before)
		}
		// What only looks taken is not.
		for range 2 {
			if _, err := post(w.people[2].ID, w.school.ID, ""); err != nil {
				t.Errorf("no code: %v", err)
			}
		}
		if _, err := post(w.people[1].ID, w.other.ID, "T1"); err != nil {
			t.Errorf("the code in another unit: %v", err)
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.EndPost(ctx, held.ID, "2026-01-31") })
		if _, err := post(w.people[1].ID, w.school.ID, "T1"); err != nil {
			t.Errorf("the code of a post that ended: %v", err)
		}
		settled(t, db)
	})
}

// TestRoots: the operator finds every topmost unit, and nothing below.
func TestRoots(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		if roots, err := db.Roots(t.Context()); err != nil || len(roots) != 0 {
			t.Errorf("an empty database: got %v, %v", roots, err)
		}
		w := build(t, db)
		var second org.Unit
		write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
			second, err = tx.AddUnit(ctx, org.Unit{Kind: org.School, Name: "独立中学"})
			return err
		})
		roots, err := db.Roots(t.Context())
		if err != nil || len(roots) != 2 || roots[0] != w.city || roots[1] != second {
			t.Errorf("got %+v, %v", roots, err)
		}
	})
}

// TestBackupOfARelativePath: the database is found from where the program stands.
func TestBackupOfARelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	cfg := storetest.Config(t)
	cfg.Path = filepath.Join("data", "shiji.db")
	if err := os.Mkdir("data", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, cfg)
	w := build(t, db)
	if err := db.Backup(t.Context(), "backup"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	cfg.Path, cfg.Data = filepath.Join("back", "shiji.db"), "back"
	if err := store.Restore(cfg, "backup"); err != nil {
		t.Fatal(err)
	}
	restored := storetest.Open(t, cfg)
	if u, err := restored.Unit(t.Context(), org.Below(w.city.Path), w.school.ID); err != nil || u != w.school {
		t.Errorf("got %+v, %v", u, err)
	}
	if f := restored.ReadOnly(); f != nil {
		t.Error(f)
	}
}
