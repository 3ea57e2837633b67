package app

import (
	"context"
	"fmt"
	"slices"

	"shiji/internal/city"
	"shiji/internal/evidence"
	"shiji/internal/org"
	"shiji/internal/store"
)

// demoAccount is an account to be opened.
type demoAccount struct {
	login string
	role  org.Role
	unit  org.Unit
	post  employment // of a newcomer; with a staff code in a school
}

// offices opens the accounts of the bureaus.
func (d *demo) offices(ctx context.Context) error {
	office := func(name, position string) employment {
		return employment{member: evidence.Staff{Name: name, Position: position}, since: "2019-09-01"}
	}
	for _, a := range []demoAccount{
		{"officer", org.Officer, d.out.City, office("方立言", "教育局考核干部")},
		{"auditor", org.Auditor, d.out.City, office("程守正", "督学")},
		{"officer-east", org.Officer, d.counties[0], office("沈知秋", "区教体局考核干部")},
		{"officer-west", org.Officer, d.counties[1], office("林望山", "县教体局考核干部")},
	} {
		if _, err := d.open(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// staff opens the accounts of a school for people of its own workbook; the first
// school has all roles.
func (d *demo) staff(ctx context.Context, sc *demoSchool) (err error) {
	p := city.School(d.o.Seed, sc.n)
	number := sc.n + 1
	by := func(role org.Role, login string, fits func(evidence.Staff) bool) (*Viewer, error) {
		i := slices.IndexFunc(p.Staff, fits)
		if i < 0 {
			return nil, fmt.Errorf("demo: nobody in school %d can be %s", number, login)
		}
		return d.open(ctx, demoAccount{fmt.Sprintf("%s%d", login, number), role, sc.unit, employment{"", p.Staff[i], since(p, p.Staff[i], "")}})
	}
	position := func(name string) func(evidence.Staff) bool {
		return func(m evidence.Staff) bool { return m.Position == name }
	}
	if sc.clerk, err = by(org.Clerk, "clerk", position("教务员")); err != nil {
		return err
	}
	if sc.head, err = by(org.Head, "head", position("校长")); err != nil || sc.n > 0 {
		return err
	}
	if _, err = by(org.Committee, "committee", position("副校长")); err != nil {
		return err
	}
	_, err = by(org.Own, "teacher", func(m evidence.Staff) bool { // somebody with a history
		return m.Kind == "教学" && m.Position == "教师" && m.Joined < "2020" && m.Group == "语文组"
	})
	return err
}

// open enters a person with her post and account, and lists the login.
func (d *demo) open(ctx context.Context, a demoAccount) (*Viewer, error) {
	secret, err := d.s.hasher.Hash(ctx, d.password)
	if err != nil {
		return nil, err
	}
	var account store.Account
	err = d.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		person, err := admit(ctx, tx, a.unit, a.post)
		if err != nil {
			return err
		}
		account, err = openAccount(ctx, tx, store.Account{Person: person, Login: a.login, Secret: secret, State: store.Active}, Seat{a.role, a.unit})
		return err
	})
	if err != nil {
		return nil, err
	}
	d.out.Logins = append(d.out.Logins, DemoLogin{a.login, d.password, a.post.member.Name, a.role, a.unit})
	v, err := d.s.viewer(ctx, account)
	if err == nil {
		v.Request = demoPart
	}
	return v, err
}
