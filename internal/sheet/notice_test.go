package sheet_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"shiji/internal/sheet"
)

func notice() sheet.Notice {
	n := sheet.Notice{
		Title: "关于2025-2026学年教师考核结果的公示",
		Above: []string{"明德〔2026〕12 号", "现予公示，接受监督。"},
		Head:  []string{"序号", "姓名", "组别", "职业道德", "总分", "位次"},
		Below: []string{"公示期：自2026年7月1日至2026年7月7日。", strings.Repeat("异议请向学校考核工作小组反映，", 12)},
	}
	for i := range 60 {
		n.Rows = append(n.Rows, []string{strconv.Itoa(i + 1), "李𬭎", "教学", "87.9750", "88.20", strconv.Itoa(i + 1)})
	}
	n.Rows[1] = []string{"2", "=HYPERLINK(\"http://x\")", "教学", "1/3", "暂不出分", "—"}
	n.Rows[2] = []string{"3", "王敏（工号 T009）", "教学", "0.12345678901234567", "-0.50", "—"}
	n.Signed = []string{"明德初级中学（盖章）", "2026年6月30日"}
	return n
}

func TestNoticeWorkbook(t *testing.T) {
	t.Parallel()
	n := notice()
	var b bytes.Buffer
	if err := sheet.WriteNotice(&b, n); err != nil {
		t.Fatal(err)
	}
	f := opened(t, b.Bytes())
	rows, err := f.GetRows("公示表")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(n.Head, rows[3]); diff != "" {
		t.Errorf("head (-want +got):\n%s", diff)
	}
	for i, want := range n.Rows {
		want = append([]string{}, want...)
		if i == 1 {
			want[1] = "'" + want[1] // a name is never a formula
		}
		if diff := cmp.Diff(want, rows[4+i]); diff != "" {
			t.Errorf("line %d (-want +got):\n%s", i, diff)
		}
	}
	all := fmt.Sprint(rows)
	for _, want := range append(append([]string{n.Title}, n.Above...), append(n.Below, n.Signed...)...) {
		if !strings.Contains(all, want) {
			t.Errorf("the workbook lacks %q", want)
		}
	}
	for cell, isNumber := range map[string]bool{"A5": true, "D5": true, "E5": true, "F5": true, "B5": false, "D6": false, "E6": false, "D7": false, "E7": true} {
		kind, err := f.GetCellType("公示表", cell)
		if err != nil {
			t.Fatal(err)
		}
		if got := kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString; got != isNumber {
			t.Errorf("%s is a number: %v, want %v", cell, got, isNumber)
		}
	}
}

func TestNoticeWorkbookPrints(t *testing.T) {
	t.Parallel()
	wide := notice()
	for range 6 {
		wide.Head = append(wide.Head, "又一项很长很长很长的一级指标")
	}
	for name, c := range map[string]struct {
		notice sheet.Notice
		want   string
	}{
		"upright": {notice(), "portrait"}, "across": {wide, "landscape"}, "nothing": {sheet.Notice{Head: []string{"序号"}}, "portrait"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := sheet.WriteNotice(&b, c.notice); err != nil {
				t.Fatal(err)
			}
			f := opened(t, b.Bytes())
			layout, err := f.GetPageLayout("公示表")
			if err != nil {
				t.Fatal(err)
			}
			if *layout.Orientation != c.want || *layout.Size != 9 || *layout.FitToWidth != 1 {
				t.Errorf("layout %s, paper %d", *layout.Orientation, *layout.Size)
			}
			head := strconv.Itoa(2 + len(c.notice.Above))
			if d := f.GetDefinedName(); len(d) != 1 || d[0].RefersTo != "'公示表'!$"+head+":$"+head {
				t.Errorf("the head is repeated as %v", d)
			}
		})
	}
}
