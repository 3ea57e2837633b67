package main

import "fmt"

// runKeys shows what of the keys may be shown: whom to hand it to is said in
// docs/operations.md.
func runKeys(c *console, args []string) error {
	cfg, err := c.siteFlags("keys", "data", "keys").load(args)
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
