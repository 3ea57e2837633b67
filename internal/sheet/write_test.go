package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

// folder returns p as the CSV files of WritePackageCSV.
func folder(t testing.TB, p *evidence.Package) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := WritePackageCSV(func(name string) (io.WriteCloser, error) { return &memory{name: name, in: files}, nil }, p)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

type memory struct {
	bytes.Buffer
	name string
	in   fstest.MapFS
}

func (m *memory) Close() error {
	m.in[m.name] = &fstest.MapFile{Data: m.Bytes()}
	return nil
}

func gbk(t testing.TB, files fstest.MapFS) fstest.MapFS {
	out := fstest.MapFS{}
	for name, f := range files {
		data, err := simplifiedchinese.GBK.NewEncoder().Bytes(bytes.TrimPrefix(f.Data, []byte("\xef\xbb\xbf")))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: data}
	}
	return out
}

func written(t testing.TB, p *evidence.Package) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WritePackage(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// example returns a package with texts that look like formulas.
func example(t testing.TB) *evidence.Package {
	p, err := readBytes(sound().file(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	p.Staff[0].Name = `=HYPERLINK("http://x","y")`
	p.Staff[1].Name = "'-1"
	p.References[0].Low = evidence.Known(num.MustParse("0.75"))
	p.References[0].SD = evidence.Known(num.MustParse("11.2345"))
	p.Outcomes[0].Name = "@论文, \"引号\"\n第二行"
	return p
}

func TestPackageRoundTrip(t *testing.T) {
	want := example(t)
	files := folder(t, want)
	for name, read := range map[string]func() (*evidence.Package, error){
		"xlsx":      func() (*evidence.Package, error) { return readBytes(written(t, want)) },
		"CSV UTF-8": func() (*evidence.Package, error) { return ReadPackageCSV(files, DefaultLimits()) },
		"CSV GBK":   func() (*evidence.Package, error) { return ReadPackageCSV(gbk(t, files), DefaultLimits()) },
	} {
		got, err := read()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, got, ignoreLines); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestOrderInTheFileDoesNotMatter(t *testing.T) {
	want := example(t)
	files := folder(t, want)
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 7))
		got, err := readBytes(shuffled(t, files, r))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if diff := cmp.Diff(want, got, ignoreLines); diff != "" {
			t.Fatalf("seed %d (-want +got)\n%s", seed, diff)
		}
	}
}

// shuffled returns a workbook with the sheets, columns and rows of files in
// another order.
func shuffled(t testing.TB, files fstest.MapFS, r *rand.Rand) []byte {
	t.Helper()
	f := excelize.NewFile()
	names := sheetNames()
	r.Shuffle(len(names), func(i, k int) { names[i], names[k] = names[k], names[i] })
	for _, name := range names {
		file := files[name+".csv"]
		if file == nil {
			continue
		}
		records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Data, []byte("\xef\xbb\xbf")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		columns := r.Perm(len(records[0]))
		below := records[1:]
		r.Shuffle(len(below), func(i, k int) { below[i], below[k] = below[k], below[i] })
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, record := range records {
			row := make([]any, len(record))
			for k, at := range columns {
				if record[at] != "" {
					row[k] = record[at]
				}
			}
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestEveryValueReadsBack writes values of every declared column and reads
// them back, as a CSV cell and as a workbook's.
func TestEveryValueReadsBack(t *testing.T) {
	in := &intake{codes: map[*evidence.Code]*codeReader{}}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(evidence.Sheets).Draw(t, "sheet")
		c := &s.Columns[rapid.IntRange(0, len(s.Columns)-1).Draw(t, "column")]
		v := anyValue(t, c)
		if e := c.Check(v); e != nil || v.Empty() {
			return
		}
		read := in.reader(c)
		got, e := read(Cell{Column: 1, Kind: Text, Text: cellText(c, v)})
		if e != nil || got.Text != v.Text || got.State != v.State || !got.Q.Equal(v.Q) {
			t.Fatalf("%s %s: got %+v, %v from CSV, want %+v", s.Name, c.Name, got, e, v)
		}
		cell := Cell{Column: 1, Kind: Number}
		switch x := cellValue(c, v).(type) {
		case string:
			cell.Kind, cell.Text = Text, x
		default:
			cell.Text = fmt.Sprint(x)
		}
		got, e = read(cell)
		if e != nil || got.Text != v.Text || got.State != v.State || !got.Q.Equal(v.Q) {
			t.Fatalf("%s %s: got %+v, %v from a workbook, want %+v", s.Name, c.Name, got, e, v)
		}
	})
}

func anyValue(t *rapid.T, c *evidence.Column) evidence.Value {
	word := rapid.StringMatching(`['=+@-]{0,2}[a-z王（1-9]{1,6}`)
	switch c.Type {
	case evidence.Number, evidence.Mark:
		if rapid.IntRange(0, 4).Draw(t, "state?") == 0 {
			return evidence.Value{State: rapid.SampledFrom([]evidence.State{evidence.Excused, evidence.NotYet, evidence.Refused, evidence.Absent}).Draw(t, "state")}
		}
		scale := int64(1)
		for range c.Places {
			scale *= 10
		}
		most := int64(100)
		return evidence.Value{Q: num.Frac(rapid.Int64Range(0, most*scale).Draw(t, "units"), scale)}
	case evidence.Coded:
		return evidence.Value{Text: rapid.SampledFrom(c.Codes).Draw(t, "code").Name}
	case evidence.Date:
		return evidence.Value{Text: fmt.Sprintf("%d-%02d-%02d", rapid.IntRange(1900, 2100).Draw(t, "y"), rapid.IntRange(1, 12).Draw(t, "m"), rapid.IntRange(1, 31).Draw(t, "d"))}
	case evidence.Month:
		return evidence.Value{Text: fmt.Sprintf("%d-%02d", rapid.IntRange(1900, 2100).Draw(t, "y"), rapid.IntRange(1, 12).Draw(t, "m"))}
	case evidence.List:
		if c.Codes != nil {
			return evidence.Value{Text: rapid.SampledFrom(c.Codes).Draw(t, "code").Name}
		}
		return evidence.Value{Text: HalfWidth(strings.Join(rapid.SliceOfN(rapid.StringMatching(`[a-z王0-9]{1,5}`), 1, 4).Draw(t, "parts"), "、"))}
	case evidence.ID:
		return evidence.Value{Text: HalfWidth(word.Draw(t, "id"))}
	}
	return evidence.Value{Text: word.Draw(t, "text")}
}
