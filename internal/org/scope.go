package org

import "slices"

// Object is what a decision is about: something of the unit at Path, about
// Person when it concerns one, in a State when its kind has states.
type Object struct {
	Path   Path
	Person PersonID
	State  string
}

// Term is one way to be seen: everything in the subtree at Path, or what
// concerns Person. States, if any, limits it to objects in one of them.
type Term struct {
	Path   Path
	Person PersonID
	States []string
}

func (t Term) sees(o Object) bool {
	if len(t.States) > 0 && !slices.Contains(t.States, o.State) {
		return false
	}
	return t.Path.Covers(o.Path) || t.Person != "" && t.Person == o.Person
}

// implies says whether t sees all that u sees.
func (t Term) implies(u Term) bool {
	if len(t.States) > 0 {
		if len(u.States) == 0 || slices.ContainsFunc(u.States, func(s string) bool { return !slices.Contains(t.States, s) }) {
			return false
		}
	}
	return u.Path != "" && t.Path.Covers(u.Path) || u.Person != "" && t.Person == u.Person
}

// Scope is how far somebody sees in a list. The zero value sees nothing, so a
// forgotten decision shows nothing.
type Scope struct{ terms []Term }

// Below returns the scope of everything in the subtrees at paths.
func Below(paths ...Path) Scope {
	var s Scope
	for _, p := range paths {
		s = s.with(Term{Path: p})
	}
	return s
}

// Self returns the scope of what concerns one person only.
func Self(id PersonID) Scope { return Scope{}.with(Term{Person: id}) }

// In returns s limited to objects in one of states. An object whose kind has no
// states is then not seen.
func (s Scope) In(states ...string) Scope {
	var out Scope
	for _, t := range s.terms {
		kept := states
		if len(t.States) > 0 {
			kept = slices.DeleteFunc(slices.Clone(states), func(x string) bool { return !slices.Contains(t.States, x) })
		}
		if len(kept) > 0 {
			out = out.with(Term{Path: t.Path, Person: t.Person, States: kept})
		}
	}
	return out
}

// And returns the scope that sees what s sees and what o sees.
func (s Scope) And(o Scope) Scope {
	for _, t := range o.terms {
		s = s.with(t)
	}
	return s
}

// with adds t, and drops what another term implies.
func (s Scope) with(t Term) Scope {
	if t.Path == "" && t.Person == "" || slices.ContainsFunc(s.terms, func(u Term) bool { return u.implies(t) }) {
		return s
	}
	return Scope{terms: append(slices.DeleteFunc(slices.Clone(s.terms), t.implies), t)}
}

// Terms returns the ways in which s sees; none implies another. Each has either
// a path or a person.
func (s Scope) Terms() []Term {
	out := slices.Clone(s.terms)
	for i := range out {
		out[i].States = slices.Clone(out[i].States)
	}
	return out
}

// Empty says whether s sees nothing at all.
func (s Scope) Empty() bool { return len(s.terms) == 0 }

// Sees says whether o is in s.
func (s Scope) Sees(o Object) bool {
	return slices.ContainsFunc(s.terms, func(t Term) bool { return t.sees(o) })
}
