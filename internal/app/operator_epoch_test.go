package app_test

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/pquerna/otp/hotp"

	"shiji/internal/app"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// lost closes w's store and opens it again as one whose log is older than the
// checkpoint beside it, hence read-only.
func (w *operated) lost(t *testing.T) {
	t.Helper()
	longer := storetest.SQLite(t) // has the same keys
	other := newOperated(t, longer)
	for _, login := range []string{"a1", "a2", "a3", "a4", "a5", "a6", "a7"} {
		other.opens(t, entry(login))
	}
	if err := longer.Store.Close(); err != nil {
		t.Fatal(err)
	}
	newer, err := os.ReadFile(longer.Config.Checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.db.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.db.Config.Checkpoint, newer, 0o600); err != nil {
		t.Fatal(err)
	}
	w.db.Reopen(t)
	w.Operator = app.NewOperator(w.db.Store, w.db.Clock.Now)
	if w.db.ReadOnly() == nil {
		t.Fatal("the store is not read-only")
	}
}

// code returns what the second factor shows now.
func (w *operated) code(t *testing.T) string {
	t.Helper()
	c, err := hotp.GenerateCode(secondFactor, uint64(w.db.Clock.Now().Unix()/30))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestOpenEpoch: two different persons with a role and all their proofs open an
// epoch, nobody else.
func TestOpenEpoch(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		ctx := t.Context()
		typed := map[string]string{} // passwords
		for login, role := range map[string]org.Role{"ls": org.Head, "ww": org.Committee, "zl": "", "new": org.Head, "gone": org.Head, "left": org.Clerk} {
			in := entry(login)
			in.Role = role
			typed[login] = w.opens(t, in).Password
		}
		w.write(t, func(ctx context.Context, tx *store.Tx) error {
			for login, factor := range map[string]string{"ls": "", "ww": secondFactor, "zl": "", "gone": "", "left": ""} {
				a := w.account(t, login)
				a.State, a.TOTP = store.Active, factor
				if err := tx.ChangeAccount(ctx, a); err != nil {
					return err
				}
			}
			return nil
		})
		if err := w.CloseAccount(ctx, "gone"); err != nil {
			t.Fatal(err)
		}
		if err := w.RevokeRole(ctx, app.RoleEntry{Login: "left", Unit: "37080001", Role: org.Clerk}); err != nil {
			t.Fatal(err)
		}
		var asked []string
		code := w.code(t)
		ask := func(login string, p app.Proof) (string, error) {
			asked = append(asked, login+" "+string(p))
			if p == app.ProofCode {
				return code, nil
			}
			return typed[login], nil
		}
		open := func(first, second string) error {
			return w.OpenEpoch(ctx, app.Epoch{Reason: "disk burnt", First: first, Second: second, Ask: ask})
		}
		if err := open("ls", "ww"); !slices.Equal(told(t, err), []string{"app.not-read-only"}) || asked != nil {
			t.Errorf("a store that can be written: got %v, asked %v", err, asked)
		}
		w.lost(t)
		for _, second := range []string{"nobody", "zl", "new", "gone", "left"} {
			if err := open("ls", second); !slices.Equal(told(t, err), []string{"app.not-accepted"}) {
				t.Errorf("%s: got %v", second, err)
			}
		}
		if err := open("ls", "ls"); !slices.Equal(told(t, err), []string{"store.epoch-people"}) {
			t.Errorf("one person twice: got %v", err)
		}
		right := typed["ls"]
		typed["ls"] = typed["ww"]
		if err := open("ls", "ww"); !slices.Equal(told(t, err), []string{"app.not-accepted"}) {
			t.Errorf("another's password: got %v", err)
		}
		typed["ls"], code = right, "000000"
		if err := open("ls", "ww"); !slices.Equal(told(t, err), []string{"app.not-accepted"}) {
			t.Errorf("another code: got %v", err)
		}
		typing := ask
		ask = func(string, app.Proof) (string, error) { return "", io.ErrUnexpectedEOF }
		if err := open("ls", "ww"); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("nothing typed: got %v", err)
		}
		if db.ReadOnly() == nil {
			t.Fatal("an epoch was opened")
		}
		ask, asked, code = typing, nil, w.code(t)
		if err := open("ls", "ww"); err != nil || db.ReadOnly() != nil {
			t.Fatalf("got %v, read-only: %v", err, db.ReadOnly())
		}
		if want := []string{"ls password", "ww password", "ww code"}; !slices.Equal(asked, want) {
			t.Errorf("asked for %v, want %v", asked, want)
		}
		w.opens(t, entry("after"))
	})
}
