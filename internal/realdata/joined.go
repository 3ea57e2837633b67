package realdata

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"shiji/internal/evidence"
)

// joinedYear is the school year of the joined package, which is that of the
// absences; the exams are moved into it.
var joinedYear = [2]string{"2008-09-01", "2009-08-31"}

// joined makes a school out of sets that share no persons: as many teachers as
// the questionnaire has courses, each with a real class, a real timetable, real
// absences and real ratings, which belong to different people.
func joined(src *source) *evidence.Package {
	p := school("拼接学校", "初中", joinedYear,
		"拼接的真实数据：每名“教师”的班级成绩取自 STAR，课表取自 XHSTT-2014 芬兰一校，缺勤取自 UCI 缺勤记录，评教取自土耳其 Gazi 大学问卷；四组数据没有共同的人，只为走通全程。代码、日期为映射，同各数据集；缺勤按半天向上取整、依月份和星期落到工作日。")
	courses := joinedCourses(src)
	classes := joinedClasses(src, len(courses))
	keep := map[string]bool{}
	for _, c := range classes {
		keep[c] = true
	}
	var prior []evidence.Marks
	p.Staff, p.Classes, p.Lessons, p.Marks = starClasses(src, func(grade, teacher string) bool { return grade == "1" && keep[teacher] })
	_, _, _, prior = starClasses(src, func(grade, _ string) bool { return grade == "K" })
	p.Marks = append(p.Marks, before(p.Marks, prior)...)
	p.Exams = starExams(src)
	for i := range p.Exams {
		p.Exams[i].Date = map[string]string{"K": "2008-06-01", "1": "2009-06-01"}[p.Exams[i].ID]
	}
	for i := range p.Lessons {
		l := &p.Lessons[i]
		l.Start, l.End, l.Weekly = "", "", known0
	}
	joinTimetables(src, p)
	joinAbsences(src, p)
	joinRatings(src, p, courses)
	return p
}

// before finds the pupils' marks of the year before, and puts them into the
// classes of today.
func before(now, then []evidence.Marks) []evidence.Marks {
	classOf := map[string]string{}
	for _, m := range now {
		classOf[m.Pupil] = m.Class
	}
	var out []evidence.Marks
	for _, m := range then {
		if class, ok := classOf[m.Pupil]; ok {
			m.Class = class
			out = append(out, m)
		}
	}
	return out
}

// joinedCourses are the questionnaire's instructors and courses, in order.
func joinedCourses(src *source) [][2]string {
	t := src.table(turkiyeFile)
	seen := map[[2]string]bool{}
	for i := range t.rows {
		seen[[2]string{t.text(i, "instr"), t.text(i, "class")}] = true
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(len(a[1]), len(b[1])), cmp.Compare(a[1], b[1]))
	})
}

// joinedClasses are the teachers of the first n classes of grade 1, school by
// school, with at least 15 pupils on the list.
func joinedClasses(src *source, n int) []string {
	t := src.table(starFile)
	size, home := map[string]int{}, map[string]int{}
	for i := range t.rows {
		if t.text(i, "grade") == "1" {
			who := t.text(i, "teacher_id")
			size[who]++
			home[who] = t.whole(i, "school_id")
		}
	}
	list := slices.DeleteFunc(inOrder(size), func(who string) bool { return size[who] < 15 })
	slices.SortStableFunc(list, func(a, b string) int { return home[a] - home[b] })
	return list[:min(n, len(list))]
}

// joinTimetables gives the teachers the timetables of one school, in order.
// They carry the lessons; that the class is taught stands there with none.
func joinTimetables(src *source, p *evidence.Package) {
	plans := timetables(src)
	var keys []string
	for _, key := range inOrder(plans) {
		if strings.HasPrefix(key, "FI-MP-06-") {
			keys = append(keys, key)
		}
	}
	classes := map[string]bool{}
	for i := range p.Staff[:min(len(p.Staff), len(keys))] {
		p.Lessons = append(p.Lessons, plans[keys[i]].lessons(p.Staff[i].ID, "初中", classes, p)...)
	}
}

// dayCode says the reasons of the file in codes of the attendance sheet:
// 1 to 21 are diseases, 22 to 28 visits to doctors but for the two named.
func dayCode(reason int) string {
	switch reason {
	case 15: // pregnancy and childbirth
		return "产"
	case 24: // blood donation
		return "公"
	case 26: // unjustified
		return "旷"
	}
	return "病"
}

// joinAbsences gives each teacher a year of working days, and the absences of
// one of those whom the file tells apart.
func joinAbsences(src *source, p *evidence.Package) {
	from, to := date(joinedYear[0]), date(joinedYear[1])
	own := map[string][]absent{}
	for _, a := range absences(src) {
		if !a.month.Before(from) && !a.month.After(to) {
			key := fmt.Sprintf("%02d-%02d", a.who[0], a.who[1])
			own[key] = append(own[key], a)
		}
	}
	people := inOrder(own)
	for i := range p.Staff {
		g := newGrid(joinedYear[0], joinedYear[1])
		for at := range g.halves {
			switch g.first.AddDate(0, 0, at/2).Weekday() {
			case time.Saturday, time.Sunday:
				g.halves[at], g.open[at] = "休", false
			default:
				g.halves[at] = "出"
			}
		}
		if i < len(people) {
			for _, a := range own[people[i]] {
				// Half a day is four hours; weekdays are 2 for Monday to 6 for Friday.
				first := (a.weekday - 1 - int(a.month.Weekday()) + 7) % 7
				if left := g.put(g.day(a.month.AddDate(0, 0, first)), (a.hours+3)/4, dayCode(a.reason)); left > 0 {
					src.fail("absences of %s: %d half days beyond the year", people[i], left)
				}
			}
		}
		p.Attendance = append(p.Attendance, g.months(p.Staff[i].ID)...)
	}
}

// joinRatings gives each teacher the answers on one course.
func joinRatings(src *source, p *evidence.Package, courses [][2]string) {
	sheets, all := turkiyeSheets(src), ballots{}
	for i := range p.Staff {
		for q := 1; q <= turkiyeItems; q++ {
			item := turkiyeItem(courses[i][1], q)
			all[[2]string{p.Staff[i].ID, item}] = sheets[[2]string{courses[i][0], item}]
		}
	}
	p.Ratings = all.lines(src, "学生", 5)
}
