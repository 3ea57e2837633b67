package store_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
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

// TestKilled kills a writing process again and again (kill -9): every write that
// it had acknowledged is there, and the whole log verifies. SHIJI_TORTURE runs
// 500 cycles. That what was acknowledged outlives a power cut is another test:
// a kill does not lose what the kernel holds.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("SHIJI_CRASH_CHILD"); dir != "" {
		crashChild(t, dir)
		return
	}
	cycles := 5
	if testing.Short() {
		cycles = 2
	}
	if os.Getenv("SHIJI_TORTURE") != "" {
		cycles = 500
	}
	storetest.Each(t, func(t *testing.T, db *storetest.DB) {
		if err := db.Store.Close(); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "place"), []byte(db.Config.Path+"\n"+db.Config.DSN+"\n"+db.Config.Data+"\n"+db.Config.Checkpoint), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := db.Config.Keys.Save(filepath.Join(dir, "keys")); err != nil {
			t.Fatal(err)
		}
		acked := map[string]bool{}
		for cycle := range cycles {
			killOnce(t, dir, time.Duration(100+37*(cycle%7))*time.Millisecond, acked)
		}
		again := storetest.Open(t, db.Config)
		if f := again.ReadOnly(); f != nil {
			t.Fatalf("read-only after kills: %v", f)
		}
		settled(t, again)
		for number := range acked {
			if n := count(t, again, "SELECT COUNT(*) FROM person WHERE number = $1", number); n != 1 {
				t.Errorf("acknowledged person %s is there %d times", number, n)
			}
		}
		if again.Engine == "sqlite" {
			var ok string
			if err := again.SQL.QueryRow("PRAGMA integrity_check").Scan(&ok); err != nil || ok != "ok" {
				t.Errorf("integrity: %s %v", ok, err)
			}
		}
		if len(acked) == 0 {
			t.Error("nothing was acknowledged: the test shows nothing")
		}
		t.Logf("%d kills, %d acknowledged writes, none lost", cycles, len(acked))
	})
}

// killOnce runs a child, kills it after a while of writing, and adds what it
// acknowledged.
func killOnce(t *testing.T, dir string, after time.Duration, acked map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestKilled$")
	cmd.Env = append(os.Environ(), "SHIJI_CRASH_CHILD="+dir)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var timer *time.Timer
	for lines.Scan() {
		number, ok := strings.CutPrefix(lines.Text(), "acked ")
		if !ok {
			continue
		}
		if timer == nil {
			timer = time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
		if org.Number(number).Valid() { // the last line may be cut
			acked[number] = true
		}
	}
	if err := cmd.Wait(); err == nil || timer == nil {
		t.Fatalf("the child ended by itself: %v\n%s", err, complaint.Bytes())
	}
}

// crashChild writes until it is killed.
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
	s, err := store.Open(context.Background(), store.Config{Path: p[0], DSN: p[1], Data: p[2], Checkpoint: p[3], Keys: keys, IDs: store.NewIDs(rand.Reader)})
	if err != nil {
		t.Fatal(err)
	}
	numbers := make(chan string)
	for i := range 8 {
		go func() {
			for {
				var p org.Person
				err := s.Write(context.Background(), clerk, func(ctx context.Context, tx *store.Tx) (err error) {
					p, err = tx.AddPerson(ctx, org.Person{Name: "某" + strconv.Itoa(i)}, "")
					return err
				})
				if err != nil {
					panic(err)
				}
				numbers <- string(p.Number)
			}
		}()
	}
	for n := range numbers {
		fmt.Println("acked " + n)
	}
}
