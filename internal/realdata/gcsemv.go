package realdata

import (
	"shiji/internal/evidence"
	"shiji/internal/num"
)

const gcsemvFile = "data/gcsemv_two_components.csv"

// gcsemv makes a package of an examination in two parts, of which many pupils
// have only one. Marks of the course work go down to 0.05 and the sheet to 0.1, so they
// stand there tenfold; those of the written part stand as they are, in tenths.
func gcsemv(src *source) *evidence.Package {
	p := school("英国 GCSE 科学（73 所学校）", "普通高中", [2]string{"1988-09-01", "1989-08-31"},
		"真实数据：英国 GCSE 科学考试的笔试和课程作业（R mlmRev::Gcsemv）。代码为映射：一所学校记作一个班、一名教师；两部分记作同一学科的先后两次考试，先笔试、后课程作业；课程作业有 9.25 这样的分，乘以 10 记；满分笔试记 100、课程作业记 1000；缺一部分的记缺考。")
	t := src.table(gcsemvFile)
	parts := []struct {
		exam, column, kind, date string
		times                    int
		step                     num.Q
	}{
		{"笔试", "written", "期中", "1989-05-01", 1, num.Frac(1, 10)}, {"课程作业", "course", "期末", "1989-06-01", 10, num.Frac(1, 2)},
	}
	size := map[string]int{}
	for i := range t.rows {
		id := "S" + t.text(i, "school")
		size[id]++
		for _, part := range parts {
			// Numbers of pupils repeat from school to school.
			m := marks(part.exam, id, id+"-"+t.text(i, "student"))
			m.By[subjectAt("科学")] = t.mark(i, part.column)
			if m.By[subjectAt("科学")] > 0 {
				m.By[subjectAt("科学")] *= evidence.Points(part.times)
			}
			p.Marks = append(p.Marks, m)
		}
	}
	for _, id := range inOrder(size) {
		p.Staff = append(p.Staff, teacher("T"+id[1:], "学校"+id[1:], "普通高中", "科学"))
		p.Classes = append(p.Classes, class(id, "普通高中", "高三", size[id]))
		p.Lessons = append(p.Lessons, lesson("T"+id[1:], id, "科学", unknown))
	}
	for _, part := range parts {
		e := exam(part.exam, part.kind, part.date, "高三", "科学")
		e.Full, e.Unit = known(100*part.times), evidence.Known(part.step)
		p.Exams = append(p.Exams, e)
	}
	p.Exams[1].Prior = p.Exams[0].ID
	return p
}
