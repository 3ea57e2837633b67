package realdata

import (
	"fmt"
	"time"

	"shiji/internal/evidence"
)

const absenceFile = "data/absenteeism_staff.csv"

// absent is one record of absence. The file runs month by month from July
// 2007 and names months without years; who it was it does not say.
type absent struct {
	reason, weekday, hours int
	month                  time.Time // first day
	who                    [2]int    // service and age in years: nearly tells persons apart
}

func absences(src *source) []absent {
	t := src.table(absenceFile)
	var out []absent
	month := time.Date(2007, time.July, 1, 0, 0, 0, 0, time.UTC)
	for i := range t.rows {
		// Month 0 stands in the last three rows, which have no hours: they stay
		// in the month before.
		if m := t.whole(i, "month"); m != 0 {
			for int(month.Month()) != m {
				month = month.AddDate(0, 1, 0)
			}
		}
		out = append(out, absent{
			reason: t.whole(i, "reason_icd"), weekday: t.whole(i, "weekday"), hours: t.whole(i, "hours_absent"), month: month,
			who: [2]int{t.whole(i, "service_years"), t.whole(i, "age")},
		})
	}
	return out
}

// absence makes a package in which every reason stands as a person, so that
// what is summed a person are the sums a reason. An hour takes half a day of the
// attendance sheet, whose smallest step that is, and each record is one line of
// the event sheet.
func absence(src *source) *evidence.Package {
	p := school("缺勤记录", "普通高中", [2]string{"2007-07-01", "2010-12-31"},
		"真实数据：某公司 2007 年 7 月至 2010 年 7 月的 740 条缺勤记录（UCI，CC BY 4.0）。代码为映射：一种缺勤原因记作一名人员；缺勤 1 小时记出勤表的半天“病”，一月放不下的顺延；每条记录记一条活动出勤“缺”；不是学校的考勤。")
	grids := map[string]*grid{}
	for i, a := range absences(src) {
		id := fmt.Sprintf("R%02d", a.reason)
		if grids[id] == nil {
			grids[id] = newGrid(p.School[0].Start, p.School[0].End)
		}
		if left := grids[id].put(grids[id].day(a.month), a.hours, "病"); left > 0 {
			src.fail("reason %d: %d hours beyond the period", a.reason, left)
		}
		p.Events = append(p.Events, evidence.EventAttendance{
			Event: fmt.Sprintf("记录%03d", i+1), Kind: "集会", Date: a.month.Format(time.DateOnly), Staff: id, State: "缺",
		})
	}
	for _, id := range inOrder(grids) {
		s := teacher(id, "缺勤原因"+id[1:], "", "")
		s.Kind, s.Position, s.Frontline = "工勤", "工勤", ""
		p.Staff = append(p.Staff, s)
		p.Attendance = append(p.Attendance, grids[id].months(id)...)
	}
	return p
}

// grid is a person's time in half days over a period, with a code each.
type grid struct {
	first  time.Time
	halves []string
	open   []bool // half days that may still be taken
}

func newGrid(from, to string) *grid {
	first, last := date(from), date(to)
	n := 2 * (int(last.Sub(first).Hours()/24) + 1)
	g := &grid{first: first, halves: make([]string, n), open: make([]bool, n)}
	for i := range g.open {
		g.open[i] = true
	}
	return g
}

// date reads a day that this room itself wrote.
func date(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic("realdata: " + err.Error())
	}
	return d
}

// day returns the place of a day's first half.
func (g *grid) day(d time.Time) int { return 2 * int(d.Sub(g.first).Hours()/24) }

// put gives n open half days from place at on the code, and returns how many
// found no room.
func (g *grid) put(at, n int, code string) int {
	for ; n > 0 && at < len(g.halves); at++ {
		if g.open[at] {
			g.halves[at], g.open[at] = code, false
			n--
		}
	}
	return n
}

// months says the grid in lines of the attendance sheet, a month each; months
// without a code have none.
func (g *grid) months(staff string) []evidence.Attendance {
	var out []evidence.Attendance
	for at := 0; at < len(g.halves); at += 2 {
		code := cell(g.halves[at], g.halves[at+1])
		if code == "" {
			continue
		}
		d := g.first.AddDate(0, 0, at/2)
		month := d.Format("2006-01")
		if len(out) == 0 || out[len(out)-1].Month != month {
			out = append(out, evidence.Attendance{Staff: staff, Month: month})
		}
		out[len(out)-1].Days[d.Day()-1] = code
	}
	return out
}

// cell says two half days in one cell. A half without a code was not a day of
// the data: it stands as 休, which counts for nothing.
func cell(morning, afternoon string) string {
	switch {
	case morning == afternoon:
		return morning
	case morning == "":
		return "休" + afternoon
	case afternoon == "":
		return morning + "休"
	}
	return morning + afternoon
}
