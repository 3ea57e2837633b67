package realdata

import (
	"fmt"
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

const (
	sgpScores   = "data/sgp_math_2021_2022.csv.gz"
	sgpTeachers = "data/sgp_math_teachers_2022.csv.gz"
)

// sgp makes a package of the fifth grade of 2022 with the fourth grade of 2021
// before it. A pupil may have two teachers by shares, while shares are handed
// in by class: pupils with the same teachers by the same shares make a class.
func sgp(src *source) *evidence.Package {
	p := school("SGPdata（68 所学校五年级）", "小学", [2]string{"2021-09-01", "2022-08-31"},
		"真实数据：SGPdata 2021、2022 年数学成绩和师生链接。代码为映射：任课教师和份额都相同的学生记作一个教学班，份额记在“成绩份额”；州测试借记学校期末；等级界限 422、494、562 记作低分、合格、优秀线；量表分无满分，记 1000；教师所在学校记在“级部”；周课时未知记未交。")
	now, then, schoolOf := sgpMarks(src)
	shares := sgpShares(src)
	groups := map[string][]string{} // pupils by their teachers with shares
	for _, pupil := range inOrder(now) {
		if _, ok := then[pupil]; ok && len(shares[pupil]) > 0 {
			key := strings.Join(shares[pupil], " ")
			groups[key] = append(groups[key], pupil)
		}
	}
	home := map[string]string{}
	for k, key := range inOrder(groups) {
		id := fmt.Sprintf("C%04d", k+1)
		p.Classes = append(p.Classes, class(id, "小学", "五年级", len(groups[key])))
		for _, link := range strings.Split(key, " ") {
			who, share, _ := strings.Cut(link, "=")
			l := lesson(who, id, "数学", unknown)
			q, err := num.Parse(share)
			if err != nil {
				src.fail("read %s: %w", sgpTeachers, err)
			}
			l.Share = evidence.Known(q)
			p.Lessons = append(p.Lessons, l)
			home[who] = schoolOf[groups[key][0]]
		}
		for _, pupil := range groups[key] {
			before, after := marks("2021", id, pupil), marks("2022", id, pupil)
			before.By[subjectAt("数学")], after.By[subjectAt("数学")] = then[pupil], now[pupil]
			p.Marks = append(p.Marks, before, after)
		}
	}
	for _, who := range inOrder(home) {
		s := teacher(who, "教师"+who, "小学", "数学")
		s.Section = "学校" + home[who]
		p.Staff = append(p.Staff, s)
	}
	p.Exams = sgpExams()
	return p
}

// sgpMarks returns the pupils' scores of both years, and their schools.
func sgpMarks(src *source) (now, then map[string]evidence.Points, schoolOf map[string]string) {
	t := src.table(sgpScores)
	now, then, schoolOf = map[string]evidence.Points{}, map[string]evidence.Points{}, map[string]string{}
	for i := range t.rows {
		if t.text(i, "score") == "" {
			continue
		}
		pupil := t.text(i, "student_id")
		switch t.text(i, "year") + " " + t.text(i, "grade") {
		case "2021 4":
			then[pupil] = t.mark(i, "score")
		case "2022 5":
			now[pupil] = t.mark(i, "score")
			schoolOf[pupil] = t.text(i, "school")
		}
	}
	return now, then, schoolOf
}

// sgpShares returns each pupil's teachers with their shares, sorted: "17=0.9".
func sgpShares(src *source) map[string][]string {
	t := src.table(sgpTeachers)
	out := map[string][]string{}
	for i := range t.rows {
		pupil := t.text(i, "student_id")
		out[pupil] = append(out[pupil], t.text(i, "teacher_id")+"="+t.number(i, "weight").String())
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

func sgpExams() []evidence.Exam {
	before, after := exam("2021", "期末", "2021-05-01", "四年级", "数学"), exam("2022", "期末", "2022-05-01", "五年级", "数学")
	after.Prior = before.ID
	after.Low, after.Pass, after.Excellent = known(422), known(494), known(562)
	return []evidence.Exam{before, after}
}
