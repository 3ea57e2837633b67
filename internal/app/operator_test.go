package app_test

import (
	"context"
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
