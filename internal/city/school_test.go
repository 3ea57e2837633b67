package city

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

// firsts are the first school of each kind.
var firsts = []*evidence.Package{School(1, 0), School(1, 1), School(1, 2)}

func TestCounts(t *testing.T) {
	t.Parallel()
	for n, want := range []struct{ staff, pupils, marks int }{{120, 1500, 99_000}, {90, 1400, 9_000}, {120, 2000, 100_000}} {
		p := firsts[n]
		if len(p.Staff) < want.staff {
			t.Errorf("school %d has %d staff, want at least %d", n, len(p.Staff), want.staff)
		}
		pupils := 0
		for _, c := range p.Classes {
			pupils += whole(c.Pupils)
		}
		if pupils < want.pupils {
			t.Errorf("school %d has %d pupils, want at least %d", n, pupils, want.pupils)
		}
		if got := marks(p); got < want.marks {
			t.Errorf("school %d has %d marks, want at least %d", n, got, want.marks)
		}
		for _, kind := range []string{"教学", "管理", "教辅", "工勤"} {
			if !slices.ContainsFunc(p.Staff, func(s evidence.Staff) bool { return s.Kind == kind }) {
				t.Errorf("school %d has nobody of kind %s", n, kind)
			}
		}
		if p.School[0].Label != "演示数据（合成）" {
			t.Errorf("school %d is labelled %q", n, p.School[0].Label)
		}
	}
}

func marks(p *evidence.Package) int {
	n := 0
	for _, m := range p.Marks {
		for _, x := range m.By {
			if x != evidence.NoMark {
				n++
			}
		}
	}
	return n
}

func whole(q evidence.Quantity) int {
	n, _ := q.Q.Int64()
	return int(n)
}

// TestEverySchoolHoldsTogether draws schools and holds them against the
// package's own check and against what no check knows.
func TestEverySchoolHoldsTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seed, n := rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 40).Draw(t, "n")
		p := School(seed, n)
		if err := evidence.Check(p); err != nil {
			t.Fatalf("Check: %v", err)
		}
		references(t, p)
		timetable(t, p, planOf(seed, n))
		lawful(t, p)
		flows(t, p)
		presence(t, p)
	})
}

// references follows every cell that names a person, class or exam, and finds
// lines with the same natural key, by the sheets' declaration alone.
func references(t *rapid.T, p *evidence.Package) {
	known := map[string]map[string]bool{"工号": {}, "班级": {}, "考试编号": {}}
	for _, s := range p.Staff {
		known["工号"][s.ID] = true
	}
	for _, c := range p.Classes {
		known["班级"][c.ID] = true
	}
	for _, e := range p.Exams {
		known["考试编号"][e.ID] = true
	}
	for _, s := range evidence.Sheets {
		seen := make(map[string]bool, s.Len(p))
		row := make([]evidence.Value, len(s.Columns))
		for i := range s.Len(p) {
			s.Row(p, i, row)
			key := ""
			for k, c := range s.Columns {
				if c.Key {
					key += row[k].String() + "\x00"
				}
				if in := known[c.Name]; in != nil && !in[row[k].Text] {
					t.Fatalf("%s line %d names %s %q, which is not there", s.Name, i, c.Name, row[k].Text)
				}
			}
			if seen[key] {
				t.Fatalf("%s has two lines of key %q", s.Name, key)
			}
			seen[key] = true
		}
	}
}

// timetable holds every class to its grade's weekly lessons on days around each
// change of teachers, and shares to the whole.
func timetable(t *rapid.T, p *evidence.Package, pl *plan) {
	for _, d := range []day{yearStart, leaveStart - 1, leaveStart, leaveEnd, leaveEnd + 1, yearEnd} {
		type k struct{ class, subject string }
		weekly, share := map[k]int{}, map[k]num.Q{}
		for i := range p.Lessons {
			l := &p.Lessons[i]
			if l.Kind != "正课" && l.Kind != "合堂" || l.Start > d.String() || l.End != "" && l.End < d.String() {
				continue
			}
			at := k{l.Class, l.Subject}
			weekly[at] += whole(l.Weekly)
			share[at] = share[at].Add(l.Share.Or(num.Int(1)))
		}
		for _, g := range pl.grades {
			for i := range g.classes {
				class := g.short + num.Int(int64(i+1)).String()
				for _, h := range g.hours(i) {
					at := k{class, h.subject}
					if weekly[at] != h.weekly || !share[at].Equal(num.Int(1)) {
						t.Fatalf("%s on %s: %d lessons of %s in shares of %s, want %d and 1", class, d, weekly[at], h.subject, share[at], h.weekly)
					}
					delete(weekly, at)
				}
			}
		}
		if len(weekly) > 0 {
			t.Fatalf("lessons on %s that the plan does not know: %v", d, weekly)
		}
	}
}

// lawful holds the exams to the notices on exams that may exist at all.
func lawful(t *rapid.T, p *evidence.Package) {
	last := map[string]string{"初中": "九年级", "普通高中": "高三"}[p.School[0].Stages[0]]
	perTerm := map[string]map[string]bool{}
	for _, e := range p.Exams {
		primary := strings.Contains("一年级 二年级 三年级 四年级 五年级 六年级", e.Grade)
		switch {
		case e.Kind == "中考" || e.Kind == "高考":
			t.Fatalf("%s is %s", e.ID, e.Kind)
		case e.Grade == "一年级" || e.Grade == "二年级":
			t.Fatalf("%s is a written exam of %s", e.ID, e.Grade)
		case e.Level != "校" && e.Grade != last && e.Kind != "学业水平测试":
			t.Fatalf("%s is an exam of level %s in %s", e.ID, e.Level, e.Grade)
		case primary && e.Kind != "期末":
			t.Fatalf("%s is %s in %s", e.ID, e.Kind, e.Grade)
		case e.Kind == "平时":
			t.Fatalf("%s is a weekly, monthly or unit exam", e.ID)
		}
		term := e.Grade + e.Kind + "/" + e.Date[:4] + map[bool]string{true: "春", false: "秋"}[e.Date[5:7] > "02" && e.Date[5:7] < "08"]
		if perTerm[term] == nil {
			perTerm[term] = map[string]bool{}
		}
		perTerm[term][e.ID] = true
	}
	for term, ids := range perTerm {
		if limit := 1 + strings.Count(term, "统一监测"); len(ids) > limit {
			t.Fatalf("%s has %d exams, at most %d are lawful", term, len(ids), limit)
		}
	}
}

// flows adds up every class's pupils.
func flows(t *rapid.T, p *evidence.Package) {
	for _, c := range p.Classes {
		if whole(c.AtStart)+whole(c.In)-whole(c.Out) != whole(c.Pupils) {
			t.Fatalf("%s: %d + %d - %d pupils are not %d", c.ID, whole(c.AtStart), whole(c.In), whole(c.Out), whole(c.Pupils))
		}
	}
}

// presence holds attendance to the calendar and to employment, and finds work
// done on days off duty.
func presence(t *rapid.T, p *evidence.Package) {
	type at struct{ staff, date string }
	code := map[at]string{}
	for i := range p.Attendance {
		a := &p.Attendance[i]
		for d, c := range a.Days {
			if c != "" {
				code[at{a.Staff, a.Month + "-" + string([]byte{'0' + byte((d+1)/10), '0' + byte((d+1)%10)})}] = c
			}
		}
	}
	for _, s := range p.Staff {
		for d := yearStart; d <= yearEnd; d++ {
			employed := s.Joined <= d.String() && (s.Left == "" || d.String() <= s.Left)
			c := code[at{s.ID, d.String()}]
			if employed != (c != "") || employed && works(d) == (c == "休") {
				t.Fatalf("%s on %s: code %q, employed %v, working day %v", s.ID, d, c, employed, works(d))
			}
		}
	}
	for _, w := range p.OtherWork {
		if c := code[at{w.Staff, w.Date}]; !slices.Contains([]string{"出", "休", "迟", "退"}, c) {
			t.Fatalf("%s did %s on %s, a day of code %q", w.Staff, w.Kind, w.Date, c)
		}
	}
}

// TestLoads holds mean weekly lessons near the ranges of 济宁2018 三(三)1.
func TestLoads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n        int
		groups   string
		min, max float64 // widened by a lesson: ranges are 原则上
	}{
		{0, "语文组 数学组 英语组", 9.5, 13}, {0, "物理组 化学组 生物组 道德与法治组 历史组 地理组", 10, 15}, {0, "音乐组 美术组 体育组 综合实践组 信息技术组", 13, 17},
		{1, "语文组 数学组", 11, 15}, {1, "英语组 科学组 体育组 音乐组 美术组", 13, 19},
		{2, "语文组 数学组 英语组", 9.5, 13}, {2, "物理组 化学组 生物组 思想政治组 历史组 地理组", 10.5, 15}, {2, "体育组 音乐组 美术组 通用技术组", 13, 19},
	} {
		p := firsts[c.n]
		load := map[string]int{}
		for _, l := range p.Lessons {
			if (l.Kind == "正课" || l.Kind == "合堂") && l.Start == "" && l.End == "" {
				load[l.Staff] += whole(l.Weekly)
			}
		}
		for _, group := range strings.Fields(c.groups) {
			sum, people := 0, 0
			for _, s := range p.Staff {
				if s.Group == group && s.Kind == "教学" && load[s.ID] > 0 {
					sum, people = sum+load[s.ID], people+1
				}
			}
			if mean := float64(sum) / float64(people); !(mean >= c.min && mean <= c.max) {
				t.Errorf("school %d: %s teaches %.2f lessons a week, want %g to %g", c.n, group, mean, c.min, c.max)
			}
		}
	}
}

// TestPriorCorrelation holds marks to what pupils' marks are like: this
// spring's final follows autumn's at about 0.7, and rates are neither 0 nor 1.
func TestPriorCorrelation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n          int
		prior, now string
		subject    string
	}{
		{0, "2025秋期末七", "2026春期末七", "语文"}, {0, "2025秋期末八", "2026春期末八", "物理"}, {0, "2025秋期末九", "2026一模九", "数学"},
		{0, "2025春期末七", "2025秋期末八", "英语"}, {1, "2025秋期末五", "2026春期末五", "数学"}, {2, "2025秋期末高二", "2026春期末高二", "物理"},
	} {
		r, n, pass := correlate(firsts[c.n], c.prior, c.now, subjectIndex(c.subject))
		if !(r > 0.58 && r < 0.82) || n < 200 {
			t.Errorf("%s of %s against %s: correlation %.3f over %d pupils, want about 0.7", c.subject, c.now, c.prior, r, n)
		}
		if !(pass > 0.5 && pass < 0.995) {
			t.Errorf("%s of %s: pass rate %.3f", c.subject, c.now, pass)
		}
	}
}

func correlate(p *evidence.Package, prior, now string, subject int) (r float64, n int, pass float64) {
	var full float64
	for _, e := range p.Exams {
		if e.ID == now && e.Subject == evidence.Subjects[subject].Name {
			full = float64(whole(e.Full))
		}
	}
	before := map[string]float64{}
	var sx, sy, sxx, syy, sxy, k float64
	for _, m := range p.Marks {
		if m.Exam == prior && m.By[subject] >= 0 {
			before[m.Pupil] = float64(m.By[subject]) / 100
		}
	}
	for _, m := range p.Marks {
		x, ok := before[m.Pupil]
		if m.Exam != now || !ok || m.By[subject] < 0 {
			continue
		}
		y := float64(m.By[subject]) / 100
		if y >= full*0.6 {
			pass++
		}
		sx, sy, sxx, syy, sxy, k = sx+x, sy+y, sxx+x*x, syy+y*y, sxy+x*y, k+1
	}
	return (k*sxy - sx*sy) / math.Sqrt((k*sxx-sx*sx)*(k*syy-sy*sy)), int(k), pass / k
}

func TestSchoolNamesDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for i := range 3000 {
		name := schoolName(i, "小学")
		if other, twice := seen[name]; twice {
			t.Fatalf("schools %d and %d are both %s", other, i, name)
		}
		seen[name] = i
	}
	if got := schoolName(11*20, "小学"); got != "明德第十二小学" {
		t.Errorf("schoolName(220) = %s, want 明德第十二小学", got)
	}
}
