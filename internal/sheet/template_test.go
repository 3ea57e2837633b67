package sheet

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"shiji/internal/evidence"
	"shiji/internal/fault"
)

func emptyTemplate(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTemplate(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEmptyTemplateLacksOnlyWhatIsRequired(t *testing.T) {
	_, err := readBytes(emptyTemplate(t))
	var got []string
	for _, e := range fault.All(err) {
		got = append(got, e.Where.String()+": "+e.Key)
	}
	if diff := cmp.Diff([]string{"学校: evidence.one-school", "教职工: evidence.no-staff"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestTemplateTakesAPackage fills the template with the sound package by
// header and reads it back.
func TestTemplateTakesAPackage(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(emptyTemplate(t)))
	if err != nil {
		t.Fatal(err)
	}
	g := sound()
	for name, rows := range g {
		for k, header := range rows[0] {
			at := columnNamed(evidence.SheetNamed(name), header.(string))
			for i, row := range rows[1:] {
				if k < len(row) {
					if err := f.SetCellValue(name, columnCell(at+1, i+2), row[k]); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := readBytes(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	want, err := readBytes(g.file(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range evidence.Sheets { // the template hands in every sheet
		want.HandIn(s.Name)
	}
	if diff := cmp.Diff(want, got, ignoreLines); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestTemplateHasWhatPeopleNeed asserts on the saved file, not on what was
// asked of the library: drop-downs with their list, notes, text columns.
func TestTemplateHasWhatPeopleNeed(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(emptyTemplate(t)))
	if err != nil {
		t.Fatal(err)
	}
	names := f.GetSheetList()
	if names[0] != notesSheet || names[len(names)-1] != codesSheet || len(names) != len(evidence.Sheets)+2 {
		t.Errorf("got sheets %v", names)
	}
	for _, s := range evidence.Sheets {
		rules := map[string]string{}
		list, err := f.GetDataValidations(s.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range list {
			rules[strings.TrimRight(strings.Split(v.Sqref, ":")[0], "0123456789")] = v.Formula1
		}
		comments, err := f.GetComments(s.Name)
		if err != nil {
			t.Fatal(err)
		}
		if len(comments) != len(s.Columns) {
			t.Errorf("%s: got %d notes, want %d", s.Name, len(comments), len(s.Columns))
		}
		for k := range s.Columns {
			c := &s.Columns[k]
			letters := fault.ColumnName(k + 1)
			header, err := f.GetCellValue(s.Name, letters+"1")
			if err != nil || strings.HasPrefix(header, "*") != c.Required {
				t.Errorf("%s!%s1: got header %q, %v, want an asterisk: %v", s.Name, letters, header, err, c.Required)
			}
			if c.Type == evidence.Coded {
				if got := dropList(t, f, rules[letters]); got != strings.ReplaceAll(c.Allowed(), "、", ",") {
					t.Errorf("%s!%s: got drop-down %q, want %q", s.Name, letters, got, c.Allowed())
				}
			}
			id, err := f.GetColStyle(s.Name, letters)
			if err != nil {
				t.Fatal(err)
			}
			if style, err := f.GetStyle(id); err != nil || (style.NumFmt == textFormat) != isTextual(c) {
				t.Errorf("%s!%s: got number format %d, %v", s.Name, letters, style.NumFmt, err)
			}
		}
	}
}

// dropList returns the values behind 代码表!$B$2:$B$5.
func dropList(t testing.TB, f *excelize.File, formula string) string {
	t.Helper()
	ref, ok := strings.CutPrefix(strings.ReplaceAll(formula, "$", ""), codesSheet+"!")
	if !ok {
		return formula
	}
	from, to, _ := strings.Cut(ref, ":")
	column, first, _ := excelize.CellNameToCoordinates(from)
	_, last, err := excelize.CellNameToCoordinates(to)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for row := first; row <= last; row++ {
		v, err := f.GetCellValue(codesSheet, columnCell(column, row))
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	return strings.Join(values, ",")
}
