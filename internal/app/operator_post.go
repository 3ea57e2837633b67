package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// PostEntry says that somebody who is on file, by her number, takes up a post in a
// unit, which knows her by the code (工号) from the day Since: she keeps her number
// and her archive (一人一号), which a workbook that names her first would not know.
type PostEntry struct{ Unit, Number, Name, Code, Since string }

// BegunPost is a post that was begun.
type BegunPost struct {
	Post   store.Post
	Person org.Person
	Unit   string // the full name
}

// BeginPost begins a post. In one unit she has one; who changes within it ends the
// old one first.
func (o *Operator) BeginPost(ctx context.Context, in PostEntry) (begun BegunPost, err error) {
	in.Name, in.Code = strings.TrimSpace(in.Name), strings.TrimSpace(in.Code)
	if in.Since == "" {
		in.Since = o.now().Format(time.DateOnly)
	}
	err = o.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := readTree(ctx, tx.Reader)
		if err != nil {
			return err
		}
		n := newcomer{AccountEntry: AccountEntry{Number: in.Number, Post: in.Name, Code: in.Code, Since: in.Since}}
		var faults fault.List
		var wrong *fault.Error
		n.unit, wrong = t.find("unit", in.Unit)
		faults.Add(wrong)
		n.person, err = numbered(ctx, tx.Reader, t.scope, in.Number)
		if err := faults.Join(err); err != nil {
			return err
		}
		if in.Code == "" {
			faults.Addf(fault.Missing, fault.Place{Field: "code"}, "app.empty")
		}
		if err := n.checkPost(ctx, tx.Reader, &faults); err != nil {
			return err
		}
		if err := n.checkUnposted(ctx, tx.Reader, &faults); err != nil {
			return err
		}
		if err := faults.Err(); err != nil {
			return err
		}
		post, err := tx.BeginPost(ctx, store.Post{Person: n.person.ID, Unit: n.unit.ID, Name: in.Name, Code: in.Code, Since: in.Since})
		begun = BegunPost{Post: post, Person: n.person, Unit: t.name(n.unit)}
		return err
	})
	if err != nil {
		return BegunPost{}, err
	}
	return begun, nil
}

// checkUnposted refuses who holds a post in the unit already.
func (n *newcomer) checkUnposted(ctx context.Context, r store.Reader, faults *fault.List) error {
	if n.unit.ID == "" || n.person.ID == "" {
		return nil
	}
	posts, err := r.Posts(ctx, org.Self(n.person.ID), n.person.ID)
	if err != nil {
		return err
	}
	for _, p := range posts {
		if p.Unit == n.unit.ID && p.Until == "" {
			faults.Addf(fault.Conflict, fault.Place{Field: "unit"}, "app.post-held", n.person.Name, n.unit.Name, p.Since)
		}
	}
	return nil
}

// PostEnding says whose post ends: hers who is known in the unit by the code (工号).
// Until is the last day on which she held it.
type PostEnding struct{ Unit, Code, Until string }

// EndedPost is a post that was ended. Account is its holder's that is open, without
// a login if there is none: it outlives the post, for she may work elsewhere in the
// site, and sees her own results in any case.
type EndedPost struct {
	Post    store.Post
	Person  org.Person
	Unit    string // the full name
	Account AccountLine
}

// EndPost ends an open post. Whoever left within a term is still appraised for it,
// and her code is free. A day to come is refused, for the post counts as ended from
// now on.
func (o *Operator) EndPost(ctx context.Context, in PostEnding) (ended EndedPost, err error) {
	in.Code = strings.TrimSpace(in.Code)
	err = o.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := readTree(ctx, tx.Reader)
		if err != nil {
			return err
		}
		var faults fault.List
		u, wrong := t.find("unit", in.Unit)
		faults.Add(wrong)
		post, err := in.find(ctx, tx.Reader, u)
		if err := faults.Join(err); err != nil {
			return err
		}
		faults.Add(in.checkUntil(post, o.now().Format(time.DateOnly)))
		if err := faults.Err(); err != nil {
			return err
		}
		post.Until = in.Until
		ended = EndedPost{Post: post, Unit: t.name(u)}
		if ended.Person, err = tx.Person(ctx, org.Below(u.Path), post.Person); err != nil {
			return err
		}
		accounts, err := tx.Accounts(ctx, org.Self(post.Person), store.Page{})
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if a.State != store.Closed {
				ended.Account = t.line(a)
			}
		}
		return tx.EndPost(ctx, post.ID, in.Until)
	})
	if err != nil {
		return EndedPost{}, err
	}
	return ended, nil
}

// find returns the open post under the code in u. A unit that was not found has been
// told of.
func (in PostEnding) find(ctx context.Context, r store.Reader, u org.Unit) (store.Post, error) {
	if wrong := checkName("code", in.Code); wrong != nil {
		return store.Post{}, wrong
	}
	if u.ID == "" {
		return store.Post{}, nil
	}
	staff, err := r.Staff(ctx, org.Below(u.Path), u.ID)
	if err != nil {
		return store.Post{}, err
	}
	i := slices.IndexFunc(staff, func(p store.Post) bool { return p.Code == in.Code })
	if i < 0 {
		return store.Post{}, fault.New(fault.NotFound, "app.no-code", in.Code, u.Name).At(fault.Place{Field: "code"})
	}
	return staff[i], nil
}

// checkUntil refuses what is no day, one to come, and one on which the post had not
// begun; of a post that was not found it holds the rest.
func (in PostEnding) checkUntil(p store.Post, today string) *fault.Error {
	at := fault.Place{Field: "until"}
	if _, err := time.Parse(time.DateOnly, in.Until); err != nil {
		return fault.New(fault.Invalid, "app.date", in.Until).At(at)
	}
	switch {
	case in.Until > today:
		return fault.New(fault.Refused, "app.until-ahead", in.Until).At(at)
	case in.Until < p.Since:
		return fault.New(fault.Conflict, "app.until-before", in.Until, p.Since).At(at)
	}
	return nil
}
