// Package org says who and where: units in their tree, persons with the number
// that stays theirs for life (一人一号), who acts, and who may do what to whom.
//
// One table of rules (Rules) answers both questions of rights: May about one
// object, and Scope about a list, in the form in which the store demands it. The
// room is pure and knows neither storage nor pages.
package org

import "strings"

// UnitID, PersonID and AccountID are 26-character time-ordered ids.
type (
	UnitID    string
	PersonID  string
	AccountID string
)

// Kind sorts units.
type Kind string

// The kinds of units. A zone (开发区) ranks as a county; a group (教研组, 年级)
// stands below its school.
const (
	City   Kind = "city"
	County Kind = "county"
	Zone   Kind = "zone"
	School Kind = "school"
	Group  Kind = "group"
)

// MayHold says whether a unit of kind child may stand directly below one of
// kind k; "" is the root. Schools below the city are its 直属 schools.
func (k Kind) MayHold(child Kind) bool {
	switch k {
	case "":
		return child == City || child == County || child == School
	case City:
		return child == County || child == Zone || child == School
	case County, Zone:
		return child == School
	case School, Group:
		return child == Group
	}
	return false
}

// Path is a unit's place in the tree: the ids from the root down, each followed
// by "/". All units below a unit have its path as prefix.
type Path string

// Child returns the path of the unit id below p.
func (p Path) Child(id UnitID) Path { return p + Path(id) + "/" }

// Covers says whether q is p or below it. The empty path covers nothing.
func (p Path) Covers(q Path) bool { return p != "" && strings.HasPrefix(string(q), string(p)) }

// End returns the first string after all paths that p covers, bytewise.
func (p Path) End() string { return strings.TrimSuffix(string(p), "/") + "0" }

// Unit is a city, county, zone, school or group.
type Unit struct {
	ID      UnitID
	Parent  UnitID // "" for a root
	Kind    Kind
	Path    Path
	County  UnitID // who owns its documents: county, zone, or the city for 直属 schools
	Code    string // as the authority writes it; may be empty
	Name    string
	Version int64
}

// Person is somebody with an archive. Sort and Initials are computed when the
// name is entered (pinyin), so that lists need no logic of the engine.
type Person struct {
	ID       PersonID
	Number   Number
	Name     string
	Sort     string
	Initials string
	Masked   string // identity number as shown, "" if none is kept
	Version  int64
}

// Actor is who acts: an account in one of its roles, for one request.
type Actor struct {
	Account AccountID
	Role    string
	Request string
}

// System returns the actor of work that no person ordered, named by its part.
func System(part string) Actor { return Actor{Account: AccountID("system." + part)} }
