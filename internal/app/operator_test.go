package app_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/app"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// operated is a site that its operator sets up: 某市, 甲县 and 乙县 with a school of
// the same name each, a group in the first.
type operated struct {
	*app.Operator
	db    *storetest.DB
	units map[string]org.Unit // by full name
}

func newOperated(t *testing.T, db *storetest.DB) *operated {
	t.Helper()
	w := &operated{Operator: app.NewOperator(db.Store, db.Clock.Now), db: db, units: map[string]org.Unit{}}
	for _, u := range []app.UnitEntry{
		{Kind: org.City, Name: "某市"}, {Kind: org.County, Name: "甲县", Parent: "某市"}, {Kind: org.Zone, Name: "乙区", Parent: "某市"},
		{Kind: org.School, Name: "实验小学", Code: "37080001", Parent: "甲县"}, {Kind: org.School, Name: "实验小学", Parent: "乙区"},
		{Kind: org.Group, Name: "语文组", Code: "1", Parent: "37080001"},
	} {
		if _, err := w.AddUnit(t.Context(), u); err != nil {
			t.Fatalf("%s: %v", u.Name, err)
		}
	}
	units, err := w.Units(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range units {
		w.units[u.Full] = u.Unit
	}
	return w
}

// opens opens an account.
func (w *operated) opens(t *testing.T, in app.AccountEntry) app.Opened {
	t.Helper()
	out, err := w.OpenAccount(t.Context(), in)
	if err != nil {
		t.Fatalf("%s: %v", in.Login, err)
	}
	return out
}

// entry is a newcomer with whom all is well.
func entry(login string) app.AccountEntry {
	return app.AccountEntry{Login: login, Name: "曾三", Post: "教师", Unit: "37080001"}
}

// account reads an account past the operator.
func (w *operated) account(t *testing.T, login string) store.Account {
	t.Helper()
	a, err := w.db.AccountByLogin(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// write writes past the operator.
func (w *operated) write(t *testing.T, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := w.db.Write(t.Context(), org.System("test"), fn); err != nil {
		t.Fatal(err)
	}
}

// events counts what was done.
func (w *operated) events(t *testing.T) (n int) {
	t.Helper()
	if err := w.db.SQL.QueryRow("SELECT COUNT(*) FROM event").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// told returns the faults in err as "field key".
func told(t *testing.T, err error) (out []string) {
	t.Helper()
	faults := fault.All(err)
	if err != nil && faults == nil {
		t.Fatalf("no fault of a person: %v", err)
	}
	for _, f := range faults {
		out = append(out, strings.TrimSpace(f.Where.Field+" "+f.Key))
	}
	return out
}

// TestOperatorUnits: which units can be entered, and by what they are found.
func TestOperatorUnits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		full := make([]string, 0, len(w.units))
		for name := range w.units {
			full = append(full, name)
		}
		slices.Sort(full)
		want := []string{"某市", "某市/乙区", "某市/乙区/实验小学", "某市/甲县", "某市/甲县/实验小学", "某市/甲县/实验小学/语文组"}
		if diff := cmp.Diff(want, full); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		long := strings.Repeat("长", 64)
		for _, c := range []struct {
			name string
			in   app.UnitEntry
			want []string
		}{
			{"second topmost", app.UnitEntry{Kind: org.City, Name: "又一市"}, []string{"parent app.no-parent"}},
			{"all at once", app.UnitEntry{Kind: "shop", Name: "a/b", Parent: "丙县"}, []string{"name app.name", "kind app.kind", "parent app.no-unit"}},
			{"no name", app.UnitEntry{Kind: org.School, Name: " \u3000", Parent: "甲县"}, []string{"name app.empty"}},
			{"no kind", app.UnitEntry{Name: "一中", Parent: "甲县"}, []string{"kind app.kind"}},
			{"too long", app.UnitEntry{Kind: org.School, Name: long + "长", Parent: "甲县"}, []string{"name app.name"}},
			{"control character", app.UnitEntry{Kind: org.School, Name: "一\x1b中", Parent: "甲县"}, []string{"name app.name"}},
			{"no text", app.UnitEntry{Kind: org.School, Name: "一\xff中", Parent: "甲县"}, []string{"name app.name"}},
			{"ambiguous", app.UnitEntry{Kind: org.Group, Name: "数学组", Parent: "实验小学"}, []string{"parent app.many-units"}},
			{"half a name", app.UnitEntry{Kind: org.Group, Name: "数学组", Parent: "验小学"}, []string{"parent app.no-unit"}},
			{"code of a group", app.UnitEntry{Kind: org.Group, Name: "数学组", Parent: "1"}, []string{"parent app.no-unit"}},
			{"no place", app.UnitEntry{Kind: org.County, Name: "丙县", Parent: "37080001"}, []string{"store.unit-place"}},
			{"code taken", app.UnitEntry{Kind: org.School, Name: "三中", Code: "37080001", Parent: "甲县"}, []string{"store.code-taken"}},
		} {
			if _, err := w.AddUnit(t.Context(), c.in); !slices.Equal(told(t, err), c.want) {
				t.Errorf("%s: got %v, want %v", c.name, told(t, err), c.want)
			}
		}
		for _, in := range []app.UnitEntry{
			{Kind: org.School, Name: long, Parent: "甲县"},
			{Kind: org.Group, Name: "数学组", Code: "1", Parent: "甲县/实验小学"},
			{Kind: org.Group, Name: " 体育组 ", Parent: string(w.units["某市/乙区/实验小学"].ID)},
		} {
			u, err := w.AddUnit(t.Context(), in)
			if err != nil || u.Name != strings.TrimSpace(in.Name) || u.ID == "" {
				t.Errorf("%s: got %+v, %v", in.Name, u, err)
			}
		}
		if units, err := w.Units(t.Context()); err != nil || len(units) != 9 {
			t.Errorf("%d units, %v", len(units), err)
		}
	})
}

// TestSeveralTopmostUnits: the operator sees all of a site with more than one, and
// finds people anywhere in it.
func TestSeveralTopmostUnits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		w.write(t, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddUnit(ctx, org.Unit{Kind: org.School, Name: "独立中学"})
			return err
		})
		w.opens(t, entry("zs"))
		ls := entry("ls")
		ls.Unit, ls.Role = "独立中学", org.Head
		number := w.opens(t, ls).Person.Number
		for unit, want := range map[string][]string{"": {"ls", "zs"}, "独立中学": {"ls"}, "某市": {"zs"}, "乙区": nil} {
			lines, err := w.Accounts(t.Context(), unit)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range lines {
				got = append(got, l.Login)
			}
			if !slices.Equal(got, want) {
				t.Errorf("accounts of %q: got %v, want %v", unit, got, want)
			}
		}
		_, err := w.OpenAccount(t.Context(), app.AccountEntry{Login: "ls2", Number: string(number), Unit: "甲县"})
		if got := told(t, err); !slices.Equal(got, []string{"number app.has-account"}) {
			t.Errorf("a second account: got %v", got)
		}
		if _, err := w.Accounts(t.Context(), "实验小学"); !slices.Equal(told(t, err), []string{"unit app.many-units"}) {
			t.Errorf("got %v", err)
		}
	})
}

// TestOpenAccount: person, post, account and role are there, with events of the
// operator, and the password is the account's for one sign-in.
func TestOpenAccount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		ctx := t.Context()
		out := w.opens(t, app.AccountEntry{Login: "ss", Name: " 单三 ", Post: " 教师 ", Code: " T1 ", Unit: "甲县/实验小学", Role: org.Clerk})
		if p := out.Person; p.Number != "00000015" || p.Name != "单三" || p.Sort != "shan'san 单三" || p.Initials != "ss" || out.Unit != "某市/甲县/实验小学" || out.Login != "ss" {
			t.Errorf("got %+v", out)
		}
		school := w.units[out.Unit]
		posts, err := db.Posts(ctx, org.Self(out.Person.ID), out.Person.ID)
		if err != nil || len(posts) != 1 || posts[0].Unit != school.ID || posts[0].Code != "T1" || posts[0].Name != "教师" || posts[0].Since != "2026-03-02" {
			t.Errorf("got %+v, %v", posts, err)
		}
		a := w.account(t, "ss")
		for _, about := range []string{"account/" + string(a.ID), "person/" + string(out.Person.ID), "unit/" + string(school.ID)} {
			events, err := db.EventsAbout(ctx, about, store.Page{})
			if err != nil || len(events) == 0 {
				t.Errorf("%s: %d events, %v", about, len(events), err)
			}
			for _, e := range events {
				if e.Actor != "system.shiji user" {
					t.Errorf("%s: by %s", about, e.Actor)
				}
			}
		}
		service := newService(db)
		token, err := service.SignIn(ctx, app.SignIn{Login: "ss", Password: out.Password})
		if err != nil {
			t.Fatal(err)
		}
		v, err := service.Viewer(ctx, token, "request")
		if err != nil || !v.Changing || len(v.Seats) != 1 || v.Seats[0].Role != org.Clerk || v.Seats[0].Unit.ID != school.ID {
			t.Errorf("got %+v, %v", v, err)
		}
		// Somebody on file keeps person and post, and may act where she has no post.
		again := w.opens(t, app.AccountEntry{Login: "ls", Name: "李四", Post: "教师", Since: "2019-09-01", Unit: "37080001"})
		if err := w.CloseAccount(ctx, "ls"); err != nil {
			t.Fatal(err)
		}
		back := w.opens(t, app.AccountEntry{Login: "ls2", Number: string(again.Person.Number), Unit: "某市", Role: org.Auditor})
		if posts, err := db.Posts(ctx, org.Self(back.Person.ID), back.Person.ID); err != nil || back.Person.ID != again.Person.ID || len(posts) != 1 || posts[0].Since != "2019-09-01" {
			t.Errorf("got %+v, %+v, %v", back, posts, err)
		}
	})
}

// TestOpenAccountFaults: whatever is wrong with an entry is told at once, and
// nothing is written.
func TestOpenAccountFaults(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		first := entry("zs")
		first.Code = "T1"
		w.opens(t, first)
		before := w.events(t)
		for _, c := range []struct {
			name   string
			change func(*app.AccountEntry)
			want   []string
		}{
			{"login taken", func(e *app.AccountEntry) { e.Login = "zs" }, []string{"login app.login-taken"}},
			{"code taken", func(e *app.AccountEntry) { e.Code = " T1" }, []string{"code app.code-taken"}},
			{"code not to be shown", func(e *app.AccountEntry) { e.Code = "T\u202e1" }, []string{"code app.name"}},
			{"no such day", func(e *app.AccountEntry) { e.Since = "2025-02-29" }, []string{"since app.date"}},
			{"day otherwise", func(e *app.AccountEntry) { e.Since = "2025-9-1" }, []string{"since app.date"}},
			{"no post", func(e *app.AccountEntry) { e.Post = "" }, []string{"post app.empty"}},
			{"name not to be shown", func(e *app.AccountEntry) { e.Name = "曾\n三" }, []string{"name app.name"}},
			{"nobody", func(e *app.AccountEntry) { e.Name = " " }, []string{"name app.name-or-number"}},
			{"two people", func(e *app.AccountEntry) { e.Number = "00000015" }, []string{"name app.name-or-number"}},
			{"no such role", func(e *app.AccountEntry) { e.Role = "boss" }, []string{"role app.role"}},
			{"nobody is granted Own", func(e *app.AccountEntry) { e.Role = org.Own }, []string{"role app.role"}},
			{"wrong number", func(e *app.AccountEntry) { e.Name, e.Number = "", "00000016" }, []string{"number app.no-number"}},
			{"no such number", func(e *app.AccountEntry) { e.Name, e.Number = "", "00000031" }, []string{"number app.no-number"}},
			{"part of a number", func(e *app.AccountEntry) { e.Name, e.Number = "", "0000001" }, []string{"number app.no-number"}},
			{"a name for a number", func(e *app.AccountEntry) { e.Name, e.Number = "", "曾三" }, []string{"number app.no-number"}},
			{"all of a newcomer", func(e *app.AccountEntry) {
				*e = app.AccountEntry{Login: "Z", Name: "a/b", Unit: "实验小学", Role: "boss", Since: "today", Code: "T1"}
			}, []string{"login app.login", "unit app.many-units", "role app.role", "name app.name", "post app.empty", "since app.date"}},
			{"all of somebody on file", func(e *app.AccountEntry) {
				*e = app.AccountEntry{Login: "zs", Number: "00000015", Unit: "nowhere", Role: org.Head}
			}, []string{"login app.login-taken", "unit app.no-unit", "number app.has-account"}},
		} {
			in := entry("ls")
			c.change(&in)
			if out, err := w.OpenAccount(t.Context(), in); !slices.Equal(told(t, err), c.want) || out != (app.Opened{}) {
				t.Errorf("%s: got %v and %+v, want %v", c.name, told(t, err), out, c.want)
			}
		}
		if after := w.events(t); after != before || before == 0 {
			t.Errorf("refused entries left events: %d, were %d", after, before)
		}
	})
}

// TestCodesOfTheGone: a code is free again once its holder's post has ended.
func TestCodesOfTheGone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		in := entry("zs")
		in.Code, in.Since = "T1", "2025-09-01"
		p := w.opens(t, in).Person
		w.write(t, func(ctx context.Context, tx *store.Tx) error {
			posts, err := tx.Posts(ctx, org.Self(p.ID), p.ID)
			if err != nil {
				return err
			}
			return tx.EndPost(ctx, posts[0].ID, "2026-01-31")
		})
		in.Login = "ls"
		w.opens(t, in)
	})
}

// TestLogins: what a login may look like.
func TestLogins(t *testing.T) {
	t.Parallel()
	w := newOperated(t, storetest.SQLite(t))
	for login, want := range map[string]bool{
		"wangm": true, "00000015": true, "wang.min-2_b": true, strings.Repeat("a", 32): true,
		"": false, "w": false, "WangM": false, "wangM": false, ".wm": false, "wang m": false, "王敏": false, "wm\n": false, "ｗｍ": false, strings.Repeat("a", 33): false,
	} {
		in := entry(login)
		in.Unit = "nowhere" // nobody is to be entered
		_, err := w.OpenAccount(t.Context(), in)
		if got := !slices.Contains(told(t, err), "login app.login"); got != want {
			t.Errorf("%q: got %v, want %v", login, got, want)
		}
	}
}

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

// TestOneOpenAccountAPerson: however many try at once, one person has one account
// that is open.
func TestOneOpenAccountAPerson(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		ctx := t.Context()
		number := string(w.opens(t, entry("zs")).Person.Number)
		if err := w.CloseAccount(ctx, "zs"); err != nil {
			t.Fatal(err)
		}
		logins := []string{"z1", "z2", "z3", "z4"}
		errs := make(chan error, len(logins))
		for _, login := range logins {
			go func() {
				_, err := w.OpenAccount(ctx, app.AccountEntry{Login: login, Number: number, Unit: "37080001"})
				errs <- err
			}()
		}
		opened := 0
		for range logins {
			if err := <-errs; err == nil {
				opened++
			} else if got := told(t, err); !slices.Equal(got, []string{"number app.has-account"}) {
				t.Errorf("got %v", got)
			}
		}
		if lines, err := w.Accounts(ctx, ""); err != nil || opened != 1 || len(lines) != 2 {
			t.Errorf("%d opened, got %+v, %v", opened, lines, err)
		}
	})
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
		if got := seats(); !slices.Equal(got, []app.SiteSeat{{Role: org.Head, Unit: "某市/乙区/实验小学"}}) {
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
		if a := w.account(t, "zs"); a.State != store.Closed || a.TOTP != "" {
			t.Errorf("got %+v", a)
		}
		if _, err := service.Viewer(ctx, token, "request"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a session went on: %v", err)
		}
		_, err = service.SignIn(ctx, app.SignIn{Login: "zs", Password: out.Password})
		isKey(t, err, "app.sign-in")
		if lines, err := w.Accounts(ctx, ""); err != nil || len(lines) != 1 || len(lines[0].Seats) != 0 || lines[0].State != store.Closed {
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

// secondFactor is the seed of a second factor.
const secondFactor = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// employ enters somebody with a post in the school, past the operator.
func (w *operated) employ(t *testing.T, name, code string) (p org.Person) {
	t.Helper()
	w.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		if p, err = tx.AddPerson(ctx, org.Person{Name: name}, ""); err == nil {
			_, err = tx.BeginPost(ctx, store.Post{Person: p.ID, Unit: w.units["某市/甲县/实验小学"].ID, Code: code, Name: "教师", Since: "2025-09-01"})
		}
		return err
	})
	return p
}

// TestOpenRoster: whoever has a code and no account gets one, once.
func TestOpenRoster(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		ctx := t.Context()
		none := func(list []app.RosterLine) error { t.Errorf("got %+v", list); return nil }
		for unit, want := range map[string]string{"甲县/实验小学": "app.nobody-new", "实验小学": "unit app.many-units"} {
			if err := w.OpenRoster(ctx, unit, none); !slices.Equal(told(t, err), []string{want}) {
				t.Errorf("%s: got %v, want %s", unit, err, want)
			}
		}
		has := entry("zs")
		has.Code = "T0"
		w.opens(t, has)
		closed := entry("ww")
		closed.Code = "T9"
		w.opens(t, closed)
		if err := w.CloseAccount(ctx, "ww"); err != nil {
			t.Fatal(err)
		}
		first, second := w.employ(t, "李四", "T2"), w.employ(t, "赵六", "T1")
		w.employ(t, "孙七", "") // whom no workbook can name
		var list []app.RosterLine
		if err := w.OpenRoster(ctx, "37080001", func(l []app.RosterLine) error { list = l; return nil }); err != nil {
			t.Fatal(err)
		}
		if len(list) != 2 || list[0].Person.ID != second.ID || list[0].Code != "T1" || list[1].Person.ID != first.ID || list[1].Login != string(first.Number) || list[1].Unit != "某市/甲县/实验小学" {
			t.Fatalf("got %+v", list)
		}
		if list[0].Password == list[1].Password {
			t.Error("two accounts have one password")
		}
		service := newService(db)
		for _, l := range list {
			if a := w.account(t, l.Login); a.State != store.FirstLogin || a.Person != l.Person.ID {
				t.Errorf("got %+v", a)
			}
			if _, err := service.SignIn(ctx, app.SignIn{Login: l.Login, Password: l.Password}); err != nil {
				t.Errorf("%s: %v", l.Login, err)
			}
		}
		if err := w.OpenRoster(ctx, "37080001", none); !slices.Equal(told(t, err), []string{"app.nobody-new"}) {
			t.Errorf("a second time: got %v", err)
		}
	})
}

// TestOpenRosterIsWhole: all accounts of a list are opened or none, and none
// without the list.
func TestOpenRosterIsWhole(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newOperated(t, db)
		ctx := t.Context()
		w.employ(t, "赵六", "T1")
		second := w.employ(t, "李四", "T2")
		full := errors.New("disk full")
		if err := w.OpenRoster(ctx, "37080001", func([]app.RosterLine) error { return full }); !errors.Is(err, full) {
			t.Errorf("got %v, want %v", err, full)
		}
		err := w.OpenRoster(ctx, "37080001", func([]app.RosterLine) error { // somebody is quicker
			w.opens(t, app.AccountEntry{Login: "ls", Number: string(second.Number), Unit: "37080001"})
			return nil
		})
		if !slices.Equal(told(t, err), []string{"app.has-account"}) {
			t.Errorf("got %v", err)
		}
		if lines, err := w.Accounts(ctx, ""); err != nil || len(lines) != 1 || lines[0].Login != "ls" {
			t.Errorf("got %+v, %v", lines, err)
		}
	})
}
