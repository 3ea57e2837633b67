package realdata

import (
	"shiji/internal/evidence"
)

const bdfFile = "data/bdf_dutch.csv"

// bdf makes a package of 131 Dutch primary schools with language and
// arithmetic tests before and after; a school stands as one class, as the
// reference results have it.
func bdf(src *source) *evidence.Package {
	p := school("荷兰小学（131 所）", "小学", [2]string{"1985-09-01", "1986-08-31"},
		"真实数据：荷兰小学八年级语言和算术前后测（R mlmRev::bdf）。代码为映射：一所学校记作一个班、一名教师；语言记语文、算术记数学；前测记入学基线，后测记六年级期末；测验满分记语文 60、数学 30。")
	t := src.table(bdfFile)
	subjects := []struct {
		name, pre, post string
		full            int
	}{{"语文", "lang_pre", "lang_post", 60}, {"数学", "arit_pre", "arit_post", 30}}
	size := map[string]int{}
	for i := range t.rows {
		id := "S" + t.text(i, "school")
		size[id]++
		before, after := marks("前测", id, t.text(i, "pupil")), marks("后测", id, t.text(i, "pupil"))
		for _, s := range subjects {
			before.By[subjectAt(s.name)], after.By[subjectAt(s.name)] = t.mark(i, s.pre), t.mark(i, s.post)
		}
		p.Marks = append(p.Marks, before, after)
	}
	for _, id := range inOrder(size) {
		p.Staff = append(p.Staff, teacher("T"+id[1:], "学校"+id[1:], "小学", "语文"))
		p.Classes = append(p.Classes, class(id, "小学", "六年级", min(size[id], 200)))
		for _, s := range subjects {
			p.Lessons = append(p.Lessons, lesson("T"+id[1:], id, s.name, unknown))
		}
	}
	for _, s := range subjects {
		before, after := exam("前测", "入学基线", "1985-10-01", "六年级", s.name), exam("后测", "期末", "1986-05-01", "六年级", s.name)
		before.Full, after.Full, after.Prior = known(s.full), known(s.full), "前测"
		p.Exams = append(p.Exams, before, after)
	}
	return p
}
