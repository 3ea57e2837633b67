package store_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// town is a random world: units on all levels, persons with posts here and
// there, appraisals in all states with results.
type town struct {
	units      []org.Unit
	people     []org.Person
	posts      map[org.PersonID][]org.Path
	appraisals []store.Appraisal
	members    map[string][]org.PersonID // by appraisal
	accounts   map[org.AccountID]org.PersonID
	roles      map[org.AccountID]org.Path
}

func (w *town) unit(id org.UnitID) org.Unit {
	return w.units[slices.IndexFunc(w.units, func(u org.Unit) bool { return u.ID == id })]
}

// settle builds a town.
func settle(t testing.TB, db *storetest.DB, r *rand.Rand) *town {
	w := &town{posts: map[org.PersonID][]org.Path{}, members: map[string][]org.PersonID{}, accounts: map[org.AccountID]org.PersonID{}, roles: map[org.AccountID]org.Path{}}
	var schools []org.Unit
	add := func(parent org.Unit, kind org.Kind) org.Unit {
		var u org.Unit
		write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
			u, err = tx.AddUnit(ctx, org.Unit{Parent: parent.ID, Kind: kind, Name: "单位"})
			return err
		})
		w.units = append(w.units, u)
		return u
	}
	city := add(org.Unit{}, org.City)
	for range 3 {
		county := add(city, org.County)
		for range 2 {
			schools = append(schools, add(county, org.School))
		}
	}
	schools = append(schools, add(city, org.School), add(org.Unit{}, org.School))
	for _, s := range schools[:3] {
		add(add(s, org.Group), org.Group)
	}
	for i := range 40 {
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			p, err := tx.AddPerson(ctx, org.Person{Name: fmt.Sprint("人", i%7), Sort: fmt.Sprintf("ren%d", r.IntN(9)), Initials: "r"}, "")
			if err != nil {
				return err
			}
			w.people = append(w.people, p)
			for range r.IntN(4) {
				u := w.units[r.IntN(len(w.units))]
				if _, err := tx.BeginPost(ctx, store.Post{Person: p.ID, Unit: u.ID, Name: "教师", Since: "2020-09-01"}); err != nil {
					return err
				}
				w.posts[p.ID] = append(w.posts[p.ID], u.Path)
			}
			if i%2 == 0 {
				return nil
			}
			a, err := tx.OpenAccount(ctx, store.Account{Person: p.ID, Login: fmt.Sprint("login", i), State: store.Active})
			if err != nil {
				return err
			}
			w.accounts[a.ID] = p.ID
			u := w.units[r.IntN(len(w.units))]
			w.roles[a.ID] = u.Path
			_, err = tx.GrantRole(ctx, a.ID, u.ID, "clerk")
			return err
		})
	}
	for i, s := range append(slices.Clone(schools), schools...) {
		w.appraise(t, db, r, s, i)
	}
	return w
}

func (w *town) appraise(t testing.TB, db *storetest.DB, r *rand.Rand, school org.Unit, i int) {
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		sc, err := tx.AddScheme(ctx, store.Scheme{Unit: school.ID, Name: "x", Edition: int64(i + 1), Digest: strings.Repeat("ab", 32), Body: []byte("x")})
		if err != nil {
			return err
		}
		a, err := tx.OpenAppraisal(ctx, store.Appraisal{Unit: school.ID, Term: fmt.Sprint(2020 + i%3), Scheme: sc.ID})
		if err != nil {
			return err
		}
		if i%4 > 0 {
			var members []org.Person
			for _, k := range r.Perm(len(w.people))[:8] {
				members = append(members, w.people[k])
				w.members[a.ID] = append(w.members[a.ID], w.people[k].ID)
			}
			e := evaluation(members)
			e.Basis = 0 // nobody hands anything in here
			if a, err = tx.Evaluate(ctx, a, e); err != nil {
				return err
			}
		}
		if i%4 > 1 {
			if a, err = tx.Publish(ctx, a); err != nil {
				return err
			}
		}
		w.appraisals = append(w.appraisals, a)
		return nil
	})
}

// scope draws a scope: subtrees and selves, some limited to states.
func (w *town) scope(r *rand.Rand) org.Scope {
	var s org.Scope
	for range r.IntN(4) {
		var part org.Scope
		switch r.IntN(3) {
		case 0:
			part = org.Self(w.people[r.IntN(len(w.people))].ID)
		default:
			part = org.Below(w.units[r.IntN(len(w.units))].Path)
		}
		if states := []string{"open", "evaluated", "published", "locked"}; r.IntN(2) == 0 {
			part = part.In(states[r.IntN(4)], states[r.IntN(4)])
		}
		s = s.And(part)
	}
	return s
}

// TestListsShowWhatTheScopeSees asks every kind of list under random scopes and
// compares it, object by object, with what Scope.Sees says.
func TestListsShowWhatTheScopeSees(t *testing.T) {
	scopes := 60
	if testing.Short() {
		scopes = 20
	}
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		seed := rand.Uint64()
		r := rand.New(rand.NewPCG(seed, 0))
		w := settle(t, db, r)
		pairs := 0
		for i := range scopes {
			s := w.scope(r)
			db.SetFew([]int64{2, 2000}[i%2]) // read as a long list, and as a short one
			check := func(what string, got []string, want map[string]bool) {
				t.Helper()
				slices.Sort(got)
				var expected []string
				for id, sees := range want {
					if sees {
						expected = append(expected, id)
					}
				}
				slices.Sort(expected)
				if !slices.Equal(got, expected) {
					t.Errorf("seed %d: %s under %+v:\ngot  %v\nwant %v", seed, what, s.Terms(), got, expected)
				}
				pairs += len(want)
			}
			check("units", w.listUnits(t, db, s), w.seenUnits(s))
			check("people", w.listPeople(t, db, s, ""), w.seenPeople(s, ""))
			search := []string{"r", "ren1", "人3", "0000", "00000015", "x", "ren"}[i%7]
			check("people found by "+search, w.listPeople(t, db, s, search), w.seenPeople(s, search))
			check("accounts", w.listAccounts(t, db, s), w.seenAccounts(s))
			check("events", w.listEvents(t, db, s), w.seenEvents(t, db, s))
			want := map[string]bool{}
			var got, shown []string
			for _, a := range w.appraisals {
				for _, o := range seenResults(t, db, s, a) {
					got = append(got, a.ID+" "+string(o.Person))
				}
				any := s.Sees(org.Object{Path: w.unit(a.Unit).Path, State: string(a.State)})
				for _, p := range w.members[a.ID] {
					sees := s.Sees(org.Object{Path: w.unit(a.Unit).Path, Person: p, State: string(a.State)})
					want[a.ID+" "+string(p)] = sees
					any = any || sees
				}
				if _, err := db.Appraisal(t.Context(), s, a.ID); err == nil {
					shown = append(shown, a.ID)
				}
				want2 := map[string]bool{a.ID: any}
				check("appraisal", slices.DeleteFunc(slices.Clone(shown), func(id string) bool { return id != a.ID }), want2)
			}
			check("results", got, want)
		}
		settled(t, db) // recounts the people of each unit
		t.Logf("%d pairs of scope and object, seed %d", pairs, seed)
	})
}

func (w *town) listUnits(t *testing.T, db *storetest.DB, s org.Scope) (ids []string) {
	for after := ""; ; {
		page, err := db.Units(t.Context(), s, store.Page{After: after, Limit: 7})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page {
			ids, after = append(ids, string(u.ID)), string(u.Path)
		}
		if len(page) < 7 {
			return ids
		}
	}
}

func (w *town) seenUnits(s org.Scope) map[string]bool {
	want := map[string]bool{}
	for _, u := range w.units {
		want[string(u.ID)] = s.Sees(org.Object{Path: u.Path})
	}
	return want
}

func (w *town) listPeople(t *testing.T, db *storetest.DB, s org.Scope, search string) (ids []string) {
	last := ""
	for q := (store.PeopleQuery{Search: search, Page: store.Page{Limit: 5}}); ; {
		page, err := db.People(t.Context(), s, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page {
			if q.After = store.PageKey(p); q.After <= last {
				t.Errorf("people out of order: %s after %s", q.After, last)
			}
			last = q.After
			ids = append(ids, string(p.ID))
		}
		if len(page) < 5 {
			n, err := db.CountPeople(t.Context(), s, search, math.MaxInt64)
			if err != nil || n != int64(len(ids)) {
				t.Errorf("counted %d of %d people: %v", n, len(ids), err)
			}
			return ids
		}
	}
}

func (w *town) seenPeople(s org.Scope, search string) map[string]bool {
	want := map[string]bool{}
	for _, p := range w.people {
		found := slices.ContainsFunc([]string{p.Sort, p.Initials, p.Name, string(p.Number)}, func(text string) bool { return strings.HasPrefix(text, search) })
		want[string(p.ID)] = found && w.seesPerson(s, p.ID)
	}
	return want
}

func (w *town) seesPerson(s org.Scope, id org.PersonID) bool {
	return s.Sees(org.Object{Person: id}) || slices.ContainsFunc(w.posts[id], func(path org.Path) bool { return s.Sees(org.Object{Path: path, Person: id}) })
}

func (w *town) listAccounts(t *testing.T, db *storetest.DB, s org.Scope) (ids []string) {
	for after := ""; ; {
		page, err := db.Accounts(t.Context(), s, store.Page{After: after, Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page {
			if a.Login <= after || a.Person.ID != w.accounts[a.ID] || len(a.Roles) != 1 || a.Roles[0].Path != w.roles[a.ID] {
				t.Errorf("account after %s: %+v", after, a)
			}
			ids, after = append(ids, string(a.ID)), a.Login
		}
		if len(page) < 3 {
			return ids
		}
	}
}

func (w *town) seenAccounts(s org.Scope) map[string]bool {
	want := map[string]bool{}
	for id, person := range w.accounts {
		want[string(id)] = w.seesPerson(s, person) || s.Sees(org.Object{Path: w.roles[id]})
	}
	return want
}

func (w *town) listEvents(t *testing.T, db *storetest.DB, s org.Scope) (ids []string) {
	for after := ""; ; {
		page, err := db.Events(t.Context(), s, store.Page{After: after, Limit: 20})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			if after != "" && e.ID >= after {
				t.Errorf("events out of order: %s after %s", e.ID, after)
			}
			ids, after = append(ids, e.ID), e.ID
		}
		if len(page) < 20 {
			return ids
		}
	}
}

func (w *town) seenEvents(t *testing.T, db *storetest.DB, s org.Scope) map[string]bool {
	rows, err := db.SQL.QueryContext(t.Context(), "SELECT id, org FROM event")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	want := map[string]bool{}
	for rows.Next() {
		var id string
		var path org.Path
		if err := rows.Scan(&id, &path); err != nil {
			t.Fatal(err)
		}
		want[id] = s.Sees(org.Object{Path: path})
	}
	return want
}
