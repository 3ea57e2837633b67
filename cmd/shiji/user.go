package main

import (
	"context"
	"fmt"
	"strings"

	"shiji/internal/app"
	"shiji/internal/org"
	"shiji/internal/text"
)

func runUser(c *console, args []string) error {
	return c.choose(map[string]func(*console, []string) error{
		"add": runUserAdd, "open": runUserOpen, "list": runUserList, "reset": runUserReset, "close": runUserClose, "grant": runUserGrant, "revoke": runUserRevoke,
	}, args)
}

func runUserAdd(c *console, args []string) error {
	f := c.storeFlags("user add")
	login := f.String("login", "", "登录名：2 至 32 个小写字母、数字或 . _ -")
	unit := f.unit()
	role := f.String("role", "", "角色，可不写："+app.RoleList())
	name := f.String("name", "", "姓名；为已有人员开账号时不写")
	number := f.String("number", "", "已有人员的教师编号；与 -name 二者择一")
	post := f.String("post", "教师", "在该单位的岗位")
	code := f.String("code", "", "在该单位的工号，与材料中的一致；可不写")
	since := f.String("since", "", "任职日期，如 2025-09-01；不写即今天")
	return f.operate(args, func(ctx context.Context, o *app.Operator) error {
		a, err := o.OpenAccount(ctx, app.AccountEntry{
			Login: *login, Unit: *unit, Role: org.Role(*role), Name: *name, Number: *number, Post: *post, Since: *since, Code: *code,
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s\t%s\t%s\t%s\n", a.Login, a.Person.Number, oneLine(a.Person.Name), oneLine(a.Unit))
		c.handOver(a.Password)
		return nil
	})
}

// handOver shows a first password: nowhere else is it kept.
func (c *console) handOver(password string) {
	fmt.Fprintf(c.out, "初始密码：%s\n", password)
	fmt.Fprintln(c.err, "初始密码只显示这一次，请当面交给本人；首次登录须换成自己的密码。")
}

func runUserList(c *console, args []string) error {
	f := c.storeFlags("user list")
	unit := f.String("unit", "", "只列这个单位（连同下级）的账号")
	return f.operate(args, func(ctx context.Context, o *app.Operator) error { return c.listAccounts(ctx, o, *unit) })
}

func (c *console) listAccounts(ctx context.Context, o *app.Operator, unit string) error {
	accounts, err := o.Accounts(ctx, unit)
	for _, a := range accounts {
		state := text.Sprintf("cmd.state-" + string(a.State))
		if a.Second {
			state += "，双因素"
		}
		fmt.Fprintf(c.out, "%s\t%s\t%s\t%s\t%s\n", a.Login, a.Person.Number, oneLine(a.Person.Name), state, seats(a))
	}
	return err
}

// seats words the roles of an account.
func seats(a app.AccountLine) string {
	var roles []string
	for _, s := range a.Seats {
		roles = append(roles, text.Sprintf("org.role-"+string(s.Role))+"@"+oneLine(s.Unit))
	}
	return strings.Join(roles, "、")
}

// runUserReset draws a new first password for somebody who lost hers, and with
// -factor takes away a second factor whose telephone is gone.
func runUserReset(c *console, args []string) error {
	f := c.storeFlags("user reset")
	login := f.String("login", "", "登录名")
	factor := f.Bool("factor", false, "同时取消双因素验证（手机丢失时）")
	return f.operate(args, func(ctx context.Context, o *app.Operator) error {
		lost := app.LostPassword
		if *factor {
			lost = app.LostFactor
		}
		password, err := o.ResetAccount(ctx, *login, lost)
		if err == nil {
			c.handOver(password)
		}
		return err
	})
}

// runUserClose closes an account for good and ends its roles.
func runUserClose(c *console, args []string) error {
	f := c.storeFlags("user close")
	login := f.String("login", "", "登录名")
	return f.operate(args, func(ctx context.Context, o *app.Operator) error {
		err := o.CloseAccount(ctx, *login)
		if err == nil {
			fmt.Fprintf(c.out, "已停用：%s\n", *login)
		}
		return err
	})
}

func runUserGrant(c *console, args []string) error {
	return c.changeRole("user grant", args, (*app.Operator).GrantRole)
}

func runUserRevoke(c *console, args []string) error {
	return c.changeRole("user revoke", args, (*app.Operator).RevokeRole)
}

// changeRole changes the role that the flags name, and lists the accounts of the
// unit.
func (c *console) changeRole(name string, args []string, change func(*app.Operator, context.Context, app.RoleEntry) error) error {
	f := c.storeFlags(name)
	login := f.String("login", "", "登录名")
	unit := f.unit()
	role := f.String("role", "", "角色："+app.RoleList())
	return f.operate(args, func(ctx context.Context, o *app.Operator) error {
		if err := change(o, ctx, app.RoleEntry{Login: *login, Unit: *unit, Role: org.Role(*role)}); err != nil {
			return err
		}
		return c.listAccounts(ctx, o, *unit)
	})
}
