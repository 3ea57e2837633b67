package sheet

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"shiji/internal/evidence"
)

// TestLibreOfficeSavesWhatWeRead sends workbooks through LibreOffice, which
// writes numbers, dates, styles and empty cells in its own way: the whole
// school, and dates and percentages that are formats of numbers.
func TestLibreOfficeSavesWhatWeRead(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: LibreOffice takes seconds to start; run without -short")
	}
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("SKIPPED: soffice is not installed, so nobody checked that we read what LibreOffice saves")
	}
	school := bigSchool(t)
	dated := sound().file(t, func(f *excelize.File) {
		date, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
		long := "yyyy\"年\"m\"月\"d\"日\""
		chinese, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &long})
		_ = f.SetCellValue("考试", "E2", 46201)
		_ = f.SetCellStyle("考试", "E2", "E2", date)
		_ = f.SetCellValue("考试", "E3", 46201)
		_ = f.SetCellStyle("考试", "E3", "E3", chinese)
		_ = f.SetCellFormula("任课", "D2", "2+3")
	})
	plain, err := readBytes(sound().file(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"school": written(t, school), "dated": dated} {
		if err := os.WriteFile(filepath.Join(dir, name+".xlsx"), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	saved := filepath.Join(dir, "saved")
	cmd := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", saved, filepath.Join(dir, "school.xlsx"), filepath.Join(dir, "dated.xlsx"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, want := range map[string]*evidence.Package{"school": school, "dated": plain} {
		data, err := os.ReadFile(filepath.Join(saved, name+".xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := readBytes(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if d := difference(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
