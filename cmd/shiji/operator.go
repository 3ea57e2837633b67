package main

import (
	"context"
	"time"

	"shiji/internal/app"
	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/store"
)

// operate reads args and runs fn with the operator's use cases. Their faults name
// fields of an entry; each is a flag of the same name.
func (f *siteFlags) operate(args []string, fn func(ctx context.Context, o *app.Operator) error) error {
	return f.open(args, func(ctx context.Context, _ config.Config, s *store.Store) error {
		return atFlags(fn(ctx, app.NewOperator(s, time.Now)))
	})
}

// unit adds the flag that names a unit.
func (f *siteFlags) unit() *string {
	return f.String("unit", "", "单位：代码、名称（必要时连同上级，如 某县/某校）或编号")
}

// atFlags returns err with the fields of its faults as flags.
func atFlags(err error) error {
	var list fault.List
	if list.Join(err) != nil {
		return err
	}
	for i, e := range list.Faults {
		if e.Where.Field != "" {
			flagged := *e
			flagged.Where.Field = "-" + e.Where.Field
			list.Faults[i] = &flagged
		}
	}
	return list.Err()
}

// choose runs the sub-command that args name.
func (c *console) choose(known map[string]func(*console, []string) error, args []string) error {
	if len(args) > 0 && known[args[0]] != nil {
		return known[args[0]](c, args[1:])
	}
	return errUsage
}
