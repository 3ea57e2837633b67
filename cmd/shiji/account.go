package main

import (
	"context"
	"fmt"

	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/text"
)

// accountByLogin returns the account that -login names.
func accountByLogin(ctx context.Context, s *store.Store, login string) (store.Account, error) {
	a, err := s.AccountByLogin(ctx, login)
	if fault.Is(err, fault.NotFound) {
		return a, fault.New(fault.NotFound, "cmd.no-login", login).At(fault.Place{Field: "-login"})
	}
	return a, err
}

// open returns the fault that an account is closed, or nil. Closing is final:
// whoever comes back gets a new account, and the log shows both.
func open(a store.Account) error {
	if a.State == store.Closed {
		return fault.New(fault.Refused, "cmd.account-closed", a.Login).At(fault.Place{Field: "-login"})
	}
	return nil
}

// runUserReset draws a new first password for somebody who lost hers, and with
// -factor takes away a second factor whose telephone is gone.
func runUserReset(c *console, args []string) error {
	f := c.flags("user reset")
	login := f.String("login", "", "登录名")
	factor := f.Bool("factor", false, "同时取消双因素验证（手机丢失时）")
	source := config.Bind(f, config.Stored...)
	if _, err := parse(f, args, 0); err != nil {
		return err
	}
	ctx := context.Background()
	return withStore(ctx, source, func(_ config.Config, s *store.Store) error {
		a, err := accountByLogin(ctx, s, *login)
		if err == nil {
			err = open(a)
		}
		if err != nil {
			return err
		}
		password, secret, err := firstPassword(ctx)
		if err != nil {
			return err
		}
		a.Secret, a.State = secret, store.FirstLogin
		if *factor {
			a.TOTP = ""
		}
		if err := s.Write(ctx, operator, func(ctx context.Context, tx *store.Tx) error { return tx.ChangeAccount(ctx, a) }); err != nil {
			return err
		}
		c.handOver(password)
		return nil
	})
}

// runUserClose closes an account for good and ends its roles.
func runUserClose(c *console, args []string) error {
	f := c.flags("user close")
	login := f.String("login", "", "登录名")
	source := config.Bind(f, config.Stored...)
	if _, err := parse(f, args, 0); err != nil {
		return err
	}
	ctx := context.Background()
	return withStore(ctx, source, func(_ config.Config, s *store.Store) error {
		a, err := accountByLogin(ctx, s, *login)
		if err == nil {
			err = open(a)
		}
		if err != nil {
			return err
		}
		a.State, a.TOTP = store.Closed, ""
		err = s.Write(ctx, operator, func(ctx context.Context, tx *store.Tx) error {
			roles, err := tx.Roles(ctx, a.ID)
			if err != nil {
				return err
			}
			for _, r := range roles {
				if err := tx.EndRole(ctx, r.ID); err != nil {
					return err
				}
			}
			return tx.ChangeAccount(ctx, a)
		})
		if err == nil {
			fmt.Fprintf(c.out, "已停用：%s\n", a.Login)
		}
		return err
	})
}

func runUserGrant(c *console, args []string) error {
	return c.changeRole("user grant", args, func(ctx context.Context, tx *store.Tx, a store.Account, u org.Unit, r org.Role) error {
		if err := open(a); err != nil {
			return err
		}
		held, err := heldRole(ctx, tx, a, u, r)
		if err != nil {
			return err
		}
		if held != "" {
			return fault.New(fault.Conflict, "cmd.held", a.Login, text.Sprintf("org.role-"+string(r)), u.Name)
		}
		_, err = tx.GrantRole(ctx, a.ID, u.ID, string(r))
		return err
	})
}

func runUserRevoke(c *console, args []string) error {
	return c.changeRole("user revoke", args, func(ctx context.Context, tx *store.Tx, a store.Account, u org.Unit, r org.Role) error {
		held, err := heldRole(ctx, tx, a, u, r)
		if err != nil {
			return err
		}
		if held == "" {
			return fault.New(fault.NotFound, "cmd.not-held", a.Login, text.Sprintf("org.role-"+string(r)), u.Name)
		}
		return tx.EndRole(ctx, held)
	})
}

// heldRole returns the id of a role that an account holds in a unit, or "".
func heldRole(ctx context.Context, tx *store.Tx, a store.Account, u org.Unit, r org.Role) (string, error) {
	roles, err := tx.Roles(ctx, a.ID)
	if err != nil {
		return "", err
	}
	for _, held := range roles {
		if held.Unit == u.ID && held.Name == string(r) {
			return held.ID, nil
		}
	}
	return "", nil
}

// changeRole finds account, unit and role that the flags name, and has change
// write.
func (c *console) changeRole(name string, args []string, change func(ctx context.Context, tx *store.Tx, a store.Account, u org.Unit, r org.Role) error) error {
	f := c.flags(name)
	login := f.String("login", "", "登录名")
	unit := f.String("unit", "", "单位：代码、名称或编号")
	role := f.String("role", "", "角色："+roleList())
	source := config.Bind(f, config.Stored...)
	if _, err := parse(f, args, 0); err != nil {
		return err
	}
	ctx := context.Background()
	return withStore(ctx, source, func(_ config.Config, s *store.Store) error {
		t, err := readTree(ctx, s)
		if err != nil {
			return err
		}
		var faults fault.List
		a, err := accountByLogin(ctx, s, *login)
		if err := faults.Join(err); err != nil {
			return err
		}
		u, wrong := t.find(*unit)
		if wrong != nil {
			faults.Add(wrong.At(fault.Place{Field: "-unit"}))
		}
		faults.Add(checkRole(org.Role(*role), u))
		if err := faults.Err(); err != nil {
			return err
		}
		if err := s.Write(ctx, operator, func(ctx context.Context, tx *store.Tx) error { return change(ctx, tx, a, u, org.Role(*role)) }); err != nil {
			return err
		}
		return c.listAccounts(ctx, s, t, org.Below(u.Path))
	})
}
