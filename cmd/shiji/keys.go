package main

import (
	"fmt"
	"os"

	"shiji/internal/config"
)

// runKeys shows what of the keys may be shown: whom to hand it to is said in
// docs/operations.md.
func runKeys(c *console, args []string) error {
	f := c.flags("keys")
	source := config.Bind(f, "data", "keys")
	if _, err := parse(f, args, 0); err != nil {
		return err
	}
	cfg, err := source.Load(os.LookupEnv)
	if err != nil {
		return err
	}
	keys, err := loadKeys(cfg.Keys)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "密钥文件：%s\n日志的公钥：%s\n", oneLine(cfg.Keys), oneLine(keys.Verifier))
	return nil
}
