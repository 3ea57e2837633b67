package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"shiji/internal/app"
	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/store"
	"shiji/internal/text"
	"shiji/internal/web/asset"
)

// runDemo serves a site of synthetic data: the first time it makes the database
// and a demo city with accounts, afterwards it finds them again.
func runDemo(c *console, args []string) error {
	cfg, err := c.siteFlags("demo").load(args)
	if err != nil {
		return err
	}
	if err := onlyHere(cfg); err != nil {
		return err
	}
	ctx := context.Background()
	where, _, err := prepareStore(ctx, cfg)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, where)
	if err != nil {
		return err
	}
	err = c.demo(ctx, cfg, s)
	if closing := s.Close(); err == nil {
		err = closing
	}
	return err
}

// onlyHere refuses to serve the demo to other machines: its passwords are known.
func onlyHere(cfg config.Config) error {
	host, _, err := net.SplitHostPort(cfg.Addr)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fault.New(fault.Refused, "cmd.demo-addr", cfg.Addr)
	}
	return nil
}

// demo makes the city unless an earlier run has, and serves it.
func (c *console) demo(ctx context.Context, cfg config.Config, s *store.Store) error {
	file := filepath.Clean(cfg.Data) + ".logins" // beside the data, like the keys
	told, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		told, err = c.makeDemo(ctx, cfg, s, file)
	}
	if err != nil {
		return err
	}
	return c.serve(cfg, s, func(url string) {
		fmt.Fprintf(c.out, "\n师迹演示站：%s\n\n%s\n", url, told)
		c.tellMissing()
		fmt.Fprintln(c.out, "  按 Ctrl+C 结束。")
	})
}

// makeDemo makes the city and keeps in file what its visitors need to know.
func (c *console) makeDemo(ctx context.Context, cfg config.Config, s *store.Store, file string) (told []byte, err error) {
	service, err := c.service(cfg, s, c.logger(cfg))
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(c.out, "正在准备演示数据（合成，不对应任何真实的学校和人）……")
	samples := filepath.Clean(cfg.Data) + ".samples"
	if err := os.MkdirAll(samples, 0o755); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	city, err := service.Demo(ctx, app.DemoOptions{Samples: samples})
	if f := new(fault.Error); errors.As(err, &f) && f.Key == "app.demo-not-empty" {
		// Nobody's logins are known: an earlier run was cut off, or it is no demo.
		return nil, fault.New(fault.Refused, "cmd.demo-half", cfg.Data, cfg.Keys, cfg.Checkpoint).Because(err)
	}
	if err != nil {
		return nil, err
	}
	told = tellDemo(city)
	if err := os.WriteFile(file, told, 0o600); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return told, nil
}

// tellDemo says who can sign in, and what there is to try out.
func tellDemo(city *app.DemoCity) []byte {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 2, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  登录名\t密码\t身份")
	for _, l := range city.Logins {
		fmt.Fprintf(w, "  %s\t%s\t%s %s，%s\n", l.Login, l.Password, l.Unit.Name, text.Sprintf("org.role-"+string(l.Role)), l.Name)
	}
	_ = w.Flush() // a buffer takes everything
	if len(city.Samples) > 0 {
		fmt.Fprintf(&b, "\n  可以用该校经办人的账号试着上传的工作簿：\n    %s\n", strings.Join(city.Samples, "\n    "))
	}
	return b.Bytes()
}

// tellMissing says what this build goes without.
func (c *console) tellMissing() {
	assets, err := asset.Open()
	if err != nil {
		return // serving has said so
	}
	if assets.URL("app.js") == "" {
		fmt.Fprintln(c.out, "  构建时没有 Node：页面不带脚本，照样可用。")
	}
	if _, ok := assets.Font(); !ok {
		fmt.Fprintln(c.out, "  构建时没有字体（来自 npm）：批量 PDF 不能用，可在浏览器里逐页打印。")
	}
}
