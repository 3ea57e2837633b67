package app

import (
	"context"
	"fmt"
	"slices"

	"shiji/internal/city"
	"shiji/internal/evidence"
	"shiji/internal/org"
	"shiji/internal/pinyin"
	"shiji/internal/store"
)

// demoAccount is an account to be opened.
type demoAccount struct {
	login string
	role  org.Role
	unit  org.Unit
	who   evidence.Staff // with a staff code in a school, else by name and position
}

// offices opens the accounts of the bureaus.
func (d *demo) offices(ctx context.Context) error {
	for _, a := range []demoAccount{
		{"officer", org.Officer, d.out.City, evidence.Staff{Name: "方立言", Position: "教育局考核干部"}},
		{"auditor", org.Auditor, d.out.City, evidence.Staff{Name: "程守正", Position: "督学"}},
		{"officer-east", org.Officer, d.counties[0], evidence.Staff{Name: "沈知秋", Position: "区教体局考核干部"}},
		{"officer-west", org.Officer, d.counties[1], evidence.Staff{Name: "林望山", Position: "县教体局考核干部"}},
	} {
		if _, err := d.open(ctx, a, nil); err != nil {
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
		return d.open(ctx, demoAccount{fmt.Sprintf("%s%d", login, number), role, sc.unit, p.Staff[i]}, p)
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
func (d *demo) open(ctx context.Context, a demoAccount, p *evidence.Package) (*Viewer, error) {
	secret, err := d.s.hasher.Hash(ctx, d.password)
	if err != nil {
		return nil, err
	}
	var account store.Account
	err = d.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		person, err := d.person(ctx, tx, a, p)
		if err != nil {
			return err
		}
		account, err = tx.OpenAccount(ctx, store.Account{Person: person, Login: a.login, Secret: secret, State: store.Active})
		if err != nil || a.role == org.Own {
			return err
		}
		_, err = tx.GrantRole(ctx, account.ID, a.unit.ID, string(a.role))
		return err
	})
	if err != nil {
		return nil, err
	}
	d.out.Logins = append(d.out.Logins, DemoLogin{a.login, d.password, a.who.Name, a.role, a.unit})
	v, err := d.s.viewer(ctx, account)
	if err == nil {
		v.Request = demoPart
	}
	return v, err
}

func (d *demo) person(ctx context.Context, tx *store.Tx, a demoAccount, p *evidence.Package) (org.PersonID, error) {
	if p != nil {
		return admit(ctx, tx, a.unit, employment{"", a.who, since(p, a.who, "")})
	}
	person, err := tx.AddPerson(ctx, org.Person{Name: a.who.Name, Sort: pinyin.Sort(a.who.Name), Initials: pinyin.Initials(a.who.Name)}, "")
	if err != nil {
		return "", err
	}
	_, err = tx.BeginPost(ctx, store.Post{Person: person.ID, Unit: a.unit.ID, Name: a.who.Position, Since: "2019-09-01"})
	return person.ID, err
}
