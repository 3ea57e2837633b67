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
