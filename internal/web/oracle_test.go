package web_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"

	"shiji/internal/org"
)

// oracle decides by Cedar what the table of rights allows: it gets the words of
// the table and the tree of units, and nothing of how org decides.
type oracle struct {
	set      cedar.PolicyMap
	entities cedar.EntityMap
	guests   map[org.AccountID]cedar.EntityUID
	units    map[org.Path]cedar.EntityUID
	known    map[question]bool
}

// question is one decision.
type question struct {
	account org.AccountID
	action  org.Action
	object  org.Object
}

var asking = cedar.NewEntityUID("Object", "asked for")

// newOracle reads tables of rules for the guests of a town.
func newOracle(t testing.TB, w *town, rules, forbidden []org.Rule) *oracle {
	t.Helper()
	list, err := cedar.NewPolicyListFromBytes("rights.cedar", []byte(cedarText(rules, forbidden)))
	if err != nil {
		t.Fatal(err)
	}
	o := &oracle{set: cedar.PolicyMap{}, entities: cedar.EntityMap{}, guests: map[org.AccountID]cedar.EntityUID{}, units: map[org.Path]cedar.EntityUID{}, known: map[question]bool{}}
	for i, p := range list {
		o.set[cedar.PolicyID(fmt.Sprint(i))] = p
	}
	for _, u := range w.units() {
		o.unit(u.path)
	}
	for _, g := range w.guests {
		if g.viewer.Account == "" {
			continue
		}
		uid := cedar.NewEntityUID("Viewer", cedar.String(g.viewer.Account))
		attributes := cedar.RecordMap{"person": cedar.NewEntityUID("Person", cedar.String(g.viewer.Person))}
		held := map[org.Role][]cedar.Value{}
		for _, r := range g.viewer.Roles {
			held[r.Role] = append(held[r.Role], o.unit(r.Path))
		}
		for role, units := range held {
			attributes[cedar.String(role)] = cedar.NewSet(units...)
		}
		o.entities[uid] = cedar.Entity{UID: uid, Attributes: cedar.NewRecord(attributes)}
		o.guests[g.viewer.Account] = uid
	}
	return o
}

// unit returns the entity of the unit at path, entered with all above it.
func (o *oracle) unit(path org.Path) cedar.EntityUID {
	if uid, ok := o.units[path]; ok {
		return uid
	}
	ids := strings.Split(strings.TrimSuffix(string(path), "/"), "/")
	uid := cedar.NewEntityUID("Unit", cedar.String(ids[len(ids)-1]))
	var above []cedar.EntityUID
	if len(ids) > 1 {
		above = append(above, o.unit(org.Path(strings.Join(ids[:len(ids)-1], "/")+"/")))
	}
	o.entities[uid] = cedar.Entity{UID: uid, Parents: cedar.NewEntityUIDSet(above...)}
	o.units[path] = uid
	return uid
}

// may asks Cedar.
func (o *oracle) may(g *guest, a org.Action, object org.Object) bool {
	q := question{g.viewer.Account, a, object}
	if said, ok := o.known[q]; ok {
		return said
	}
	attributes := cedar.RecordMap{}
	if object.Person != "" {
		attributes["person"] = cedar.NewEntityUID("Person", cedar.String(object.Person))
	}
	if object.State != "" {
		attributes["state"] = cedar.String(object.State)
	}
	var above []cedar.EntityUID
	if object.Path != "" {
		above = append(above, o.unit(object.Path))
	}
	o.entities[asking] = cedar.Entity{UID: asking, Parents: cedar.NewEntityUIDSet(above...), Attributes: cedar.NewRecord(attributes)}
	decision, diagnostic := cedar.Authorize(o.set, o.entities, cedar.Request{
		Principal: o.guests[g.viewer.Account], Action: cedar.NewEntityUID("Action", cedar.String(a)), Resource: asking, Context: cedar.NewRecord(nil),
	})
	if len(diagnostic.Errors) > 0 {
		panic(fmt.Sprintf("Cedar cannot decide about %+v: %v", q, diagnostic.Errors))
	}
	o.known[q] = decision == cedar.Allow
	return o.known[q]
}

// cedarText writes a table of rights as Cedar policies.
func cedarText(rules, forbidden []org.Rule) string {
	var b strings.Builder
	write := func(effect string, table []org.Rule) {
		for _, r := range table {
			all := []string{"true"}
			if r.Role != org.Own {
				all = append(all, fmt.Sprintf("principal has %q", r.Role))
			}
			switch r.Relation {
			case org.Herself:
				all = append(all, "resource has person && resource.person == principal.person")
			case org.Beneath:
				all = append(all, fmt.Sprintf("principal has %[1]q && resource in principal[%[1]q]", r.Role))
			}
			if len(r.States) > 0 {
				all = append(all, fmt.Sprintf("resource has state && [%q].contains(resource.state)", strings.Join(r.States, `", "`)))
			}
			fmt.Fprintf(&b, "%s (principal, action == Action::%q, resource)\nwhen { %s };\n", effect, r.Action, strings.ReplaceAll(strings.Join(all, " && "), `\"`, `"`))
		}
	}
	write("permit", rules)
	write("forbid", forbidden)
	return b.String()
}
