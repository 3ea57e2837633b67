package app_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"shiji/internal/app"
	"shiji/internal/city"
	"shiji/internal/fault"
	"shiji/internal/sheet"
	"shiji/internal/text"
)

// TestOldWorkbookIsConverted hands in an .xls as LibreOffice writes it. Where
// LibreOffice is not installed, the fault has to say how to save as .xlsx.
func TestOldWorkbookIsConverted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LIBREOFFICE ABSENT: reading .xls through it is not tested")
	}
	school := city.School(1, 1)
	path := filepath.Join(dir, "school.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := sheet.WritePackage(f, school); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "xls", "--outdir", dir, path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p, err := app.ReadPackage(filepath.Join(dir, "school.xls"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Staff) != len(school.Staff) || len(p.Marks) != len(school.Marks) {
		t.Errorf("got %d people and %d lines of marks, want %d and %d", len(p.Staff), len(p.Marks), len(school.Staff), len(school.Marks))
	}
}

// TestNotAWorkbookTellsTheWayOut: what LibreOffice cannot convert either.
func TestNotAWorkbookTellsTheWayOut(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "broken.xls")
	if err := os.WriteFile(path, append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 2000)...), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := app.ReadPackage(path, nil)
	faults := fault.All(err)
	if len(faults) == 0 || !strings.Contains(text.Fault(faults[0]), ".xlsx") {
		t.Errorf("got %v, want a fault that says to save as .xlsx", err)
	}
}

// TestPipeIsNotWaitedFor: what is handed in is a file or a folder.
func TestPipeIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	_, err := app.ReadPackage(os.DevNull, nil)
	if faults := fault.All(err); len(faults) != 1 || faults[0].Key != "app.not-a-file" {
		t.Errorf("got %v, want app.not-a-file", err)
	}
}
