package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"shiji/internal/evidence"
	"shiji/internal/fault"
)

// grid is a workbook as a test writes it: rows of cells by sheet.
type grid map[string][][]any

// sound returns a small package that has no fault.
func sound() grid {
	return grid{
		"学校":  {{"学校名称", "学段", "学年", "周期起", "周期止"}, {"明德初级中学", "初中", "2025-2026", "2025-09-01", "2026-08-31"}},
		"教职工": {{"工号", "姓名", "岗位类别", "职务", "学段", "学科", "一线"}, {"T001", "王晓敏", "教学", "教师", "初中", "语文", "是"}, {"T002", "李强", "教学", "教师", "初中", "数学", "是"}},
		"班级":  {{"班级", "学段", "年级", "学生数"}, {"七1", "初中", "七年级", 45}},
		"任课":  {{"工号", "班级", "学科", "周课时"}, {"T001", "七1", "语文", 5}},
		"出勤":  {{"工号", "月份", "1", "2", "3"}, {"T001", "2025-09", "出", "出病", "√"}},
		"考试":  {{"考试编号", "学科", "类别", "级别", "日期", "年级", "满分"}, {"春", "语文", "期末", "校", "2026-06-28", "七年级", 120}, {"春", "数学", "期末", "校", "2026-06-28", "七年级", 120}},
		"成绩":  {{"考试编号", "班级", "学号", "语文", "数学"}, {"春", "七1", "25070101", 86.5, "缺考"}, {"春", "七1", "25070102", 101, 99.5}},
		"参照":  {{"考试编号", "学科", "范围", "平均分", "合格率"}, {"春", "语文", "县", 82.35, 88.5}},
		"成果":  {{"工号", "类别", "名称", "级别", "本人或指导", "日期", "颁发单位", "白名单"}, {"T001", "教学竞赛", "优质课", "市", "本人", "2026-03-20", "市局", "是"}},
	}
}

// file writes g with excelize; change may touch the workbook before it is saved.
func (g grid) file(t testing.TB, change func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	for _, name := range append(sheetNames(), "别的") {
		rows, ok := g[name]
		if !ok {
			continue
		}
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readBytes(b []byte) (*evidence.Package, error) {
	return ReadPackage(bytes.NewReader(b), int64(len(b)), DefaultLimits())
}

func TestReadPackage(t *testing.T) {
	p, err := readBytes(sound().file(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(p.Staff), 2; got != want {
		t.Errorf("got %d staff, want %d", got, want)
	}
	m := p.Marks[0]
	if m.By[0] != 8650 || m.By[1] != evidence.AbsentMark || m.By[2] != evidence.NoMark || m.Line != 2 {
		t.Errorf("got marks %v, want 86.5, absent, none from row 2", m)
	}
	if got := p.Attendance[0].Days; got != [31]string{"出", "出病", "出"} {
		t.Errorf("got days %q", got)
	}
	if !p.Has("成绩") || p.Has("视导") {
		t.Errorf("got handed in 成绩 %v, 视导 %v, want true, false", p.Has("成绩"), p.Has("视导"))
	}
}

func TestReadPackageUnderstandsWhatPeopleType(t *testing.T) {
	want, err := readBytes(sound().file(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]func(g grid){
		"headers with asterisk, blanks, width and unit": func(g grid) { g["任课"][0] = []any{"*工号", " 班 级 ", "＊学科", "周课时（节）"} },
		"aliases of headers":                            func(g grid) { g["教职工"][0][6] = "是否一线"; g["教职工"][0][5] = "任教学科" },
		"pairs of code and name": func(g grid) {
			g["教职工"][1][6] = "1-是"
			g["教职工"][1][2] = "1-教学"
			g["成果"][1][7] = "1"
		},
		"bare codes": func(g grid) {
			g["教职工"][1][6] = 1
			g["教职工"][1][2] = "1"
			g["出勤"][1][2] = "P"
			g["出勤"][1][3] = "出勤/病假"
		},
		"names of the trade": func(g grid) { g["教职工"][1][2] = "专任教师"; g["出勤"][1][2] = "出勤" },
		"numbers as text":    func(g grid) { g["成绩"][1][3] = "86.5"; g["任课"][1][3] = " 5 " },
		"full-width digits": func(g grid) {
			g["成绩"][1][3] = "８６．５"
			g["任课"][1][3] = "５"
			g["任课"][1][0] = "Ｔ００１"
		},
		"ids as numbers":               func(g grid) { g["成绩"][1][2] = 25070101 },
		"days of the month as numbers": func(g grid) { g["出勤"][0][2] = 1; g["出勤"][0][3] = "2日" },
		"a blank row above the header": func(g grid) { g["学校"] = append([][]any{{" "}}, g["学校"]...) },
		"a rate with its sign":         func(g grid) { g["参照"][1][4] = "88.5%" },
		"columns in another order": func(g grid) {
			for i := range g["成绩"] {
				r := g["成绩"][i]
				g["成绩"][i] = []any{r[4], r[2], r[3], r[0], r[1]}
			}
		},
		"an empty sheet beside": func(g grid) { g["别的"] = nil },
	}
	for _, d := range []any{"2026/6/28", "2026.6.28", "20260628", "2026年6月28日", "2026-06-28 00:00:00", 46201, "２０２６－０６－２８"} {
		cases[fmt.Sprint("date as ", d)] = func(g grid) { g["考试"][1][4] = d }
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			g := sound()
			change(g)
			got, err := readBytes(g.file(t, nil))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, ignoreLines); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// ignoreLines compares packages without the rows they came from.
var ignoreLines = cmp.Options{
	cmp.AllowUnexported(evidence.Package{}),
	cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Line" }, cmp.Ignore()),
}

func TestReadPackageFaults(t *testing.T) {
	long := strings.Repeat("长", 501)
	cases := []struct {
		name   string
		change func(g grid)
		book   func(f *excelize.File)
		want   string // a line for each fault: place and key
	}{
		{"destroyed id as number", func(g grid) { g["成绩"][1][2] = 350000000000000000.0 }, nil, "成绩!C2(学号): sheet.digits-destroyed"},
		{"destroyed id as text", func(g grid) { g["成绩"][1][2] = "3.50E+17" }, nil, "成绩!C2(学号): sheet.digits-destroyed"},
		{"identity number", func(g grid) { g["成绩"][1][2] = "11010519491231002X" }, nil, "成绩!C2(学号): evidence.identity-number"},
		{"class turned into a date", nil, func(f *excelize.File) {
			style, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
			_ = f.SetCellValue("任课", "B2", 45721)
			_ = f.SetCellStyle("任课", "B2", "B2", style)
		}, "任课!B2(班级): sheet.text-is-date"},
		{"merged header", nil, func(f *excelize.File) { _ = f.MergeCell("任课", "C1", "D1") }, "任课!C1: evidence.merged-header"},
		{"title row merged over the table", func(g grid) { g["班级"] = append([][]any{{"班级一览表"}}, g["班级"]...) }, func(f *excelize.File) { _ = f.MergeCell("班级", "A1", "D1") },
			"班级!A1: evidence.header-unknown-near\n班级!A1: evidence.merged-header"},
		{"title row over the table", func(g grid) { g["班级"] = append([][]any{{"班级一览表"}}, g["班级"]...) }, nil,
			"班级!1(班级): evidence.header-missing\n班级!1(学段): evidence.header-missing\n班级!1(年级): evidence.header-missing\n班级!1(学生数): evidence.header-missing\n" +
				"班级!A1: evidence.header-unknown-near\n班级!B2: evidence.no-header\n班级!C2: evidence.no-header\n班级!D2: evidence.no-header"},
		{"merged cells below", nil, func(f *excelize.File) { _ = f.MergeCell("教职工", "F2", "F3") }, "教职工!F2: evidence.merged-cells\n教职工!F3(学科): evidence.teaching-needs"},
		{"hidden rows", nil, func(f *excelize.File) {
			_ = f.SetRowVisible("成绩", 2, false)
			_ = f.SetRowVisible("成绩", 3, false)
			_ = f.SetRowVisible("成绩", 9, false)
		}, "成绩!2: evidence.row-hidden"},
		{"hidden sheet", nil, func(f *excelize.File) { _ = f.SetSheetVisible("参照", false) }, "参照: evidence.sheet-hidden"},
		{"code against its name", func(g grid) { g["教职工"][1][6] = "0-是" }, nil, "教职工!G2(一线): sheet.code-conflict"},
		{"unknown code", func(g grid) { g["教职工"][1][6] = "大概" }, nil, "教职工!G2(一线): sheet.code-unknown"},
		{"unknown day", func(g grid) { g["出勤"][1][3] = "出病休" }, nil, "出勤!D2(2): sheet.code-unknown"},
		{"unknown person", func(g grid) { g["任课"][1][0] = "T999" }, nil, "任课!A2(工号): evidence.unknown-reference"},
		{"a bad person is not blamed on others", func(g grid) { g["教职工"][1][0] = "3.50E+17" }, nil, "教职工!A2(工号): sheet.digits-destroyed"},
		{"duplicate line", func(g grid) { g["成绩"] = append(g["成绩"], g["成绩"][1]) }, nil, "成绩!A4(考试编号): evidence.duplicate"},
		{"missing required cell", func(g grid) { g["教职工"][1][1] = " " }, nil, "教职工!B2(姓名): evidence.required"},
		{"bad required cell is one fault", func(g grid) { g["任课"][1][3] = "五" }, nil, "任课!D2(周课时): sheet.not-a-number"},
		{"missing required column", func(g grid) { g["任课"] = [][]any{{"工号", "班级", "学科"}, {"T001", "七1", "语文"}} }, nil, "任课!1(周课时): evidence.header-missing"},
		{"missing key column", func(g grid) { g["班级"] = [][]any{{"学段", "年级", "学生数"}, {"初中", "七年级", 45}} }, nil, "班级!1(班级): evidence.header-missing"},
		{"number with its unit", func(g grid) { g["任课"][1][3] = "5小时" }, nil, "任课!D2(周课时): sheet.not-a-number"},
		{"rate as a fraction", func(g grid) { g["参照"][1][4] = 0.885 }, nil, "参照!E2(合格率): evidence.rate-as-fraction"},
		{"percent of points", func(g grid) { g["参照"][1][3] = "82.35%" }, nil, "参照!D2(平均分): evidence.percent-not-unit"},
		{"mark above full", func(g grid) { g["成绩"][1][3] = 120.5 }, nil, "成绩!D2(语文): evidence.mark-above-full"},
		{"mark beyond all", func(g grid) { g["成绩"][1][3] = 4294967296 }, nil, "成绩!D2(语文): evidence.above-max"},
		{"mark of three places", func(g grid) { g["成绩"][1][3] = 86.125 }, nil, "成绩!D2(语文): evidence.too-many-places"},
		{"negative mark", func(g grid) { g["成绩"][1][3] = -1 }, nil, "成绩!D2(语文): evidence.below-min"},
		{"day of another month", func(g grid) { g["出勤"] = [][]any{{"工号", "月份", "31"}, {"T001", "2025-09", "出"}} }, nil, "出勤!C2(31): evidence.no-such-day"},
		{"unknown header", func(g grid) { g["任课"][0] = append(g["任课"][0], "身高") }, nil, "任课!E1: evidence.header-unknown"},
		{"misspelt header", func(g grid) { g["教职工"][0][6] = "在一线" }, nil, "教职工!G1: evidence.header-unknown-near"},
		{"header twice", func(g grid) { g["任课"][0] = append(g["任课"][0], "学科*") }, nil, "任课!E1: evidence.header-twice"},
		{"values without a header", func(g grid) {
			g["任课"][1] = append(g["任课"][1], "备注")
			g["任课"][1] = append(g["任课"][1], "x")
		}, nil, "任课!E2: evidence.no-header\n任课!F2: evidence.no-header"},
		{"unknown sheet", func(g grid) { g["别的"] = [][]any{{"x"}} }, nil, "别的: evidence.sheet-unknown"},
		{"sheet without header", func(g grid) { g["视导"] = nil }, nil, "视导: evidence.header-row-missing"},
		{"missing sheet", func(g grid) { delete(g, "教职工") }, nil, "教职工: evidence.no-staff"},
		{"missing sheet that others need", func(g grid) { delete(g, "班级") }, nil, "任课!B2(班级): evidence.reference-sheet-missing\n成绩!B2(班级): evidence.reference-sheet-missing"},
		{"formula error", func(g grid) { g["任课"][1][3] = "#ERR" }, nil, "任课!D2(周课时): sheet.cell-error"},
		{"formula without result", func(g grid) { g["任课"][1][3] = nil }, func(f *excelize.File) { _ = f.SetCellFormula("任课", "D2", "=2+3") }, "任课!D2(周课时): sheet.cell-no-value"},
		{"true", func(g grid) { g["任课"][1][3] = true }, nil, "任课!D2(周课时): sheet.number-is-bool"},
		{"month alone", func(g grid) { g["考试"][1][4] = "2026-06" }, nil, "考试!E2(日期): sheet.date-without-day"},
		{"no such day", func(g grid) { g["考试"][1][4] = "2026-06-31" }, nil, "考试!E2(日期): sheet.not-a-date"},
		{"date outside", func(g grid) { g["成果"][1][5] = "2027-03-20" }, nil, "成果!F2(日期): evidence.outside-period"},
		{"long text", func(g grid) { g["教职工"][1][1] = long }, nil, "教职工!B2(姓名): evidence.text-too-long"},
		{"absent from a lesson", func(g grid) { g["任课"][1][3] = "缺考" }, nil, "任课!D2(周课时): evidence.absent-not-mark"},
		{"all at once", func(g grid) { g["任课"][1] = []any{"T999", "七9", "围棋", "x"}; g["成绩"][1][3] = "优" }, nil,
			"任课!C2(学科): sheet.code-unknown\n任课!D2(周课时): sheet.not-a-number\n成绩!D2(语文): sheet.not-a-number"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := sound()
			if c.change != nil {
				c.change(g)
			}
			p, err := readBytes(withErrorCells(t, g.file(t, c.book)))
			if p != nil {
				t.Error("got a package beside the faults")
			}
			var got []string
			for _, e := range fault.All(err) {
				got = append(got, e.Where.String()+": "+e.Key)
				if badlyWorded(e) {
					t.Errorf("badly worded: %s", message(e))
				}
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
		})
	}
}

// withErrorCells turns the text #ERR into what Excel stores for a formula that
// failed, which excelize does not write.
func withErrorCells(t testing.TB, b []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(data)
	}
	before, _, found := strings.Cut(parts["xl/sharedStrings.xml"], "#ERR")
	if !found {
		return b
	}
	cell := regexp.MustCompile(fmt.Sprintf(`(<c r="[A-Z]+\d+"[^>]*) t="s"><v>%d</v>`, strings.Count(before, "<si>")-1))
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		p, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(p, cell.ReplaceAllString(parts[f.Name], `$1 t="e"><f>NA()</f><v>#N/A</v>`)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// badlyWorded says that a fault has no words, or that words and arguments do not
// fit each other. What a cell held may itself look like fmt's complaint.
func badlyWorded(e *fault.Error) bool {
	words := message(e)
	for _, a := range e.Args {
		words = strings.ReplaceAll(words, fmt.Sprint(a), "")
	}
	return strings.Contains(words, e.Key) || strings.Contains(words, "%!")
}
