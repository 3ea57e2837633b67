package store_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/store/storetest"
)

// diskFaults are what a disk can answer to a system call.
var diskFaults = []struct{ calls, fault string }{
	{"fsync,fdatasync", "EIO"},
	{"pwrite64", "EIO"},
	{"pwrite64", "ENOSPC"},
	{"renameat", "EIO"},
}

// faulty runs a child whose disk fails at the nth of each thread's calls and at
// every seventh after it. The child may refuse, and may give up; it returns how
// often it refused.
func (c *crashing) faulty(t *testing.T, n int, calls, fault string) (refused int) {
	t.Helper()
	cmd := exec.Command("strace", "-f", "-qq", "-o", os.DevNull, "-e", "trace="+calls, "-e", fmt.Sprintf("inject=%s:error=%s:when=%d+7", calls, fault, n),
		os.Args[0], "-test.run", "^TestCrashChild$")
	cmd.Env = append(append(os.Environ(), crashChildEnv+"="+c.dir, crashForEnv+"=300ms"), c.env...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		switch kind, what, _ := strings.Cut(lines.Text(), " "); {
		case kind == "acked" && org.Number(what).Valid():
			c.acked[what] = true
		case kind == "blob" && len(what) == 64:
			c.blobs[what] = true
		case kind == "refused":
			refused++
		}
	}
	if err := cmd.Wait(); err != nil { // it gave up: that is an answer, too
		refused++
	}
	return refused
}

// TestFaultyDisk lets the nth sync, write or rename of a writing process fail:
// what it acknowledged is there all the same, and the log verifies. A process
// that acknowledges before it commits must be found out.
func TestFaultyDisk(t *testing.T) {
	if os.Getenv("SHIJI_TORTURE") == "" {
		t.Skip("disk faults are NOT tested: SHIJI_TORTURE is not set (make torture sets it)")
	}
	if out, err := exec.Command("strace", "-f", "-qq", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("disk faults are NOT tested: strace: %v %s", err, out)
	}
	t.Run("control", func(t *testing.T) {
		c, cfg := faultyStore(t, crashEarlyEnv+"=1")
		for n := 1; n <= 40; n++ { // which write comes nth is not the same each time
			c.faults(t, n)
			db := storetest.Open(t, cfg)
			lost := c.lost(t, db)
			if err := db.Store.Close(); err != nil {
				t.Fatal(err)
			}
			if lost > 0 {
				t.Logf("lost %d of %d after %d runs, as it must", lost, len(c.acked), n*len(diskFaults))
				return
			}
		}
		t.Errorf("the control lost nothing of %d: the harness finds no loss", len(c.acked))
	})
	t.Run("ours", func(t *testing.T) {
		c, cfg := faultyStore(t)
		refused, last := 0, 12
		for n := 1; n <= last; n++ {
			refused += c.faults(t, n)
		}
		c.whole(t, storetest.Open(t, cfg))
		if refused == 0 {
			t.Error("nothing failed: the test shows nothing")
		}
		left, err := filepath.Glob(filepath.Join(filepath.Dir(cfg.Checkpoint), "checkpoint.*"))
		if err != nil {
			t.Error(err)
		}
		t.Logf("%d runs, %d refusals, %d acknowledged writes and %d originals, none lost; %d half-written checkpoint files left", last*len(diskFaults), refused, len(c.acked), len(c.blobs), len(left))
	})
}

// faultyStore prepares a database whose writers run on a disk that fails.
func faultyStore(t *testing.T, env ...string) (*crashing, store.Config) {
	t.Helper()
	db := storetest.SQLite(t)
	if err := db.Store.Close(); err != nil {
		t.Fatal(err)
	}
	return prepareCrash(t, db.Config, env...), db.Config
}

// faults runs a writer once for each kind of fault, and returns how much was refused.
func (c *crashing) faults(t *testing.T, n int) (refused int) {
	t.Helper()
	for _, f := range diskFaults {
		refused += c.faulty(t, n, f.calls, f.fault)
	}
	return refused
}
