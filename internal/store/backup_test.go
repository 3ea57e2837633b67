package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestRestoredBackupIsReadOnly: a backup that is older than the checkpoint file
// would fork the log; it opens for reading, signs nothing, and continues only
// after two persons took it on themselves.
func TestRestoredBackupIsReadOnly(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	w := build(t, db)
	adopt(t, db, w.school.ID, "an original", store.Draft{Kind: "exam", Key: "k", Body: []byte{4}})
	dir := filepath.Join(t.TempDir(), "backup")
	if err := db.Backup(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if err := db.Backup(t.Context(), dir); err == nil {
		t.Error("a backup was overwritten")
	}
	same := db.Config
	same.Path, same.Data = filepath.Join(t.TempDir(), "a", "shiji.db"), filepath.Join(t.TempDir(), "data")
	if _, err := db.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := store.Restore(same, dir); err != nil {
		t.Fatal(err)
	}
	if err := store.Restore(same, dir); err == nil {
		t.Error("a database was overwritten")
	}
	honest := storetest.Open(t, same)
	if f := honest.ReadOnly(); f != nil {
		t.Fatalf("a backup as young as the checkpoint: %v", f)
	}
	sound(t, honest)
	if err := honest.Store.Close(); err != nil {
		t.Fatal(err)
	}

	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		return tx.Note(ctx, "record.viewed", string(w.people[0].ID), w.school.Path, nil)
	})
	if err := db.Store.Close(); err != nil { // signs
		t.Fatal(err)
	}
	older := same
	older.Path = filepath.Join(t.TempDir(), "shiji.db")
	if err := store.Restore(older, dir); err != nil {
		t.Fatal(err)
	}
	s := storetest.Open(t, older)
	if f := s.ReadOnly(); f == nil || f.Key != "store.rolled-back" {
		t.Fatalf("an old backup opened with %v", f)
	}
	if note, err := s.Sign(t.Context()); err == nil {
		t.Errorf("signed %s", note)
	}
	if err := s.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error {
		return tx.Note(ctx, "record.viewed", "x", "", nil)
	}); err == nil {
		t.Error("written to an old backup")
	}
	if people, err := s.People(t.Context(), all(w), store.PeopleQuery{}); err != nil || len(people) != 5 {
		t.Errorf("reading an old backup: %v %v", people, err)
	}
	if err := s.OpenEpoch(t.Context(), clerk, "01SECOND000000000000000000", "the newest day is lost"); err != nil {
		t.Fatal(err)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.Note(ctx, "record.viewed", string(w.people[0].ID), w.school.Path, nil)
	})
	sound(t, s)
	s.Reopen(t)
	if f := s.ReadOnly(); f != nil {
		t.Errorf("read-only after the epoch: %v", f)
	}
}

func TestBackupOfPostgres(t *testing.T) {
	db := storetest.Postgres(t)
	if err := db.Backup(t.Context(), t.TempDir()); !errors.Is(err, store.ErrOtherTool) {
		t.Errorf("got %v", err)
	}
}
