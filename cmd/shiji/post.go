package main

import (
	"cmp"
	"context"
	"fmt"

	"shiji/internal/app"
)

func runPost(c *console, args []string) error {
	return c.choose(map[string]func(*console, []string) error{"begin": runPostBegin, "end": runPostEnd}, args)
}

// runPostBegin begins a post of somebody who is on file: she keeps her number.
func runPostBegin(c *console, args []string) error {
	f := c.storeFlags("post begin")
	unit := f.unit()
	var in app.PostEntry
	f.StringVar(&in.Number, "number", "", "本人的教师编号")
	f.StringVar(&in.Code, "code", "", "在该单位的工号，与材料中的一致")
	f.StringVar(&in.Name, "post", "教师", "在该单位的岗位")
	f.StringVar(&in.Since, "since", "", "任职日期，如 2026-09-01；不写即今天")
	return f.operate(args, func(ctx context.Context, o *app.Operator) error {
		in.Unit = *unit
		b, err := o.BeginPost(ctx, in)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s\t%s\t%s\t%s\t%s\n", oneLine(b.Post.Code), b.Person.Number, oneLine(b.Person.Name), oneLine(b.Unit), b.Post.Since)
		return nil
	})
}

// runPostEnd ends a post, and tells what its holder still has: the account is
// another decision, for she may work elsewhere in the site.
func runPostEnd(c *console, args []string) error {
	f := c.storeFlags("post end")
	unit := f.unit()
	code := f.String("code", "", "在该单位的工号")
	until := f.String("until", "", "任职的最后一天，如 2026-06-30")
	return f.operate(args, func(ctx context.Context, o *app.Operator) error {
		e, err := o.EndPost(ctx, app.PostEnding{Unit: *unit, Code: *code, Until: *until})
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s\t%s\t%s\t%s\t%s\t%s\n", oneLine(e.Post.Code), e.Person.Number, oneLine(e.Person.Name), oneLine(e.Unit), e.Post.Since, e.Post.Until)
		if e.Account.Login != "" {
			fmt.Fprintf(c.err, "本人的账号“%s”还在（角色：%s）。在别处任职的留着；角色用 shiji user revoke 收回，账号用 shiji user close 停用。\n", e.Account.Login, cmp.Or(seats(e.Account), "无"))
		}
		return nil
	})
}
