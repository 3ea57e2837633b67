package measure

import (
	"fmt"
	"testing"

	"shiji/internal/evidence"
)

const dayCodesDeclared = `{出: present, 休: rest, 病: absent, 事: absent, 婚: excused, 丧: excused, 产: excused, 陪: excused, 育: excused, 哺: present, 探: excused, 公: present, 伤: excused, 培: present, 旷: absent, 迟: present, 退: 0.5}`

const attendanceMeasures = `
measures:
  出勤率:
    from: attendance-rate
    clause: 济宁2018 三(三)3
    codes: ` + dayCodesDeclared + `
    missing-month: ignore
    events: none
    none: not-yet
  应出勤天数: {from: attendance-days, clause: c, of: 出勤率, which: due}
  事假天数: {from: attendance-count, clause: c, codes: [事], unit-of: days, none: not-yet}
  病假天数: {from: attendance-count, clause: c, codes: [病], unit-of: days, none: not-yet}
  旷工天数: {from: attendance-count, clause: c, codes: [旷], unit-of: days, none: not-yet}
  迟到次数: {from: attendance-count, clause: c, codes: [迟], unit-of: times, none: not-yet}
`

// yearOf returns months of attendance: first the given codes a day each, then
// present days, total in all, twenty a month.
func yearOf(staff string, total int, codes ...string) []evidence.Attendance {
	var out []evidence.Attendance
	for i := range total {
		if i%20 == 0 {
			n := len(out)
			out = append(out, evidence.Attendance{Staff: staff, Month: fmt.Sprintf("%d-%02d", 2025+(n+8)/12, (n+8)%12+1)})
		}
		code := "出"
		if i < len(codes) {
			code = codes[i]
		}
		out[len(out)-1].Days[i%20] = code
	}
	return out
}

func days(n int, code string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = code
	}
	return out
}

// ATT4 of domain/test_formulas.csv: 180 and 179 of 200 working days.
func TestAttendanceRateIsExact(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"), teacher("T2", "语文"), teacher("T3", "语文"), teacher("T4", "语文"), teacher("T5", "语文"))
	pkg.Attendance = append(pkg.Attendance, yearOf("T1", 200, days(20, "事")...)...)
	pkg.Attendance = append(pkg.Attendance, yearOf("T2", 200, days(21, "病")...)...)
	pkg.Attendance = append(pkg.Attendance, yearOf("T3", 200, append(days(98, "产"), "出事", "退")...)...)
	pkg.Attendance = append(pkg.Attendance, yearOf("T4", 40, days(40, "产")...)...)
	got := derive(t, attendanceMeasures, pkg)
	got.want(t, "T1 出勤率", "0.9")
	got.want(t, "T2 出勤率", "0.895")
	// Maternity leave takes the days out: 102 due, half a day off, half for leaving early.
	got.want(t, "T3 出勤率", "101/102")
	got.want(t, "T3 应出勤天数", "102")
	got.want(t, "T3 事假天数", "0.5")
	got.want(t, "T4 出勤率", "not-applicable") // nothing but leave
	got.want(t, "T5 出勤率", "not-yet")
	for _, id := range []string{"T1", "T2", "T3"} {
		got.adds(t, id+" 出勤率")
		got.adds(t, id+" 应出勤天数")
	}
	got.want(t, "T1 应出勤天数", "200")
}

// The facts behind ATT1 to ATT3 of domain/test_formulas.csv.
func TestAttendanceCounts(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"), teacher("T2", "语文"), teacher("T3", "语文"))
	pkg.Attendance = append(pkg.Attendance, yearOf("T1", 60, append(append(days(5, "事"), days(5, "病")...), "迟", "迟出")...)...)
	pkg.Attendance = append(pkg.Attendance, yearOf("T2", 60, append(append(days(6, "事"), days(20, "病")...), days(3, "迟")...)...)...)
	pkg.Attendance = append(pkg.Attendance, yearOf("T3", 60, days(4, "旷")...)...)
	got := derive(t, attendanceMeasures, pkg)
	for where, want := range map[string]string{
		"T1 事假天数": "5", "T1 病假天数": "5", "T1 迟到次数": "2",
		"T2 事假天数": "6", "T2 病假天数": "20", "T2 迟到次数": "3", "T3 旷工天数": "4", "T3 迟到次数": "0",
	} {
		got.want(t, where, want)
		got.adds(t, where)
	}
}

func TestAttendanceReadsOnlyThePeriod(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"))
	pkg.School[0].Start = "2025-09-16"
	line := evidence.Attendance{Staff: "T1", Month: "2025-09"}
	for d := range 30 {
		line.Days[d] = "出"
	}
	line.Days[0], line.Days[29] = "旷", "旷"
	pkg.Attendance = []evidence.Attendance{line}
	got := derive(t, attendanceMeasures, pkg)
	got.want(t, "T1 出勤率", "14/15")
}

func TestMissedEventsCostTheDeclaredDays(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"), teacher("T2", "语文"))
	pkg.Attendance = append(yearOf("T1", 10), yearOf("T2", 1)...)
	for i, state := range []string{"缺", "迟到", "公差", "到", "法定假", "病假"} {
		pkg.Events = append(pkg.Events, evidence.EventAttendance{Event: fmt.Sprint("会", i), Kind: "会议", Date: "2025-10-08", Staff: "T1", State: state})
	}
	for i := range 3 {
		pkg.Events = append(pkg.Events, evidence.EventAttendance{Event: fmt.Sprint("会", i), Kind: "集会", Date: "2025-10-08", Staff: "T2", State: "缺"})
	}
	measures := `
measures:
  出勤率:
    from: attendance-rate
    clause: c
    codes: ` + dayCodesDeclared + `
    missing-month: ignore
    events: {缺: 0.5, 迟到: 0.1, 早退: 0.1, 病假: 0, 事假: 0.25}
    none: not-yet
  缺会次数: {from: event-count, clause: c, states: [缺, 事假], kinds: [会议], none: zero}
`
	got := derive(t, measures, pkg)
	got.want(t, "T1 出勤率", "0.94") // (10 − 0.5 − 0.1) ÷ 10
	got.want(t, "T2 出勤率", "0")    // one day, three half days off: not below nothing
	got.want(t, "T1 缺会次数", "1")
	got.want(t, "T2 缺会次数", "0")
	got.adds(t, "T1 出勤率")
	got.adds(t, "T2 出勤率")
}

func TestAMissingMonthIsNotYetWhereDeclared(t *testing.T) {
	t.Parallel()
	pkg := school(teacher("T1", "语文"), teacher("T2", "语文"))
	pkg.School[0].End = "2025-10-31"
	pkg.Staff[1].Joined = "2025-10-01"
	pkg.Attendance = []evidence.Attendance{{Staff: "T1", Month: "2025-10"}, {Staff: "T2", Month: "2025-10"}}
	pkg.Attendance[0].Days[8], pkg.Attendance[1].Days[8] = "出", "出"
	measures := `
measures:
  出勤率: {from: attendance-rate, clause: c, missing-month: not-yet, events: none, none: not-applicable, codes: ` + dayCodesDeclared + `}
`
	got := derive(t, measures, pkg)
	got.want(t, "T1 出勤率", "not-yet")
	got.want(t, "T2 出勤率", "1") // not here in September
}
