package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"shiji/internal/fault"
	"shiji/internal/sheet"
)

const (
	mutants      = 5000
	mutantMemory = 32 << 20 // bytes that reading one mutant of a small workbook may allocate in all
)

// specimen is a real workbook with a bit of everything.
func specimen(t testing.TB) []byte {
	t.Helper()
	f := excelize.NewFile()
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	_ = f.SetColStyle("Sheet1", "D", date)
	for r := 1; r <= 25; r++ {
		row := []any{fmt.Sprintf("教师%d", r), float64(r*7919%1000) / 8, r%2 == 0, 45000 + r, "评语 <好> & \"优\""}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", r), &row); err != nil {
			t.Fatal(err)
		}
		_ = f.SetCellFormula("Sheet1", fmt.Sprintf("G%d", r), "SUM(B1:B2)")
	}
	_ = f.SetCellRichText("Sheet1", "A2", []excelize.RichTextRun{{Text: "甲", Font: &excelize.Font{Bold: true}}, {Text: "乙"}})
	_ = f.MergeCell("Sheet1", "I1", "J3")
	_ = f.SetRowVisible("Sheet1", 4, false)
	_, _ = f.NewSheet("代码")
	_ = f.SetCellStr("代码", "B2", "0-否")
	return save(t, f)
}

// unpack returns a zip file's parts.
func unpack(t testing.TB, data []byte) []part {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var parts []part
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part{name: f.Name, body: string(body)})
	}
	return parts
}

// TestMutants reads 5,000 mutants of a real workbook, 100,000 when
// SHIJI_TORTURE is set. Whatever happens to the
// bytes, the reader must not panic, take long or allocate much; its error must
// be a fault; damage to the zip must be noticed or leave the content alone; and
// a worksheet it accepts must hold what encoding/xml finds there. Not parallel:
// it counts what it allocates.
func TestMutants(t *testing.T) {
	n := mutants
	switch {
	case os.Getenv("SHIJI_TORTURE") != "":
		n *= 20
	case testing.Short():
		n /= 5
	}
	whole := specimen(t)
	parts := unpack(t, whole)
	w, err := open(whole)
	if err != nil {
		t.Fatal(err)
	}
	sound, err := dump(w)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(20260921, 17))
	var before, after runtime.MemStats
	refused, compared, slowest, most := 0, 0, time.Duration(0), uint64(0)
	for i := range n {
		zipped := i%2 == 0
		var data []byte
		var mutated []part
		if zipped {
			data = mutateBytes(r, whole)
		} else {
			mutated = mutateParts(r, parts)
			data = pack(mutated)
		}
		runtime.ReadMemStats(&before)
		start := time.Now()
		w, err := open(data)
		var lines []string
		if err == nil {
			_, err = consume(bytes.NewReader(data), int64(len(data)))
		}
		slowest = max(slowest, time.Since(start))
		runtime.ReadMemStats(&after)
		most = max(most, after.TotalAlloc-before.TotalAlloc)
		var f *fault.Error
		switch {
		case err != nil && !errors.As(err, &f):
			t.Fatalf("mutant %d: %v", i, err)
		case err != nil:
			refused++
			continue
		}
		if lines, err = dump(w); err != nil {
			t.Fatalf("mutant %d: read once, then %v", i, err)
		}
		if zipped {
			if d := cmp.Diff(sound, lines); d != "" {
				t.Fatalf("mutant %d: damage went unnoticed (-want +got):\n%s", i, d)
			}
			continue
		}
		if !isContent(mutated[changed(parts, mutated)].name) {
			continue // the oracle knows where the sheets are, and in which order
		}
		if want, ok := oracleCells(t, w, mutated); ok {
			compared++
			if d := cmp.Diff(want, lines); d != "" {
				t.Fatalf("mutant %d (-want +got):\n%s", i, d)
			}
		}
	}
	t.Logf("%d of %d mutants refused, %d compared with encoding/xml, slowest %v, most allocated %d KB", refused, n, compared, slowest, most>>10)
	if slowest > hostileTime && !raceEnabled || most > mutantMemory {
		t.Errorf("slowest %v, most allocated %d MB", slowest, most>>20)
	}
	if refused < n/4 || compared < n/50 {
		t.Errorf("%d of %d refused, %d compared: the mutants do not test much", refused, n, compared)
	}
}

// changed returns which part differs, 0 when none does.
func changed(a, b []part) int {
	for i := range a {
		if a[i].body != b[i].body {
			return i
		}
	}
	return 0
}

func isContent(name string) bool {
	return strings.HasPrefix(name, "xl/worksheets/") || name == "xl/sharedStrings.xml"
}

// mutateBytes damages the zip file itself.
func mutateBytes(r *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	at := func() int { return r.IntN(len(data)) }
	if r.IntN(2) == 0 { // the directory is small but decides most
		dir := bytes.Index(data, []byte("PK\x01\x02"))
		at = func() int { return dir + r.IntN(len(data)-dir) }
	}
	switch r.IntN(6) {
	case 0:
		return data[:at()]
	case 1:
		i := at()
		return append(data[:i:i], data[min(len(data), i+1+r.IntN(50)):]...)
	case 2:
		i := at()
		j := min(len(data), i+1+r.IntN(200))
		return append(data[:j:j], data[i:]...)
	case 3:
		odd := [][]byte{{0, 0, 0, 0}, {0xff, 0xff, 0xff, 0xff}, {0xff, 0xff, 0xff, 0x7f}, {1, 0, 0, 0}, []byte("PK\x05\x06"), []byte("PK\x03\x04")}
		copy(data[at():], odd[r.IntN(len(odd))])
	default:
		for range 1 + r.IntN(8) {
			data[at()] ^= 1 << r.IntN(8)
		}
	}
	return data
}

var (
	xmlToken  = regexp.MustCompile(`<[^>]*>|[^<]+`)
	xmlValue  = regexp.MustCompile(`"[^"]*"`)
	oddValues = []string{"", "-1", "0", "1", "2", "3", "2147483647", "20000000", "4294967296", "99999999999999999999", "1.5", "1e9", "NaN", "true", "s", "str", "inlineStr", "b", "d", "n", "e",
		"A1", "XFD1048576", "XFE1", "A0", "G3", "&#0;", "&lt;", "&x;", "\x00", "\xff", "长", "../..", "r0", "rId1", " ", "hidden", "_x0041_", "urn:x"}
	oddTokens = []string{"<c/>", "<row>", "</row>", "<v>1</v>", "<!-- -->", "<!DOCTYPE x>", "<![CDATA[1]]>", "<?x?>", "<row r=\"5\"/>", "<c r=\"A5\" t=\"s\"><v>0</v></c>", "<f>1</f>", "<is><t>x</t></is>",
		"<t>x</t>", "</c>", "</v>", "<sheetData/>", "<x:y/>", "<v>", "<rPh><t>x</t></rPh>", "&amp;", "]]>"}
)

// mutateParts damages the XML of one part in up to three places, mostly that of
// the sheets.
func mutateParts(r *rand.Rand, parts []part) []part {
	parts = append([]part(nil), parts...)
	i := r.IntN(len(parts))
	for k, p := range parts {
		if strings.HasSuffix(p.name, "sheet1.xml") && r.IntN(2) == 0 || strings.HasSuffix(p.name, "sharedStrings.xml") && r.IntN(4) == 0 {
			i = k
		}
	}
	tokens := xmlToken.FindAllString(parts[i].body, -1)
	for range 1 + r.IntN(3) {
		k, l := r.IntN(len(tokens)), r.IntN(len(tokens))
		switch r.IntN(7) {
		case 0:
			tokens = append(tokens[:k:k], tokens[k+1:]...)
		case 1:
			tokens = append(tokens[:k:k], tokens[max(0, k-3):]...)
		case 2:
			tokens[k], tokens[l] = tokens[l], tokens[k]
		case 3:
			tokens[k] = oddTokens[r.IntN(len(oddTokens))]
		case 4:
			if !strings.HasPrefix(tokens[k], "<") {
				tokens[k] = oddValues[r.IntN(len(oddValues))]
				break
			}
			fallthrough
		default:
			values := xmlValue.FindAllStringIndex(tokens[k], -1)
			if len(values) > 0 {
				v := values[r.IntN(len(values))]
				tokens[k] = tokens[k][:v[0]+1] + oddValues[r.IntN(len(oddValues))] + tokens[k][v[1]-1:]
			}
		}
		if len(tokens) == 0 {
			break
		}
	}
	parts[i].body = strings.Join(tokens, "")
	return parts
}

// xmlSheet and xmlStrings read a worksheet and shared strings with encoding/xml.
type xmlSheet struct {
	Rows []struct {
		R      string `xml:"r,attr"`
		Hidden string `xml:"hidden,attr"`
		Cells  []struct {
			R  string    `xml:"r,attr"`
			T  string    `xml:"t,attr"`
			V  *string   `xml:"v"`
			F  *struct{} `xml:"f"`
			Is *xmlText  `xml:"is"`
		} `xml:"c"`
	} `xml:"sheetData>row"`
}

type xmlStrings struct {
	Items []xmlText `xml:"si"`
}

type xmlText struct {
	T []string `xml:"t"`
	R []struct {
		T []string `xml:"t"`
	} `xml:"r"`
}

func (x xmlText) String() string {
	s := strings.Join(x.T, "")
	for _, r := range x.R {
		s += strings.Join(r.T, "")
	}
	return s
}

// oracleCells returns the cells of the workbook as dump does, without relying
// on the reader but for the sheets' names and the kinds of numbers. False when
// the workbook holds what the oracle knows no better.
func oracleCells(t testing.TB, w *sheet.Workbook, parts []part) ([]string, bool) {
	bodies := map[string]string{}
	for _, p := range parts {
		bodies[p.name] = p.body
	}
	var table xmlStrings
	if err := xml.Unmarshal([]byte(bodies["xl/sharedStrings.xml"]), &table); err != nil {
		t.Fatalf("shared strings were accepted: %v", err)
	}
	names := []string{"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
	if len(w.Sheets) != len(names) || strings.Contains(bodies[names[0]]+bodies["xl/sharedStrings.xml"], "_x00") {
		return nil, false
	}
	var lines []string
	for i, name := range names {
		var s xmlSheet
		if err := xml.Unmarshal([]byte(bodies[name]), &s); err != nil {
			t.Fatalf("%s was accepted: %v", name, err)
		}
		kinds := map[string]sheet.Kind{}
		for row, err := range w.Rows(i) {
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range row.Cells {
				kinds[fault.ColumnName(c.Column)+fmt.Sprint(row.Number)] = c.Kind
			}
		}
		for _, row := range s.Rows {
			for _, c := range row.Cells {
				if c.R == "" || row.R == "" {
					return nil, false
				}
				value, kind := "", sheet.Text
				switch {
				case c.V == nil && c.Is == nil, c.T != "str" && c.T != "inlineStr" && c.Is == nil && strings.TrimSpace(*c.V) == "":
					if c.F == nil {
						continue
					}
					kind = sheet.NoValue
				case c.Is != nil:
					value = c.Is.String()
				case c.T == "s":
					n := 0
					if _, err := fmt.Sscan(*c.V, &n); err != nil {
						t.Fatal(err)
					}
					value = table.Items[n].String()
				case c.T == "str" || c.T == "inlineStr":
					value = *c.V
				default:
					value, kind = strings.TrimSpace(*c.V), kinds[c.R]
				}
				line := fmt.Sprintf("%s!%s %v %q", w.Sheets[i].Name, c.R, kind, value)
				if c.F != nil {
					line += " formula"
				}
				if row.Hidden == "1" || row.Hidden == "true" {
					line += " hidden"
				}
				lines = append(lines, line)
			}
		}
	}
	return lines, true
}

// FuzzXLSX feeds the reader a whole file, or a worksheet within a sound one.
func FuzzXLSX(f *testing.F) {
	f.Add(specimen(f), true)
	f.Add(pack(minimal(rows(""))), true)
	for _, h := range append(hostileRows(), hostileSheets()...) {
		if len(h.data) > 5000 {
			continue
		}
		for _, p := range unpack(f, h.data) {
			if p.name == "xl/worksheets/sheet1.xml" {
				f.Add([]byte(p.body), false)
			}
		}
	}
	for _, h := range append(hostileZips(), hostileBooks()...) {
		if len(h.data) < 5000 {
			f.Add(h.data, true)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, whole bool) {
		file := data
		if !whole {
			file = pack(minimal(string(data)))
		}
		_, err := consume(bytes.NewReader(file), int64(len(file)))
		var known *fault.Error
		if err != nil && !errors.As(err, &known) {
			t.Fatal(err)
		}
		if err == nil && !whole {
			var s xmlSheet
			if err := xml.Unmarshal(data, &s); err != nil {
				t.Fatalf("%q was accepted: %v", data, err)
			}
		}
	})
}
