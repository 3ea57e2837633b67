//go:build unix

package sheet

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"shiji/internal/fault"
)

// A folder may hold what only looks like a file: it is a fault, neither read
// nor waited for, and what a link points to outside the folder stays unread.
func TestReadPackageCSVReadsOnlyRegularFiles(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "成绩.csv")
	for _, f := range smallest {
		if err := os.WriteFile(filepath.Join(dir, f.name), []byte(f.text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(filepath.Join(dir, "成绩.csv"), outside); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"视导.csv", "出勤.csv", "培训.csv"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	for _, err := range []error{
		os.Symlink(outside, filepath.Join(dir, "成绩.csv")),
		os.Symlink("/dev/zero", filepath.Join(dir, "视导.csv")),
		syscall.Mkfifo(filepath.Join(dir, "出勤.csv"), 0o600),
		os.Mkdir(filepath.Join(dir, "培训.csv"), 0o700),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 1)
	go func() {
		_, err := ReadPackageCSV(os.DirFS(dir), DefaultLimits())
		done <- err
	}()
	select {
	case err := <-done:
		got := map[string]bool{}
		for _, e := range fault.All(err) {
			got[e.Where.File+": "+e.Key] = true
		}
		for _, name := range []string{"成绩.csv", "视导.csv", "出勤.csv", "培训.csv"} {
			if !got[name+": evidence.not-a-file"] {
				t.Errorf("%s: got %v, want evidence.not-a-file", name, strings.Join(keys(got), ", "))
			}
		}
	case <-time.After(10 * time.Second):
		t.Fatal("reading a folder with a pipe in it waits for ever")
	}
}

func keys(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}
