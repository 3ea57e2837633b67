package org

import "slices"

// Role is what an account may act as in a unit. Everybody with an account also
// acts as Own, about herself.
type Role string

// The roles. Own is held by everybody and never granted.
const (
	Own       Role = "own"       // 本人
	Clerk     Role = "clerk"     // 考核经办人
	Committee Role = "committee" // 考核小组成员
	Head      Role = "head"      // 校长
	Officer   Role = "officer"   // 教育局考核干部
	Auditor   Role = "auditor"   // 督导、审计
)

// grantable says where a role can be granted.
type grantable struct {
	role Role
	at   []Kind
}

var roles = []grantable{
	{Clerk, []Kind{School}},
	{Committee, []Kind{School}},
	{Head, []Kind{School}},
	{Officer, []Kind{City, County, Zone}},
	{Auditor, []Kind{City, County, Zone, School}},
}

// Roles returns the roles that can be granted, in their documented order.
func Roles() []Role {
	var out []Role
	for _, g := range roles {
		out = append(out, g.role)
	}
	return out
}

// GrantedAt returns the kinds of units in which r can be granted, none for a
// role that does not exist.
func (r Role) GrantedAt() []Kind {
	for _, g := range roles {
		if g.role == r {
			return slices.Clone(g.at)
		}
	}
	return nil
}

// Action is what somebody asks to do. The part before the dot names the kind of
// object that it is done to.
type Action string

// The actions. Listing and reading are apart: a list shows a line, reading shows
// all of one object.
const (
	UnitRead   Action = "unit.read"
	PersonList Action = "person.list"
	PersonRead Action = "person.read"
	TraceRead  Action = "trace.read" // who looked at a person's record

	IdentityEnter  Action = "identity.enter"  // or correct, or take away
	IdentityUnmask Action = "identity.unmask" // see all of a number

	EvidenceRead  Action = "evidence.read"
	EvidenceStage Action = "evidence.stage"
	EvidenceAdopt Action = "evidence.adopt"
	SchemeRead    Action = "scheme.read"
	SchemeAdd     Action = "scheme.add"

	AppraisalRead     Action = "appraisal.read" // that there is one, and how far it is
	AppraisalOpen     Action = "appraisal.open"
	AppraisalEvaluate Action = "appraisal.evaluate"
	AppraisalPublish  Action = "appraisal.publish"
	OverviewRead      Action = "overview.read" // distribution and means of a cohort

	ResultList   Action = "result.list"
	ResultRead   Action = "result.read"
	ResultPrint  Action = "result.print"  // 考核表 of one, or of all as a job
	ResultBundle Action = "result.bundle" // what its owner takes home
	ResultExport Action = "result.export" // everybody's, as a file
	NoticePrint  Action = "notice.print"  // 公示表

	EventList Action = "event.list"
)

// Relation says how an object must stand to the viewer.
type Relation string

// The relations: about the viewer herself; of the subtree of the unit in which
// the role is held; anything within the city.
const (
	Herself  Relation = "self"
	Beneath  Relation = "subtree"
	Anything Relation = "anything"
)

// Rule is one line of the table of rights: Role may do Action to objects that
// stand in Relation to her and are in one of States (any if none). Masked rules
// show it as the person it is about may see it: quantities of fewer than five
// colleagues withheld.
type Rule struct {
	Role     Role
	Action   Action
	Relation Relation
	States   []string
	Masked   bool
}

// States of appraisals and results, as the store writes them.
const (
	stateOpen      = "open"
	stateEvaluated = "evaluated"
	statePublished = "published"
)

var (
	pending = []string{stateOpen, stateEvaluated}
	decided = []string{stateEvaluated, statePublished}
	public  = []string{statePublished}
)

// rules is the table of rights. What it does not allow is forbidden.
//
// 谁填报谁负责，谁审核谁负责 (龙岩2017): who evaluates does not publish. What is published
// stays: nobody evaluates it again. An officer reads single results only after
// publication: what a school still works on is its own, but for how it stands as a whole.
// Identity numbers are for whoever keeps the register: everybody else sees them masked.
var rules = []Rule{
	{Own, PersonRead, Herself, nil, false},
	{Own, TraceRead, Herself, nil, false},
	{Own, IdentityUnmask, Herself, nil, false},
	{Own, SchemeRead, Anything, nil, false},
	{Own, ResultList, Herself, public, true},
	{Own, ResultRead, Herself, public, true},
	{Own, ResultPrint, Herself, public, true},
	{Own, ResultBundle, Herself, public, true},

	{Clerk, UnitRead, Beneath, nil, false},
	{Clerk, PersonList, Beneath, nil, false},
	{Clerk, PersonRead, Beneath, nil, false},
	{Clerk, IdentityEnter, Beneath, nil, false},
	{Clerk, IdentityUnmask, Beneath, nil, false},
	{Clerk, EvidenceRead, Beneath, nil, false},
	{Clerk, EvidenceStage, Beneath, nil, false},
	{Clerk, EvidenceAdopt, Beneath, nil, false},
	{Clerk, SchemeAdd, Beneath, nil, false},
	{Clerk, AppraisalRead, Beneath, nil, false},
	{Clerk, AppraisalOpen, Beneath, nil, false},
	{Clerk, AppraisalEvaluate, Beneath, pending, false},
	{Clerk, OverviewRead, Beneath, decided, false},
	{Clerk, ResultList, Beneath, decided, false},
	{Clerk, ResultRead, Beneath, decided, false},
	{Clerk, ResultPrint, Beneath, decided, false},
	{Clerk, ResultExport, Beneath, decided, false},
	{Clerk, NoticePrint, Beneath, decided, false},

	{Committee, UnitRead, Beneath, nil, false},
	{Committee, AppraisalRead, Beneath, nil, false},
	{Committee, OverviewRead, Beneath, decided, false},
	{Committee, ResultList, Beneath, decided, false},
	{Committee, ResultRead, Beneath, decided, false},

	{Head, UnitRead, Beneath, nil, false},
	{Head, PersonList, Beneath, nil, false},
	{Head, PersonRead, Beneath, nil, false},
	{Head, EvidenceRead, Beneath, nil, false},
	{Head, AppraisalRead, Beneath, nil, false},
	{Head, AppraisalPublish, Beneath, []string{stateEvaluated}, false},
	{Head, OverviewRead, Beneath, decided, false},
	{Head, ResultList, Beneath, decided, false},
	{Head, ResultRead, Beneath, decided, false},
	{Head, ResultPrint, Beneath, decided, false},
	{Head, ResultExport, Beneath, decided, false},
	{Head, NoticePrint, Beneath, decided, false},
	{Head, EventList, Beneath, nil, false},

	{Officer, UnitRead, Beneath, nil, false},
	{Officer, PersonList, Beneath, nil, false},
	{Officer, PersonRead, Beneath, nil, false},
	{Officer, AppraisalRead, Beneath, nil, false},
	{Officer, OverviewRead, Beneath, decided, false},
	{Officer, ResultList, Beneath, public, false},
	{Officer, ResultRead, Beneath, public, false},
	{Officer, ResultPrint, Beneath, public, false},
	{Officer, ResultExport, Beneath, public, false},

	{Auditor, UnitRead, Beneath, nil, false},
	{Auditor, AppraisalRead, Beneath, nil, false},
	{Auditor, EventList, Beneath, nil, false},
}

// forbidden is what somebody who holds Role may not do, whatever else she may.
// A clerk who is also the head of her school would review what she herself handed
// in and evaluated: the two must be two people, so somebody else publishes.
var forbidden = []Rule{
	{Clerk, AppraisalPublish, Beneath, nil, false},
}

// Rules returns the table of rights in its documented order.
func Rules() []Rule { return copied(rules) }

// Forbidden returns what goes before all Rules: who stands in its role and
// relation to an object may not do its action to it.
func Forbidden() []Rule { return copied(forbidden) }

func copied(table []Rule) []Rule {
	out := slices.Clone(table)
	for i := range out {
		out[i].States = slices.Clone(out[i].States)
	}
	return out
}

// Held is a role that an account holds in the unit at Path.
type Held struct {
	Role Role
	Path Path
}

// Viewer is who is signed in, with all she may act as.
type Viewer struct {
	Account AccountID
	Person  PersonID
	Roles   []Held
}

// Grant is a positive decision: in which role, and whether what is shown must be
// masked.
type Grant struct {
	Role   Role
	Masked bool
}

// Actor returns who acts by g, for the log.
func (v Viewer) Actor(g Grant, request string) Actor {
	return Actor{Account: v.Account, Role: string(g.Role), Request: request}
}

// May decides whether v may do a to o, and as what: by the first rule that allows
// it, but one that does not mask goes before one that does. Who has no account may
// nothing, whatever roles she names.
func (v Viewer) May(a Action, o Object) (g Grant, ok bool) {
	if slices.ContainsFunc(forbidden, func(r Rule) bool { return r.Action == a && r.fits(o.State) && v.related(r, o) }) {
		return Grant{}, false
	}
	for _, r := range rules {
		if r.Action != a || ok && (r.Masked || !g.Masked) || !r.fits(o.State) {
			continue
		}
		if v.related(r, o) {
			g, ok = Grant{Role: r.Role, Masked: r.Masked}, true
		}
	}
	return g, ok
}

func (r Rule) fits(state string) bool { return len(r.States) == 0 || slices.Contains(r.States, state) }

func (v Viewer) related(r Rule, o Object) bool {
	switch {
	case v.Account == "":
		return false
	case r.Role == Own:
		return r.Relation == Anything || r.Relation == Herself && v.Person != "" && v.Person == o.Person
	}
	return slices.ContainsFunc(v.Roles, func(h Held) bool {
		return h.Role == r.Role && (r.Relation == Anything || r.Relation == Beneath && h.Path.Covers(o.Path))
	})
}

// Scope returns to which objects v may do a: the filter of a list, derived from
// the same rules as May. Rules for anything give no scope: what they allow is read
// one by one. A subtree in which a is forbidden gives none either; were it only a
// part of one in which a is allowed, Scope would be the wider and May decide.
func (v Viewer) Scope(a Action) Scope {
	var s Scope
	if v.Account == "" {
		return s
	}
	for _, r := range rules {
		if r.Action != a {
			continue
		}
		if r.Role == Own && r.Relation == Herself {
			s = s.with(Term{Person: v.Person, States: r.States})
		}
		for _, h := range v.Roles {
			if h.Role == r.Role && r.Relation == Beneath && !v.forbids(a, h.Path) {
				s = s.with(Term{Path: h.Path, States: r.States})
			}
		}
	}
	return s
}

// forbids says whether a is forbidden to v in the whole subtree at p.
func (v Viewer) forbids(a Action, p Path) bool {
	return slices.ContainsFunc(forbidden, func(r Rule) bool {
		return r.Action == a && len(r.States) == 0 && v.related(r, Object{Path: p})
	})
}

// Can says whether v may do a to anything at all: whether a page is worth a link.
func (v Viewer) Can(a Action) bool {
	return !v.Scope(a).Empty() || slices.ContainsFunc(rules, func(r Rule) bool {
		return r.Action == a && r.Relation == Anything && v.related(r, Object{})
	})
}
