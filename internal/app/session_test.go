package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"shiji/internal/app"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// TestLimits: who fails is stopped where she tries and for a while; a school that
// signs in behind one address is not, and the login's owner comes in elsewhere.
func TestLimits(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	w := newSite(t, db)
	try := func(login, password, address string) error {
		_, err := w.SignIn(t.Context(), app.SignIn{Login: login, Password: password, Address: address})
		return err
	}
	often := func(err error) bool {
		faults := fault.All(err)
		return len(faults) == 1 && faults[0].Key == "app.sign-in-often"
	}
	for i := range 70 {
		if err := try(w.clerk.Login, password, "school"); err != nil {
			t.Fatalf("sign-in %d from one address: %v", i, err)
		}
	}
	for i := range 10 {
		if err := try(w.head.Login, "wrong", "school"); !fault.Is(err, fault.Refused) || often(err) {
			t.Fatalf("failure %d: %v", i, err)
		}
	}
	if err := try(w.head.Login, password, "school"); !often(err) {
		t.Errorf("after ten failures from here: %v", err)
	}
	if err := try(w.head.Login, password, "home"); err != nil {
		t.Errorf("the owner is kept out elsewhere: %v", err)
	}
	if err := try(w.clerk.Login, password, "school"); err != nil {
		t.Errorf("a colleague is kept out: %v", err)
	}
	for i := range 60 {
		if err := try(fmt.Sprint("guess", i), "wrong", "far"); often(err) {
			t.Fatalf("guess %d is refused already", i)
		}
	}
	if err := try(w.clerk.Login, password, "far"); !often(err) {
		t.Errorf("after sixty failures of all logins from there: %v", err)
	}
	db.Clock.Advance(16 * time.Minute)
	if err := try(w.head.Login, password, "school"); err != nil {
		t.Errorf("after the window: %v", err)
	}
}

// TestSessionBesideAChange: a session that begins while its account is closed, or
// gets another password, is worth nothing, whichever came first.
func TestSessionBesideAChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		ctx := t.Context()
		for _, c := range []struct {
			name   string
			viewer *app.Viewer
			change func(*store.Account)
		}{
			{"closed", w.clerk, func(a *store.Account) { a.State = store.Closed }},
			{"another password", w.head, func(a *store.Account) { a.Secret += "x" }},
		} {
			checked, err := db.Account(ctx, c.viewer.Account) // its password has just been found right
			if err != nil {
				t.Fatal(err)
			}
			after := checked
			c.change(&after)
			if err := db.Write(ctx, org.System("test"), func(ctx context.Context, tx *store.Tx) error { return tx.ChangeAccount(ctx, after) }); err != nil {
				t.Fatal(err)
			}
			var token string
			err = db.Keep(ctx, func(ctx context.Context, k *store.Keeper) (err error) {
				token, err = k.BeginSession(ctx, checked.ID, checked.Version, store.Lifetime{Whole: time.Hour, Idle: time.Hour})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Viewer(ctx, token, "r"); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: the session is still good: %v", c.name, err)
			}
		}
	})
}
