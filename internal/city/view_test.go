package city

import (
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

// view asks a package the questions by which its special cases are found.
type view struct {
	p     *evidence.Package
	codes map[string]map[string]int
}

func some[T any](list []T, ok func(T) bool) bool { return slices.ContainsFunc(list, ok) }

func (v *view) staff(ok func(*evidence.Staff) bool) bool {
	return some(v.p.Staff, func(s evidence.Staff) bool { return ok(&s) })
}

func (v *view) anyone(ok func(id string) bool) bool {
	return v.staff(func(s *evidence.Staff) bool { return ok(s.ID) })
}

func (v *view) has(duties []evidence.Duty, id string) bool {
	return some(duties, func(d evidence.Duty) bool { return d.Staff == id })
}

// days counts a person's codes of the period, "" for days not employed.
func (v *view) days(id string) map[string]int {
	if v.codes == nil {
		v.codes = map[string]map[string]int{}
		for i := range v.p.Attendance {
			a := &v.p.Attendance[i]
			if v.codes[a.Staff] == nil {
				v.codes[a.Staff] = map[string]int{"": 365}
			}
			for _, c := range a.Days {
				if c != "" {
					v.codes[a.Staff][c]++
					v.codes[a.Staff][""]--
				}
			}
		}
	}
	return v.codes[id]
}

// rate is days at work by working days, half days counting half.
func (v *view) rate(id string) num.Q {
	there, all := 0, 0
	for code, n := range v.days(id) {
		switch {
		case code == "" || code == "休":
			continue
		case code == "出" || code == "迟" || code == "退":
			there += 2 * n
		case strings.Contains(code, "出"):
			there += n
		}
		all += 2 * n
	}
	if all == 0 {
		return num.Int(0)
	}
	return num.Frac(int64(there), int64(all))
}

// firstAndLast returns the first and last day of a code, in days of the year.
func (v *view) firstAndLast(id, code string) (first, last day) {
	for i := range v.p.Attendance {
		a := &v.p.Attendance[i]
		for d, c := range a.Days {
			if a.Staff != id || c != code {
				continue
			}
			y, m := whole(evidence.Known(num.MustParse(a.Month[:4]))), whole(evidence.Known(num.MustParse(strings.TrimPrefix(a.Month[5:], "0"))))
			if at := on(y, m, d+1); first == 0 {
				first, last = at, at
			} else {
				last = at
			}
		}
	}
	return first, last
}

func (v *view) exception(kind string) bool {
	return some(v.p.Exceptions, func(e evidence.Exception) bool { return e.Kind == kind && e.Reason != "" && e.By != "" })
}

// breach finds a reported breach of that state whose person has that conclusion.
func (v *view) breach(state, conclusion string) bool {
	return some(v.p.Conduct, func(c evidence.Conduct) bool {
		return c.Kind == "违规认定" && c.State == state && some(v.p.Conduct, func(d evidence.Conduct) bool {
			return d.Staff == c.Staff && d.Kind == "年度结论" && d.Item == conclusion
		})
	})
}

// tie finds two people of whom every sheet but 教职工 says the same.
func (v *view) tie() bool {
	said := map[string][]string{}
	for _, s := range evidence.Sheets[2:] {
		row := make([]evidence.Value, len(s.Columns))
		at := slices.IndexFunc(s.Columns, func(c evidence.Column) bool { return c.Name == "工号" })
		if at < 0 {
			continue
		}
		for i := range s.Len(v.p) {
			s.Row(v.p, i, row)
			text := s.Name
			for k := range row {
				if k != at {
					text += "\x00" + row[k].String()
				}
			}
			said[row[at].Text] = append(said[row[at].Text], text)
		}
	}
	seen := map[string]bool{}
	for _, lines := range said {
		slices.Sort(lines)
		all := strings.Join(lines, "\n")
		if seen[all] {
			return true
		}
		seen[all] = true
	}
	return false
}

func (v *view) marksOf(exam string) []evidence.Marks {
	var list []evidence.Marks
	for _, m := range v.p.Marks {
		if m.Exam == exam {
			list = append(list, m)
		}
	}
	return list
}

// allEqual reports whether all marks that are there are the same.
func (v *view) allEqual(exam, subject string, want evidence.Points) bool {
	n := 0
	for _, m := range v.marksOf(exam) {
		switch x := m.By[subjectIndex(subject)]; {
		case x == want:
			n++
		case x >= 0:
			return false
		}
	}
	return n > 100
}

func (v *view) classesOf(exam string) map[string]bool {
	classes := map[string]bool{}
	for _, m := range v.marksOf(exam) {
		classes[m.Class] = true
	}
	return classes
}

// someTeacher finds a teacher by the classes and subjects of their lessons.
func (v *view) someTeacher(ok func(classes, subjects map[string]bool) bool) bool {
	return v.staff(func(s *evidence.Staff) bool {
		classes, subjects := map[string]bool{}, map[string]bool{}
		for _, l := range v.p.Lessons {
			if l.Staff == s.ID && l.Kind == "正课" {
				classes[l.Class], subjects[l.Subject] = true, true
			}
		}
		return s.Kind == "教学" && ok(classes, subjects)
	})
}

// exams counts the exams that a class has marks of, in this year or before.
func (v *view) exams(class string, thisYear bool) int {
	ids := map[string]bool{}
	for _, m := range v.p.Marks {
		if m.Class == class {
			ids[m.Exam] = true
		}
	}
	n := 0
	for id := range ids {
		i := slices.IndexFunc(v.p.Exams, func(e evidence.Exam) bool { return e.ID == id })
		if (v.p.Exams[i].Date >= yearStart.String()) == thisYear {
			n++
		}
	}
	return n
}

// pupils looks for one whose marks begin in spring while the class has older
// ones, one whose marks end in autumn, and one with marks in two classes.
func (v *view) pupils() (came, left, changed bool) {
	date := map[string]string{}
	for _, e := range v.p.Exams {
		date[e.ID] = e.Date
	}
	type span struct{ first, last, class string }
	seen, oldest, newest := map[string]span{}, map[string]string{}, map[string]string{}
	for _, m := range v.p.Marks {
		d, s := date[m.Exam], seen[m.Pupil]
		changed = changed || s.class != "" && s.class != m.Class
		s.class, s.last = m.Class, max(s.last, d)
		if s.first == "" || d < s.first {
			s.first = d
		}
		seen[m.Pupil] = s
		newest[m.Class] = max(newest[m.Class], d)
		if oldest[m.Class] == "" || d < oldest[m.Class] {
			oldest[m.Class] = d
		}
	}
	for _, s := range seen {
		came = came || s.first > "2026-02" && oldest[s.class] < "2026-02"
		left = left || s.last < "2026" && newest[s.class] > "2026-02"
	}
	return came, left, changed
}

// missed reports whether another class of the same grade as c lacks one exam of
// this year that c has.
func (v *view) missed(c evidence.Class) bool {
	return some(v.p.Classes, func(other evidence.Class) bool {
		return other.Grade == c.Grade && v.exams(other.ID, true) == v.exams(c.ID, true)-1
	})
}
