package org

import "slices"

// Scope is how far somebody sees in a list: whole subtrees, and herself. The
// zero value sees nothing, so a forgotten decision shows nothing.
type Scope struct {
	paths []Path
	self  PersonID
}

// Below returns the scope of everything in the subtrees at paths.
func Below(paths ...Path) Scope {
	var s Scope
	for _, p := range paths {
		s = s.And(Scope{paths: []Path{p}})
	}
	return s
}

// Self returns the scope of what concerns one person only.
func Self(id PersonID) Scope { return Scope{self: id} }

// And returns the scope that sees what s sees and what o sees. Two different
// selves cannot be joined: the first one stays.
func (s Scope) And(o Scope) Scope {
	paths := slices.Concat(s.paths, o.paths)
	slices.Sort(paths)
	out := Scope{self: s.self}
	if out.self == "" {
		out.self = o.self
	}
	for _, p := range paths { // a path comes after those that cover it
		if p != "" && !slices.ContainsFunc(out.paths, func(q Path) bool { return q.Covers(p) }) {
			out.paths = append(out.paths, p)
		}
	}
	return out
}

// Paths returns the subtrees that s sees; none covers another.
func (s Scope) Paths() []Path { return slices.Clone(s.paths) }

// Person returns who sees herself, or "".
func (s Scope) Person() PersonID { return s.self }

// Sees says whether something of the unit at path, about person, is in s.
func (s Scope) Sees(path Path, person PersonID) bool {
	return s.self != "" && s.self == person || slices.ContainsFunc(s.paths, func(q Path) bool { return q.Covers(path) })
}
