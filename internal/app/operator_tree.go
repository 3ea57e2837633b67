package app

import (
	"context"
	"slices"
	"strings"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// tree is every unit of the site, as the operator sees it.
type tree struct {
	scope org.Scope  // all of it: whoever has the database and its keys sees it
	units []org.Unit // in the order of the tree
	byID  map[org.UnitID]org.Unit
}

// wholePage is the longest page that the store reads at once.
const wholePage = 1000

// readTree reads all units there are.
func readTree(ctx context.Context, r store.Reader) (tree, error) {
	t := tree{byID: map[org.UnitID]org.Unit{}}
	roots, err := r.Roots(ctx)
	if err != nil {
		return tree{}, err
	}
	for _, u := range roots {
		t.scope = t.scope.And(org.Below(u.Path))
	}
	page := store.Page{Limit: wholePage}
	for {
		units, err := r.Units(ctx, t.scope, page)
		if err != nil {
			return tree{}, err
		}
		for _, u := range units {
			t.units = append(t.units, u)
			t.byID[u.ID] = u
		}
		if len(units) < page.Limit {
			return t, nil
		}
		page.After = string(units[len(units)-1].Path)
	}
}

// name returns a unit's name with those above it: 某市/某县/某校.
func (t tree) name(u org.Unit) string {
	if above, ok := t.byID[u.Parent]; ok {
		return t.name(above) + "/" + u.Name
	}
	return u.Name
}

// find returns the one unit that ref, which stands in field, names: by id, by the
// authority's code, or by name, with as many of the names above it as are needed
// to be the only one.
func (t tree) find(field, ref string) (org.Unit, *fault.Error) {
	var named []org.Unit
	for _, u := range t.units {
		if string(u.ID) == ref || u.Code == ref && u.Code != "" && u.Kind != org.Group {
			return u, nil
		}
		if ref != "" && strings.HasSuffix("/"+t.name(u), "/"+ref) {
			named = append(named, u)
		}
	}
	at := fault.Place{Field: field}
	switch len(named) {
	case 0:
		return org.Unit{}, fault.New(fault.NotFound, "app.no-unit", ref).At(at)
	case 1:
		return named[0], nil
	}
	var names []string
	for _, u := range named {
		names = append(names, t.name(u))
	}
	slices.Sort(names)
	return org.Unit{}, fault.New(fault.Conflict, "app.many-units", ref, strings.Join(names[:min(len(names), 5)], "、")).At(at)
}
