package city

import (
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

// Which exams there are follows the notices of 2021 and after on exams in
// schools, see domain policy in doc.go: primary grades 3 to 6 one final a term;
// junior grades a mid-term and a final a term; the last junior grade at most two
// mock exams; nothing across schools except in a last grade; no 中考, no 高考.
// Earlier years' exams are handed in as what progress is measured from. They,
// not extra tests, bring a junior school to some 100,000 marks.

// sitting is one exam of one year group, in all its subjects.
type sitting struct {
	id, name, kind, level string
	on                    day
	grade                 string // as it was called then
	cohort                *grade // as it is now
	subjects              []string
	full                  map[string]int // where it is not the usual
	unit                  evidence.Quantity
	lines                 bool // its lines are published with it
	hard                  int  // thousandths of full marks below the usual mean
}

// sittings lists a year group's exams, the earliest first.
func (s *school) sittings(g *grade) []*sitting {
	var list []*sitting
	if len(g.papers) == 0 {
		return nil
	}
	for back := min(len(g.earlierNames), s.plan.deep); back >= 1; back-- {
		list = append(list, s.ordinary(g, 2025-back, g.earlierNames[back-1], back)...)
	}
	if len(g.earlierNames) == 0 && g.stage != "小学" {
		list = append(list, &sitting{id: "2025入学基线" + g.short, name: g.name + "新生学情诊断", kind: "入学基线", level: "校", on: on(2025, 9, 3),
			grade: g.name, cohort: g, subjects: []string{"语文", "数学", "英语"}, unit: known(1), full: map[string]int{"语文": 100, "数学": 100, "英语": 100}})
	}
	list = append(list, s.ordinary(g, 2025, g.name, 0)...)
	list = append(list, s.joint(g)...)
	slices.SortStableFunc(list, func(a, b *sitting) int { return int(a.on - b.on) })
	return list
}

// ordinary lists the mid-term and final exams of the school year that began in
// year; of the year before last only the finals were kept.
func (s *school) ordinary(g *grade, year int, name string, back int) []*sitting {
	short, papers := shortName(name), g.papers
	for _, other := range s.plan.grades {
		if other.name == name {
			short, papers = other.short, other.papers
		}
	}
	last := back == 0 && s.last(g)
	var list []*sitting
	add := func(term, kind string, d day) {
		title := name + map[bool]string{true: "第一学期", false: "第二学期"}[strings.HasSuffix(term, "秋")] + kind
		list = append(list, &sitting{id: term + kind + short, name: title, kind: kind, level: "校", on: worked(d), grade: name,
			cohort: g, subjects: papers, unit: evidence.None})
	}
	mid := s.plan.stage != "小学" && g.stage != "小学" && back < 2
	autumn, spring := yearText(year)+"秋", yearText(year+1)+"春"
	if mid {
		add(autumn, "期中", on(year, 11, 12))
	}
	add(autumn, "期末", on(year+1, 1, 20))
	if mid && last {
		add(spring, "期中", on(year+1, 4, 8))
	} else if mid {
		add(spring, "期中", on(year+1, 4, 22))
	}
	if !last { // the last grade leaves with the exam that is no evidence here
		add(spring, "期末", on(year+1, 6, 30))
	}
	return list
}

// joint lists the exams beyond the school: two mock exams of the last grade, and
// the 学业水平测试 in subjects that do not count for admission.
func (s *school) joint(g *grade) []*sitting {
	if s.plan.stage == "小学" || g.stage == "小学" {
		return nil
	}
	junior := s.plan.stage == "初中"
	var list []*sitting
	if s.last(g) {
		level, full := "市", map[string]int(nil)
		if junior {
			level, full = "县", map[string]int{"语文": 150, "数学": 150, "英语": 150}
		}
		for i, d := range []day{on(2026, 4, 28), on(2026, 5, 27)} {
			id := "2026" + []string{"一", "二"}[i] + "模" + g.short
			list = append(list, &sitting{id: id, name: g.name + "第" + []string{"一", "二"}[i] + "次模拟", kind: "统一监测", level: level, on: d, grade: g.name,
				cohort: g, subjects: g.papers, unit: evidence.None, full: full, lines: i == 0, hard: 60 - 20*i})
		}
	}
	switch {
	case junior && s.last(g):
		list = append(list, &sitting{id: "2026学业水平测试" + g.short, name: "初中学业水平测试（不计入录取的科目）", kind: "学业水平测试", level: "市", on: on(2026, 6, 9),
			grade: g.name, cohort: g, subjects: []string{"道德与法治", "历史", "信息技术"}, unit: known(1), full: map[string]int{"信息技术": 10}})
	case !junior && g == s.plan.grades[1]:
		list = append(list, &sitting{id: "2026学业水平测试" + g.short, name: "普通高中学业水平合格性考试", kind: "学业水平测试", level: "省", on: on(2026, 6, 29),
			grade: g.name, cohort: g, subjects: []string{"语文", "数学", "英语"}, unit: known(1), full: map[string]int{"语文": 100, "数学": 100, "英语": 100}})
	}
	return list
}

// last reports whether g is the last grade of the school's own stage.
func (s *school) last(g *grade) bool {
	for i := len(s.plan.grades) - 1; i >= 0; i-- {
		if !s.plan.grades[i].attached {
			return s.plan.grades[i] == g
		}
	}
	return false
}

func shortName(name string) string { return name[:len("七")] }

func yearText(y int) string { return num.Int(int64(y)).String() }

// fullMarks returns a subject's full marks in the sitting.
func (s *school) fullMarks(sit *sitting, subject string) int {
	if f := sit.full[subject]; f > 0 {
		return f
	}
	main := subject == "语文" || subject == "数学" || subject == "英语"
	switch {
	case main && sit.cohort.stage == "初中":
		return 120
	case main && sit.cohort.stage == "普通高中":
		return 150
	}
	return 100
}

// prior returns the exam that progress in the subject is measured from: the last
// final before, else the entry baseline, else the last exam at all.
func prior(earlier []*sitting, subject string) string {
	best, rank := "", -1
	for _, e := range earlier {
		if !slices.Contains(e.subjects, subject) {
			continue
		}
		if r := map[string]int{"期末": 2, "入学基线": 1}[e.kind]; r >= rank {
			best, rank = e.id, r
		}
	}
	return best
}

// examine writes exams, marks and the published statistics of joint exams.
func (s *school) examine() {
	r := s.stream("marks")
	t := s.teachers()
	for _, g := range s.plan.grades {
		list := s.sittings(g)
		for i, sit := range list {
			for _, subject := range sit.subjects {
				s.p.Exams = append(s.p.Exams, s.exam(sit, subject, prior(list[:i], subject)))
			}
			s.sit(r, sit, t)
			if sit.level != "校" {
				s.publish(sit)
			}
		}
	}
}

func (s *school) exam(sit *sitting, subject, before string) evidence.Exam {
	e := evidence.Exam{ID: sit.id, Name: sit.name, Kind: sit.kind, Level: sit.level, Date: sit.on.String(), Grade: sit.grade, Subject: subject,
		Full: known(s.fullMarks(sit, subject)), Unit: sit.unit, Prior: before,
		Excellent: evidence.None, Good: evidence.None, Pass: evidence.None, Low: evidence.None}
	if sit.lines {
		part := func(percent int64) evidence.Quantity { return evidence.Known(e.Full.Q.Mul(num.Frac(percent, 100))) }
		e.Excellent, e.Good, e.Pass, e.Low = part(80), part(70), part(60), part(40)
	}
	return e
}

// publish writes what the county or city published of a joint exam.
func (s *school) publish(sit *sitting) {
	r := s.stream("published " + sit.id)
	span := map[string]string{"县": "县", "市": "市", "省": "省"}[sit.level]
	pupils := r.between(4800, 5600) * map[string]int{"县": 1, "市": 14, "省": 110}[sit.level]
	for _, subject := range sit.subjects {
		full := s.fullMarks(sit, subject)
		if subject == "信息技术" {
			continue // passed or not: no statistics are published
		}
		mean := full * (690 - sit.hard + r.between(-20, 20)) // thousandths of a point
		percent := func(lo, hi int) evidence.Quantity { return hundredths(100*lo + r.below(100*(hi-lo))) }
		s.p.References = append(s.p.References, evidence.Reference{
			Exam: sit.id, Subject: subject, Range: span, Pupils: known(pupils),
			Mean: evidence.Known(num.Frac(int64(mean/10), 100)), SD: hundredths(full * r.between(165, 185) / 10),
			Excellent: percent(24, 30), Good: percent(45, 52), Pass: percent(68, 76), Low: percent(5, 9),
			TopMean: evidence.Known(num.Frac(int64(mean/10+full*8), 100)), TopExcellent: percent(44, 52), TopGood: percent(64, 70), TopPass: percent(86, 93),
		})
	}
}
