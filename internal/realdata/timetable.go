package realdata

import (
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

const timetableFile = "data/timetable_events.csv"

// timetable makes a package of three schools' timetables. A lesson given to
// several classes together stands once as 合堂, with its first class, and with
// each further class as 重复课: counting the first two kinds gives the
// teacher's periods, counting all three the class periods.
func timetable(src *source) *evidence.Package {
	p := school("XHSTT-2014 课表（三校）", "普通高中", [2]string{"2013-08-01", "2014-07-31"},
		"真实数据：XHSTT-2014 三所学校的课表（巴西 BR-SN-00、芬兰 FI-MP-06、希腊 GR-PA-08）。代码为映射：学科未知记“其他”；几个班合上的课，首班记“合堂”，其余各班记“重复课”；班额未知记 0；没有成绩，成绩份额记 0。")
	plan := timetables(src)
	classes := map[string]bool{}
	for _, key := range inOrder(plan) {
		t := plan[key]
		s := teacher(key, t.school+" "+t.teacher, "普通高中", "其他")
		s.Section = t.school
		p.Staff = append(p.Staff, s)
		p.Lessons = append(p.Lessons, t.lessons(key, "普通高中", classes, p)...)
	}
	return p
}

// weekly is one teacher's timetable: periods a week by class and kind of lesson.
type weekly struct {
	school, teacher string
	periods         map[[2]string]num.Q // by class and 课型
}

// timetables reads all teachers' timetables, by school and teacher.
func timetables(src *source) map[string]*weekly {
	t := src.table(timetableFile)
	out := map[string]*weekly{}
	for i := range t.rows {
		where, periods := t.text(i, "school"), t.number(i, "periods_per_week")
		for _, who := range strings.Split(t.text(i, "teachers"), ";") {
			key := where + "-" + who
			if out[key] == nil {
				out[key] = &weekly{where, who, map[[2]string]num.Q{}}
			}
			out[key].add(strings.Split(t.text(i, "classes"), ";"), periods)
		}
	}
	return out
}

func (w *weekly) add(classes []string, periods num.Q) {
	for k, c := range classes {
		kind := "正课"
		switch {
		case k > 0:
			kind = "重复课"
		case len(classes) > 1:
			kind = "合堂"
		}
		at := [2]string{w.school + "-" + c, kind}
		w.periods[at] = w.periods[at].Add(periods)
	}
}

// lessons says the timetable in lines of the lesson sheet, and adds the classes
// that p does not have yet.
func (w *weekly) lessons(staff, stage string, known map[string]bool, p *evidence.Package) []evidence.Lesson {
	byClass := map[string]bool{}
	for at := range w.periods {
		byClass[at[0]] = true
	}
	var out []evidence.Lesson
	for _, c := range inOrder(byClass) {
		if !known[c] {
			known[c] = true
			p.Classes = append(p.Classes, class(c, stage, "各年级", 0))
		}
		for _, kind := range []string{"正课", "合堂", "重复课"} {
			if q, ok := w.periods[[2]string{c, kind}]; ok {
				l := lesson(staff, c, "其他", evidence.Known(q))
				l.Kind, l.Share = kind, known0
				out = append(out, l)
			}
		}
	}
	return out
}

var known0 = known(0)
