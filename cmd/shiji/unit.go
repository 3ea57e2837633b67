package main

import (
	"cmp"
	"context"
	"fmt"

	"shiji/internal/app"
	"shiji/internal/org"
	"shiji/internal/text"
)

func runUnit(c *console, args []string) error {
	return c.choose(map[string]func(*console, []string) error{"add": runUnitAdd, "change": runUnitChange, "list": runUnitList}, args)
}

func runUnitAdd(c *console, args []string) error {
	f := c.storeFlags("unit add")
	kind := f.String("kind", "", "种类：city（市）、county（县）、zone（开发区）、school（学校）、group（组）")
	name := f.String("name", "", "单位名称")
	code := f.String("code", "", "主管部门的单位代码；可不写")
	parent := f.String("parent", "", "上级单位：代码、名称（必要时连同上级，如 某县/某校）或编号；最上级单位不写")
	return f.operate(args, func(ctx context.Context, o *app.Operator) error {
		u, err := o.AddUnit(ctx, app.UnitEntry{Kind: org.Kind(*kind), Name: *name, Code: *code, Parent: *parent})
		if err == nil {
			fmt.Fprintln(c.out, u.ID)
		}
		return err
	})
}

// runUnitChange corrects a unit, and lists it as it is now.
func runUnitChange(c *console, args []string) error {
	f := c.storeFlags("unit change")
	unit := f.unit()
	name := f.String("name", "", "新的名称；不写即不改")
	code := f.String("code", "", "新的单位代码；不写即不改")
	return f.operate(args, func(ctx context.Context, o *app.Operator) error {
		u, err := o.ChangeUnit(ctx, app.UnitChange{Unit: *unit, Name: *name, Code: *code})
		if err == nil {
			c.listUnit(u)
		}
		return err
	})
}

func runUnitList(c *console, args []string) error {
	return c.storeFlags("unit list").operate(args, func(ctx context.Context, o *app.Operator) error {
		units, err := o.Units(ctx)
		for _, u := range units {
			c.listUnit(u)
		}
		return err
	})
}

func (c *console) listUnit(u app.SiteUnit) {
	fmt.Fprintf(c.out, "%s\t%s\t%s\t%s\n", u.ID, text.Sprintf("org.kind-"+string(u.Kind)), oneLine(cmp.Or(u.Code, "-")), oneLine(u.Full))
}
