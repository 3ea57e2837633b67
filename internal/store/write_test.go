package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

func wait() { time.Sleep(50 * time.Millisecond) }

func count(t testing.TB, db *storetest.DB, query string, args ...any) (n int64) {
	t.Helper()
	if err := db.SQL.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func isKind(err error, k fault.Kind) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == k
}

func TestWriteRefusesWithoutEvent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		err := db.Write(t.Context(), clerk, func(context.Context, *store.Tx) error { return nil })
		if !errors.Is(err, store.ErrNoEvent) {
			t.Errorf("got %v, want ErrNoEvent", err)
		}
		err = db.Write(t.Context(), org.Actor{}, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddUnit(ctx, org.Unit{Kind: org.City, Name: "x"})
			return err
		})
		if err == nil || count(t, db, "SELECT COUNT(*) FROM unit") != 0 {
			t.Errorf("a write by nobody: %v", err)
		}
	})
}

func TestFailedWriteChangesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		boom := errors.New("boom")
		var wg sync.WaitGroup
		var failed atomic.Int64
		for i := range 60 {
			wg.Go(func() {
				err := db.Write(context.Background(), clerk, func(ctx context.Context, tx *store.Tx) error {
					if _, err := tx.AddUnit(ctx, org.Unit{Kind: org.City, Name: fmt.Sprint("市", i)}); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return boom
					case 2:
						panic("a bug")
					}
					return nil
				})
				if (i%3 == 0) != (err == nil) || i%3 == 1 && !errors.Is(err, boom) || i%3 == 2 && !strings.Contains(err.Error(), "a bug") {
					t.Errorf("write %d: got %v", i, err)
				}
				if err != nil {
					failed.Add(1)
				}
			})
		}
		wg.Wait()
		if n := count(t, db, "SELECT COUNT(*) FROM unit"); n != 20 {
			t.Errorf("got %d units, want the 20 that did not fail", n)
		}
		if n := count(t, db, "SELECT COUNT(*) FROM event"); n != 20 || failed.Load() != 40 {
			t.Errorf("got %d events and %d failures, want 20 and 40", n, failed.Load())
		}
		settled(t, db)
	})
}

func TestGroupCommitKeepsOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		const writers, each = 16, 25
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for range each {
					if err := db.Write(context.Background(), clerk, func(ctx context.Context, tx *store.Tx) error {
						_, err := tx.AddPerson(ctx, org.Person{Name: "某"}, "")
						return err
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if r := settled(t, db); r.Size != writers*each {
			t.Errorf("log of %d, want %d", r.Size, writers*each)
		}
		if n := count(t, db, "SELECT COUNT(DISTINCT number) FROM person"); n != writers*each {
			t.Errorf("%d numbers for %d persons", n, writers*each)
		}
	})
}

func TestCancelledWriteDoesNotRun(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		ran := false
		err := db.Write(ctx, clerk, func(context.Context, *store.Tx) error { ran = true; return nil })
		if !errors.Is(err, context.Canceled) || ran {
			t.Errorf("got %v, ran %v", err, ran)
		}
		// A change whose caller goes away while it runs is committed whole.
		ctx, cancel = context.WithCancel(t.Context())
		err = db.Write(ctx, clerk, func(ctx context.Context, tx *store.Tx) error {
			cancel()
			_, err := tx.AddUnit(ctx, org.Unit{Kind: org.City, Name: "市"})
			return err
		})
		if err != nil || count(t, db, "SELECT COUNT(*) FROM unit") != 1 {
			t.Errorf("got %v", err)
		}
	})
}

func TestStaleVersionIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		change := func(name string) error {
			return db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error {
				u := w.school
				u.Name = name
				return tx.ChangeUnit(ctx, u)
			})
		}
		if err := change("一中"); err != nil {
			t.Fatal(err)
		}
		if err := change("二中"); !isKind(err, fault.Conflict) {
			t.Errorf("a change of what was not read: got %v, want a conflict", err)
		}
		u, err := db.Unit(t.Context(), org.Below(w.city.Path), w.school.ID)
		if err != nil || u.Name != "一中" || u.Version != 2 {
			t.Errorf("got %+v %v", u, err)
		}
		settled(t, db)
	})
}

func TestCloseAndReopen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		before := settled(t, db)
		db.Reopen(t)
		if f := db.ReadOnly(); f != nil {
			t.Fatalf("read-only after an honest restart: %v", f)
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			return tx.Note(ctx, "record.viewed", string(w.people[0].ID), w.school.Path, nil)
		})
		if after := settled(t, db); after.Size != before.Size+1 {
			t.Errorf("log of %d after %d and one event", after.Size, before.Size)
		}
		if err := db.Store.Close(); err != nil {
			t.Fatal(err)
		}
		err := db.Write(t.Context(), clerk, func(context.Context, *store.Tx) error { return nil })
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("a write after Close: got %v", err)
		}
	})
}

// TestTwoProcesses: two stores on one database write at the same time.
func TestTwoProcesses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		cfg := db.Config
		cfg.Checkpoint += "2"
		second := storetest.Open(t, cfg)
		var wg sync.WaitGroup
		for _, s := range []*storetest.DB{db, second} {
			for range 4 {
				wg.Go(func() {
					for range 20 {
						if err := s.Write(context.Background(), clerk, func(ctx context.Context, tx *store.Tx) error {
							_, err := tx.AddPerson(ctx, org.Person{Name: "某"}, "")
							return err
						}); err != nil {
							t.Error(err)
						}
					}
				})
			}
		}
		wg.Wait()
		if r := settled(t, db); r.Size != 160 {
			t.Errorf("log of %d, want 160", r.Size)
		}
	})
}
