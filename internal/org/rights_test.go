package org_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/org"
)

// matrix is what each role may do to what, as somebody would say it: self is what
// concerns herself, tree what is of her unit or below it, any is anything; after the
// colon the states in which it is so (o open, e evaluated, p published; all if none);
// ~ is masked, - nothing. It stands here so that a change of the table shows as a
// change of a line that people read.
const matrix = `
action              own       clerk    committee  head     officer  auditor
unit.read           -         tree     tree       tree     tree     tree
person.list         -         tree     -          tree     tree     -
person.read         self      tree     -          tree     tree     -
trace.read          self      -        -          -        -        -
identity.enter      -         tree     -          -        -        -
identity.unmask     self      tree     -          -        -        -
evidence.read       -         tree     -          tree     -        -
evidence.stage      -         tree     -          -        -        -
evidence.adopt      -         tree     -          -        -        -
scheme.read         any       any      any        any      any      any
scheme.add          -         tree     -          -        -        -
appraisal.read      -         tree     tree       tree     tree     tree
appraisal.open      -         tree     -          -        -        -
appraisal.evaluate  -         tree:oe  -          -        -        -
appraisal.publish   -         -        -          tree:e   -        -
overview.read       -         tree:ep  tree:ep    tree:ep  tree:ep  -
result.list         ~self:p   tree:ep  tree:ep    tree:ep  tree:p   -
result.read         ~self:p   tree:ep  tree:ep    tree:ep  tree:p   -
result.print        ~self:p   tree:ep  -          tree:ep  tree:p   -
result.bundle       ~self:p   -        -          -        -        -
result.export       -         tree:ep  -          tree:ep  tree:p   -
notice.print        -         tree:ep  -          tree:ep  -        -
event.list          -         -        -          tree     -        tree
`

// TestMatrix asks May, for every role and action, about objects in every relation
// and state, and holds what it says to the matrix. It does not read the table.
func TestMatrix(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(matrix), "\n")
	heads := strings.Fields(lines[0])[1:]
	var wantRoles []string
	for _, r := range append([]org.Role{org.Own}, org.Roles()...) {
		wantRoles = append(wantRoles, string(r))
	}
	if diff := cmp.Diff(wantRoles, heads); diff != "" {
		t.Fatalf("the matrix lacks a role (-want +got)\n%s", diff)
	}
	var named []string
	for _, line := range lines[1:] {
		fields := strings.Fields(line)
		named = append(named, fields[0])
		for i, want := range fields[1:] {
			role, action := org.Role(heads[i]), org.Action(fields[0])
			t.Run(fmt.Sprintf("%s %s", role, action), func(t *testing.T) {
				if got := behaviour(t, role, action); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			})
		}
	}
	if diff := cmp.Diff(declaredActions(t), named); diff != "" {
		t.Errorf("the matrix does not name the actions in their order (-want +got)\n%s", diff)
	}
}

// behaviour says in the words of the matrix what somebody may do who holds role, in
// the school b of the county a, and no other.
func behaviour(t *testing.T, role org.Role, a org.Action) string {
	v := org.Viewer{Account: "account", Person: "me"}
	if role != org.Own {
		v.Roles, v.Person = []org.Held{{Role: role, Path: "a/b/"}}, "" // nobody's account: what she may as herself does not show
	}
	places := []struct {
		name   string
		object org.Object
	}{
		{"self", org.Object{Path: "x/y/", Person: "me"}},
		{"tree", org.Object{Path: "a/b/", Person: "you"}}, {"tree", org.Object{Path: "a/b/c/", Person: "you"}},
		{"rest", org.Object{Path: "a/", Person: "you"}}, {"rest", org.Object{Path: "a/bc/", Person: "you"}},
		{"rest", org.Object{Path: "a/d/", Person: "you"}}, {"rest", org.Object{Path: "x/", Person: "you"}},
		{"rest", org.Object{Person: "you"}}, {"rest", org.Object{}},
	}
	said := map[string]string{} // by place, in the words of the matrix
	for _, p := range places {
		letters, masked := "", ""
		for _, state := range []string{"open", "evaluated", "published", "", "locked"} {
			p.object.State = state
			if g, ok := v.May(a, p.object); ok {
				letters += (state + "-")[:1]
				masked = map[bool]string{true: "~"}[g.Masked]
			}
		}
		words := ""
		if letters != "" {
			words = masked + p.name + strings.TrimSuffix(":"+letters, ":oep-l")
		}
		if before, ok := said[p.name]; ok && before != words {
			t.Errorf("%+v: %q, elsewhere in %s %q", p.object, words, p.name, before)
		}
		said[p.name] = words
	}
	if said["rest"] == "rest" && said["tree"] == "tree" && said["self"] == "self" {
		return "any"
	}
	var out []string
	for _, name := range []string{"self", "tree", "rest"} {
		if said[name] != "" {
			out = append(out, said[name])
		}
	}
	if out == nil {
		return "-"
	}
	return strings.Join(out, "+")
}

// declaredActions reads the constants of type Action: one without any rule would
// not show in the table.
func declaredActions(t *testing.T) (out []string) {
	f, err := parser.ParseFile(token.NewFileSet(), "rights.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Action" {
			s, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			out = append(out, s)
		}
		return true
	})
	return out
}

// TestTableIsSound: the lines are about roles, relations and states that exist, no
// line repeats another, and only what concerns somebody herself is masked.
func TestTableIsSound(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range append(org.Rules(), org.Forbidden()...) {
		key := fmt.Sprint(r.Role, r.Action, r.Relation)
		if seen[key] {
			t.Errorf("%+v: a second line about the same", r)
		}
		seen[key] = true
		switch {
		case r.Role == org.Own && r.Relation == org.Beneath:
			t.Errorf("%+v: nobody holds %s in a unit", r, r.Role)
		case r.Role != org.Own && (r.Relation != org.Beneath || len(r.Role.GrantedAt()) == 0):
			t.Errorf("%+v: who holds a role acts beneath its unit", r)
		case r.Masked && r.Relation != org.Herself:
			t.Errorf("%+v: masked, but not hers", r)
		}
		for _, s := range r.States {
			if s == "" || !slices.Contains(states, s) {
				t.Errorf("%+v: no such state", r)
			}
		}
	}
	for _, r := range org.Forbidden() {
		if len(r.States) > 0 {
			t.Errorf("%+v: a scope cannot leave out some states", r)
		}
	}
}

// TestGrantedAt: a role held in a unit of another kind would reach much further, the
// head's of a county to all its schools. What is no role is granted nowhere.
func TestGrantedAt(t *testing.T) {
	t.Parallel()
	office := []org.Kind{org.City, org.County, org.Zone}
	want := map[org.Role][]org.Kind{
		org.Clerk: {org.School}, org.Committee: {org.School}, org.Head: {org.School},
		org.Officer: office, org.Auditor: append(slices.Clone(office), org.School),
		org.Own: nil, "teacher": nil, "": nil,
	}
	for role, kinds := range want {
		if diff := cmp.Diff(kinds, role.GrantedAt()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", role, diff)
		}
	}
	for _, role := range org.Roles() {
		if _, ok := want[role]; !ok {
			t.Errorf("%s is not in this test", role)
		}
	}
}

// TestTableIsNobodysToChange: what is handed out is a copy, down to the states.
func TestTableIsNobodysToChange(t *testing.T) {
	v := org.Viewer{Account: "a", Roles: []org.Held{{Role: org.Head, Path: "a/"}}}
	open := org.Object{Path: "a/", State: "open"}
	for _, r := range org.Rules() {
		for i := range r.States {
			r.States[i] = "open"
		}
	}
	for _, term := range v.Scope(org.ResultRead).Terms() {
		for i := range term.States {
			term.States[i] = "open"
		}
	}
	if _, ok := v.May(org.ResultRead, open); ok || v.Scope(org.ResultRead).Sees(open) {
		t.Error("somebody outside changed the table")
	}
	kinds := org.Head.GrantedAt()
	kinds[0] = org.City
	if got := org.Head.GrantedAt(); got[0] != org.School {
		t.Errorf("heads are granted at %v", got)
	}
}

// TestWhoEvaluatesDoesNotPublish: 谁填报谁负责，谁审核谁负责. A clerk who is also head of
// the same school is one person for both; as head of another school she publishes.
func TestWhoEvaluatesDoesNotPublish(t *testing.T) {
	t.Parallel()
	v := org.Viewer{Account: "a", Person: "p", Roles: []org.Held{{Role: org.Head, Path: "c/s/"}, {Role: org.Clerk, Path: "c/s/"}, {Role: org.Head, Path: "c/t/"}}}
	for _, c := range []struct {
		action org.Action
		path   org.Path
		want   org.Role
	}{
		{org.AppraisalPublish, "c/s/", ""},
		{org.AppraisalPublish, "c/t/", org.Head},
		{org.AppraisalEvaluate, "c/s/", org.Clerk},
		{org.AppraisalEvaluate, "c/t/", ""},
		{org.ResultRead, "c/t/", org.Head},
	} {
		o := org.Object{Path: c.path, State: "evaluated"}
		g, ok := v.May(c.action, o)
		if g.Role != c.want || ok != (c.want != "") || v.Scope(c.action).Sees(o) != ok {
			t.Errorf("%s in %s: got %+v %v, want role %q", c.action, c.path, g, ok, c.want)
		}
	}
	if v.Roles = v.Roles[:2]; v.Can(org.AppraisalPublish) {
		t.Error("a link to what she may not")
	}
}

// TestNobodyWithoutAnAccount: roles alone are nobody.
func TestNobodyWithoutAnAccount(t *testing.T) {
	t.Parallel()
	v := org.Viewer{Person: "p"}
	for _, r := range append(org.Roles(), org.Own) {
		v.Roles = append(v.Roles, org.Held{Role: r, Path: "a/"})
	}
	for _, a := range actions {
		for _, s := range states {
			o := org.Object{Path: "a/", Person: "p", State: s}
			if g, ok := v.May(a, o); ok || v.Can(a) || v.Scope(a).Sees(o) {
				t.Errorf("%s: got %+v", a, g)
			}
		}
	}
}
