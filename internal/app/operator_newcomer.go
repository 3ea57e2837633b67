package app

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/pinyin"
	"shiji/internal/store"
)

// AccountEntry says who is to get an account: a newcomer by her name, with the
// post she takes up in the unit, or somebody on file by her number.
type AccountEntry struct {
	Login  string
	Unit   string
	Role   org.Role // in the unit; "" for none
	Name   string   // of a newcomer
	Number string   // of somebody on file
	// A newcomer's post: what she is, since when ("" for today), and the code (工号)
	// by which the unit's workbooks name her, if any.
	Post, Since, Code string
}

// Opened is an account that was opened. Its password is kept nowhere else, and
// serves for one sign-in.
type Opened struct {
	Login    string
	Person   org.Person
	Unit     string // the full name
	Password string
}

// loginShape is what can be typed on every keyboard and read out on the phone.
var loginShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,31}$`)

// OpenAccount opens an account, for a newcomer together with her person and post.
func (o *Operator) OpenAccount(ctx context.Context, in AccountEntry) (Opened, error) {
	password, secret, err := o.firstPassword(ctx)
	if err != nil {
		return Opened{}, err
	}
	for _, s := range []*string{&in.Name, &in.Post, &in.Code} {
		*s = strings.TrimSpace(*s)
	}
	if in.Since == "" {
		in.Since = o.now().Format(time.DateOnly)
	}
	out := Opened{Login: in.Login, Password: password}
	err = o.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := readTree(ctx, tx.Reader)
		if err != nil {
			return err
		}
		n := newcomer{AccountEntry: in}
		if err := n.check(ctx, tx.Reader, t); err != nil {
			return err
		}
		if err := n.enter(ctx, tx); err != nil {
			return err
		}
		out.Person, out.Unit = n.person, t.name(n.unit)
		account := store.Account{Person: n.person.ID, Login: in.Login, Secret: secret, State: store.FirstLogin}
		_, err = openAccount(ctx, tx, account, Seat{cmp.Or(in.Role, org.Own), n.unit})
		return outrun(err)
	})
	if err != nil {
		return Opened{}, err
	}
	return out, nil
}

// outrun says at which field an entry is wrong that was right when it was checked: on
// PostgreSQL two processes may open accounts at once, and the store refuses the second.
func outrun(err error) error {
	var taken *fault.Error
	if !errors.As(err, &taken) {
		return err
	}
	switch taken.Key {
	case "store.login-taken":
		return taken.At(fault.Place{Field: "login"})
	case "store.account-once":
		return taken.At(fault.Place{Field: "number"})
	}
	return err
}

// openAccount opens an account that acts as seat says; Own needs no granting.
func openAccount(ctx context.Context, tx *store.Tx, a store.Account, seat Seat) (store.Account, error) {
	a, err := tx.OpenAccount(ctx, a)
	if err != nil || seat.Role == org.Own {
		return a, err
	}
	_, err = tx.GrantRole(ctx, a.ID, seat.Unit.ID, string(seat.Role))
	return a, err
}

// newcomer is what an entry names.
type newcomer struct {
	AccountEntry
	unit   org.Unit
	person org.Person // without id until she is entered
}

// check finds what the operator named, and tells all that is wrong.
func (n *newcomer) check(ctx context.Context, r store.Reader, t tree) error {
	var faults fault.List
	if !loginShape.MatchString(n.Login) {
		faults.Addf(fault.Invalid, fault.Place{Field: "login"}, "app.login")
	} else if _, err := r.AccountByLogin(ctx, n.Login); err == nil {
		faults.Addf(fault.Conflict, fault.Place{Field: "login"}, "app.login-taken", n.Login)
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	var wrong *fault.Error
	n.unit, wrong = t.find("unit", n.Unit)
	faults.Add(wrong)
	if n.Role != "" {
		faults.Add(checkRole(n.Role, n.unit))
	}
	var err error
	switch {
	case (n.Number == "") == (n.Name == ""):
		faults.Addf(fault.Invalid, fault.Place{Field: "name"}, "app.name-or-number")
	case n.Number == "":
		faults.Add(checkName("name", n.Name))
		n.person = org.Person{Name: n.Name, Sort: pinyin.Sort(n.Name), Initials: pinyin.Initials(n.Name)}
		err = n.checkPost(ctx, r, &faults)
	default:
		err = n.findPerson(ctx, r, t.scope, &faults)
	}
	if err != nil {
		return err
	}
	return faults.Err()
}

// checkPost refuses a code that somebody else has there: workbooks name people by
// it.
func (n *newcomer) checkPost(ctx context.Context, r store.Reader, faults *fault.List) error {
	faults.Add(checkName("post", n.Post))
	if _, err := time.Parse(time.DateOnly, n.Since); err != nil {
		faults.Addf(fault.Invalid, fault.Place{Field: "since"}, "app.date", n.Since)
	}
	if n.Code == "" || n.unit.ID == "" {
		return nil
	}
	faults.Add(checkName("code", n.Code))
	staff, err := r.Staff(ctx, org.Below(n.unit.Path), n.unit.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(staff, func(p store.Post) bool { return p.Code == n.Code }) {
		faults.Addf(fault.Conflict, fault.Place{Field: "code"}, "app.code-taken", n.Code, n.unit.Name)
	}
	return nil
}

// findPerson finds the person with the number, anywhere in the site: she may have
// no post in the unit in which she gets a role.
func (n *newcomer) findPerson(ctx context.Context, r store.Reader, site org.Scope, faults *fault.List) error {
	var err error
	if n.person, err = numbered(ctx, r, site, n.Number); err != nil {
		return faults.Join(err)
	}
	return faults.Join(checkOnly(ctx, r, n.person, fault.Place{Field: "number"}))
}

// numbered returns the person who has a number, anywhere in the site.
func numbered(ctx context.Context, r store.Reader, site org.Scope, number string) (org.Person, error) {
	at := fault.Place{Field: "number"}
	if !org.Number(number).Valid() {
		return org.Person{}, fault.New(fault.Invalid, "app.no-number", number).At(at)
	}
	people, err := r.People(ctx, site, store.PeopleQuery{Search: number})
	if err != nil {
		return org.Person{}, err
	}
	i := slices.IndexFunc(people, func(p org.Person) bool { return string(p.Number) == number })
	if i < 0 {
		return org.Person{}, fault.New(fault.NotFound, "app.no-number", number).At(at)
	}
	return people[i], nil
}

// checkOnly refuses a second open account: rights go by account, and with two
// logins one person could fill in under the one and publish under the other
// (谁填报谁负责，谁审核谁负责). A closed one does not count: that is how somebody
// comes back.
func checkOnly(ctx context.Context, r store.Reader, p org.Person, at fault.Place) error {
	accounts, err := r.Accounts(ctx, org.Self(p.ID), store.Page{})
	if err != nil {
		return err
	}
	var faults fault.List
	for _, a := range accounts {
		if a.State != store.Closed {
			faults.Addf(fault.Conflict, at, "app.has-account", string(p.Number), a.Login)
		}
	}
	return faults.Err()
}

// enter enters who is not on file, with her post.
func (n *newcomer) enter(ctx context.Context, tx *store.Tx) (err error) {
	if n.person.ID != "" {
		return nil
	}
	if n.person, err = tx.AddPerson(ctx, n.person, ""); err != nil {
		return err
	}
	_, err = tx.BeginPost(ctx, store.Post{Person: n.person.ID, Unit: n.unit.ID, Code: n.Code, Name: n.Post, Since: n.Since})
	return err
}
