package sheet_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/fault"
	"shiji/internal/sheet"
)

// flat is a document that LibreOffice turns into a workbook: every kind of cell
// a clerk's file has, as that program stores it.
const flat = `<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:automatic-styles>
 <number:date-style style:name="N1"><number:year number:style="long"/><number:text>年</number:text><number:month/><number:text>月</number:text><number:day/><number:text>日</number:text></number:date-style>
 <number:boolean-style style:name="N2"><number:boolean/></number:boolean-style>
 <style:style style:name="b" style:family="table-cell" style:data-style-name="N2"/>
 <style:style style:name="d" style:family="table-cell" style:data-style-name="N1"/>
</office:automatic-styles>
<office:body><office:spreadsheet>
<table:table table:name="教职工">
 <table:table-row>
  <table:table-cell office:value-type="string" table:number-columns-spanned="2"><text:p>姓名 &amp; 编号</text:p></table:table-cell><table:covered-table-cell/>
  <table:table-cell office:value-type="float" office:value="87.35"/>
  <table:table-cell table:style-name="d" office:value-type="date" office:date-value="2025-09-01"/>
  <table:table-cell table:style-name="b" office:value-type="boolean" office:boolean-value="true"/>
  <table:table-cell office:value-type="percentage" office:value="0.125"/>
 </table:table-row>
 <table:table-row table:visibility="collapse">
  <table:table-cell table:formula="of:=0.1+0.2" office:value-type="float" office:value="0.3"/>
  <table:table-cell table:formula="of:=&quot;甲&quot;&amp;&quot;乙&quot;" office:value-type="string"><text:p>甲乙</text:p></table:table-cell>
  <table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0"/>
  <table:table-cell office:value-type="string"><text:p>第一行</text:p><text:p>第二行</text:p></table:table-cell>
 </table:table-row>
</table:table>
</office:spreadsheet></office:body></office:document>`

// convert has LibreOffice save flat in the format and returns the file.
func convert(t *testing.T, format string) []byte {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("NOT TESTED: LibreOffice (soffice) is not installed, so no workbook of its making was read")
	}
	dir := t.TempDir()
	in := filepath.Join(dir, "roll.fods")
	if err := os.WriteFile(in, []byte(flat), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", format, "--outdir", dir, in)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "roll."+format))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestReadOffice reads what LibreOffice itself writes, and tells its other
// formats by name.
func TestReadOffice(t *testing.T) {
	t.Parallel()
	w, err := open(convert(t, "xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := dump(w)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`教职工!A1 文字 "姓名 & 编号"`,
		`教职工!C1 数值 "87.35"`,
		`教职工!D1 日期 "45901"`,
		`教职工!E1 逻辑值 "1"`,
		`教职工!F1 数值 "0.125"`,
		`教职工!A2 数值 "0.3" formula hidden`,
		`教职工!B2 文字 "甲乙" formula hidden`,
		`教职工!C2 公式错误 "#DIV/0!" formula hidden`,
		`教职工!D2 文字 "第一行\n第二行" hidden`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("cells (-want +got):\n%s", d)
	}
	merged, err := w.MergedRanges(0)
	if d := cmp.Diff([]sheet.Range{{FirstRow: 1, FirstColumn: 1, LastRow: 1, LastColumn: 2}}, merged); d != "" || err != nil {
		t.Errorf("merged: %v (-want +got):\n%s", err, d)
	}
	for format, key := range map[string]string{"xls": "sheet.file-xls", "ods": "sheet.file-ods", "html": "sheet.file-html"} {
		var f *fault.Error
		if _, err := open(convert(t, format)); !errors.As(err, &f) || f.Key != key {
			t.Errorf("%s: got %v, want %s", format, err, key)
		}
	}
}

// TestDate1904 reads the date system of old files from a Mac.
func TestDate1904(t *testing.T) {
	t.Parallel()
	data := rows(`<row r="1"><c r="A1" s="1"><v>44439</v></c><c r="B1" t="d"><v>2025-09-01T00:00:00</v></c></row>`)
	for _, flag := range []string{"1", "true"} {
		parts := with(minimal(data), "xl/workbook.xml", `<workbook `+ns+` `+nsRel+`><workbookPr date1904="`+flag+`"/><sheets><sheet name="a" r:id="r0"/></sheets></workbook>`)
		w, err := open(pack(parts))
		if err != nil || !w.Date1904 {
			t.Fatalf("got %+v, %v", w, err)
		}
		for row, err := range w.Rows(0) {
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range row.Cells {
				if got, f := sheet.ParseDate(c); f != nil || got != "2025-09-01" || c.Kind != sheet.Date {
					t.Errorf("%+v: got %s, %v", c, got, f)
				}
			}
		}
	}
}

// TestDateFormats knows a date by its number format, built in or spelt out.
func TestDateFormats(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]sheet.Kind{
		"yyyy-mm-dd": sheet.Date, `yyyy"年"m"月"d"日";@`: sheet.Date, "[$-804]yyyy/m/d": sheet.Date, "h:mm": sheet.Date, "[h]:mm": sheet.Date,
		"mmm-yy": sheet.Date, "YYYY.MM": sheet.Date, `e"年"`: sheet.Date, `[DBNum1][$-804]yyyy"年"m"月"`: sheet.Date, "[ss]": sheet.Date,
		"General": sheet.Number, "0.00": sheet.Number, "#,##0.00_);[Red](#,##0.00)": sheet.Number, `0"days"`: sheet.Number, "0.00E+00": sheet.Number,
		`0\d`: sheet.Number, "@": sheet.Number, "[Red]0": sheet.Number, "[$€-407] #,##0": sheet.Number, "0_d": sheet.Number, "*d0": sheet.Number,
		"G/通用格式": sheet.Number, "0;yyyy": sheet.Number, `"`: sheet.Number, "[": sheet.Number, `\`: sheet.Number, "": sheet.Number, "[]0": sheet.Number,
	} {
		code = string(bytes.ReplaceAll([]byte(code), []byte(`"`), []byte("&quot;")))
		styles := `<styleSheet ` + ns + `><numFmts><numFmt numFmtId="200" formatCode="` + code + `"/></numFmts><cellXfs><xf/><xf numFmtId="200"/></cellXfs></styleSheet>`
		w, err := open(pack(with(minimal(rows(`<row><c s="1"><v>1</v></c></row>`)), "xl/styles.xml", styles)))
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range w.Rows(0) {
			if err != nil || row.Cells[0].Kind != want {
				t.Errorf("%s: got %v, %v, want %v", code, row.Cells, err, want)
			}
		}
	}
}

// TestText checks what becomes of text that workbooks write in a special way.
func TestText(t *testing.T) {
	t.Parallel()
	w, err := open(pack(minimal(rows(`<row><c t="s"><v>1</v></c><c t="inlineStr"><is><t>_x0041__x4e2d__xD800_&#10;</t></is></c><c t="str"><f>x</f><v></v></c><c t="str"><f/><v>_x005F_x0041_</v></c><c><f>1</f><v/></c></row>`))))
	if err != nil {
		t.Fatal(err)
	}
	got, err := dump(w)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`成绩!A1 文字 "乙丙"`, `成绩!B1 文字 "A中_xD800_\n"`, `成绩!C1 文字 "" formula`, `成绩!D1 文字 "_x0041_" formula`, `成绩!E1 没有结果的公式 "" formula`}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("cells (-want +got):\n%s", d)
	}
}

// failing is a file on a disk that fails beyond the first bytes.
type failing struct {
	r     io.ReaderAt
	after int64
}

var errDisk = errors.New("disk")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if left := f.after - off; left < int64(len(p)) {
		n, _ := f.r.ReadAt(p[:max(left, 0)], off)
		return n, errDisk
	}
	return f.r.ReadAt(p, off)
}

// TestReaderFails: an error of the disk is not the clerk's fault, wherever it
// strikes.
func TestReaderFails(t *testing.T) {
	t.Parallel()
	data := specimen(t)
	for after := int64(0); after < int64(len(data)); after += 97 {
		if _, err := consume(failing{bytes.NewReader(data), after}, int64(len(data))); err != errDisk {
			t.Fatalf("disk fails from byte %d on: got %v", after, err)
		}
	}
}

// TestProgress counts up to the file's size, and a caller may stop early.
func TestProgress(t *testing.T) {
	t.Parallel()
	data := scores(t, 20_000, 10)
	limits := sheet.DefaultLimits()
	var told []int64
	limits.Progress = func(n int64) { told = append(told, n) }
	w, err := sheet.OpenXLSX(bytes.NewReader(data), int64(len(data)), limits)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range w.Rows(0) {
		if err != nil || row.Number == 3 {
			break
		}
	}
	early := len(told)
	for _, err := range w.Rows(0) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(told) < 5 || early > 2 {
		t.Errorf("told %d times, %d of them early: %v", len(told), early, told)
	}
	for i := 1; i < len(told); i++ {
		if told[i] <= told[i-1] {
			t.Errorf("progress went from %d to %d", told[i-1], told[i])
		}
	}
	if last, size := told[len(told)-1], int64(len(data)); last < size-size/5 || last > size+size/5 {
		t.Errorf("told %d in the end of a file of %d", last, size)
	}
	var f *fault.Error
	for _, err := range w.Rows(7) {
		if !errors.As(err, &f) || f.Key != "sheet.no-such-sheet" {
			t.Errorf("sheet 8: got %v", err)
		}
	}
	if _, err := w.MergedRanges(-1); !errors.As(err, &f) {
		t.Errorf("sheet 0: got %v", err)
	}
}
