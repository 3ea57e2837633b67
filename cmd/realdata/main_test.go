package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shiji/internal/app"
	"shiji/internal/realdata"
)

func TestRunWritesWhatCanBeEvaluated(t *testing.T) {
	t.Parallel()
	folder, err := realdata.Find("../..")
	if err != nil {
		t.Skip("REAL DATA ABSENT, nothing was checked: ", err)
	}
	out := t.TempDir()
	if err := run(out, string(folder), []string{"timetable"}); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(out)
	if err != nil || len(files) != 2 {
		t.Errorf("got %d files (%v), want the package and its scheme", len(files), err)
	}
	rules, err := app.LoadRules(filepath.Join(out, "timetable.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := app.ReadPackage(filepath.Join(out, "timetable.xlsx"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rules.Evaluate(pkg); err != nil {
		t.Error(err)
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	if err := run(t.TempDir(), t.TempDir(), []string{"nothing"}); err == nil || !strings.Contains(err.Error(), `no set "nothing"`) {
		t.Errorf("got %v, want the unknown set named", err)
	}
	if err := run(t.TempDir(), t.TempDir(), []string{"timetable"}); err == nil || !strings.Contains(err.Error(), "timetable_events.csv") {
		t.Errorf("got %v, want the missing file named", err)
	}
}
