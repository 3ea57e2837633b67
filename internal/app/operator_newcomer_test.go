package app_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"shiji/internal/app"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

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
			events, err := db.EventsAbout(ctx, about)
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
		odd := entry("odd")
		odd.Name = "00000031" // which is nobody's number
		w.opens(t, odd)
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

// TestOpenAccountOutrun: who comes second when two processes open accounts at once, which
// PostgreSQL lets them, is told so at what she entered.
func TestOpenAccountOutrun(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	w := newOperated(t, db)
	other, err := store.Open(t.Context(), db.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	waiting := func() (n int) {
		if err := db.SQL.QueryRow("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	for i, c := range []struct {
		login string // of the second
		want  string
	}{
		{"second", "number store.account-once"},
		{"first1", "login store.login-taken"},
	} {
		person := w.employ(t, "李四", fmt.Sprint("T", i))
		done := make(chan error, 1)
		err := other.Write(t.Context(), org.System("test"), func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.OpenAccount(ctx, store.Account{Person: person.ID, Login: fmt.Sprint("first", i), Secret: "$argon2id$x", State: store.FirstLogin}); err != nil {
				return err
			}
			go func() {
				_, err := w.OpenAccount(t.Context(), app.AccountEntry{Login: c.login, Number: string(person.Number), Unit: "37080001"})
				done <- err
			}()
			for deadline := time.Now().Add(time.Minute); waiting() == 0; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(deadline) {
					return errors.New("the second does not wait for the first")
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := told(t, <-done); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: got %v, want %s", c.login, got, c.want)
		}
	}
}
