package app

import (
	"context"
	"slices"
	"strings"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/text"
)

// RoleEntry names a role that an account holds or is to hold in a unit.
type RoleEntry struct {
	Login string
	Unit  string
	Role  org.Role
}

// RoleList returns the roles that can be granted, each as it is typed and as
// people call it.
func RoleList() string {
	var words []string
	for _, r := range org.Roles() {
		words = append(words, string(r)+"（"+roleName(r)+"）")
	}
	return strings.Join(words, "、")
}

func roleName(r org.Role) string { return text.Sprintf("org.role-" + string(r)) }

// checkRole refuses a role that does not exist or has no meaning in the unit. A
// unit that was not found has been told of.
func checkRole(r org.Role, u org.Unit) *fault.Error {
	at := fault.Place{Field: "role"}
	if !slices.Contains(org.Roles(), r) {
		return fault.New(fault.Invalid, "app.role", RoleList()).At(at)
	}
	if u.ID != "" && !slices.Contains(r.GrantedAt(), u.Kind) {
		return fault.New(fault.Refused, "app.role-place", roleName(r), text.Sprintf("org.kind-"+string(u.Kind))).At(at)
	}
	return nil
}

// GrantRole lets an account that is not closed act in a role from now on.
func (o *Operator) GrantRole(ctx context.Context, in RoleEntry) error {
	return o.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		s, err := in.find(ctx, tx.Reader, openNamed)
		if err != nil {
			return err
		}
		if s.held != "" {
			return fault.New(fault.Conflict, "app.held", in.Login, roleName(in.Role), s.unit.Name)
		}
		_, err = tx.GrantRole(ctx, s.account.ID, s.unit.ID, string(in.Role))
		return err
	})
}

// RevokeRole ends a role that an account holds.
func (o *Operator) RevokeRole(ctx context.Context, in RoleEntry) error {
	return o.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		s, err := in.find(ctx, tx.Reader, accountNamed)
		if err != nil {
			return err
		}
		if s.held == "" {
			return fault.New(fault.NotFound, "app.not-held", in.Login, roleName(in.Role), s.unit.Name)
		}
		return tx.EndRole(ctx, s.held)
	})
}

// named is what a RoleEntry names. held is the id of the role if the account holds
// it, else "".
type named struct {
	account store.Account
	unit    org.Unit
	held    string
}

// find finds what in names, its account by the login; all that is wrong is told.
func (in RoleEntry) find(ctx context.Context, r store.Reader, byLogin func(context.Context, store.Reader, string) (store.Account, error)) (n named, err error) {
	t, err := readTree(ctx, r)
	if err != nil {
		return n, err
	}
	var faults fault.List
	n.account, err = byLogin(ctx, r, in.Login)
	if err := faults.Join(err); err != nil {
		return n, err
	}
	var wrong *fault.Error
	n.unit, wrong = t.find("unit", in.Unit)
	faults.Add(wrong)
	faults.Add(checkRole(in.Role, n.unit))
	if err := faults.Err(); err != nil {
		return n, err
	}
	roles, err := r.Roles(ctx, n.account.ID)
	if err != nil {
		return n, err
	}
	for _, role := range roles {
		if role.Unit == n.unit.ID && role.Name == string(in.Role) {
			n.held = role.ID
		}
	}
	return n, nil
}
