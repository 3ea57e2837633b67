package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/text"
)

// operator is who acts when somebody works on units and accounts by the command
// line: whoever may read keys and database. The log shows this name, and no
// account, for the operator needs none.
var operator = org.System("shiji user")

func runUnit(c *console, args []string) error {
	return c.choose("unit", map[string]func(*console, []string) error{"add": runUnitAdd, "list": runUnitList}, args)
}

// choose runs the sub-command that args name.
func (c *console) choose(name string, known map[string]func(*console, []string) error, args []string) error {
	if len(args) > 0 && known[args[0]] != nil {
		return known[args[0]](c, args[1:])
	}
	return errUsage
}

var kinds = []org.Kind{org.City, org.County, org.Zone, org.School, org.Group}

func runUnitAdd(c *console, args []string) error {
	f := c.flags("unit add")
	kind := f.String("kind", "", "种类：city（市）、county（县）、zone（开发区）、school（学校）、group（组）")
	name := f.String("name", "", "单位名称")
	code := f.String("code", "", "主管部门的单位代码；可不写")
	parent := f.String("parent", "", "上级单位：代码、名称（必要时连同上级，如 某县/某校）或编号；最上级单位不写")
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
		u := org.Unit{Kind: org.Kind(*kind), Name: strings.TrimSpace(*name), Code: strings.TrimSpace(*code)}
		var faults fault.List
		faults.Add(checkName("-name", u.Name))
		if !slices.Contains(kinds, u.Kind) {
			faults.Addf(fault.Invalid, fault.Place{Field: "-kind"}, "cmd.kind", kindList())
		}
		if *parent != "" {
			above, wrong := t.find(*parent)
			if wrong != nil {
				faults.Add(wrong.At(fault.Place{Field: "-parent"}))
			}
			u.Parent = above.ID
		} else if len(t.units) > 0 { // a slip that could not be mended: units do not move
			faults.Addf(fault.Missing, fault.Place{Field: "-parent"}, "cmd.no-parent", t.name(t.units[0]))
		}
		if err := faults.Err(); err != nil {
			return err
		}
		err = s.Write(ctx, operator, func(ctx context.Context, tx *store.Tx) (err error) {
			u, err = tx.AddUnit(ctx, u)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(c.out, u.ID)
		return nil
	})
}

func kindList() string {
	var words []string
	for _, k := range kinds {
		words = append(words, string(k))
	}
	return strings.Join(words, "、")
}

// checkName refuses a name that pages and paper could not show.
func checkName(flag, name string) *fault.Error {
	switch {
	case name == "":
		return fault.New(fault.Missing, "cmd.empty").At(fault.Place{Field: flag})
	case utf8.RuneCountInString(name) > 64 || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == '/' }):
		return fault.New(fault.Invalid, "cmd.name", 64).At(fault.Place{Field: flag})
	}
	return nil
}

func runUnitList(c *console, args []string) error {
	f := c.flags("unit list")
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
		for _, u := range t.units {
			code := u.Code
			if code == "" {
				code = "-"
			}
			fmt.Fprintf(c.out, "%s\t%s\t%s\t%s\n", u.ID, text.Sprintf("org.kind-"+string(u.Kind)), oneLine(code), oneLine(t.name(u)))
		}
		return nil
	})
}
