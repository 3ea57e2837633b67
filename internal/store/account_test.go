package store_test

import (
	"context"
	"testing"

	"shiji/internal/fault"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestOneOpenAccount: the database itself holds that a person has one account that
// is not closed, whatever two processes read before they wrote.
func TestOneOpenAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := build(t, db)
		var first store.Account
		write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
			first, err = tx.OpenAccount(ctx, store.Account{Person: w.people[1].ID, Login: "first", Secret: "s", State: store.FirstLogin})
			return err
		})
		second := store.Account{Person: w.people[1].ID, Login: "second", Secret: "s", State: store.FirstLogin}
		err := db.Write(t.Context(), clerk, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.OpenAccount(ctx, second)
			return err
		})
		if faults := fault.All(err); len(faults) != 1 || faults[0].Key != "store.account-once" {
			t.Errorf("a second account: %v", err)
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			first.State = store.Closed
			return tx.ChangeAccount(ctx, first)
		})
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.OpenAccount(ctx, second)
			return err
		})
	})
}
