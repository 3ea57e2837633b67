package city

import (
	"os"
	"slices"
	"strings"
	"testing"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

// cases finds each special case in a package as doc.go lists it; where lists the
// schools that must have it.
var cases = []struct {
	name  string
	where string // numbers of the first schools, "012" for all
	found func(*view) bool
}{
	{"产假 over half a year", "012", func(v *view) bool {
		return v.anyone(func(id string) bool {
			first, last := v.firstAndLast(id, "产")
			return last-first > 183 && v.has(v.p.Duties, id)
		})
	}},
	{"joined mid-year", "012", func(v *view) bool { return v.staff(func(s *evidence.Staff) bool { return s.Joined == "2025-11-03" }) }},
	{"left mid-year", "012", func(v *view) bool {
		return v.staff(func(s *evidence.Staff) bool { return s.Left == "2026-05-09" && v.days(s.ID)[""] > 100 })
	}},
	{"teacher changed mid-term", "012", func(v *view) bool {
		return some(v.p.Lessons, func(l evidence.Lesson) bool { return l.Kind == "正课" && l.Start == "2025-11-03" }) &&
			some(v.p.Duties, func(d evidence.Duty) bool { return d.Kind == "班主任" && d.Start == "2025-11-03" })
	}},
	{"shared teaching", "012", func(v *view) bool {
		a := slices.IndexFunc(v.p.Lessons, func(l evidence.Lesson) bool { return l.Share == hundredths(60) })
		return a >= 0 && some(v.p.Lessons, func(l evidence.Lesson) bool {
			return l.Share == hundredths(40) && l.Class == v.p.Lessons[a].Class && l.Subject == v.p.Lessons[a].Subject
		})
	}},
	{"attendance below 90%", "012", func(v *view) bool {
		return v.anyone(func(id string) bool {
			return v.rate(id).Cmp(num.Frac(88, 100)) < 0 && v.days(id)["病"] == 30 && v.days(id)["出病"] == 1
		}) && some(v.p.Lessons, func(l evidence.Lesson) bool { return l.Kind == "代课" })
	}},
	{"attendance exactly 90%", "012", func(v *view) bool {
		return v.anyone(func(id string) bool {
			d := v.days(id)
			return v.rate(id).Equal(num.Frac(9, 10)) && d["病"] == 12 && d["事"] == 8
		})
	}},
	{"旷工", "012", func(v *view) bool {
		return v.anyone(func(id string) bool {
			d := v.days(id)
			return d["旷"] == 3 && d["事"] == 9 && d["迟"] == 12 && d["退"] == 4
		})
	}},
	{"every kind of leave", "012", func(v *view) bool {
		for _, code := range strings.Fields("出 休 病 事 婚 丧 产 陪 育 探 公 伤 培 旷 迟 退 出病 事出 出哺") {
			if !v.anyone(func(id string) bool { return v.days(id)[code] > 0 }) {
				return false
			}
		}
		return true
	}},
	{"调休", "012", func(v *view) bool {
		return some(v.p.Attendance, func(a evidence.Attendance) bool {
			return a.Month == "2025-09" && a.Days[27] == "出" && a.Days[26] == "休"
		})
	}},
	{"declared relief", "012", func(v *view) bool {
		return v.staff(func(s *evidence.Staff) bool { return s.ReducedLoad.State == evidence.Given && s.Joined < "1995" })
	}},
	{"load out of range with approval", "012", func(v *view) bool { return v.exception("原则上例外") }},
	{"confirmed breach", "012", func(v *view) bool { return v.breach("已生效", "不合格") }},
	{"breach under investigation", "012", func(v *view) bool { return v.breach("调查中", "合格") }},
	{"breach lifted by appeal", "012", func(v *view) bool { return v.breach("已撤销", "合格") }},
	{"工作特别突出", "012", func(v *view) bool { return v.exception("工作特别突出") }},
	{"too few ballots", "012", func(v *view) bool {
		return some(v.p.Ratings, func(r evidence.Rating) bool { return whole(r.Valid) == 3 && whole(r.Eligible) > 40 })
	}},
	{"single ballots", "012", func(v *view) bool {
		return some(v.p.Ratings, func(r evidence.Rating) bool { return r.By == "学校领导" && len(r.Ballots) > 5 }) &&
			some(v.p.Ratings, func(r evidence.Rating) bool { return r.By == "服务教师" && slices.Contains(r.Ballots, "40") })
	}},
	{"exact tie", "012", (*view).tie},
	{"maximum of 0", "012", func(v *view) bool {
		return !some(v.p.Outcomes, func(o evidence.Outcome) bool { return o.Kind == "著作" || o.Kind == "专利" })
	}},
	{"nothing beside the timetable", "012", func(v *view) bool {
		return v.staff(func(s *evidence.Staff) bool {
			return s.Subject == "美术" && s.Kind == "教学" && !v.has(v.p.Duties, s.ID) &&
				!some(v.p.OtherWork, func(w evidence.OtherWork) bool { return w.Staff == s.ID }) &&
				!some(v.p.Outcomes, func(o evidence.Outcome) bool { return o.Staff == s.ID })
		})
	}},
	{"series of one work", "012", func(v *view) bool {
		n := 0
		for _, o := range v.p.Outcomes {
			if o.Series == "优质课2025" {
				n++
			}
		}
		return n == 3
	}},
	{"rank without grade", "012", func(v *view) bool {
		return some(v.p.Outcomes, func(o evidence.Outcome) bool { return o.Grade == "" && whole(o.Rank) == 3 && whole(o.Places) == 8 })
	}},
	{"contest on no list", "012", func(v *view) bool {
		return some(v.p.Outcomes, func(o evidence.Outcome) bool { return o.Listed == "否" && o.Level == "国家" })
	}},
	{"guided pupil", "012", func(v *view) bool {
		return some(v.p.Outcomes, func(o evidence.Outcome) bool { return o.Own == "指导" })
	}},
	{"国际 not above 国家", "012", func(v *view) bool {
		return some(v.p.Outcomes, func(o evidence.Outcome) bool { return o.Level == "国际" })
	}},
	{"S = 0", "0", func(v *view) bool { return v.allEqual("2026学业水平测试九", "信息技术", 1000) }},
	{"one class only", "0", func(v *view) bool { return len(v.classesOf("2026春期末六")) == 1 }},
	{"two classes", "02", func(v *view) bool {
		return v.someTeacher(func(c, s map[string]bool) bool { return len(c) == 2 && s["数学"] })
	}},
	{"two subjects", "01", func(v *view) bool { return v.someTeacher(func(c, s map[string]bool) bool { return len(s) >= 2 }) }},
	{"cross-stage", "0", func(v *view) bool {
		return v.someTeacher(func(c, s map[string]bool) bool { return c["六1"] && len(c) > 1 })
	}},
	{"教研组 of four", "0", func(v *view) bool {
		n := 0
		for _, s := range v.p.Staff {
			if s.Group == "化学组" {
				n++
			}
		}
		return n == 4
	}},
	{"subject without exams", "012", func(v *view) bool {
		return some(v.p.Lessons, func(l evidence.Lesson) bool { return l.Subject == "美术" }) &&
			!some(v.p.Exams, func(e evidence.Exam) bool { return e.Subject == "美术" })
	}},
	{"new class without baseline", "012", func(v *view) bool {
		return some(v.p.Classes, func(c evidence.Class) bool {
			return v.exams(c.ID, true) > 0 && v.exams(c.ID, false) == 0 && some(v.p.Classes, func(d evidence.Class) bool {
				return d.Grade == c.Grade && v.exams(d.ID, false) > 0
			})
		})
	}},
	{"missing exam", "012", func(v *view) bool {
		return some(v.p.Classes, v.missed)
	}},
	{"progress from other full marks", "0", func(v *view) bool {
		return some(v.p.Exams, func(e evidence.Exam) bool {
			return whole(e.Full) == 150 && some(v.p.Exams, func(b evidence.Exam) bool { return b.ID == e.Prior && b.Subject == e.Subject && whole(b.Full) == 120 })
		})
	}},
	{"joint class", "0", func(v *view) bool {
		return some(v.p.Lessons, func(l evidence.Lesson) bool { return l.Kind == "合堂" && l.Class == "七1" }) &&
			some(v.p.Lessons, func(l evidence.Lesson) bool { return l.Kind == "合堂" && l.Class == "七2" })
	}},
	{"pupil came, pupil left, class changed", "012", func(v *view) bool {
		came, left, changed := v.pupils()
		return came && left && changed && some(v.p.Classes, func(c evidence.Class) bool { return whole(c.In) > 0 }) &&
			some(v.p.Classes, func(c evidence.Class) bool { return whole(c.Out) > 0 })
	}},
	{"随班就读", "012", func(v *view) bool {
		excused, other := map[string]int{}, map[string]bool{}
		for _, m := range v.p.Marks {
			for _, x := range m.By {
				switch x {
				case evidence.NoMark:
				case evidence.ExcusedMark:
					excused[m.Pupil]++
				default:
					other[m.Pupil] = true
				}
			}
		}
		for pupil, n := range excused {
			if n >= 6 && !other[pupil] {
				return true
			}
		}
		return false
	}},
	{"缺考, 缓考, 未交, 拒绝, a mark of 0", "012", func(v *view) bool {
		seen := map[evidence.Points]bool{}
		for _, m := range v.p.Marks {
			for _, x := range m.By {
				seen[x] = true
			}
		}
		return seen[0] && seen[evidence.AbsentMark] && seen[evidence.ExcusedMark] && seen[evidence.NotYetMark] && seen[evidence.RefusedMark]
	}},
	{"kin on the committee", "012", func(v *view) bool {
		n := map[string]int{}
		for _, c := range v.p.Committee {
			if c.Item == "爱岗敬业" {
				n[c.Staff]++
			}
		}
		return v.anyone(func(id string) bool { return n[id] == 4 }) && v.anyone(func(id string) bool { return n[id] == 5 })
	}},
	{"same name", "012", func(v *view) bool {
		n := 0
		for _, s := range v.p.Staff {
			if s.Name == sameName {
				n++
			}
		}
		return n == 2
	}},
	{"rare names", "012", func(v *view) bool {
		for _, name := range []string{"张𬭎", "李㛃", "孔令㻛", "欧阳静怡", "诸葛明轩", "阿依古丽·买买提", "于一"} {
			if !v.staff(func(s *evidence.Staff) bool { return s.Name == name }) {
				return false
			}
		}
		return true
	}},
}

func TestSpecialCases(t *testing.T) {
	t.Parallel()
	for n, p := range firsts {
		v := &view{p: p}
		for _, c := range cases {
			if strings.Contains(c.where, num.Int(int64(n)).String()) && !c.found(v) {
				t.Errorf("school %d lacks the case %s", n, c.name)
			}
		}
	}
}

// TestCasesAreListed holds doc.go's table to the cases that a test finds.
func TestCasesAreListed(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for line := range strings.Lines(string(doc)) {
		row, isRow := strings.CutPrefix(line, "//\t")
		name, _, _ := strings.Cut(row, "  ")
		if isRow && name != "case" && name != "----" {
			listed = append(listed, strings.TrimSpace(name))
		}
	}
	var tested []string
	for _, c := range cases {
		tested = append(tested, c.name)
	}
	if !slices.Equal(listed, tested) {
		t.Errorf("doc.go lists %q\ntests find %q", listed, tested)
	}
}
