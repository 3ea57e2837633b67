package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"shiji": main})
}

// TestScripts runs the program as a clerk would, from testdata/script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"flip": flip, "first": first,
		},
	})
}

// flip FILE AT changes one byte of a file: AT counts from the start, or from
// the end when negative.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	at := map[string]int{"head": 30, "body": len(data) / 2, "tail": len(data) - 2}[args[1]]
	data[at] ^= 1
	ts.Check(os.WriteFile(path, data, 0o644))
}

// first PATTERN NAME copies the first file that matches to a plain name.
func first(ts *testscript.TestScript, _ bool, args []string) {
	found, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(found) == 0 {
		ts.Fatalf("nothing matches %s", args[0])
	}
	data, err := os.ReadFile(found[0])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o644))
}

func TestHelpNamesEveryCommand(t *testing.T) {
	var out bytes.Buffer
	if code := run(nil, &console{out: io.Discard, err: &out}); code != exitUsage {
		t.Errorf("no command: exit %d, want %d", code, exitUsage)
	}
	for _, cmd := range commands {
		if !bytes.Contains(out.Bytes(), []byte("shiji "+cmd.name)) {
			t.Errorf("help does not name %s", cmd.name)
		}
	}
}
