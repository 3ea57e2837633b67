package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/store"
)

// runMigrate brings the database to this program's schema; the first time it
// makes the database, its keys and its first checkpoint.
func runMigrate(c *console, args []string) error {
	cfg, err := c.siteFlags("migrate", append([]string{"public-url"}, config.Stored...)...).load(args)
	if err != nil {
		return err
	}
	ctx := context.Background()
	where, fresh, err := prepareStore(ctx, cfg)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, where)
	if err != nil && fresh {
		// The database is an old one with keys of its own: ours are of no use,
		// and would be taken for them.
		if err := os.Remove(cfg.Keys); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		if f := new(fault.Error); errors.As(err, &f) && f.Key == "store.keys" {
			return fault.New(fault.Refused, "cmd.keys-lost", cfg.Keys).Because(err)
		}
	}
	if err != nil {
		return err
	}
	if fresh {
		c.keysDrawn(cfg, where.Keys)
	}
	if path := cfg.Database(); path != "" {
		fmt.Fprintf(c.out, "数据库已就绪：%s\n", oneLine(path))
	} else {
		fmt.Fprintln(c.out, "数据库已就绪：PostgreSQL")
	}
	refused := s.ReadOnly() // a new database in the place of a lost one
	if err := s.Close(); err != nil || refused == nil {
		return err
	}
	return refused
}

// prepareStore makes what is not there yet (keys, folder, tables) and says where
// the store is then to look, and whether the keys are new.
func prepareStore(ctx context.Context, cfg config.Config) (where store.Config, fresh bool, err error) {
	if fresh, err = drawKeys(cfg); err != nil {
		return store.Config{}, false, err
	}
	if where, err = storeConfig(cfg); err != nil {
		return store.Config{}, false, err
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return store.Config{}, false, fmt.Errorf("migrate: %w", err)
	}
	return where, fresh, store.Migrate(ctx, where)
}

// drawKeys makes the keys of a new site and says whether it did.
func drawKeys(cfg config.Config) (fresh bool, err error) {
	if _, err := os.Stat(cfg.Keys); !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if path := cfg.Database(); path != "" {
		if _, err := os.Stat(path); err == nil {
			return false, fault.New(fault.Refused, "cmd.keys-lost", cfg.Keys)
		}
	}
	keys, err := store.NewKeys(rand.Reader, origin(cfg))
	if err != nil {
		return false, err
	}
	for _, path := range []string{cfg.Keys, cfg.Checkpoint} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return false, fmt.Errorf("migrate: %w", err)
		}
	}
	return true, keys.Save(cfg.Keys)
}

// origin names the log: by the site's host, for those who keep the checkpoints of
// several. It never changes afterwards.
func origin(cfg config.Config) string {
	u, err := url.Parse(cfg.PublicURL)
	if err != nil || u.Hostname() == "" {
		return "shiji/log"
	}
	return u.Hostname() + "/log"
}

// keysDrawn tells where keys and checkpoint lie and what they are for: this is
// the one moment at which somebody reads it.
func (c *console) keysDrawn(cfg config.Config, keys store.Keys) {
	fmt.Fprintf(c.out, "新的密钥：%s\n", oneLine(cfg.Keys))
	fmt.Fprintln(c.out, "  没有它，数据库打不开，身份证号也解不开；有它和数据库，就能看到身份证号。")
	fmt.Fprintln(c.out, "  请现在就抄一份，离线保管；不要放进数据文件夹，也不要与备份放在一起。")
	fmt.Fprintf(c.out, "检查点：%s\n", oneLine(cfg.Checkpoint))
	fmt.Fprintln(c.out, "  它用来发现数据库被换成旧的或被改写，也不要与备份放在一起。")
	fmt.Fprintf(c.out, "日志的公钥（请交给监督方）：%s\n", oneLine(keys.Verifier))
}
