package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// opened is one line of the list of new accounts.
type opened struct {
	person           org.Person
	code             string
	password, secret string
}

// runUserOpen opens an account for everybody on a unit's staff who has none, and
// writes the first passwords to a list for handing out. The login is the
// teacher's number, which stays hers for life.
func runUserOpen(c *console, args []string) error {
	f := c.flags("user open")
	unit := f.String("unit", "", "单位：代码、名称（必要时连同上级）或编号")
	out := f.String("o", "", "名单（.csv）写到这个新文件：登录名和初始密码，只有所有者可读")
	source := config.Bind(f, config.Stored...)
	if _, err := parse(f, args, 0); err != nil {
		return err
	}
	if *out == "" {
		return errUsage
	}
	ctx := context.Background()
	return withStore(ctx, source, func(_ config.Config, s *store.Store) error {
		t, err := readTree(ctx, s)
		if err != nil {
			return err
		}
		u, wrong := t.find(*unit)
		if wrong != nil {
			return wrong.At(fault.Place{Field: "-unit"})
		}
		list, err := withoutAccount(ctx, s, u)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.New(fault.NotFound, "cmd.nobody-new", t.name(u))
		}
		if err := drawAll(ctx, list); err != nil {
			return err
		}
		if err := writeRoster(*out, list); err != nil {
			return err
		}
		if err := s.Write(ctx, operator, func(ctx context.Context, tx *store.Tx) error { return openAll(ctx, tx, list) }); err != nil {
			return errors.Join(err, os.Remove(*out)) // passwords of accounts that there are not
		}
		fmt.Fprintln(c.out, *out)
		fmt.Fprintf(c.err, "开了 %d 个账号。名单里的初始密码只此一份，请当面发放后删除；首次登录须换成自己的密码。\n", len(list))
		return nil
	})
}

// withoutAccount returns who holds a post with a code in u and has no account,
// not even a closed one: closing was somebody's decision.
func withoutAccount(ctx context.Context, s *store.Store, u org.Unit) (list []opened, err error) {
	scope := org.Below(u.Path)
	has := map[org.PersonID]bool{}
	page := store.Page{Limit: 1000}
	for {
		lines, err := s.Accounts(ctx, scope, page)
		if err != nil {
			return nil, err
		}
		for _, a := range lines {
			has[a.Person.ID] = true
		}
		if len(lines) < page.Limit {
			break
		}
		page.After = lines[len(lines)-1].Login
	}
	staff, err := s.Staff(ctx, scope, u.ID)
	if err != nil {
		return nil, err
	}
	for _, post := range staff {
		if has[post.Person] {
			continue
		}
		has[post.Person] = true
		p, err := s.Person(ctx, scope, post.Person)
		if err != nil {
			return nil, err
		}
		list = append(list, opened{person: p, code: post.Code})
	}
	return list, nil
}

// drawAll draws everybody's first password; the hashes take 25 ms each.
func drawAll(ctx context.Context, list []opened) error {
	var wait sync.WaitGroup
	failed := make([]error, len(list))
	slots := make(chan struct{}, 8)
	for i := range list {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			list[i].password, list[i].secret, failed[i] = firstPassword(ctx)
		})
	}
	wait.Wait()
	return errors.Join(failed...)
}

func openAll(ctx context.Context, tx *store.Tx, list []opened) error {
	for _, o := range list {
		a := store.Account{Person: o.person.ID, Login: string(o.person.Number), Secret: o.secret, State: store.FirstLogin}
		if _, err := tx.OpenAccount(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// writeRoster writes the list before anything is changed: accounts whose
// passwords nobody has would be of no use.
func writeRoster(path string, list []opened) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fault.New(fault.Refused, "cmd.file-there", path).Because(err)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			_ = os.Remove(path) // an incomplete list
		}
	}()
	if _, err := io.WriteString(f, "\ufeff"); err != nil { // without the mark, Excel takes it for GBK
		return err
	}
	w := csv.NewWriter(f)
	w.UseCRLF = true
	rows := [][]string{{"姓名", "工号", "登录名（教师编号）", "初始密码"}}
	for _, o := range list {
		rows = append(rows, []string{harmless(o.person.Name), harmless(o.code), string(o.person.Number), o.password})
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return f.Sync()
}

// harmless keeps a text that somebody else wrote from being a formula (ASVS
// 1.2.10).
func harmless(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r\x00") || strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠") {
		return "'" + s
	}
	return s
}
