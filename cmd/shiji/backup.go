package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/store"
)

// runBackup writes a consistent copy of the database and the originals, while
// the site may go on writing.
func runBackup(c *console, args []string) error {
	f := c.storeFlags("backup")
	out := f.need("o", "备份写到这个新目录")
	return f.open(args, func(ctx context.Context, cfg config.Config, s *store.Store) error {
		if err := s.Backup(ctx, *out); err != nil {
			return otherTool(err)
		}
		fmt.Fprintln(c.out, *out)
		fmt.Fprintf(c.err, "密钥和检查点不在备份里，请另行保管：%s，%s\n", oneLine(cfg.Keys), oneLine(cfg.Checkpoint))
		return nil
	})
}

// runRestore puts a backup where no database lies, and tells how it stands to
// the checkpoint.
func runRestore(c *console, args []string) error {
	f := c.storeFlags("restore")
	from := f.need("from", "备份所在的目录")
	cfg, err := f.load(args)
	if err != nil {
		return err
	}
	where, err := storeConfig(cfg)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(*from, "shiji.db")); errors.Is(err, fs.ErrNotExist) && cfg.Database() != "" {
		return fault.New(fault.NotFound, "cmd.no-backup", *from).Because(err)
	}
	if err := store.Restore(where, *from); err != nil {
		return otherTool(err)
	}
	fmt.Fprintln(c.out, cfg.Database())
	s, err := openStore(context.Background(), cfg)
	if err != nil {
		return err
	}
	refused := s.ReadOnly()
	if err := s.Close(); err != nil {
		return err
	}
	if refused != nil {
		return refused.WithHint("cmd.restored-read-only")
	}
	return nil
}

// otherTool words what the store cannot do on PostgreSQL.
func otherTool(err error) error {
	if errors.Is(err, store.ErrOtherTool) {
		return fault.New(fault.Refused, "cmd.other-tool").Because(err)
	}
	return err
}
