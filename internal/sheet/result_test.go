package sheet_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
	"shiji/internal/sheet"
)

func results(t testing.TB, s *explaintest.School) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := sheet.WriteResults(&b, explain.Cohort(s.Scheme, s.Outcome, s.Roll), s.Pages()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opened(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// rowsOf returns the lines below the header, each by the header's names.
func rowsOf(t *testing.T, f *excelize.File, name string) []map[string]string {
	t.Helper()
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[2:] {
		line := map[string]string{}
		for k, cell := range row {
			line[rows[1][k]] = cell
		}
		out = append(out, line)
	}
	return out
}

func TestResultsHoldEveryValue(t *testing.T) {
	t.Parallel()
	s := explaintest.Points(t, 24)
	f := opened(t, results(t, s))
	totals, values, steps := rowsOf(t, f, "总表"), rowsOf(t, f, "得分明细"), rowsOf(t, f, "计算依据")
	if len(totals) != 24 || len(values) != 24 {
		t.Fatalf("%d totals, %d values; want 24 each", len(totals), len(values))
	}
	byPerson := map[string]map[string]string{}
	for _, line := range totals {
		byPerson[line["工号"]] = line
	}
	told := map[string]map[string]string{}
	for _, line := range steps {
		told[line["工号"]+" "+line["指标"]] = line
	}
	for i, p := range s.Pages() {
		if got := byPerson[p.Subject]["总分"]; got != p.Total {
			t.Errorf("%s: total %q, want %q", p.Subject, got, p.Total)
		}
		p.Each(func(r *explain.Row) {
			want := r.Value
			if want == "" {
				want = r.State
			}
			key := r.ID + " " + r.Name
			if got := values[i][key]; got != want {
				t.Errorf("%s %s: value %q, want %q", p.Subject, r.ID, got, want)
			}
			line := told[p.Subject+" "+key]
			if line["得分"] != want || line["怎么算的"] != r.Sentence || line["条款"] != r.Clause {
				t.Errorf("%s %s: told %v", p.Subject, r.ID, line)
			}
		})
	}
	if got := told["T001 3.1.1 周课时"]["材料来源"]; !strings.Contains(got, "［任课/T001/七年级1班/语文］") {
		t.Errorf("sources of T001 3.1.1: %q", got)
	}
	if got := rowsOf(t, f, "提示与后果")[0]; got["类别"] != "一票否决" || got["工号"] != "T009" {
		t.Errorf("the veto does not come first: %v", got)
	}
	if got := len(rowsOf(t, f, "方案说明")); got < len(s.Scheme.Nodes) {
		t.Errorf("%d lines about %d indicators", got, len(s.Scheme.Nodes))
	}
}

// Totals are numbers that a spreadsheet adds up, and names that look like a
// formula are text.
func TestResultsCells(t *testing.T) {
	t.Parallel()
	f := opened(t, results(t, explaintest.Points(t, 24)))
	rows, err := f.GetRows("总表")
	if err != nil {
		t.Fatal(err)
	}
	guarded := 0
	for k, name := range rows[1] {
		column, err := excelize.ColumnNumberToName(k + 1)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows[2:] {
			cell := column + strconv.Itoa(i+3)
			kind, err := f.GetCellType("总表", cell)
			if err != nil {
				t.Fatal(err)
			}
			value, err := f.GetCellValue("总表", cell, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			if isText := kind == excelize.CellTypeInlineString; name == "总分" && value != "" && isText {
				t.Errorf("%s: total %q is text", cell, value)
			}
			if formula, _ := f.GetCellFormula("总表", cell); formula != "" {
				t.Errorf("%s holds the formula %q", cell, formula)
			}
			if strings.HasPrefix(value, "'=HYPERLINK") {
				guarded++
			}
		}
	}
	if guarded != 1 {
		t.Errorf("%d guarded names, want 1", guarded)
	}
}

func TestResultsPrint(t *testing.T) {
	t.Parallel()
	f := opened(t, results(t, explaintest.Points(t, 12)))
	titles := map[string]string{}
	for _, d := range f.GetDefinedName() {
		if d.Name == "_xlnm.Print_Titles" {
			titles[d.Scope] = d.RefersTo
		}
	}
	for _, name := range []string{"总表", "得分明细", "计算依据", "提示与后果", "方案说明"} {
		layout, err := f.GetPageLayout(name)
		if err != nil {
			t.Fatal(err)
		}
		props, err := f.GetSheetProps(name)
		if err != nil {
			t.Fatal(err)
		}
		if *layout.Orientation != "landscape" || *layout.Size != 9 || props.FitToPage == nil || !*props.FitToPage {
			t.Errorf("%s is not set up for A4 across", name)
		}
		if titles[name] != "'"+name+"'!$1:$2" {
			t.Errorf("%s: the header is repeated as %q", name, titles[name])
		}
		if panes, err := f.GetPanes(name); err != nil || !panes.Freeze || panes.YSplit != 2 {
			t.Errorf("%s: panes %+v, %v", name, panes, err)
		}
	}
}

func BenchmarkWriteResults(b *testing.B) {
	s := explaintest.Points(b, 120)
	o, pages := explain.Cohort(s.Scheme, s.Outcome, s.Roll), s.Pages()
	for b.Loop() {
		var out bytes.Buffer
		if err := sheet.WriteResults(&out, o, pages); err != nil {
			b.Fatal(err)
		}
	}
}
