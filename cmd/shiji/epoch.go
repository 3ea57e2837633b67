package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"shiji/internal/auth"
	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// runEpoch lets a database that opened read-only be written again: two persons
// with a role accept by their passwords, read from standard input, that what is
// lost is lost.
func runEpoch(c *console, args []string) error {
	f := c.flags("epoch")
	reason := f.String("reason", "", "丢失了什么，为什么找不回来：记入日志")
	first := f.String("first", "", "第一人的登录名")
	second := f.String("second", "", "第二人的登录名")
	source := config.Bind(f, config.Stored...)
	if _, err := parse(f, args, 0); err != nil {
		return err
	}
	if *reason == "" || *first == "" || *second == "" {
		return errUsage
	}
	ctx := context.Background()
	return withStore(ctx, source, func(_ config.Config, s *store.Store) error {
		why := s.ReadOnly()
		if why == nil {
			return fault.New(fault.Conflict, "cmd.not-read-only")
		}
		c.faults(why)
		w := witness{console: c, store: s, in: bufio.NewReader(c.in)}
		a, by, err := w.accept(ctx, *first)
		if err != nil {
			return err
		}
		b, _, err := w.accept(ctx, *second)
		if err != nil {
			return err
		}
		if a.Person == b.Person {
			return fault.New(fault.Refused, "store.epoch-people")
		}
		if err := s.OpenEpoch(ctx, by, b.ID, *reason); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "已开启新纪元，数据库可以写入。具名：%s、%s。\n", a.Login, b.Login)
		return nil
	})
}

// witness asks persons for their passwords.
type witness struct {
	console *console
	store   *store.Store
	in      *bufio.Reader
}

// accept returns the account with login and as whom it acts, once its owner has
// typed password and, where she has a second factor, code.
func (w witness) accept(ctx context.Context, login string) (a store.Account, by org.Actor, err error) {
	password, err := w.ask(login, "密码")
	if err != nil {
		return a, by, err
	}
	wrong := fault.New(fault.Refused, "cmd.not-accepted", login)
	if a, err = w.store.AccountByLogin(ctx, login); err != nil {
		if fault.Is(err, fault.NotFound) {
			err = wrong
		}
		return a, by, err
	}
	ok, _, err := newHasher().Check(ctx, a.Secret, password)
	if err != nil {
		return a, by, err
	}
	if ok && a.TOTP != "" {
		code, err := w.ask(login, "动态码")
		if err != nil {
			return a, by, err
		}
		_, ok = auth.Factor{Secret: a.TOTP}.Check(code, time.Now().Unix())
	}
	roles, err := w.store.Roles(ctx, a.ID)
	if err != nil {
		return a, by, err
	}
	if !ok || a.State != store.Active || len(roles) == 0 {
		return a, by, wrong
	}
	return a, org.Actor{Account: a.ID, Role: roles[0].Name}, nil
}

func (w witness) ask(login, what string) (string, error) {
	fmt.Fprintf(w.console.err, "%s 的%s：", oneLine(login), what)
	line, err := w.in.ReadString('\n')
	if err == io.EOF && line != "" {
		err = nil
	}
	if err != nil {
		return "", fault.New(fault.Missing, "cmd.not-accepted", login).Because(err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
