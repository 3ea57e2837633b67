package realdata

import (
	"shiji/internal/evidence"
)

const (
	starFile  = "data/star_K_1.csv.gz"
	starLines = "expected/star_exam_stats.csv" // the cut lines, which the data do not bring
)

// starSubjects are the columns of the data and what they are called here.
var starSubjects = [][2]string{{"read", "语文"}, {"math", "数学"}}

// starGrades are the two years: kindergarten is the baseline of grade 1. They
// stand as 初中 because no law known to the program lets an exam of a real first
// grade count for a teacher, and here the numbers are to be seen.
var starGrades = map[string]struct{ exam, kind, date, grade, from, to string }{
	"K": {"K", "入学基线", "1986-05-01", "学前", "1985-09-01", "1986-08-31"},
	"1": {"1", "期末", "1987-05-01", "七年级", "1986-09-01", "1987-08-31"},
}

// star makes a package of project STAR: 75 schools, two years, a class a
// teacher, pupils' scaled scores in two subjects.
func star(src *source) *evidence.Package {
	p := school("STAR（田纳西州，约 75 所学校）", "初中", [2]string{"1985-09-01", "1987-08-31"},
		"真实数据：STAR 班额实验（R mlmRev::star），幼儿园和一年级。代码为映射：read 记语文、math 记数学；幼儿园记入学基线，一年级借记七年级期末（真实的一年级笔试依规定不得作依据）；量表分无满分，记 1000；缺分记缺考；教师所在学校记在“级部”；周课时未知记未交。")
	p.Staff, p.Classes, p.Lessons, p.Marks = starClasses(src, func(string, string) bool { return true })
	p.Exams = starExams(src)
	return p
}

// starClasses reads the classes, teachers and marks of the classes that keep
// takes, given by grade and teacher.
func starClasses(src *source, keep func(grade, teacher string) bool) (staff []evidence.Staff, classes []evidence.Class, lessons []evidence.Lesson, list []evidence.Marks) {
	t := src.table(starFile)
	size, home := map[string]int{}, map[string]string{}
	for i := range t.rows {
		grade, who := t.text(i, "grade"), t.text(i, "teacher_id")
		if !keep(grade, who) {
			continue
		}
		id := grade + "-" + who
		size[id]++
		home[id] = t.text(i, "school_id")
		m := marks(starGrades[grade].exam, id, t.text(i, "student_id"))
		for _, s := range starSubjects {
			m.By[subjectAt(s[1])] = t.mark(i, s[0])
		}
		list = append(list, m)
	}
	for _, id := range inOrder(size) {
		g, who := starGrades[id[:1]], "T"+id[2:]
		s := teacher(who, "教师"+id[2:], "初中", "语文")
		s.Section = "学校" + home[id]
		staff = append(staff, s)
		classes = append(classes, class(id, "初中", g.grade, size[id]))
		for _, s := range starSubjects {
			l := lesson(who, id, s[1], unknown)
			l.Start, l.End = g.from, g.to
			lessons = append(lessons, l)
		}
	}
	return staff, classes, lessons, list
}

// starExams are the four papers with their cut lines.
func starExams(src *source) []evidence.Exam {
	t := src.table(starLines)
	var out []evidence.Exam
	for i := range t.rows {
		g := starGrades[t.text(i, "grade")]
		for _, s := range starSubjects {
			if s[0] != t.text(i, "subject") {
				continue
			}
			e := exam(g.exam, g.kind, g.date, g.grade, s[1])
			e.Excellent, e.Pass, e.Low = evidence.Known(t.number(i, "excellent_line")), evidence.Known(t.number(i, "pass_line")), evidence.Known(t.number(i, "low_line"))
			if e.ID == "1" {
				e.Prior = "K"
			}
			out = append(out, e)
		}
	}
	return out
}
