package measure

import (
	"strings"
	"testing"

	"shiji/internal/evidence"
)

// A number of days present falls with every day of maternity leave, so that no
// scheme may have it (guard maternity_leave_penalty).
func TestDaysPresentAreNoMeasure(t *testing.T) {
	t.Parallel()
	s := parse(t, strings.Replace(attendanceMeasures, "which: due}", "which: present}", 1))
	_, _, err := Compile(s.Measures, nil)
	if got := keysOf(t, err); len(got) != 1 || got[0] != "measure.days-present" {
		t.Errorf("got %v, want measure.days-present", err)
	}
}

const loadsOverTime = `
measures:
  周课时: {from: weekly-load, clause: c, lesson-kinds: {正课: 1}, over: OVER, relief: none, none: zero, coefficients: {课程难度: 1, 备课时间: 1, 作业批改量: 1, 班级数: 1, 学生数: 1}}
  职务课时: {from: post-load, clause: c, lessons: {班主任: 5, 教研组长: 2}, combine: sum, over: OVER, none: zero}
`

// A timetable that ends where maternity leave begins is not spread over the leave.
func TestProtectedLeaveLowersNoMean(t *testing.T) {
	t.Parallel()
	for _, over := range []string{"period", "employed"} {
		t.Run(over, func(t *testing.T) {
			t.Parallel()
			pkg := school(teacher("T1", "语文"), teacher("T2", "语文"), teacher("T3", "语文"), teacher("T4", "语文"))
			pkg.School[0].End = "2025-12-31"
			for _, id := range []string{"T1", "T2", "T3", "T4"} {
				l := lesson(id, "七1", "语文", "正课", "12")
				d := evidence.Duty{Staff: id, Kind: "班主任", Of: "七1"}
				l.End, d.End = "2025-10-31", "2025-10-31"
				pkg.Lessons, pkg.Duties = append(pkg.Lessons, l), append(pkg.Duties, d, evidence.Duty{Staff: id, Kind: "教研组长", Of: "语文"})
			}
			// T1 on maternity leave in November and December, T2 ill, T3 on leave that the timetable covers, T4 without a sheet.
			for id, code := range map[string]string{"T1": "产", "T2": "病", "T3": "产"} {
				for m, month := range []string{"2025-11", "2025-12"} {
					line := evidence.Attendance{Staff: id, Month: month}
					for d := range evidence.DaysIn(month) {
						if d%7 < 5 || m == 0 && d == 0 || m == 1 && d == 30 { // weekends between stay blank or 休
							line.Days[d] = code
						} else if d%7 == 5 {
							line.Days[d] = "休"
						}
					}
					pkg.Attendance = append(pkg.Attendance, line)
				}
			}
			pkg.Lessons[2].End = ""
			got := derive(t, strings.ReplaceAll(loadsOverTime, "OVER", over), pkg)
			got.want(t, "T1 周课时", "12")
			got.want(t, "T1 职务课时", "7")
			got.want(t, "T2 周课时", "6") // 61 of 122 days
			got.want(t, "T2 职务课时", "4.5")
			got.want(t, "T3 周课时", "12")
			got.want(t, "T4 周课时", "6")
		})
	}
}

// Days of training on which the timetable goes on change nothing.
func TestDutyWithinTheTimetableChangesNothing(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"))
	pkg.School[0].End = "2025-12-31"
	first, second := lesson("T1", "七1", "语文", "正课", "12"), lesson("T1", "七1", "语文", "正课", "6")
	first.End, second.Start = "2025-10-31", "2025-11-01"
	pkg.Lessons = []evidence.Lesson{first, second}
	line := evidence.Attendance{Staff: "T1", Month: "2025-09"}
	copy(line.Days[:], days(10, "培"))
	pkg.Attendance = []evidence.Attendance{line}
	derive(t, strings.ReplaceAll(loadsOverTime, "OVER", "period"), pkg).want(t, "T1 周课时", "9")
}
