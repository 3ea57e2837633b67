package store_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// The environment of the process that the crash tests kill: where its database
// is, and what it does wrong in the controls.
const (
	crashChildEnv = "SHIJI_CRASH_CHILD" // folder with the files "place" and "keys"
	crashSyncEnv  = "SHIJI_CRASH_SYNC"  // synchronous mode of SQLite
	crashLogEnv   = "SHIJI_CRASH_LOG"   // journal mode of SQLite
	crashEarlyEnv = "SHIJI_CRASH_EARLY" // acknowledges before the commit
	crashForEnv   = "SHIJI_CRASH_FOR"   // ends itself after this while, and takes refusals for answers
)

const crashWriters = 16

// TestCrashChild is no test: it is the process that the crash tests start and
// kill.
func TestCrashChild(t *testing.T) {
	if dir := os.Getenv(crashChildEnv); dir != "" {
		crashChild(t, dir)
	}
}

// crashChild writes until it is killed, and tells on standard output what was
// acknowledged: "acked" and a person's number, or "blob" and a digest.
func crashChild(t *testing.T, dir string) {
	place, err := os.ReadFile(filepath.Join(dir, "place"))
	if err != nil {
		t.Fatal(err)
	}
	p := strings.Split(string(place), "\n")
	keys, err := store.LoadKeys(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	if mode := os.Getenv(crashSyncEnv); mode != "" {
		store.SetSynchronous(mode)
	}
	if mode := os.Getenv(crashLogEnv); mode != "" {
		store.SetJournal(mode)
	}
	early := os.Getenv(crashEarlyEnv) != ""
	patient := false
	if d, err := time.ParseDuration(os.Getenv(crashForEnv)); err == nil {
		patient = true
		time.AfterFunc(d, func() { os.Exit(0) }) // nothing is closed
	}
	s, err := store.Open(context.Background(), store.Config{Path: p[0], DSN: p[1], Data: p[2], Checkpoint: p[3], Keys: keys, IDs: store.NewIDs(rand.Reader)})
	if err != nil {
		t.Fatal(err)
	}
	if f := s.ReadOnly(); f != nil {
		t.Fatal(f)
	}
	told := make(chan string)
	for i := range crashWriters {
		go func() {
			for {
				var p org.Person
				err := s.Write(context.Background(), clerk, func(ctx context.Context, tx *store.Tx) (err error) {
					if p, err = tx.AddPerson(ctx, org.Person{Name: "某" + strconv.Itoa(i)}, ""); early && err == nil {
						told <- "acked " + string(p.Number)
					}
					return err
				})
				switch {
				case err != nil && !patient:
					panic(err)
				case err != nil:
					told <- "refused " + err.Error()
				case !early:
					told <- "acked " + string(p.Number)
				}
			}
		}()
	}
	go func() {
		for {
			switch b, err := s.PutBlob(strings.NewReader(rand.Text())); {
			case err != nil && !patient:
				panic(err)
			case err != nil:
				told <- "refused " + err.Error()
			default:
				told <- "blob " + b.SHA
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	for line := range told {
		fmt.Println(line)
	}
}

// crashing is a database that a child writes to, and all that was acknowledged.
type crashing struct {
	dir   string // of place and keys
	env   []string
	acked map[string]bool
	blobs map[string]bool
}

// prepareCrash hands a closed database over to children.
func prepareCrash(t *testing.T, cfg store.Config, env ...string) *crashing {
	t.Helper()
	c := &crashing{dir: t.TempDir(), env: env, acked: map[string]bool{}, blobs: map[string]bool{}}
	place := cfg.Path + "\n" + cfg.DSN + "\n" + cfg.Data + "\n" + cfg.Checkpoint
	if err := os.WriteFile(filepath.Join(c.dir, "place"), []byte(place), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := cfg.Keys.Save(filepath.Join(c.dir, "keys")); err != nil {
		t.Fatal(err)
	}
	return c
}

// once runs a child, lets it write for a while after its first word, and ends it
// by stop, which must not return before it has killed the process. It returns
// what this child acknowledged.
func (c *crashing) once(t *testing.T, after time.Duration, stop func(*os.Process)) (acked []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestCrashChild$")
	cmd.Env = append(append(os.Environ(), crashChildEnv+"="+c.dir), c.env...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ended chan struct{}
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		kind, what, _ := strings.Cut(lines.Text(), " ")
		switch {
		case kind == "acked" && org.Number(what).Valid(): // the last line may be cut
			acked = append(acked, what)
			c.acked[what] = true
		case kind == "blob" && len(what) == 64:
			c.blobs[what] = true
		default:
			said.WriteString(lines.Text() + "\n")
			continue
		}
		if ended == nil {
			ended = make(chan struct{})
			time.AfterFunc(after, func() { stop(cmd.Process); close(ended) })
		}
	}
	if err := cmd.Wait(); err == nil || ended == nil {
		t.Fatalf("the child ended by itself: %v\n%s%s", err, said.String(), complaint.Bytes())
	}
	<-ended
	return acked
}

// lost returns how much of what was acknowledged is not there.
func (c *crashing) lost(t *testing.T, db *storetest.DB) (n int) {
	t.Helper()
	for number := range c.acked {
		if count(t, db, "SELECT COUNT(*) FROM person WHERE number = $1", number) != 1 {
			n++
		}
	}
	return n
}

// lostBlobs counts the originals that are not there as they were.
func (c *crashing) lostBlobs(data string) (n int) {
	for sha := range c.blobs {
		b, err := os.ReadFile(filepath.Join(data, "blobs", sha[:2], sha))
		if err != nil || digestOf(b) != sha {
			n++
		}
	}
	return n
}

func digestOf(b []byte) string {
	d := sha256.Sum256(b)
	return hex.EncodeToString(d[:])
}

// whole fails the test unless the database verifies and nothing is lost.
func (c *crashing) whole(t *testing.T, db *storetest.DB) {
	t.Helper()
	if f := db.ReadOnly(); f != nil {
		t.Fatalf("read-only: %v", f)
	}
	settled(t, db)
	if n := c.lost(t, db); n > 0 {
		t.Errorf("%d of %d acknowledged writes are lost", n, len(c.acked))
	}
	if n := c.lostBlobs(db.Config.Data); n > 0 {
		t.Errorf("%d of %d acknowledged originals are lost", n, len(c.blobs))
	}
	if len(c.acked) == 0 || len(c.blobs) == 0 {
		t.Error("nothing was acknowledged: the test shows nothing")
	}
	if db.Engine == "sqlite" {
		var ok string
		if err := db.SQL.QueryRow("PRAGMA integrity_check").Scan(&ok); err != nil || ok != "ok" {
			t.Errorf("integrity: %s %v", ok, err)
		}
	}
}

func kill(p *os.Process) { _ = p.Kill() } // it may have ended; once tells

// writing is how long a child writes: 20 to 140 ms, shorter than a checkpoint of
// SQLite takes to come.
func writing(cycle int) time.Duration {
	return time.Duration(20+17*(cycle%8)) * time.Millisecond
}

// crashCycles returns how many cycles to run: few, or with SHIJI_TORTURE many.
func crashCycles(few, many int) int {
	if os.Getenv("SHIJI_TORTURE") != "" {
		return many
	}
	return few
}

// TestKilled kills a writing process again and again (kill -9): every write that
// it had acknowledged is there, and the whole log verifies. A kill does not lose
// what the kernel holds: that is what TestPowerCuts asks.
func TestKilled(t *testing.T) {
	cycles := crashCycles(5, 500)
	if testing.Short() {
		cycles = 2
	}
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		if err := db.Store.Close(); err != nil {
			t.Fatal(err)
		}
		c := prepareCrash(t, db.Config)
		for cycle := range cycles {
			c.once(t, writing(cycle), kill)
		}
		again := storetest.Open(t, db.Config)
		c.whole(t, again)
		t.Logf("%d kills, %d acknowledged writes and %d originals, none lost", cycles, len(c.acked), len(c.blobs))
	})
}

// TestKilledControl: a process that acknowledges before it commits must be found
// out, or TestKilled shows nothing.
func TestKilledControl(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		if err := db.Store.Close(); err != nil {
			t.Fatal(err)
		}
		c := prepareCrash(t, db.Config, crashEarlyEnv+"=1")
		for cycle := range 60 {
			c.once(t, writing(cycle), kill)
			again := storetest.Open(t, db.Config)
			lost := c.lost(t, again)
			if err := again.Store.Close(); err != nil {
				t.Fatal(err)
			}
			if lost > 0 {
				t.Logf("lost %d of %d after %d kills, as it must", lost, len(c.acked), cycle+1)
				return
			}
		}
		t.Errorf("the control lost nothing of %d in 60 kills: the harness finds no loss", len(c.acked))
	})
}
