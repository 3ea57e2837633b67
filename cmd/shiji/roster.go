package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"shiji/internal/app"
	"shiji/internal/fault"
)

// runUserOpen opens an account for everybody on a unit's staff who has none, and
// writes the first passwords to a list for handing out.
func runUserOpen(c *console, args []string) error {
	f := c.storeFlags("user open")
	unit := f.unit()
	out := f.need("o", "名单（.csv）写到这个新文件：登录名和初始密码，只有所有者可读")
	return f.operate(args, func(ctx context.Context, o *app.Operator) error {
		written := 0
		err := o.OpenRoster(ctx, *unit, func(list []app.RosterLine) error {
			err := writeRoster(*out, list)
			if err == nil {
				written = len(list)
			}
			return err
		})
		if err != nil && written > 0 { // passwords of accounts that there are not
			if fault.All(err) == nil { // or of which the database's answer was lost
				fmt.Fprintln(c.err, "没有做完，名单已删除。如果中途断了连接，账号也可能已经开好：请用 shiji user list 查看；已经开好的，用 shiji user reset 给新的初始密码。")
			}
			return errors.Join(err, os.Remove(*out))
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(c.out, *out)
		fmt.Fprintf(c.err, "开了 %d 个账号。名单里的初始密码只此一份，请当面发放后删除；首次登录须换成自己的密码。\n", written)
		return nil
	})
}

// writeRoster writes the list to a new file that its owner alone can read.
func writeRoster(path string, list []app.RosterLine) (err error) {
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
	for _, l := range list {
		rows = append(rows, []string{harmless(l.Person.Name), harmless(l.Code), l.Login, l.Password})
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
