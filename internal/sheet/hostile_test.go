package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"shiji/internal/fault"
	"shiji/internal/sheet"
	"shiji/internal/text"
)

const (
	// allowed for one hostile file: G17 of the trust targets.
	hostileTime = 2 * time.Second
	hostileRSS  = 256 << 20
)

const laughs = `<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`

// hostile is a file and the key of the fault it must meet, with its place.
type hostile struct {
	name string
	data []byte
	want string
}

// hostileRows are faults inside a worksheet.
func hostileRows() []hostile {
	var out []hostile
	add := func(name, data, want string) {
		out = append(out, hostile{name, pack(minimal(rows(data))), want})
	}
	for _, r := range []string{"2147483647", "20000000", "-1", "0", "", "1048577", "+1", "1.5", "1e3", " 1", "99999999999999999999", "０"} {
		add("row r="+r, `<row r="`+r+`"><c r="A1"><v>1</v></c></row>`, "sheet.row-number 成绩")
	}
	add("row twice", `<row r="2"/><row r="2"/>`, "sheet.row-number 成绩")
	add("rows out of order", `<row r="2"/><row r="1"/>`, "sheet.row-number 成绩")
	add("row after the last", `<row r="1048576"/><row/>`, "sheet.too-many-rows 成绩")
	for _, r := range []string{"XFE2", "AAAA2", "ZZZZZZZZZZZZ2", "A1", "A3", "A0", "A-2", "a2", "$A$2", "2A", "A", "2", "", "A02", "A2147483650", "A2:B2", "Ａ2"} {
		add("cell r="+r, `<row r="2"><c r="`+r+`"><v>1</v></c></row>`, "sheet.cell-reference 成绩!2")
	}
	add("cell twice", `<row r="2"><c r="B2"/><c r="B2"/></row>`, "sheet.cell-reference 成绩!B2")
	add("cells out of order", `<row r="2"><c r="C2"/><c r="B2"/></row>`, "sheet.cell-reference 成绩!C2")
	add("cell after the last", `<row r="2"><c r="XFD2"/><c/></row>`, "sheet.too-many-columns 成绩!2")
	for _, s := range []string{"2", "-1", "", "1.5", "2147483648", "99999999999999999999"} {
		want := "sheet.shared-string 成绩!B3"
		if s == "" {
			want = "" // a cell that shows nothing
		}
		add("shared string "+s, `<row r="3"><c r="B3" t="s"><v>`+s+`</v></c></row>`, want)
	}
	add("style", `<row r="3"><c r="B3" s="2"><v>1</v></c></row>`, "sheet.cell-style 成绩!B3")
	add("style -1", `<row r="3"><c r="B3" s="-1"><v>1</v></c></row>`, "sheet.cell-style 成绩!B3")
	add("type", `<row r="3"><c r="B3" t="x"><v>1</v></c></row>`, "sheet.cell-type 成绩!B3")
	for _, v := range []string{"NaN", "INF", "-Infinity", "1e999", "0x10", "1,5", "1 2", "--1", "１", strings.Repeat("1", 65), "1e", ".", "-"} {
		add("number "+v, `<row r="3"><c r="B3"><v>`+v+`</v></c></row>`, "sheet.cell-number 成绩!B3")
	}
	add("bool", `<row r="3"><c r="B3" t="b"><v>2</v></c></row>`, "sheet.cell-bool 成绩!B3")
	add("long text", `<row r="3"><c r="B3" t="inlineStr"><is><t>`+strings.Repeat("长", 50_000)+`</t></is></c></row>`, "sheet.cell-too-long 成绩!B3")
	for name, data := range map[string]string{
		"cell outside a row": `<c r="A1"/>`, "row in a row": `<row r="1"><row r="2"/></row>`, "text in a row": `<row r="1">x</row>`,
		"text in a cell": `<row r="1"><c r="A1">x</c></row>`, "element in a value": `<row r="1"><c r="A1"><v><b/></v></c></row>`,
		"two values":          `<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>`,
		"inline and value":    `<row r="1"><c r="A1" t="inlineStr"><v>1</v><is><t>2</t></is></c></row>`,
		"inline in a number":  `<row r="1"><c r="A1"><is><t>2</t></is></c></row>`,
		"foreign element":     `<row r="1"><x:c xmlns:x="urn:x" r="A1"/></row>`,
		"no namespace":        `<row r="1"><c xmlns="" r="A1"/></row>`,
		"two sheetData":       `</sheetData><sheetData>`,
		"nesting":             strings.Repeat("<row>", 10_000),
		"a million of a name": `<row ` + noise(2<<20) + `="1"/>`,
		"attributes":          `<row ` + attributes(10_000) + `/>`,
		"attribute twice":     `<row r="1" r="2"/>`,
		"entity":              `<row r="1"><c r="A1"><v>&bomb;</v></c></row>`,
		"not closed":          `<row r="1">`,
		"NUL":                 "<row r=\"1\"\x00/>",
		"comment without end": `<!-- ` + noise(2<<20),
	} {
		add(name, data, "sheet.xml-broken 成绩")
	}
	return out
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `a%d="" `, i)
	}
	return b.String()
}

// hostileSheets are faults in a worksheet around its rows.
func hostileSheets() []hostile {
	sound := rows(`<row r="1"><c r="A1"><v>1</v></c></row>`)
	var out []hostile
	add := func(name, worksheet, want string) {
		out = append(out, hostile{name, pack(minimal(worksheet)), want})
	}
	add("sound", sound, "")
	add("empty sheet", "", "sheet.zip-broken 成绩")
	add("wrong root", `<workbook `+ns+`/>`, "sheet.xml-broken 成绩")
	add("wrong namespace", `<worksheet xmlns="urn:x"/>`, "sheet.xml-broken 成绩")
	add("second root", sound+sound, "sheet.xml-broken 成绩")
	add("cut off", sound[:len(sound)-4], "sheet.zip-broken 成绩")
	add("billion laughs", laughs+sound, "sheet.xml-dtd 成绩")
	add("external entity", `<!DOCTYPE x SYSTEM "file:///etc/passwd">`+sound, "sheet.xml-dtd 成绩")
	add("utf-16", "\xff\xfe<\x00w\x00", "sheet.xml-broken 成绩")
	add("declared gbk", `<?xml version="1.0" encoding="GBK"?>`+sound, "sheet.xml-broken 成绩")
	for _, ref := range []string{"A1:XFE1", "B1:A1", "A2:A1", "", "A1:B2:C3", "A1:", "A1:A2147483647"} {
		add("merged "+ref, `<worksheet `+ns+`><sheetData/><mergeCells><mergeCell ref="`+ref+`"/></mergeCells></worksheet>`, "sheet.merged-range 成绩")
	}
	add("too many merged", `<worksheet `+ns+`><sheetData/><mergeCells>`+strings.Repeat(`<mergeCell ref="A1:B2"/>`, 65_537)+`</mergeCells></worksheet>`, "sheet.zip-bomb")
	return out
}

// hostileBooks are faults in the parts around the worksheets.
func hostileBooks() []hostile {
	sound := minimal(rows(`<row r="1"><c r="A1" t="s"><v>1</v></c></row>`))
	var out []hostile
	add := func(name string, parts []part, want string) {
		out = append(out, hostile{name, pack(parts), want})
	}
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"} {
		add("DTD in "+name, with(sound, name, laughs+"<x>&c;</x>"), "sheet.xml-dtd")
		add("no root in "+name, with(sound, name, ""), "sheet.zip-broken")
		add("wrong root in "+name, with(sound, name, "<x/>"), "sheet.xml-broken")
	}
	add("no content types", without(sound, "[Content_Types].xml"), "sheet.file-not-xlsx")
	add("no relations", without(sound, "_rels/.rels"), "sheet.file-not-xlsx")
	add("no workbook", without(sound, "xl/workbook.xml"), "sheet.no-sheets")
	add("no styles", without(sound, "xl/styles.xml"), "sheet.zip-missing")
	add("no strings", without(sound, "xl/sharedStrings.xml"), "sheet.zip-missing")
	add("no sheet", without(sound, "xl/worksheets/sheet1.xml"), "sheet.sheet-part")
	book := func(sheets string) []part {
		return with(sound, "xl/workbook.xml", `<workbook `+ns+` `+nsRel+`><sheets>`+sheets+`</sheets></workbook>`)
	}
	add("no sheets", book(""), "sheet.no-sheets")
	add("sheet names twice", book(`<sheet name="a" r:id="r0"/><sheet name="A" r:id="r1"/>`), "sheet.sheet-name")
	add("sheet without name", book(`<sheet name="" r:id="r0"/>`), "sheet.sheet-name")
	add("one part twice", book(`<sheet name="a" r:id="r0"/><sheet name="b" r:id="r0"/>`), "sheet.sheet-part")
	add("styles as sheet", book(`<sheet name="a" r:id="r1"/>`), "sheet.sheet-part")
	add("id in no namespace", book(`<sheet name="a" id="r0"/>`), "sheet.sheet-part")
	bookRels := func(pairs ...string) []part {
		return with(sound, "xl/_rels/workbook.xml.rels", rels(append([]string{"worksheet", "worksheets/sheet1.xml"}, pairs...)...))
	}
	add("styles twice", bookRels("styles", "styles.xml", "styles", "sharedStrings.xml"), "sheet.zip-duplicate")
	add("target outside", bookRels("styles", "../../../etc/passwd"), "sheet.zip-name")
	add("relation to other files", bookRels("externalLink", "externalLinks/externalLink1.xml"), "sheet.external-links")
	add("relation to macros", bookRels("vbaProject", "code.bin"), "sheet.macros")
	add("relation twice", with(sound, "_rels/.rels", strings.ReplaceAll(rels("officeDocument", "xl/workbook.xml", "x", "y"), `"r1"`, `"r0"`)), "sheet.xml-broken")
	add("relations", with(sound, "_rels/.rels", rels(strings.Split(strings.Repeat("a,b,", 10_000), ",")[:20_000]...)), "sheet.xml-broken")
	types := func(t string) []part {
		return with(sound, "[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="`+t+`"/></Types>`)
	}
	add("xlsm", types("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "sheet.macros")
	add("xlsb", types("application/vnd.ms-excel.sheet.binary.main"), "sheet.file-xlsb")
	add("ods", []part{{name: "mimetype", body: "application/vnd.oasis.opendocument.spreadsheet"}, {name: "content.xml", body: "<x/>"}}, "sheet.file-ods")
	add("docx", []part{{name: "word/document.xml", body: "<x/>"}}, "sheet.file-not-xlsx")
	add("vbaProject", with(sound, "xl/vbaProject.bin", "x"), "sheet.macros")
	add("activeX", with(sound, "xl/activeX/activeX1.xml", "x"), "sheet.macros")
	add("macro sheet", with(sound, "xl/macrosheets/sheet1.xml", "x"), "sheet.macros")
	add("external link", with(sound, "xl/externalLinks/externalLink1.xml", "x"), "sheet.external-links")
	add("long shared string", with(sound, "xl/sharedStrings.xml", `<sst `+ns+`><si><t>`+strings.Repeat("长", 50_000)+`</t></si></sst>`), "sheet.shared-string-long")
	return out
}

// hostileZips are faults of the container.
func hostileZips() []hostile {
	sound := minimal(rows(`<row r="1"><c r="A1"><v>1</v></c></row>`))
	whole := pack(sound)
	var out []hostile
	add := func(name string, data []byte, want string) { out = append(out, hostile{name, data, want}) }
	change := func(f func(*zip.FileHeader)) []byte {
		parts := append([]part(nil), sound...)
		parts[6].change = f
		return pack(parts)
	}
	for _, name := range []string{"../evil", "a/../../evil", "/etc/passwd", `xl\evil`, "C:/evil", "a//b", "./a", "a/./b", "\x00", strings.Repeat("a", 300)} {
		add("name "+name, pack(with(sound, name, "x")), "sheet.zip-name")
	}
	twice := append(append([]part(nil), sound...), sound[6])
	add("part twice", pack(twice), "sheet.zip-duplicate")
	twice[7].name = "XL/Worksheets/SHEET1.XML"
	add("part twice but for case", pack(twice), "sheet.zip-duplicate")
	many := append([]part(nil), sound...)
	for i := range 70_000 {
		many = append(many, part{name: fmt.Sprint(i)})
	}
	add("201 parts", pack(many[:201]), "sheet.zip-entries")
	add("70,000 parts", pack(many), "sheet.zip-entries")
	add("encrypted", change(func(h *zip.FileHeader) { h.Flags |= 1 }), "sheet.file-encrypted")
	add("bzip2", change(func(h *zip.FileHeader) { h.Method = 12 }), "sheet.zip-method")
	add("checksum", change(func(h *zip.FileHeader) { h.CRC32++ }), "sheet.zip-broken 成绩")
	add("claims less", change(func(h *zip.FileHeader) { h.UncompressedSize64 -= 5 }), "sheet.zip-broken 成绩")
	add("claims more", change(func(h *zip.FileHeader) { h.UncompressedSize64 += 5 }), "sheet.zip-broken 成绩")
	add("claims 2^63", change(func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 63 }), "sheet.part-too-large")
	add("16 GB", bomb(16<<30, 16<<30), "sheet.part-too-large")
	add("16 GB as 200 KB", bomb(16<<30, 200<<10), "sheet.zip-broken 成绩")
	bulky := append([]part(nil), sound...)
	for i := range 100 {
		bulky = append(bulky, part{name: fmt.Sprint(i), body: noise(16 << 10), change: func(h *zip.FileHeader) { h.UncompressedSize64 = 700 << 10 }})
	}
	add("68 MB in all", pack(bulky), "sheet.unpacked-too-large")
	add("64 MB", bomb(64<<20, 64<<20), "sheet.zip-bomb")
	add("60 MB", bomb(60<<20, 60<<20), "sheet.zip-bomb")
	add("60 MB styles", pack(with(sound, "xl/styles.xml", strings.Repeat(" ", 60<<20))), "sheet.part-too-large")
	add("7 MB styles of blanks", pack(with(sound, "xl/styles.xml", strings.Repeat(" ", 7<<20))), "sheet.xml-broken")
	add("nested zip", pack(with(sound, "xl/media/image1.zip", string(whole))), "")
	add("trailing bytes", append(append([]byte(nil), whole...), 1, 2, 3), "")
	add("leading bytes", append([]byte("MZ"), whole...), "sheet.file-not-xlsx")
	for i := 1; i < 40; i++ {
		n := len(whole) * i / 40
		want := "sheet.zip-broken"
		add(fmt.Sprintf("first %d bytes", n), whole[:n], want)
	}
	add("empty", nil, "sheet.file-empty")
	add("zeros", make([]byte, 1000), "sheet.file-not-xlsx")
	add("large", append(append([]byte(nil), whole...), make([]byte, 20<<20)...), "sheet.file-too-large")
	add("html", []byte("<html><table><tr><td>1</td></tr></table></html>"), "sheet.file-html")
	add("xml 2003", []byte(`<?xml version="1.0"?><Workbook/>`), "sheet.file-html")
	add("csv", []byte("a,b\n1,2\n"), "sheet.file-not-xlsx")
	ole := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 200_000)...)
	add("xls", ole, "sheet.file-xls")
	locked := append([]byte(nil), ole...)
	for i, c := range "EncryptedPackage" { // across the boundary of a read
		binary.LittleEndian.PutUint16(locked[64<<10-10+2*i:], uint16(c))
	}
	add("encrypted ole", locked, "sheet.file-encrypted")
	return out
}

// hostileBulk are workbooks that keep every rule but the bounds on bulk.
func hostileBulk() []hostile {
	var b strings.Builder
	for i := 1; i <= 400_000; i++ { // 2.4 million cells in 40 MB
		fmt.Fprintf(&b, `<row r="%d"><c><v>%d</v></c><c><v>%x</v></c><c/><c/><c/><c/></row>`, i, i*7919, 9)
	}
	cells := hostile{"2.4 million cells", pack(minimal(rows(b.String()))), "sheet.too-many-cells 成绩"}
	b.Reset()
	for i := range 300_000 {
		fmt.Fprintf(&b, `<row r="%d"><c t="s"><v>1</v></c><c><v>%d</v></c></row>`, i+1, i*i%99991)
	}
	parts := minimal(rows(b.String()))
	long := with(parts, "xl/sharedStrings.xml", `<sst `+ns+`><si><t/></si><si><t>`+strings.Repeat("长", 30_000)+`</t></si></sst>`)
	return []hostile{
		cells,
		{"27 GB of one shared string", pack(long), "sheet.too-much-text 成绩"},
		{"strings without end", pack(with(parts, "xl/sharedStrings.xml", `<sst `+ns+`>`+strings.Repeat("<si/>", 50_000)+strings.Repeat("<si><r>", 70))), "sheet.xml-broken"},
	}
}

var allHostile = sync.OnceValue(func() (all []hostile) {
	for _, f := range []func() []hostile{hostileRows, hostileSheets, hostileBooks, hostileZips, hostileBulk} {
		all = append(all, f()...)
	}
	return all
})

// consume reads a workbook as an import does: every sheet to its end.
func consume(r io.ReaderAt, size int64) (cells int, err error) {
	w, err := sheet.OpenXLSX(r, size, sheet.DefaultLimits())
	if err != nil {
		return 0, err
	}
	for i := range w.Sheets {
		last := 0
		for row, err := range w.Rows(i) {
			if err != nil {
				return cells, err
			}
			if row.Number <= last || row.Number > 1_048_576 {
				return cells, fmt.Errorf("row %d after %d", row.Number, last)
			}
			last = row.Number
			column := 0
			for _, c := range row.Cells {
				if c.Column <= column || c.Column > 16_384 || c.Kind == sheet.Blank {
					return cells, fmt.Errorf("row %d: %+v after column %d", row.Number, c, column)
				}
				column = c.Column
				cells++
			}
		}
		if _, err := w.MergedRanges(i); err != nil {
			return cells, err
		}
	}
	return cells, nil
}

// TestHostile: each hostile file meets its own fault, worded, with the place,
// in time. Not parallel, for it measures; what another process made late gets a
// second and a third chance.
func TestHostile(t *testing.T) {
	slowest := time.Duration(0)
	for _, h := range allHostile() {
		var err error
		took := time.Hour
		for try := 0; try < 3 && took > hostileTime && (try == 0 || !raceEnabled); try++ {
			start := time.Now()
			_, err = consume(bytes.NewReader(h.data), int64(len(h.data)))
			took = time.Since(start)
		}
		if slowest = max(slowest, took); took > hostileTime && !raceEnabled {
			t.Errorf("%.60q: took %v", h.name, took)
		}
		if h.want == "" {
			if err != nil {
				t.Errorf("%.60q: %v", h.name, err)
			}
			continue
		}
		var f *fault.Error
		if !errors.As(err, &f) {
			t.Errorf("%.60q: got %v, want %s", h.name, err, h.want)
			continue
		}
		got := strings.TrimSpace(f.Key + " " + f.Where.String())
		if !strings.HasPrefix(got, h.want) {
			t.Errorf("%.60q: got %s, want %s (%v)", h.name, got, h.want, err)
		}
		if words := text.Sprintf(f.Key, f.Args...); strings.Contains(words, f.Key) || strings.Contains(words, "%!") {
			t.Errorf("%.60q: worded as %s", h.name, words)
		}
		if _, ok := text.Lookup(f.Hint); !ok && f.Hint != "" {
			t.Errorf("%.60q: no words for %s", h.name, f.Hint)
		}
	}
	t.Logf("%d files, slowest %v", len(allHostile()), slowest)
}

// TestHostileMemory reads every hostile file in one child process and holds its
// peak memory to the bound: what a running server would pay.
func TestHostileMemory(t *testing.T) {
	if dir := os.Getenv("SHIJI_HOSTILE_DIR"); dir != "" {
		readHostileDir(t, dir)
		return
	}
	if runtime.GOOS != "linux" {
		t.Skip("peak memory of a child is read from /proc: Linux only")
	}
	t.Parallel()
	dir := t.TempDir()
	for i, h := range allHostile() {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.xlsx", i)), h.data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	peak := childPeak(t, "SHIJI_HOSTILE_DIR="+dir)
	t.Logf("peak memory %d MB", peak>>20)
	if peak > hostileRSS {
		t.Errorf("peak memory: got %d MB, want at most %d", peak>>20, hostileRSS>>20)
	}
	// A measurement that cannot fail would prove nothing.
	if peak := childPeak(t, "SHIJI_HOSTILE_DIR="+dir, "SHIJI_HOSTILE_CONTROL=1"); peak < hostileRSS {
		t.Errorf("a child that holds too much: got %d MB, want more than %d", peak>>20, hostileRSS>>20)
	}
}

// childPeak runs this test in a child process and returns its peak memory.
func childPeak(t *testing.T, env ...string) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHostileMemory$", "-test.v")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, peak, _ := strings.Cut(string(out), "VmHWM:")
	fields := strings.Fields(peak)
	if len(fields) == 0 {
		t.Fatalf("no peak in %s", out)
	}
	kb, err := strconv.Atoi(fields[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

func readHostileDir(t *testing.T, dir string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.xlsx"))
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var held [][]byte
	for _, name := range files {
		if os.Getenv("SHIJI_HOSTILE_CONTROL") != "" {
			held = append(held, bytes.Repeat([]byte{1}, 2*hostileRSS/len(files)))
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = consume(f, info.Size()) // TestHostile checks what it says
		f.Close()
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(peak, "\n")
	fmt.Println("VmHWM:" + line)
	runtime.KeepAlive(held)
}
