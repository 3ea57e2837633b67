package app_test

import (
	"context"
	"testing"
	"time"

	"shiji/internal/app"
	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store/storetest"
)

// The examples of GB 11643-1999 and one more; none is anybody's.
const (
	someNumber  = "11010519491231002X"
	otherNumber = "350802199001011236"
)

// TestIdentity: who keeps the register enters the number and sees all of it, she
// sees her own, and learns who else did.
func TestIdentity(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		w := newSite(t, db)
		her := w.teacher.Person
		page := func(v *app.Viewer) *app.PersonPage {
			t.Helper()
			p, err := w.Person(t.Context(), v, her)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		enter := func(v *app.Viewer, in app.IdentityEntry) error { return w.EnterIdentity(t.Context(), v, her, in) }
		everybody := map[string]*app.Viewer{
			"clerk": w.clerk, "committee": w.committee, "head": w.head, "officer": w.officer, "foreign": w.foreign, "sibling": w.sibling, "herself": w.teacher,
		}
		_, err := w.Unmask(t.Context(), w.teacher, her)
		isKey(t, err, "app.identity-none")
		isKey(t, enter(w.clerk, app.IdentityEntry{Remove: true, Version: 1}), "app.identity-none")
		for typed, key := range map[string]string{
			"": "app.identity-missing", "110105491231002": "app.identity-old", "1101051949123100": "app.identity-length", "11010519491231002Y": "app.identity-characters",
			"000000199001010018": "app.identity-region", "350802199002300013": "app.identity-birth", "110105194912310021": "app.identity-check",
			"350802209912310014": "app.identity-future",
		} {
			err := enter(w.clerk, app.IdentityEntry{Number: typed, Version: 1})
			isKey(t, err, key)
			if f := fault.All(err); len(f) != 1 || f[0].Where.Field != "number" || len(f[0].Args) > 0 {
				t.Errorf("%q: got %+v", typed, f)
			}
		}
		for name, v := range everybody {
			if name != "clerk" {
				hidden(t, "entered by "+name, enter(v, app.IdentityEntry{Number: someNumber, Version: 1}))
			}
		}
		if p := page(w.clerk); p.Masked != "" || p.Version != 1 || !p.CanEnter || !p.CanUnmask {
			t.Errorf("refused entries left %+v", p)
		}

		if err := enter(w.clerk, app.IdentityEntry{Number: "１１０１０５ 19491231 002x", Version: 1}); err != nil {
			t.Fatal(err)
		}
		isKey(t, enter(w.clerk, app.IdentityEntry{Number: otherNumber, Version: 1}), "app.identity-changed")
		isKey(t, w.EnterIdentity(t.Context(), w.clerk, w.head.Person, app.IdentityEntry{Number: someNumber, Version: 1}), "store.identity-taken")
		for name, v := range everybody {
			got, err := w.Unmask(t.Context(), v, her)
			if name == "clerk" || name == "herself" {
				if err != nil || got != someNumber {
					t.Errorf("%s: got %q, %v", name, got, err)
				}
				continue
			}
			if got != "" {
				t.Errorf("%s sees it", name)
			}
			hidden(t, "unmasked by "+name, err)
		}
		if p := page(w.head); p.Masked != "1101************2X" || p.CanEnter || p.CanUnmask {
			t.Errorf("the head sees %+v", p)
		}
		if p := page(w.teacher); !p.CanUnmask || p.CanEnter || !p.Own {
			t.Errorf("she sees %+v", p)
		}
		if m, err := w.Mine(t.Context(), w.teacher); err != nil || m.Masked != "1101************2X" || !m.CanUnmask || m.ID != her {
			t.Errorf("mine: %+v %v", m, err)
		}

		looks, err := w.Looks(t.Context(), w.teacher, "")
		if err != nil {
			t.Fatal(err)
		}
		unmasked := 0
		for _, l := range looks.Looks {
			if l.Action == audit.IdentityUnmasked {
				unmasked++
				if l.Name != "王经办" || l.Role != org.Clerk || l.Unit != w.school.Name {
					t.Errorf("look: %+v", l)
				}
			}
		}
		if unmasked != 1 {
			t.Errorf("%d looks at her number by others: %+v", unmasked, looks)
		}
		logged := map[audit.Action]map[org.Role]int{}
		list, err := w.Events(t.Context(), w.head, app.EventQuery{Unit: w.school.ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list.Events {
			if e.About != "周老师" {
				continue
			}
			if logged[e.Action] == nil {
				logged[e.Action] = map[org.Role]int{}
			}
			logged[e.Action][e.Role]++
		}
		if n := logged[audit.IdentityUnmasked]; n[org.Clerk] != 1 || n[org.Own] != 1 || logged[audit.PersonChanged][org.Clerk] != 1 {
			t.Errorf("the head finds %+v", logged)
		}

		if err := enter(w.clerk, app.IdentityEntry{Remove: true, Version: 2}); err != nil {
			t.Fatal(err)
		}
		if p := page(w.clerk); p.Masked != "" || p.Version != 3 {
			t.Errorf("taken away: %+v", p)
		}
		audited(t, db)
	})
}

// TestUnmaskingIsSlow: nobody carries a register off number by number.
func TestUnmaskingIsSlow(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	w := newSite(t, db)
	var people []org.PersonID
	for _, v := range []*app.Viewer{w.teacher, w.head} {
		if err := w.EnterIdentity(t.Context(), w.clerk, v.Person, app.IdentityEntry{Number: []string{someNumber, otherNumber}[len(people)], Version: 1}); err != nil {
			t.Fatal(err)
		}
		people = append(people, v.Person)
	}
	count := func() (n int) {
		for _, id := range people {
			events, err := db.EventsAbout(context.Background(), "person/"+string(id))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if e.Action == audit.IdentityUnmasked {
					n++
				}
			}
		}
		return n
	}
	for i := range 60 {
		if _, err := w.Unmask(t.Context(), w.clerk, people[i%2]); err != nil {
			t.Fatal(i, err)
		}
	}
	number, err := w.Unmask(t.Context(), w.clerk, people[0])
	if isKey(t, err, "app.identity-often"); number != "" || !fault.Is(err, fault.Refused) || count() != 60 {
		t.Errorf("got %q after %d looks, %v", number, count(), err)
	}
	if _, err := w.Unmask(t.Context(), w.teacher, people[0]); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	db.Clock.Advance(61 * time.Minute)
	if _, err := w.Unmask(t.Context(), w.clerk, people[0]); err != nil || count() != 62 {
		t.Errorf("an hour later: %d looks, %v", count(), err)
	}
}
