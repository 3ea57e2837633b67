package org_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/cedar-policy/cedar-go"

	"shiji/internal/org"
)

// states are those of the store, none, and one that no rule names.
var states = []string{"", "open", "evaluated", "published", "locked"}

// actions are all that some rule names, and one that none does.
var actions = func() (out []org.Action) {
	for _, r := range org.Rules() {
		if !slices.Contains(out, r.Action) {
			out = append(out, r.Action)
		}
	}
	return append(out, "payroll.read")
}()

// place is a unit of a world; up is the index of the unit above, -1 at a root.
type place struct {
	kind org.Kind
	path org.Path
	uid  cedar.EntityUID
	up   int
}

// world is a random country: a city with counties and zones, schools in them,
// directly below the city and alone, groups in groups; people with accounts in
// several roles, some of them none. The same facts stand in it twice: as org's
// values, with paths, and as Cedar's entities, with parents.
type world struct {
	units    []place
	people   []org.PersonID
	viewers  []org.Viewer
	entities cedar.EntityMap
	asked    int
}

func newWorld(r *rand.Rand) *world {
	w := &world{entities: cedar.EntityMap{}}
	city := w.unit(r, org.City, -1)
	for range 2 {
		county := w.unit(r, org.County, city)
		for range 1 + r.IntN(2) {
			w.groups(r, w.unit(r, org.School, county))
		}
	}
	w.groups(r, w.unit(r, org.School, w.unit(r, org.Zone, city)))
	w.groups(r, w.unit(r, org.School, city))
	w.unit(r, org.School, -1)
	if r.IntN(2) == 0 {
		w.unit(r, org.School, w.unit(r, org.County, -1)) // another authority altogether
	}
	for i := range 6 {
		w.people = append(w.people, org.PersonID(fmt.Sprint("p", i)))
	}
	for i := range 8 {
		w.viewers = append(w.viewers, w.viewer(r, i))
	}
	return w
}

func (w *world) groups(r *rand.Rand, school int) {
	if r.IntN(2) == 0 {
		w.unit(r, org.Group, w.unit(r, org.Group, school))
	}
}

// unit adds a unit. Ids are short, so that some begin like others: a path must not
// cover a neighbour of which it is a prefix without its slash.
func (w *world) unit(r *rand.Rand, kind org.Kind, up int) int {
	id := org.UnitID(fmt.Sprint(len(w.units) * (1 + 9*r.IntN(2))))
	for slices.ContainsFunc(w.units, func(p place) bool { return p.uid.ID == cedar.String(id) }) {
		id += "0"
	}
	p := place{kind: kind, up: up, uid: cedar.NewEntityUID("Unit", cedar.String(id))}
	var above []cedar.EntityUID
	if up >= 0 {
		p.path = w.units[up].path
		above = append(above, w.units[up].uid)
	}
	p.path = p.path.Child(id)
	w.entities[p.uid] = cedar.Entity{UID: p.uid, Parents: cedar.NewEntityUIDSet(above...)}
	w.units = append(w.units, p)
	return len(w.units) - 1
}

// viewer draws somebody with up to five roles, seldom held at a kind of unit in
// which they cannot be granted. Some have no account, some are nobody's.
func (w *world) viewer(r *rand.Rand, i int) org.Viewer {
	v := org.Viewer{Account: org.AccountID(fmt.Sprint("a", i)), Person: w.people[r.IntN(len(w.people))]}
	attributes := cedar.RecordMap{"known": cedar.True}
	switch r.IntN(12) {
	case 0:
		v.Account, attributes["known"] = "", cedar.False
	case 1:
		v.Person = ""
	}
	if v.Person != "" {
		attributes["person"] = cedar.NewEntityUID("Person", cedar.String(v.Person))
	}
	held := map[org.Role][]cedar.Value{}
	names := append(org.Roles(), org.Own, "teacher") // the last two are never granted
	for range r.IntN(6) {
		role, at := names[r.IntN(len(names))], w.units[r.IntN(len(w.units))]
		if last := len(v.Roles) - 1; last >= 0 && r.IntN(2) == 0 { // another role where she has one
			at = w.units[slices.IndexFunc(w.units, func(p place) bool { return p.path == v.Roles[last].Path })]
		}
		for range 10 {
			if slices.Contains(role.GrantedAt(), at.kind) || r.IntN(20) == 0 {
				break
			}
			role = names[r.IntN(len(names))]
		}
		v.Roles = append(v.Roles, org.Held{Role: role, Path: at.path})
		held[role] = append(held[role], at.uid)
	}
	if r.IntN(6) == 0 { // all the roles of one school: many powers, and what forbids some of them
		schools := slices.DeleteFunc(slices.Clone(w.units), func(p place) bool { return p.kind != org.School })
		at := schools[r.IntN(len(schools))]
		for _, role := range org.Roles() {
			if slices.Contains(role.GrantedAt(), at.kind) {
				v.Roles = append(v.Roles, org.Held{Role: role, Path: at.path})
				held[role] = append(held[role], at.uid)
			}
		}
	}
	for role, units := range held {
		attributes[cedar.String(role)] = cedar.NewSet(units...)
	}
	uid := cedar.NewEntityUID("Viewer", cedar.String(fmt.Sprint(i)))
	w.entities[uid] = cedar.Entity{UID: uid, Attributes: cedar.NewRecord(attributes)}
	return v
}

// grantable says whether all roles are held where they can be granted.
func (w *world) grantable(v org.Viewer) bool {
	return !slices.ContainsFunc(v.Roles, func(h org.Held) bool {
		at := w.units[slices.IndexFunc(w.units, func(p place) bool { return p.path == h.Path })]
		return !slices.Contains(h.Role.GrantedAt(), at.kind)
	})
}

// object draws what a decision is about: often about the viewer herself, half the
// time near a unit in which she has a role; now and then of no unit.
func (w *world) object(r *rand.Rand, v org.Viewer) (o org.Object, parent int) {
	parent = r.IntN(len(w.units)+1) - 1
	if len(v.Roles) > 0 && r.IntN(2) == 0 {
		h := v.Roles[r.IntN(len(v.Roles))]
		var near []int
		for i, p := range w.units {
			if h.Path.Covers(p.path) || p.path.Covers(h.Path) {
				near = append(near, i)
			}
		}
		parent = near[r.IntN(len(near))]
	}
	if parent >= 0 {
		o.Path = w.units[parent].path
	}
	switch r.IntN(4) {
	case 0:
		o.Person = v.Person
	case 1:
		o.Person = w.people[r.IntN(len(w.people))]
	}
	o.State = states[r.IntN(len(states))]
	return o, parent
}

// cell is one question: may viewer do action to object?
type cell struct {
	world  *world
	viewer org.Viewer
	action org.Action
	object org.Object
	who    int
	what   cedar.EntityUID
}

func (w *world) cell(r *rand.Rand) cell {
	who := r.IntN(len(w.viewers))
	o, parent := w.object(r, w.viewers[who])
	c := cell{world: w, viewer: w.viewers[who], object: o, who: who, action: actions[r.IntN(len(actions))]}
	w.asked++
	c.what = cedar.NewEntityUID("Object", cedar.String(fmt.Sprint(w.asked)))
	attributes := cedar.RecordMap{}
	if o.Person != "" {
		attributes["person"] = cedar.NewEntityUID("Person", cedar.String(o.Person))
	}
	if o.State != "" {
		attributes["state"] = cedar.String(o.State)
	}
	var above []cedar.EntityUID
	if parent >= 0 {
		above = append(above, w.units[parent].uid)
	}
	w.entities[c.what] = cedar.Entity{UID: c.what, Parents: cedar.NewEntityUIDSet(above...), Attributes: cedar.NewRecord(attributes)}
	return c
}

func (c cell) request() cedar.Request {
	return cedar.Request{
		Principal: cedar.NewEntityUID("Viewer", cedar.String(fmt.Sprint(c.who))),
		Action:    cedar.NewEntityUID("Action", cedar.String(c.action)),
		Resource:  c.what,
		Context:   cedar.NewRecord(nil),
	}
}

func (c cell) String() string {
	return fmt.Sprintf("%+v, %s, %+v", c.viewer, c.action, c.object)
}

// relationNames are how an object may stand to who asks.
var relationNames = []string{"herself", "of no unit", "no role held", "the very unit", "beneath", "above", "same unit above", "same root", "another root"}

// relation sorts a cell, by the nearest of the units in which the viewer has a
// role.
func (c cell) relation() string {
	switch {
	case c.object.Person != "" && c.object.Person == c.viewer.Person:
		return "herself"
	case c.object.Path == "":
		return "of no unit"
	case len(c.viewer.Roles) == 0:
		return "no role held"
	}
	best := len(relationNames) - 1
	up := func(p org.Path) org.Path {
		i := slices.IndexFunc(c.world.units, func(u place) bool { return u.path == p })
		if above := c.world.units[i].up; above >= 0 {
			return c.world.units[above].path
		}
		return ""
	}
	root := func(p org.Path) org.Path {
		for up(p) != "" {
			p = up(p)
		}
		return p
	}
	for _, h := range c.viewer.Roles {
		switch {
		case h.Path == c.object.Path:
			best = min(best, 3)
		case h.Path.Covers(c.object.Path):
			best = min(best, 4)
		case c.object.Path.Covers(h.Path):
			best = min(best, 5)
		case up(h.Path) != "" && up(h.Path) == up(c.object.Path):
			best = min(best, 6)
		case root(h.Path) == root(c.object.Path):
			best = min(best, 7)
		}
	}
	return relationNames[best]
}
