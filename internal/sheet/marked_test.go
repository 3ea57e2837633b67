package sheet

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"shiji/internal/fault"
)

// faulty returns a workbook with three bad cells, one commented by its user.
func faulty(t testing.TB) ([]byte, []*fault.Error) {
	t.Helper()
	g := sound()
	g["任课"][1] = []any{"T999", "七1", "语文", "五节"}
	g["成绩"][2][3] = 120.5
	b := g.file(t, func(f *excelize.File) {
		_ = f.AddComment("任课", excelize.Comment{Cell: "D2", Author: "王", Text: "问过教务处"})
		bold, _ := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
		_ = f.SetCellStyle("任课", "D2", "D2", bold)
	})
	_, err := readBytes(b)
	all := fault.All(err)
	if len(all) != 3 {
		t.Fatalf("got %v, want three faults", err)
	}
	return b, all
}

func marked(t testing.TB, b []byte, faults []*fault.Error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Mark(bytes.NewReader(b), int64(len(b)), DefaultLimits(), faults, &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestMark(t *testing.T) {
	b, faults := faulty(t)
	f, err := excelize.OpenReader(bytes.NewReader(marked(t, b, faults)))
	if err != nil {
		t.Fatal(err)
	}
	for sheet, cells := range map[string][]string{"任课": {"A2", "D2"}, "成绩": {"D3"}} {
		for _, cell := range cells {
			id, err := f.GetCellStyle(sheet, cell)
			if err != nil {
				t.Fatal(err)
			}
			style, err := f.GetStyle(id)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(style.Fill.Color, ""); got != markColor {
				t.Errorf("%s!%s: got colour %q, want %q", sheet, cell, got, markColor)
			}
			if cell == "D2" && (style.Font == nil || !style.Font.Bold) {
				t.Errorf("%s!%s lost its own style", sheet, cell)
			}
		}
	}
	comments, err := f.GetComments("任课")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range comments {
		for _, p := range c.Paragraph {
			got[c.Cell] += p.Text
		}
		got[c.Cell] += c.Text
	}
	if !strings.Contains(got["A2"], "“教职工”表里没有“T999”") {
		t.Errorf("got comment %q at A2", got["A2"])
	}
	if !strings.Contains(got["D2"], "问过教务处") || !strings.Contains(got["D2"], "“五节”不是数值") {
		t.Errorf("got comment %q at D2, want the user's and ours", got["D2"])
	}
	rows, err := f.GetRows(faultsSheet)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"工作表", "位置", "列名"}, {"任课", "A2", "工号"}, {"任课", "D2", "周课时"}, {"成绩", "D3", "语文"}}
	for i := range rows {
		rows[i] = rows[i][:3]
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if ok, link, _ := f.GetCellHyperLink(faultsSheet, "B4"); !ok || link != "'成绩'!D3" {
		t.Errorf("got link %q, want '成绩'!D3", link)
	}
}

// TestMarkedComesBack hands the marked workbook in again: only its own faults
// may be found, and after mending them none.
func TestMarkedComesBack(t *testing.T) {
	b, faults := faulty(t)
	again := marked(t, b, faults)
	_, err := readBytes(again)
	if got := fault.All(err); len(got) != len(faults) {
		t.Fatalf("got %v, want the same three faults", err)
	}
	again = marked(t, again, fault.All(err))
	f, err := excelize.OpenReader(bytes.NewReader(again))
	if err != nil {
		t.Fatal(err)
	}
	_ = f.SetCellValue("任课", "A2", "T001")
	_ = f.SetCellValue("任课", "D2", 5)
	_ = f.SetCellValue("成绩", "D3", 101)
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	got, err := readBytes(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	want, err := readBytes(sound().file(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, ignoreLines); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMarkTouchesNothingTheReaderRefuses(t *testing.T) {
	b, faults := faulty(t)
	var out bytes.Buffer
	err := Mark(bytes.NewReader(b[:len(b)/2]), int64(len(b)/2), DefaultLimits(), faults, &out)
	if len(fault.All(err)) == 0 || out.Len() > 0 {
		t.Errorf("got %v and %d bytes, want a fault and none", err, out.Len())
	}
	limits := DefaultLimits()
	limits.Cells = 3
	err = Mark(bytes.NewReader(b), int64(len(b)), limits, faults, &out)
	if len(fault.All(err)) == 0 || out.Len() > 0 {
		t.Errorf("got %v and %d bytes, want a fault and none", err, out.Len())
	}
}

// TestLibreOfficeOpensWhatWeWrite converts our workbooks without a screen: the
// marked one must show its list, the template its notes.
func TestLibreOfficeOpensWhatWeWrite(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: LibreOffice takes seconds to start; run without -short")
	}
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("SKIPPED: soffice is not installed, so nobody checked that LibreOffice opens our workbooks")
	}
	b, faults := faulty(t)
	var empty bytes.Buffer
	if err := WriteTemplate(&empty); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"marked": marked(t, b, faults), "template": empty.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name+".xlsx"), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Sheet 0 of the filter's last option: every sheet becomes a file.
	cmd := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--convert-to", `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1`, "--outdir", dir,
		filepath.Join(dir, "marked.xlsx"), filepath.Join(dir, "template.xlsx"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for file, want := range map[string]string{
		"marked-错误说明.csv":   "“教职工”表里没有“T999”",
		"marked-任课.csv":     "T999,七1,语文,五节",
		"template-填表说明.csv": "每张表的第一行是表头",
		"template-教职工.csv":  "*工号,*姓名",
	} {
		got, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil || !strings.Contains(string(got), want) {
			t.Errorf("%s: got %q, %v, want %q in it", file, got, err, want)
		}
	}
}
