package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"shiji/internal/app"
	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/store"
)

// runEpoch lets a database that opened read-only be written again: two persons
// with a role accept by their passwords, read from standard input, that what is
// lost is lost.
func runEpoch(c *console, args []string) error {
	f := c.storeFlags("epoch")
	reason := f.need("reason", "丢失了什么，为什么找不回来：记入日志")
	first := f.need("first", "第一人的登录名")
	second := f.need("second", "第二人的登录名")
	return f.open(args, func(ctx context.Context, _ config.Config, s *store.Store) error {
		if why := s.ReadOnly(); why != nil {
			c.faults(why)
		}
		err := app.NewOperator(s, time.Now).OpenEpoch(ctx, app.Epoch{Reason: *reason, First: *first, Second: *second, Ask: c.asker()})
		if err == nil {
			fmt.Fprintf(c.out, "已开启新纪元，数据库可以写入。具名：%s、%s。\n", *first, *second)
		}
		return err
	})
}

// asker returns what asks the owners of logins for proof, a line each.
func (c *console) asker() func(login string, p app.Proof) (string, error) {
	words := map[app.Proof]string{app.ProofPassword: "密码", app.ProofCode: "动态码"}
	in := bufio.NewReader(c.in)
	return func(login string, p app.Proof) (string, error) {
		fmt.Fprintf(c.err, "%s 的%s：", oneLine(login), words[p])
		line, err := in.ReadString('\n')
		if err == io.EOF && line != "" {
			err = nil
		}
		if err != nil {
			return "", fault.New(fault.Missing, "app.not-accepted", login).Because(err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
}
