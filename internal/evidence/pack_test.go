package evidence

import (
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"shiji/internal/fault"
	"shiji/internal/num"
)

var update = flag.Bool("update", false, "write goldens of a new kind or version")

// kept is a package with everything that a document tells apart: states, lists,
// blank columns, runs and single lines, empty sheets, both widths of marks.
func kept() *Package {
	p := &Package{
		School: []School{{Name: "明德/初级中学", Stages: []string{"小学", "初中"}, Term: "2025-2026", Start: "2025-09-01", End: "2026-08-31", Declined: []string{"视导"}, Line: 2}},
		Ratings: []Rating{
			{Staff: "T002", By: "家长", Eligible: q("90"), Valid: q("3"), Mean: q("93.25"), Full: q("100"), Ballots: []string{"94.5", "92", "92.0"}, Line: 9},
			{Staff: "T001", By: "家长", Eligible: None, Valid: Quantity{State: Excused}, Mean: Quantity{State: NotYet}, Full: Quantity{State: Refused}, Line: 4},
			{Staff: "T001", By: "学生", Eligible: q("0"), Valid: q("0"), Mean: Quantity{Q: num.Frac(2, 3)}, Full: q("100"), Line: 5},
		},
		Exams: []Exam{
			{ID: "春/七", Subject: "语文", Full: q("150"), Excellent: None, Good: None, Pass: None, Low: None, Unit: None, Line: 2},
			{ID: "春/七", Subject: "数学", Full: q("1000"), Excellent: None, Good: None, Pass: None, Low: None, Unit: q("0.1"), Line: 3},
			{ID: "春/七", Subject: "物理", Full: q("100"), Excellent: None, Good: None, Pass: None, Low: None, Unit: q("1"), Line: 4},
		},
	}
	for i, id := range []string{"T003", "T001", "T002"} {
		for _, month := range []string{"2025-10", "2025-09"} {
			a := Attendance{Staff: id, Month: month, Line: len(p.Attendance) + 2}
			for d := range 30 {
				a.Days[d] = "出"
			}
			a.Days[i], a.Days[i+5] = "出病", ""
			p.Attendance = append(p.Attendance, a)
		}
	}
	pupil := func(class, id string, marks ...Points) {
		m := noMarks
		m.Exam, m.Class, m.Pupil, m.Line = "春/七", class, id, len(p.Marks)+2
		copy(m.By[:], marks)
		p.Marks = append(p.Marks, m)
	}
	// 语文 in halves, 数学 too high for two bytes, 英语 without a paper and 物理 off its grid: in hundredths.
	pupil("七2", "25070201", 9950, 100000, 1, NoMark)
	pupil("七1", "25070102", AbsentMark, ExcusedMark, NotYetMark, RefusedMark)
	pupil("七1", "25070101", 0, 90010, NoMark, 8725)
	for _, s := range []string{"学校", "出勤", "成绩", "测评", "考试", "班级"} {
		p.HandIn(s)
	}
	return p
}

func mustPack(t fatal, p *Package) []Document {
	t.Helper()
	docs, err := Pack(p)
	if err != nil {
		t.Fatalf("pack: %v", err)
	}
	return docs
}

func mustUnpack(t fatal, docs []Document) *Package {
	t.Helper()
	p, err := Unpack(docs)
	if err != nil {
		t.Fatalf("unpack: %v", err)
	}
	return p
}

type fatal interface {
	Helper()
	Fatalf(string, ...any)
}

// unlined sets all row numbers of p to 0.
func unlined(p *Package) *Package {
	v := reflect.ValueOf(p).Elem()
	for i := range v.NumField() {
		if list := v.Field(i); list.Kind() == reflect.Slice {
			for k := range list.Len() {
				list.Index(k).FieldByName("Line").SetInt(0)
			}
		}
	}
	return p
}

var samePackage = cmp.Options{cmp.AllowUnexported(Package{}), cmpopts.EquateEmpty()}

// TestPackVersion1: stored bytes stay what they are, and are read for ever. A
// new version gets files of its own, and these stay.
func TestPackVersion1(t *testing.T) {
	t.Parallel()
	byKind := map[string]string{}
	for _, d := range mustPack(t, kept()) {
		byKind[d.Kind] += d.Key + "\n" + hex.EncodeToString(d.Body) + "\n"
	}
	var stored []Document
	for kind, got := range byKind {
		file := filepath.Join("testdata", "pack_"+kind+"_v1.hex")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", kind, diff)
		}
		lines := strings.Split(strings.TrimSuffix(string(want), "\n"), "\n")
		for i := 0; i < len(lines); i += 2 {
			body, err := hex.DecodeString(lines[i+1])
			if err != nil {
				t.Fatal(err)
			}
			stored = append(stored, Document{kind, lines[i], body})
		}
	}
	if len(byKind) != len(kindBytes) {
		t.Errorf("got goldens of %d kinds, want one of each of %d", len(byKind), len(kindBytes))
	}
	if diff := cmp.Diff(unlined(kept().Canonical()), mustUnpack(t, stored).Canonical(), samePackage); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDocumentsAreWhatPeopleHandIn(t *testing.T) {
	t.Parallel()
	var got []string
	for _, d := range mustPack(t, kept()) {
		got = append(got, d.Kind+" "+d.Key)
	}
	want := []string{
		"table 学校", "table 班级", "attendance 2025-09", "attendance 2025-10", "table 考试",
		"roster 春/七", "marks 春/七/语文", "marks 春/七/数学", "marks 春/七/英语", "marks 春/七/物理", "table 测评",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestMarksAreSmall: the width and unit that a score sheet declares.
func TestMarksAreSmall(t *testing.T) {
	t.Parallel()
	want := map[string]string{"春/七/语文": "2 2", "春/七/数学": "10 2", "春/七/英语": "100 2", "春/七/物理": "100 2"}
	p := kept()
	p.Exams[1].Unit = None // halves still hold 900.1 only in hundredths, and 1000 then takes four bytes
	for _, widened := range []bool{false, true} {
		if widened {
			want["春/七/数学"] = "100 4"
			p.Exams[1].Unit = None
		} else {
			p.Exams[1].Unit = q("0.1")
		}
		for _, d := range mustPack(t, p) {
			if d.Kind != MarksDocument {
				continue
			}
			r := &decoder{b: d.Body[2:]}
			r.text()
			r.text()
			if got := fmt.Sprint(r.byte(), r.byte()); got != want[d.Key] {
				t.Errorf("%s: got parts and bytes %s, want %s", d.Key, got, want[d.Key])
			}
		}
		if diff := cmp.Diff(unlined(kept().Canonical()).Marks, mustUnpack(t, mustPack(t, p)).Canonical().Marks); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

// TestEveryMarkSurvives: at the edges of both widths, in every unit.
func TestEveryMarkSurvives(t *testing.T) {
	t.Parallel()
	for _, unit := range []Quantity{q("1"), q("0.5"), q("0.1"), q("0.2"), None} {
		for _, at := range []Points{0, 1, 50, 100, 0xFFEF, 0xFFF0, 0xFFF4, 0xFFFF, 10 * 0xFFF0, 50 * 0xFFEF, 50 * 0xFFF0, 100 * 0xFFEF, 100 * 0xFFF0, 1<<31 - 1} {
			p := &Package{Exams: []Exam{{ID: "考", Subject: "语文", Unit: unit}}}
			for i, v := range []Points{at, RefusedMark, NoMark} {
				m := noMarks
				m.Exam, m.Pupil, m.By[0] = "考", fmt.Sprint(i), v
				p.Marks = append(p.Marks, m)
			}
			if diff := cmp.Diff(p.Marks, mustUnpack(t, mustPack(t, p)).Marks); diff != "" {
				t.Errorf("unit %v, mark %d (-want +got)\n%s", unit, at, diff)
			}
		}
	}
}

// TestPackUnpack: any package comes back, whatever its sheets hold, and its
// bytes do not depend on the order of its lines.
func TestPackUnpack(t *testing.T) {
	t.Parallel()
	lines := 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawPackage(t)
		docs := mustPack(t, p)
		other := *p
		other.Attendance = rapid.Permutation(p.Attendance).Draw(t, "attendance")
		other.Marks = rapid.Permutation(p.Marks).Draw(t, "marks")
		other.Ratings = rapid.Permutation(p.Ratings).Draw(t, "ratings")
		other.Lessons = rapid.Permutation(p.Lessons).Draw(t, "lessons")
		if diff := cmp.Diff(docs, mustPack(t, &other)); diff != "" {
			t.Fatalf("other order, other bytes (-want +got)\n%s", diff)
		}
		got := mustUnpack(t, rapid.Permutation(docs).Draw(t, "documents"))
		for _, s := range Sheets {
			lines += s.Len(got)
			if got.Has(s.Name) != (p.Has(s.Name) || s.Len(p) > 0) {
				t.Errorf("%s: handed in %v", s.Name, got.Has(s.Name))
			}
			if s.Len(p) > 0 {
				p.HandIn(s.Name) // lines were handed in
			}
		}
		if diff := cmp.Diff(unlined(p.Canonical()), got.Canonical(), samePackage); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
	if lines == 0 {
		t.Error("no random package had a line")
	}
}

// drawPackage draws lines for some sheets, each natural key once.
func drawPackage(t *rapid.T) *Package {
	p := &Package{}
	words := []string{"", "甲", "乙", "甲/乙", "T001", "T0010", "25070101", "语文", "数学", "2025-09", "长" + strings.Repeat("文字", 60), "\xff", "1"}
	numbers := []Value{Blank, {Q: num.Int(0)}, {Q: num.Frac(175, 2)}, {Q: num.Frac(2, 3)}, {Q: num.Int(-7)}, {State: Excused}, {State: NotYet}, {State: Refused}, {State: Absent}}
	for _, s := range Sheets {
		if rapid.IntRange(0, 2).Draw(t, s.Name) == 0 {
			continue
		}
		if rapid.Bool().Draw(t, "handed in") {
			p.HandIn(s.Name)
		}
		seen := map[string]bool{}
		row := make([]Value, len(s.Columns))
		once := &Package{}
		for range rapid.IntRange(0, 12).Draw(t, "lines") {
			for k := range s.Columns {
				switch s.Columns[k].Type {
				case Number:
					row[k] = rapid.SampledFrom(numbers).Draw(t, "")
				case Mark:
					row[k] = rapid.SampledFrom([]Value{Blank, Blank, {Q: num.Frac(173, 2)}, {Q: num.Int(1000)}, {Q: num.Frac(1, 100)}, {State: Absent}}).Draw(t, "")
				default:
					row[k] = textValue(rapid.SampledFrom(words).Draw(t, ""))
				}
			}
			s.Append(once, row, 0)
			if key := s.Source(once, s.Len(once)-1); !seen[key] {
				seen[key] = true
				s.Append(p, row, len(seen)+1)
			}
		}
	}
	return p
}

// TestTwiceTheSameKey: what Check would refuse is kept all the same.
func TestTwiceTheSameKey(t *testing.T) {
	t.Parallel()
	p := kept()
	p.Marks = append(p.Marks, p.Marks[0], p.Marks[1])
	p.Exams = append(p.Exams, p.Exams[2])
	p.Exams[3].Unit = q("0.5")
	p.Ratings = slices.Repeat(p.Ratings[2:], 500)
	docs := mustPack(t, p)
	slices.Reverse(p.Exams)
	slices.Reverse(p.Marks)
	if diff := cmp.Diff(docs, mustPack(t, p)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	got := mustUnpack(t, docs)
	if len(got.Marks) != 5 || len(got.Ratings) != 500 || len(got.Exams) != 4 {
		t.Errorf("got %d marks, %d ratings, %d exams, want 5, 500, 4", len(got.Marks), len(got.Ratings), len(got.Exams))
	}
	if diff := cmp.Diff(docs, mustPack(t, got)); diff != "" {
		t.Errorf("packed again (-want +got)\n%s", diff)
	}
	blank := &Package{Duties: make([]Duty, 300)}
	if got := mustUnpack(t, mustPack(t, blank)); len(got.Duties) != 300 {
		t.Errorf("got %d blank lines, want 300", len(got.Duties))
	}
}

// TestPackLeavesThePackage: who packs goes on using it.
func TestPackLeavesThePackage(t *testing.T) {
	t.Parallel()
	p := kept()
	mustPack(t, p)
	if diff := cmp.Diff(kept(), p, samePackage); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestPackRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(p *Package)
		want  string
	}{
		{"a number beside a state", func(p *Package) { p.Ratings[0].Mean.State = Excused }, "测评!9(平均分): evidence.pack-value"},
		{"a number beside not applicable", func(p *Package) { p.Ratings[0].Mean.State = NotApplicable }, "测评!9(平均分): evidence.pack-value"},
		{"an unknown state", func(p *Package) { p.Ratings[0].Mean = Quantity{State: 9} }, "测评!9(平均分): evidence.pack-value"},
		{"more digits than are read", func(p *Package) {
			q := num.Int(1)
			for range 70 {
				q = q.Mul(num.Int(10))
			}
			p.Ratings[0].Eligible = Known(q)
		}, "测评!9(应评人数): evidence.pack-value"},
		{"an unknown mark", func(p *Package) { p.Marks[0].By[1] = -6 }, "成绩!2(数学): evidence.bad-mark"},
		{"more lines than are read", func(p *Package) { p.Duties = make([]Duty, mostLines+1) }, "兼职: evidence.pack-lines"},
		{"a sheet not read whole", func(p *Package) { p.Partial("测评") }, "测评: evidence.pack-partial"},
	} {
		p := kept()
		c.spoil(p)
		docs, err := Pack(p)
		if docs != nil || err == nil {
			t.Errorf("%s: packed", c.name)
		}
		var got []string
		for _, e := range fault.All(err) {
			got = append(got, e.Where.String()+": "+e.Key)
		}
		if diff := cmp.Diff([]string{c.want}, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}
