package app

import (
	"context"
	"slices"
	"strings"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// UnitEntry is a unit to be entered. Parent names the one above it as every entry
// of the operator names a unit: by id, by the authority's code, or by name, with
// as many of the names above it as make it the only one (某县/某校).
type UnitEntry struct {
	Kind   org.Kind
	Name   string
	Code   string // of the authority; "" without one
	Parent string // "" for the first unit, and for no other
}

// SiteUnit is a unit with its name among all: 某市/某县/某校.
type SiteUnit struct {
	org.Unit
	Full string
}

// kinds are those that a unit may be entered as.
var kinds = []org.Kind{org.City, org.County, org.Zone, org.School, org.Group}

// AddUnit enters a unit. Only the first has none above it: units do not move, and
// a second topmost one would most likely be a slip that could not be mended.
func (o *Operator) AddUnit(ctx context.Context, in UnitEntry) (added org.Unit, err error) {
	u := org.Unit{Kind: in.Kind, Name: strings.TrimSpace(in.Name), Code: strings.TrimSpace(in.Code)}
	err = o.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := readTree(ctx, tx.Reader)
		if err != nil {
			return err
		}
		var faults fault.List
		faults.Add(checkName("name", u.Name))
		if u.Code != "" {
			faults.Add(checkName("code", u.Code))
		}
		if !slices.Contains(kinds, u.Kind) {
			faults.Addf(fault.Invalid, fault.Place{Field: "kind"}, "app.kind", kindList())
		}
		if in.Parent != "" {
			above, wrong := t.find("parent", in.Parent)
			faults.Add(wrong)
			u.Parent = above.ID
		} else if len(t.units) > 0 {
			faults.Addf(fault.Missing, fault.Place{Field: "parent"}, "app.no-parent", t.name(t.units[0]))
		}
		if err := faults.Err(); err != nil {
			return err
		}
		added, err = tx.AddUnit(ctx, u)
		return err
	})
	return added, err
}

// UnitChange corrects the name and the code of a unit; "" leaves what is. What was
// evaluated before keeps the name that it was evaluated under.
type UnitChange struct{ Unit, Name, Code string }

// ChangeUnit corrects a unit and returns it as it is now.
func (o *Operator) ChangeUnit(ctx context.Context, in UnitChange) (changed SiteUnit, err error) {
	err = o.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := readTree(ctx, tx.Reader)
		if err != nil {
			return err
		}
		var faults fault.List
		old, wrong := t.find("unit", in.Unit)
		faults.Add(wrong)
		u := old
		if name := strings.TrimSpace(in.Name); name != "" {
			faults.Add(checkName("name", name))
			u.Name = name
		}
		if code := strings.TrimSpace(in.Code); code != "" {
			faults.Add(checkName("code", code))
			u.Code = code
		}
		if u == old {
			faults.Addf(fault.Missing, fault.Place{Field: "name"}, "app.no-change")
		}
		if err := faults.Err(); err != nil {
			return err
		}
		t.byID[u.ID] = u
		changed = SiteUnit{u, t.name(u)}
		return tx.ChangeUnit(ctx, u)
	})
	if err != nil {
		return SiteUnit{}, err
	}
	return changed, nil
}

func kindList() string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, "、")
}

// Units returns every unit, in the order of the tree.
func (o *Operator) Units(ctx context.Context) ([]SiteUnit, error) {
	t, err := readTree(ctx, o.store.Reader)
	if err != nil {
		return nil, err
	}
	out := make([]SiteUnit, len(t.units))
	for i, u := range t.units {
		out[i] = SiteUnit{u, t.name(u)}
	}
	return out, nil
}
