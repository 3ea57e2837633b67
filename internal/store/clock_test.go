package store_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shiji/internal/store"
)

func TestIDsAscend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := store.NewIDs(rand.Reader)
		last := ""
		now := int64(1_700_000_000_000)
		for _, step := range rapid.SliceOfN(rapid.Int64Range(-5000, 5000), 2, 50).Draw(t, "steps") {
			now += step
			id, err := ids.Next(time.UnixMilli(now))
			if err != nil {
				t.Fatal(err)
			}
			if len(id) != 26 || id <= last {
				t.Fatalf("%s after %s", id, last)
			}
			last = id
		}
	})
	early, late := store.NewIDs(rand.Reader), store.NewIDs(rand.Reader)
	a, _ := early.Next(time.UnixMilli(1))
	b, _ := late.Next(time.UnixMilli(2))
	if a >= b {
		t.Errorf("ids of two sources do not sort by time: %s, %s", a, b)
	}
	if c, _ := store.NewIDs(zeros{}).Next(time.UnixMilli(1469918176385)); c != "01ARYZ6S410000000000000000" {
		t.Errorf("got %s", c)
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 9, 1, 8, 0, 0, 1000, time.FixedZone("+8", 8*3600))
	s := store.FormatTime(at)
	if s != "2026-09-01T00:00:00.000001Z" {
		t.Errorf("got %s", s)
	}
	if back, err := store.ParseTime(s); err != nil || !back.Equal(at) {
		t.Errorf("got %v %v", back, err)
	}
	if _, err := store.ParseTime("2026-09-01"); err == nil {
		t.Error("a date was read as a moment")
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	k, err := store.NewKeys(rand.Reader, "log.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	if err := k.Save(path); err == nil {
		t.Error("keys were overwritten")
	}
	back, err := store.LoadKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(k, back); diff != "" {
		t.Error(diff)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := store.LoadKeys(path); err == nil {
		t.Error("keys that everybody may read were loaded")
	}
}
