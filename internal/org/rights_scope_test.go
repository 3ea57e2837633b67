package org_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/org"
)

// TestScopeIsMay: a list shows exactly those objects that May allows one by one,
// but for rules about anything. Scope may be the wider only where somebody is
// forbidden a part of what she is allowed, which cannot be granted.
func TestScopeIsMay(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 2))
	anything := map[org.Action]bool{}
	for _, rule := range org.Rules() {
		if rule.Relation == org.Anything {
			anything[rule.Action] = true
		}
	}
	asked, allowed, wider := 0, 0, 0
	for range 400 {
		w := newWorld(r)
		for _, v := range w.viewers {
			grantable := w.grantable(v)
			for _, a := range actions {
				if anything[a] {
					if !v.Scope(a).Empty() || v.Can(a) != (v.Account != "") {
						t.Fatalf("seed %d: %+v: %s about anything is in a scope", seed, v, a)
					}
					continue
				}
				s := v.Scope(a)
				if v.Can(a) == s.Empty() {
					t.Fatalf("seed %d: %+v, %s: Can says %v, the scope is %+v", seed, v, a, v.Can(a), s.Terms())
				}
				for range 5 {
					o, _ := w.object(r, v)
					_, may := v.May(a, o)
					asked++
					switch sees := s.Sees(o); {
					case sees && !may && !grantable:
						wider++
					case sees != may:
						t.Fatalf("seed %d: %+v, %s, %+v: May %v, Scope %v", seed, v, a, o, may, sees)
					case may:
						allowed++
					}
				}
			}
		}
	}
	t.Logf("seed %d: %d questions, %d allowed; Scope was the wider in %d, all of roles that cannot be granted", seed, asked, allowed, wider)
	if asked < 100_000 || allowed < asked/20 {
		t.Errorf("too tame: %d questions, %d allowed", asked, allowed)
	}
}

// probes are objects of every unit of w and of none, about everybody and nobody,
// in every state. A scope's meaning is which of them it sees.
func (w *world) probes() (out []org.Object) {
	paths := []org.Path{"", "elsewhere/"}
	for _, p := range w.units {
		paths = append(paths, p.path, p.path.Child("below"))
	}
	for _, p := range paths {
		for _, person := range append([]org.PersonID{"", "stranger"}, w.people...) {
			for _, s := range states {
				out = append(out, org.Object{Path: p, Person: person, State: s})
			}
		}
	}
	return out
}

// scope draws a scope as May's rules and the pages make them.
func (w *world) scope(r *rand.Rand) org.Scope {
	var s org.Scope
	for range r.IntN(5) {
		part := org.Below(w.units[r.IntN(len(w.units))].path)
		if r.IntN(3) == 0 {
			part = org.Self(w.people[r.IntN(len(w.people))])
		}
		if r.IntN(2) == 0 {
			part = part.In(states[1+r.IntN(4)], states[1+r.IntN(4)])
		}
		s = s.And(part)
	}
	return s
}

// normal returns a scope's terms in a form in which equal ones are equal.
func normal(s org.Scope) []string {
	var out []string
	for _, t := range s.Terms() {
		slices.Sort(t.States)
		out = append(out, fmt.Sprintf("%s|%s|%v", t.Path, t.Person, slices.Compact(t.States)))
	}
	slices.Sort(out)
	return out
}

// TestScopeAlgebra holds And and In to what they say of each object, and the terms
// of a scope to be the fewest: what one sees no other sees wholly. "Wholly" is asked
// of the objects, not of the code that drops terms.
func TestScopeAlgebra(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 3))
	asked := 0
	for range 60 {
		w := newWorld(r)
		probes := w.probes()
		for range 4 {
			a, b, in := w.scope(r), w.scope(r), []string{states[1+r.IntN(4)], states[1+r.IntN(4)]}
			was := normal(a)
			both, limited := a.And(b), a.In(in...)
			if diff := cmp.Diff(was, normal(a)); diff != "" {
				t.Fatalf("seed %d: And or In changed the scope itself (-before +after)\n%s", seed, diff)
			}
			for _, o := range probes {
				asked++
				if got, want := both.Sees(o), a.Sees(o) || b.Sees(o); got != want {
					t.Fatalf("seed %d: %v and %v: Sees(%+v) is %v", seed, normal(a), normal(b), o, got)
				}
				if got, want := limited.Sees(o), a.Sees(o) && slices.Contains(in, o.State); got != want {
					t.Fatalf("seed %d: %v in %v: Sees(%+v) is %v", seed, normal(a), in, o, got)
				}
			}
			for _, c := range []struct {
				law       string
				got, want org.Scope
			}{
				{"s and s is s", a.And(a), a},
				{"the order does not matter", b.And(a), both},
				{"nothing adds nothing", a.And(org.Scope{}), a},
				{"a part adds nothing", a.And(limited), a},
				{"limited twice is limited once", limited.In(in...), limited},
				{"limits have no order", a.In(in[1], in[0]), limited},
			} {
				if diff := cmp.Diff(normal(c.want), normal(c.got)); diff != "" {
					t.Fatalf("seed %d: %s: %v, %v, %v (-want +got)\n%s", seed, c.law, normal(a), normal(b), in, diff)
				}
			}
			fewest(t, seed, both, probes)
		}
		for _, v := range w.viewers {
			shuffled := v
			shuffled.Roles = slices.Clone(v.Roles)
			r.Shuffle(len(shuffled.Roles), func(i, j int) {
				shuffled.Roles[i], shuffled.Roles[j] = shuffled.Roles[j], shuffled.Roles[i]
			})
			for _, a := range actions {
				if diff := cmp.Diff(normal(v.Scope(a)), normal(shuffled.Scope(a))); diff != "" {
					t.Fatalf("seed %d: %+v, %s: the order of roles matters\n%s", seed, v, a, diff)
				}
				fewest(t, seed, v.Scope(a), probes)
			}
		}
	}
	t.Logf("seed %d: %d objects asked of And and In", seed, asked)
}

// fewest fails when one term sees all that another sees. Each is made a scope of
// its own.
func fewest(t *testing.T, seed uint64, s org.Scope, probes []org.Object) {
	terms := s.Terms()
	if len(terms) < 2 {
		return
	}
	seen := make([][]bool, len(terms))
	for i, term := range terms {
		alone := org.Self(term.Person)
		if term.Path != "" {
			alone = org.Below(term.Path)
		}
		if len(term.States) > 0 {
			alone = alone.In(term.States...)
		}
		seen[i] = make([]bool, len(probes))
		for k, o := range probes {
			seen[i][k] = alone.Sees(o)
		}
	}
	for i := range terms {
		for j := range terms {
			more := i == j
			for k := range probes {
				more = more || seen[j][k] && !seen[i][k]
			}
			if !more {
				t.Fatalf("seed %d: %+v sees all that %+v sees", seed, terms[i], terms[j])
			}
		}
	}
}
