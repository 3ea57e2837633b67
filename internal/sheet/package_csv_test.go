package sheet

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/fault"
)

func TestReadPackageCSVFaults(t *testing.T) {
	cases := []struct {
		name   string
		change func(files fstest.MapFS)
		want   string
	}{
		{"sound", func(fstest.MapFS) {}, ""},
		{"litter of programs", func(f fstest.MapFS) { f[".DS_Store"] = f["学校.csv"]; f["Thumbs.db"] = f["学校.csv"] }, ""},
		{"notes of the template", func(f fstest.MapFS) { f["填表说明.csv"] = &fstest.MapFile{Data: []byte("随便,写写\n")} }, ""},
		{"capital extension", func(f fstest.MapFS) { f["学校.CSV"] = f["学校.csv"]; delete(f, "学校.csv") }, ""},
		{"a file under no name", func(f fstest.MapFS) { f["期末成绩.csv"] = &fstest.MapFile{Data: []byte("a,b\n1,2\n")} }, "期末成绩.csv: evidence.sheet-unknown-near"},
		{"a workbook in the folder", func(f fstest.MapFS) { f["成绩.xlsx"] = f["成绩.csv"] }, "成绩.xlsx: evidence.not-a-csv"},
		{"a folder in the folder", func(f fstest.MapFS) { f["旧/成绩.csv"] = f["成绩.csv"] }, "旧: evidence.not-a-csv"},
		{"no files", func(f fstest.MapFS) { clear(f) }, "evidence.no-csv"},
		{"one sheet in two files", func(f fstest.MapFS) { f["*成绩.csv"] = f["成绩.csv"] }, "成绩.csv: evidence.sheet-twice"},
		{"a cell", func(f fstest.MapFS) { edit(f, "成绩.csv", "86.5", "优") }, "成绩.csv!D2(语文): sheet.not-a-number"},
		{"a quote left open, and a cell elsewhere", func(f fstest.MapFS) {
			edit(f, "成绩.csv", "86.5", `"86.5`)
			edit(f, "任课.csv", "语文,5", "语文,五")
		},
			"任课.csv!D2(周课时): sheet.not-a-number\n成绩.csv!D2: sheet.csv-open-quote"},
		{"no text at all, and a cell elsewhere", func(f fstest.MapFS) {
			f["教职工.csv"] = &fstest.MapFile{Data: []byte{0xff, 0xfe, 0, 1}}
			edit(f, "成绩.csv", "86.5", "优")
		}, "教职工.csv: sheet.csv-utf16\n成绩.csv!D2(语文): sheet.not-a-number"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for _, f := range smallest {
				files[f.name] = &fstest.MapFile{Data: []byte(f.text)}
			}
			c.change(files)
			_, err := ReadPackageCSV(files, DefaultLimits())
			var got []string
			for _, e := range fault.All(err) {
				got = append(got, strings.TrimPrefix(e.Where.String()+": "+e.Key, ": "))
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
		})
	}
}

func edit(files fstest.MapFS, name, from, to string) {
	files[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(files[name].Data), from, to, 1))}
}

func TestCSVFilesTogetherAreBounded(t *testing.T) {
	files := fstest.MapFS{}
	for _, f := range smallest {
		files[f.name] = &fstest.MapFile{Data: []byte(f.text)}
	}
	limits := DefaultLimits()
	limits.FileBytes = 400 // more than any file, less than all
	_, err := ReadPackageCSV(files, limits)
	all := fault.All(err)
	if len(all) == 0 || all[0].Kind != fault.TooLarge {
		t.Errorf("got %v, want the folder to be too large", err)
	}
}

func TestLinesOfASheetAreBounded(t *testing.T) {
	files := fstest.MapFS{}
	for _, f := range smallest {
		files[f.name] = &fstest.MapFile{Data: []byte(f.text)}
	}
	var b strings.Builder
	b.WriteString("工号,类别,日期,内容,数量,单位\n")
	for i := range maxLines + 10 {
		fmt.Fprintf(&b, "T001,家访,2025-10-15,%d,1,次\n", i)
	}
	files["其他工作.csv"] = &fstest.MapFile{Data: []byte(b.String())}
	_, err := ReadPackageCSV(files, DefaultLimits())
	all := fault.All(err)
	if len(all) != 1 || all[0].Key != "evidence.too-many-lines" || all[0].Where.Row != maxLines+2 {
		t.Errorf("got %v, want one fault in row %d", err, maxLines+2)
	}
}

func TestFaultsBeyondAThousandAreCounted(t *testing.T) {
	files := fstest.MapFS{}
	for _, f := range smallest {
		files[f.name] = &fstest.MapFile{Data: []byte(f.text)}
	}
	files["成绩.csv"] = &fstest.MapFile{Data: []byte("考试编号,班级,学号,语文\n" + strings.Repeat("期末七,七1,1,优\n", 1500))}
	_, err := ReadPackageCSV(files, DefaultLimits())
	list, ok := err.(*fault.List)
	if !ok {
		t.Fatalf("got %v, want a list", err)
	}
	// 1,500 bad marks, and 1,499 lines for one pupil.
	if len(list.Faults) != fault.MaxListed || list.Len() != 2999 {
		t.Errorf("got %d listed of %d, want %d of 2999", len(list.Faults), list.Len(), fault.MaxListed)
	}
}

// FuzzReadPackageCSV hands in a file of marks of any bytes: the answer is a
// package or faults with a place, never both and never a panic.
func FuzzReadPackageCSV(f *testing.F) {
	for _, file := range smallest {
		f.Add([]byte(file.text))
	}
	f.Add([]byte("考试编号,%!d(00,%!v(BADINDEX)\n期末七,七1\n"))
	f.Add([]byte("*考试编号,班级,学号,语文（分）,数学\r\n期末七,七1,\"'=1\",８６．５,缺\r\n,,,,\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		files := fstest.MapFS{}
		for _, file := range smallest {
			files[file.name] = &fstest.MapFile{Data: []byte(file.text)}
		}
		files["成绩.csv"] = &fstest.MapFile{Data: data}
		p, err := ReadPackageCSV(files, DefaultLimits())
		if (p == nil) == (err == nil) {
			t.Fatalf("got %v and %v", p, err)
		}
		if err != nil && len(fault.All(err)) == 0 {
			t.Fatalf("got %v, which is no fault", err)
		}
		for _, e := range fault.All(err) {
			if e.Where.File == "" || badlyWorded(e) {
				t.Fatalf("got %v, %s: without a place, or badly worded", e, message(e))
			}
		}
	})
}
