package city

import "shiji/internal/evidence"

// A mark is what the pupil is able to do in general, what in the subject, what
// the class and its teacher add, and the day: in parts that make two exams of a
// subject correlate at about 0.7 and two subjects at about 0.5.
const (
	generalPart = 680
	subjectPart = 480
	dayPart     = 555
	teacherPart = 130 // what a teacher one standard deviation better adds in a year
)

// teachers finds who teaches a subject to a class on a day.
type teachers map[[2]string][]taught

type taught struct {
	skill    int
	from, to string
}

func (s *school) teachers() teachers {
	skill := map[string]int{}
	for _, p := range s.people {
		skill[p.ID] = p.skill
	}
	t := teachers{}
	for i := range s.p.Lessons {
		l := &s.p.Lessons[i]
		if l.Kind != "正课" && l.Kind != "合堂" {
			continue
		}
		k := [2]string{l.Class, l.Subject}
		t[k] = append(t[k], taught{skill[l.Staff], l.Start, l.End})
	}
	return t
}

// skill returns the mean skill of those who teach subject to class on day d, 0
// in earlier years, of which the package does not tell.
func (t teachers) skill(class, subject string, d day) int {
	if d < yearStart {
		return 0
	}
	sum, n, date := 0, 0, d.String()
	for _, x := range t[[2]string{class, subject}] {
		if (x.from == "" || x.from <= date) && (x.to == "" || date <= x.to) {
			sum, n = sum+x.skill, n+1
		}
	}
	return sum / max(n, 1)
}

// paper is a subject of a sitting as it is marked.
type paper struct {
	subject    string
	index      int
	full, unit int // unit in hundredths of a point
	mean, sd   int // thousandths of full marks
}

func (s *school) papers(sit *sitting) []paper {
	r := s.stream("papers " + sit.id)
	var list []paper
	for _, subject := range sit.subjects {
		p := paper{subject: subject, index: subjectIndex(subject), full: s.fullMarks(sit, subject), unit: 50}
		if sit.unit.State == evidence.Given {
			p.unit = 100
		}
		p.mean, p.sd = 725-sit.hard+r.between(-40, 40), r.between(150, 185)
		if sit.cohort.stage == "小学" {
			p.mean, p.sd = p.mean+120, p.sd-40
		}
		if subject == "信息技术" { // a test in practice that everybody passes: S = 0
			p.mean, p.sd = 1000, 0
		}
		list = append(list, p)
	}
	return list
}

// sheet is what the pupils of one class have before them: the papers of the
// subjects they take, and what class and teacher add to each.
type sheet struct {
	papers  []paper
	effects []int
}

func (t teachers) sheet(c *class, sit *sitting, papers []paper) sheet {
	var sh sheet
	for _, p := range papers {
		// In the 学业水平测试, and in earlier years, all took every subject.
		if sit.on >= yearStart && sit.kind != "学业水平测试" && !c.examined(p.subject) {
			continue
		}
		sh.papers = append(sh.papers, p)
		sh.effects = append(sh.effects, c.effect+t.skill(c.ID, p.subject, sit.on)*teacherPart/1000)
	}
	return sh
}

var noMarks = func() (by [26]evidence.Points) {
	for i := range by {
		by[i] = evidence.NoMark
	}
	return by
}()

// sit writes the marks of one sitting.
func (s *school) sit(r *random, sit *sitting, t teachers) {
	papers := s.papers(sit)
	sheets := map[*class]sheet{}
	for _, c := range s.classes {
		if c.grade == sit.cohort {
			sheets[c] = t.sheet(c, sit, papers)
		}
	}
	for _, c := range s.classes {
		if c.grade != sit.cohort || s.newClass(c) && sit.on < yearStart {
			continue
		}
		for _, pu := range c.pupils {
			room := pu.in(sit.on)
			if room == nil || s.missesExam(room, sit) {
				continue
			}
			m := evidence.Marks{Exam: sit.id, Class: room.ID, Pupil: pu.number, By: noMarks}
			ill, sh := r.chance(4), sheets[room]
			for i := range sh.papers {
				p := &sh.papers[i]
				m.By[p.index] = pu.mark(r, p, sh.effects[i])
				if state := absence(r, pu, ill); state != 0 {
					m.By[p.index] = state
				}
			}
			s.p.Marks = append(s.p.Marks, m)
		}
	}
	s.oddMarks(sit, papers)
}

// absence returns why a pupil has no mark, 0 if there is one.
func absence(r *random, pu *pupil, ill bool) evidence.Points {
	switch x := r.below(10000); {
	case pu.excused:
		return evidence.ExcusedMark
	case ill:
		return evidence.AbsentMark
	case x < 25:
		return evidence.AbsentMark
	case x < 33:
		return evidence.ExcusedMark
	}
	return 0
}

// mark returns a pupil's mark; effect is what class and teacher add.
func (pu *pupil) mark(r *random, p *paper, effect int) evidence.Points {
	z := (generalPart*pu.general+subjectPart*int(pu.subject[p.index])+dayPart*r.normal())/1000 + effect
	share := p.mean + p.sd*z/1000
	if share > 850 && p.sd > 0 { // papers run out of hard questions
		share = 850 + (share-850)*6/10
	}
	share = min(1000, max(20, share))
	steps := (share*p.full*100/1000 + p.unit/2) / p.unit
	return evidence.Points(steps * p.unit)
}

// oddMarks puts the single odd cases into the first mid-term or final of the
// year: a paper handed in blank (0, which is no absence), one still to be
// marked, one refused.
func (s *school) oddMarks(sit *sitting, papers []paper) {
	if sit.on < yearStart || sit.cohort != s.plan.grades[len(s.plan.grades)/2] || sit.kind != "期末" || len(s.p.Marks) < 40 {
		return
	}
	odd := []evidence.Points{0, evidence.NotYetMark, evidence.RefusedMark}
	for i := len(s.p.Marks) - 1; i >= 0 && len(odd) > 0 && s.p.Marks[i].Exam == sit.id; i -= 11 {
		if at := &s.p.Marks[i].By[papers[0].index]; *at > 0 {
			*at, odd = odd[0], odd[1:]
		}
	}
}
