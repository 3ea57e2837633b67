package main

import (
	"context"
	"errors"
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
