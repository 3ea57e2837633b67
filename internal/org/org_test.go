package org_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shiji/internal/org"
)

func TestZeroScopeSeesNothing(t *testing.T) {
	for _, s := range []org.Scope{{}, org.Below(), org.Below(""), org.Self("")} {
		if s.Sees(org.Object{Path: "A/", Person: "p"}) || s.Sees(org.Object{}) || !s.Empty() {
			t.Errorf("%+v sees something", s)
		}
	}
}

func TestScope(t *testing.T) {
	s := org.Below("A/B/", "A/", "C/").And(org.Self("p"))
	want := []org.Term{{Path: "A/"}, {Path: "C/"}, {Person: "p"}}
	if diff := cmp.Diff(want, s.Terms()); diff != "" {
		t.Errorf("terms are not those that nothing implies (-want +got)\n%s", diff)
	}
	for path, want := range map[org.Path]bool{"A/": true, "A/B/X/": true, "AB/": false, "C/": true, "D/": false, "": false} {
		if got := s.Sees(org.Object{Path: path, Person: "q"}); got != want {
			t.Errorf("Sees(%q): got %v, want %v", path, got, want)
		}
	}
	if !s.Sees(org.Object{Path: "D/", Person: "p"}) {
		t.Error("she does not see herself")
	}
}

// TestScopeInStates: a limited term sees only what is in one of its states, and
// does not stand in for an unlimited one.
func TestScopeInStates(t *testing.T) {
	s := org.Below("A/").In("done", "shown").And(org.Self("p").In("shown"))
	for _, c := range []struct {
		object org.Object
		want   bool
	}{
		{org.Object{Path: "A/B/", State: "done"}, true},
		{org.Object{Path: "A/B/", State: "open"}, false},
		{org.Object{Path: "A/B/"}, false},
		{org.Object{Path: "D/", Person: "p", State: "shown"}, true},
		{org.Object{Path: "D/", Person: "p", State: "done"}, false},
	} {
		if got := s.Sees(c.object); got != c.want {
			t.Errorf("Sees(%+v): got %v, want %v", c.object, got, c.want)
		}
	}
	if s := org.Below("A/").In("done").In("shown"); !s.Empty() {
		t.Errorf("no state is both, yet %v is seen", s.Terms())
	}
	if got := org.Below("A/").In("done").And(org.Below("A/")).Terms(); len(got) != 1 || got[0].States != nil {
		t.Errorf("got %v, want the unlimited term alone", got)
	}
}

// TestPathRange: the range of strings that SQL asks for is what Covers says.
func TestPathRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gen := rapid.StringMatching(`([0-9A-C]{1,2}/){1,3}`)
		p, q := org.Path(gen.Draw(t, "p")), org.Path(gen.Draw(t, "q"))
		if got, want := q >= p && string(q) < p.End(), p.Covers(q); got != want {
			t.Fatalf("range of %q holds %q: %v, Covers says %v", p, q, got, want)
		}
	})
}

func TestNumbers(t *testing.T) {
	if got := org.NumberOf(1); got != "00000015" || !got.Valid() {
		t.Errorf("first number: got %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := org.NumberOf(rapid.Int64Range(1, 1e12).Draw(t, "serial"))
		if !n.Valid() {
			t.Fatalf("%s is not valid", n)
		}
		b := []byte(n)
		i := rapid.IntRange(0, len(b)-1).Draw(t, "i")
		b[i] = byte('0' + (int(b[i]-'0')+rapid.IntRange(1, 9).Draw(t, "d"))%10)
		if org.Number(b).Valid() {
			t.Fatalf("%s with one wrong digit, %s, is valid", n, b)
		}
	})
	for _, n := range []org.Number{"", "1234567", "1234567x", "-0000015"} {
		if n.Valid() {
			t.Errorf("%q is valid", n)
		}
	}
}

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		parent, child org.Kind
		want          bool
	}{
		{"", org.City, true}, {"", org.School, true}, {"", org.Group, false},
		{org.City, org.Zone, true}, {org.City, org.School, true}, {org.City, org.City, false},
		{org.County, org.School, true}, {org.County, org.County, false}, {org.Zone, org.School, true},
		{org.School, org.Group, true}, {org.School, org.School, false}, {"shop", org.School, false},
	} {
		if got := c.parent.MayHold(c.child); got != c.want {
			t.Errorf("%q holds %q: got %v, want %v", c.parent, c.child, got, c.want)
		}
	}
}
