package measure

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

// worked are the cases of testdata/worked.csv, rows of domain/test_formulas.csv,
// as far as they are measures: each gives what the row expects, or the facts it
// starts from where the points are a scheme's affair.
var worked = map[string]func(t *testing.T) string{
	"F17 74,79,80,83 population S": func(t *testing.T) string { return zCase(t, "population", "Z", "74", "79", "80", "83") },
	"F17 same, T":                  func(t *testing.T) string { return zCase(t, "population", "T", "74", "79", "80", "83") },
	"F17 same, sample S":           func(t *testing.T) string { return zCase(t, "sample", "Z", "74", "79", "80", "83") },
	"F17 all equal 80,80,80":       func(t *testing.T) string { return zCase(t, "population", "Z", "80", "80", "80") },
	"F20 wanbiaoku 音乐合堂 10 lessons, factor 0.7": func(t *testing.T) string {
		pkg := school(teacher("T1", "音乐"))
		pkg.Lessons = []evidence.Lesson{lesson("T1", "七1", "音乐", "合堂", "10")}
		got := derive(t, `
measures:
  周课时: {from: weekly-load, clause: c, lesson-kinds: {合堂: 0.75}, over: period, relief: none, none: zero, coefficients: {课程难度: {by: 学科, values: {音乐: 0.7}}, 备课时间: 1, 作业批改量: 1, 班级数: 1, 学生数: 1}}
`, pkg)
		return got["T1 周课时 "].Value.String()
	},
	"F24 load 12, 150 of 200 days": func(t *testing.T) string {
		pkg := school(teacher("T1", "语文"))
		pkg.Attendance = yearOf("T1", 200, days(50, "事")...)
		got := derive(t, attendanceMeasures, pkg)
		return fixed(got["T1 出勤率 "].Value.Mul(num.Int(12)), 2)
	},
	"ATT1 东田: 事假 5 天, 病假 5 天, 迟到 2 次": func(t *testing.T) string {
		days := attended(t, "T1")
		return fixed(num.Int(20).Sub(loss(days("事假天数"), "3", "1")).Sub(loss(days("病假天数"), "3", "0.5")).Sub(loss(days("迟到次数"), "0", "0.5")), 2)
	},
	"ATT2 萧县: 事假 6, 病假 20, 迟到 3": func(t *testing.T) string {
		days := attended(t, "T2")
		return fixed(num.Int(15).Sub(loss(days("事假天数"), "4", "0.8")).Sub(loss(days("病假天数"), "15", "0.2")).Sub(loss(days("迟到次数"), "0", "0.1")), 2)
	},
	"ATT3 福清: 旷工 4 天": func(t *testing.T) string {
		return fixed(num.Max(num.Q{}, num.Int(10).Sub(loss(attended(t, "T3")("旷工天数"), "0", "3"))), 2)
	},
	"ATT4 济宁: 180 of 200 working days / 179": func(t *testing.T) string {
		pkg := school(teacher("T1", "语文"), teacher("T2", "语文"))
		pkg.Attendance = append(yearOf("T1", 200, days(20, "事")...), yearOf("T2", 200, days(21, "事")...)...)
		got := derive(t, attendanceMeasures, pkg)
		percent := func(id string) string { return fixed(got[id+" 出勤率 "].Value.Mul(hundred), 1) + "%" }
		return percent("T1") + " / " + percent("T2")
	},
}

func TestWorkedCases(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/worked.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows)-1 != len(worked) {
		t.Errorf("%d rows, %d cases", len(rows)-1, len(worked))
	}
	for _, r := range rows[1:] {
		name := r[0] + " " + r[1]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calculate, ok := worked[name]
			if !ok {
				t.Fatal("no case for this row")
			}
			// Every number that we give stands in the row; what else it says of
			// means and deviations has its own test with the kernels.
			got := calculate(t)
			rest := r[2]
			for _, word := range strings.Fields(got) {
				at := strings.Index(rest, word)
				if at < 0 {
					t.Fatalf("got %s, want %s", got, r[2])
				}
				rest = rest[at+len(word):]
			}
		})
	}
}

// zCase gives the standard scores of classes of one pupil each, to two places.
func zCase(t *testing.T, deviation, field string, marks ...string) string {
	pkg := school(teacher("T1", "语文"))
	pkg.Exams = []evidence.Exam{examLine("期末七", "期末", "校", "2026-06-28", "七年级")}
	for i, m := range marks {
		class := "七" + string(rune('1'+i))
		pkg.Classes = append(pkg.Classes, evidence.Class{ID: class, Stage: "初中", Grade: "七年级"})
		pkg.Lessons = append(pkg.Lessons, lesson("T1", class, "语文", "正课", "5"))
		sat(pkg, "期末七", class, class, "语文", m)
	}
	got := derive(t, finals+"    fields: ["+field+"]\n    denominator: sat\n    mean-over: sat\n    deviation: "+deviation+"\n    round: {places: 2, mode: half-up}\n", pkg)
	var out []string
	for _, c := range pkg.Classes {
		q := got["T1 "+at(field, c.ID)].Value
		if q.Sign() == 0 && len(marks) == 3 {
			out = append(out, "0")
			continue
		}
		out = append(out, fixed(q, 2))
	}
	if len(marks) == 3 {
		return out[0] // the row gives one Z for all
	}
	return strings.Join(out, " ")
}

// attended derives the counts of the three attendance rows.
func attended(t *testing.T, id string) func(name string) num.Q {
	pkg := school(teacher("T1", "语文"), teacher("T2", "语文"), teacher("T3", "语文"))
	pkg.Attendance = append(pkg.Attendance, yearOf("T1", 60, append(append(days(5, "事"), days(5, "病")...), "迟", "迟")...)...)
	pkg.Attendance = append(pkg.Attendance, yearOf("T2", 60, append(append(days(6, "事"), days(20, "病")...), days(3, "迟")...)...)...)
	pkg.Attendance = append(pkg.Attendance, yearOf("T3", 60, days(4, "旷")...)...)
	got := derive(t, attendanceMeasures, pkg)
	return func(name string) num.Q { return got[id+" "+name+" "].Value }
}

func loss(n num.Q, free, each string) num.Q {
	return num.Max(num.Q{}, n.Sub(num.MustParse(free))).Mul(num.MustParse(each))
}

func fixed(q num.Q, places int) string {
	s, ok := q.Round(places, num.HalfUp).Fixed(places)
	if !ok {
		panic(q.String())
	}
	return s
}
