package main

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"

	"shiji/internal/config"
	"shiji/internal/fault"
	"shiji/internal/store"
)

// storeConfig says where cfg has the store look, with the keys that are to be
// there already: only migrate draws new ones.
func storeConfig(cfg config.Config) (store.Config, error) {
	keys, err := loadKeys(cfg.Keys)
	if err != nil {
		return store.Config{}, err
	}
	return store.Config{Path: cfg.Database(), DSN: cfg.DB, Data: cfg.Data, Checkpoint: cfg.Checkpoint, Keys: keys}, nil
}

func loadKeys(path string) (store.Keys, error) {
	keys, err := store.LoadKeys(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return store.Keys{}, fault.New(fault.NotFound, "cmd.no-keys", path).Because(err)
	case err != nil:
		return store.Keys{}, fault.New(fault.Invalid, "cmd.bad-keys", path).Because(err)
	}
	return keys, nil
}

// openStore opens the database that cfg names. It never creates one: an empty
// database that a slip of the pen made would look like a lost one.
func openStore(ctx context.Context, cfg config.Config) (*store.Store, error) {
	if path := cfg.Database(); path != "" {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.NotFound, "cmd.no-database", path).Because(err)
		}
	}
	where, err := storeConfig(cfg)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, where)
}

// withStore opens the store that the flags, environment and file of a command
// name, runs fn and closes it: the last events get leaves and a checkpoint.
func withStore(ctx context.Context, source *config.Source, fn func(cfg config.Config, s *store.Store) error) error {
	cfg, err := source.Load(os.LookupEnv)
	if err != nil {
		return err
	}
	s, err := openStore(ctx, cfg)
	if err != nil {
		return err
	}
	err = fn(cfg, s)
	if closing := s.Close(); err == nil {
		err = closing
	}
	return err
}

// siteFlags are the flags of a command on a site: its own, and options of the
// configuration.
type siteFlags struct {
	*flag.FlagSet
	source *config.Source
	needed []*string
}

// siteFlags returns the flags of a command with the named options; without names,
// with all.
func (c *console) siteFlags(name string, options ...string) *siteFlags {
	f := c.flags(name)
	return &siteFlags{FlagSet: f, source: config.Bind(f, options...)}
}

// storeFlags returns the flags of a command on a database that is there.
func (c *console) storeFlags(name string) *siteFlags { return c.siteFlags(name, config.Stored...) }

// need declares a flag without which the command does not run.
func (f *siteFlags) need(name, usage string) *string {
	value := f.String(name, "", usage)
	f.needed = append(f.needed, value)
	return value
}

func (f *siteFlags) parse(args []string) error {
	if _, err := parse(f.FlagSet, args, 0); err != nil {
		return err
	}
	for _, value := range f.needed {
		if *value == "" {
			return errUsage
		}
	}
	return nil
}

// load reads args, and with environment and file what they say of the site.
func (f *siteFlags) load(args []string) (config.Config, error) {
	if err := f.parse(args); err != nil {
		return config.Config{}, err
	}
	return f.source.Load(os.LookupEnv)
}

// open reads args and runs fn with the store of the site.
func (f *siteFlags) open(args []string, fn func(ctx context.Context, cfg config.Config, s *store.Store) error) error {
	if err := f.parse(args); err != nil {
		return err
	}
	ctx := context.Background()
	return withStore(ctx, f.source, func(cfg config.Config, s *store.Store) error { return fn(ctx, cfg, s) })
}
