package main

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

// unitReader is what tells the topmost units, and those in a scope.
type unitReader interface {
	Roots(ctx context.Context) ([]org.Unit, error)
	Units(ctx context.Context, scope org.Scope, page store.Page) ([]org.Unit, error)
}

// readTree reads all units there are.
func readTree(ctx context.Context, s unitReader) (tree, error) {
	t := tree{byID: map[org.UnitID]org.Unit{}}
	roots, err := s.Roots(ctx)
	if err != nil {
		return tree{}, err
	}
	for _, u := range roots {
		t.scope = t.scope.And(org.Below(u.Path))
	}
	page := store.Page{Limit: 1000}
	for {
		units, err := s.Units(ctx, t.scope, page)
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

// find returns the one unit that ref names: by id, by the authority's code, or
// by name, with as many of the names above it as are needed to be the only one.
func (t tree) find(ref string) (org.Unit, *fault.Error) {
	var named []org.Unit
	for _, u := range t.units {
		if string(u.ID) == ref || u.Code == ref && u.Code != "" && u.Kind != org.Group {
			return u, nil
		}
		if ref != "" && strings.HasSuffix("/"+t.name(u), "/"+ref) {
			named = append(named, u)
		}
	}
	switch len(named) {
	case 0:
		return org.Unit{}, fault.New(fault.NotFound, "cmd.no-unit", ref)
	case 1:
		return named[0], nil
	}
	var names []string
	for _, u := range named {
		names = append(names, t.name(u))
	}
	slices.Sort(names)
	return org.Unit{}, fault.New(fault.Conflict, "cmd.many-units", ref, strings.Join(names[:min(len(names), 5)], "、"))
}
