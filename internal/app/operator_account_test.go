package app_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"shiji/internal/app"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// secondFactor is the seed of a second factor.
const secondFactor = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// TestRolesHaveTheirPlaces: a role is given where the table of rights grants it and
// nowhere else, and a refused one leaves no account behind.
func TestRolesHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	w := newOperated(t, storetest.SQLite(t))
	ctx := t.Context()
	granted, refused := 0, 0
	for _, role := range org.Roles() {
		for name, unit := range w.units {
			login := string(role) + "." + strings.ToLower(string(unit.ID[20:]))
			in := entry(login)
			in.Unit, in.Role = name, role
			_, err := w.OpenAccount(ctx, in)
			if slices.Contains(role.GrantedAt(), unit.Kind) {
				granted++
				if err != nil {
					t.Errorf("%s in a %s: %v", role, unit.Kind, err)
				}
				continue
			}
			refused++
			if got := told(t, err); !slices.Equal(got, []string{"role app.role-place"}) {
				t.Errorf("%s in a %s: got %v", role, unit.Kind, got)
			}
			if _, err := w.db.AccountByLogin(ctx, login); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s in a %s left an account: %v", role, unit.Kind, err)
			}
		}
	}
	lines, err := w.Accounts(ctx, "")
	if err != nil || len(lines) != granted || granted == 0 || refused == 0 {
		t.Errorf("%d accounts, want %d; %v", len(lines), granted, err)
	}
	for _, l := range lines {
		if len(l.Seats) != 1 || w.units[l.Seats[0].Unit].ID != l.Roles[0].Unit || !strings.HasPrefix(l.Login, string(l.Seats[0].Role)) {
			t.Errorf("got %+v", l)
		}
	}
}

// TestRolesComeAndGo: a role is held once, and only what is held can be taken.
func TestRolesComeAndGo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		ctx := t.Context()
		w.opens(t, entry("zs"))
		seats := func() (out []app.SiteSeat) {
			lines, err := w.Accounts(ctx, "某市")
			if err != nil || len(lines) != 1 {
				t.Fatalf("got %+v, %v", lines, err)
			}
			return lines[0].Seats
		}
		head := app.RoleEntry{Login: "zs", Unit: "甲县/实验小学", Role: org.Head}
		for _, c := range []struct {
			name string
			do   func(context.Context, app.RoleEntry) error
			in   app.RoleEntry
			want []string
		}{
			{"not held", w.RevokeRole, head, []string{"app.not-held"}},
			{"granted", w.GrantRole, head, nil},
			{"held", w.GrantRole, head, []string{"app.held"}},
			{"another there", w.GrantRole, app.RoleEntry{Login: "zs", Unit: "37080001", Role: org.Committee}, nil},
			{"the same elsewhere", w.GrantRole, app.RoleEntry{Login: "zs", Unit: "乙区/实验小学", Role: org.Head}, nil},
			{"nobody", w.GrantRole, app.RoleEntry{Login: "nobody", Unit: "nowhere", Role: "boss"}, []string{"login app.no-login", "unit app.no-unit", "role app.role"}},
			{"no place", w.GrantRole, app.RoleEntry{Login: "zs", Unit: "某市", Role: org.Clerk}, []string{"role app.role-place"}},
			{"ended", w.RevokeRole, head, nil},
			{"ended before", w.RevokeRole, head, []string{"app.not-held"}},
		} {
			if err := c.do(ctx, c.in); !slices.Equal(told(t, err), c.want) {
				t.Errorf("%s: got %v, want %v", c.name, told(t, err), c.want)
			}
		}
		if got := seats(); !slices.Equal(got, []app.SiteSeat{{Role: org.Committee, Unit: "某市/甲县/实验小学"}, {Role: org.Head, Unit: "某市/乙区/实验小学"}}) {
			t.Errorf("got %v", got)
		}
	})
}

// TestClosingIsFinal: a closed account acts as nothing and signs nobody in, and
// nothing opens it again.
func TestClosingIsFinal(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		ctx := t.Context()
		in := entry("zs")
		in.Role = org.Head
		out := w.opens(t, in)
		w.opens(t, entry("ww"))
		w.write(t, func(ctx context.Context, tx *store.Tx) error {
			a := w.account(t, "ww")
			a.TOTP = secondFactor
			return tx.ChangeAccount(ctx, a)
		})
		service := newService(db)
		token, err := service.SignIn(ctx, app.SignIn{Login: "zs", Password: out.Password})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.CloseAccount(ctx, "nobody"); !slices.Equal(told(t, err), []string{"login app.no-login"}) {
			t.Errorf("got %v", err)
		}
		if err := w.CloseAccount(ctx, "zs"); err != nil {
			t.Fatal(err)
		}
		if err := w.CloseAccount(ctx, "ww"); err != nil {
			t.Fatal(err)
		}
		if a := w.account(t, "ww"); a.State != store.Closed || a.TOTP != "" {
			t.Errorf("got %+v", a)
		}
		if _, err := service.Viewer(ctx, token, "request"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a session went on: %v", err)
		}
		_, err = service.SignIn(ctx, app.SignIn{Login: "zs", Password: out.Password})
		isKey(t, err, "app.sign-in")
		if lines, err := w.Accounts(ctx, ""); err != nil || len(lines) != 2 || len(lines[1].Seats) != 0 || lines[1].State != store.Closed {
			t.Errorf("got %+v, %v", lines, err)
		}
		_, reset := w.ResetAccount(ctx, "zs", app.LostPassword)
		for name, err := range map[string]error{
			"reset": reset, "close": w.CloseAccount(ctx, "zs"),
			"grant": w.GrantRole(ctx, app.RoleEntry{Login: "zs", Unit: "37080001", Role: org.Head}),
		} {
			if got := told(t, err); !slices.Equal(got, []string{"login app.account-closed"}) {
				t.Errorf("%s: got %v", name, got)
			}
		}
		if _, err := w.OpenAccount(ctx, app.AccountEntry{Login: "zs", Number: string(out.Person.Number), Unit: "37080001"}); !slices.Equal(told(t, err), []string{"login app.login-taken"}) {
			t.Errorf("a closed account's login: got %v", err)
		}
	})
}

// TestResetAccount: the new password is the only one, and the second factor goes
// only when that was lost.
func TestResetAccount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		ctx := t.Context()
		first := w.opens(t, entry("zs")).Password
		w.write(t, func(ctx context.Context, tx *store.Tx) error {
			a := w.account(t, "zs")
			a.State, a.TOTP = store.Active, secondFactor
			return tx.ChangeAccount(ctx, a)
		})
		second, err := w.ResetAccount(ctx, "zs", app.LostPassword)
		if a := w.account(t, "zs"); err != nil || second == first || a.State != store.FirstLogin || a.TOTP != secondFactor {
			t.Fatalf("got %+v, %v", a, err)
		}
		third, err := w.ResetAccount(ctx, "zs", app.LostFactor)
		if a := w.account(t, "zs"); err != nil || third == second || a.TOTP != "" {
			t.Fatalf("got %+v, %v", a, err)
		}
		service := newService(db)
		for _, old := range []string{first, second} {
			_, err := service.SignIn(ctx, app.SignIn{Login: "zs", Password: old})
			isKey(t, err, "app.sign-in")
		}
		if _, err := service.SignIn(ctx, app.SignIn{Login: "zs", Password: third}); err != nil {
			t.Error(err)
		}
		password, err := w.ResetAccount(ctx, "nobody", app.LostPassword)
		if !slices.Equal(told(t, err), []string{"login app.no-login"}) || password != "" {
			t.Errorf("got %q, %v", password, err)
		}
	})
}
