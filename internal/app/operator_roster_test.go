package app_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"shiji/internal/app"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

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
