package city

import (
	"fmt"

	"shiji/internal/evidence"
	"shiji/internal/num"
)

// School returns the evidence of the n-th school (n = 0, 1 …) of the city that
// seed stands for. Junior, primary and senior schools take turns, a junior one
// first. The same arguments give the same package on every machine.
func School(seed uint64, n int) *evidence.Package { return makeSchool(seed, n, 0).p }

// makeSchool makes a school whose luck is that of another year when back is not
// zero; its dates are those of School's year all the same.
func makeSchool(seed uint64, n, back int) *school {
	s := &school{seed: seed, n: n, back: back, plan: planOf(seed, n), p: &evidence.Package{}}
	s.employ()
	s.open()
	s.assign()
	s.castRoles()
	s.rearrange()
	s.staffSheet()
	s.classSheet()
	s.holdDuties()
	s.attend()
	s.meet()
	s.workMore()
	s.examine()
	s.inspect()
	s.develop()
	s.rate()
	s.setGoals()
	s.judgeConduct()
	s.sitCommittee()
	s.describe()
	return s
}

// school is a package being made.
type school struct {
	seed    uint64
	n       int
	back    int // years; see Earlier
	plan    *plan
	p       *evidence.Package
	people  []*person
	classes []*class
	cast    cast
}

// person is somebody on the staff, with what the package does not say: how good
// they are at their work.
type person struct {
	evidence.Staff
	office  string // the post beside or instead of teaching
	skill   int    // of teaching, in thousandths of a standard deviation
	care    int    // of everything else, likewise
	classes []string
	lessons int // weekly, whole
	days    [365]string
}

// class is a class with its pupils.
type class struct {
	evidence.Class
	grade  *grade
	index  int
	effect int // thousandths of a standard deviation
	pupils []*pupil
	came   int
}

// at returns the person's attendance code of a day, "" outside the year or
// while not employed here.
func (p *person) at(d day) string {
	if d < yearStart || d > yearEnd {
		return ""
	}
	return p.days[d-yearStart]
}

// here reports whether the person was at work all of that day.
func (p *person) here(d day) bool {
	switch p.at(d) {
	case "出", "迟", "退":
		return true
	}
	return false
}

func (p *person) teaches() bool { return p.lessons > 0 }

// stream returns the generator of one part of this school. Each year has its own
// luck; who the people are, and how good at their work, is of no year.
func (s *school) stream(part string) *random {
	if s.back > 0 && part != "staff" {
		part = fmt.Sprint(part, " of ", s.back, " years before")
	}
	return stream(s.seed, s.n, part)
}

func known(n int) evidence.Quantity { return evidence.Known(num.Int(int64(n))) }

// hundredths returns n/100.
func hundredths(n int) evidence.Quantity { return evidence.Known(num.Frac(int64(n), 100)) }

// scored returns a score around mean percent of full, better for the skilled,
// on a grid of half points.
func scored(r *random, mean, skill, full int) evidence.Quantity {
	permille := min(1000, max(0, mean*10+skill*25/1000+r.normal()*25/1000))
	return evidence.Known(num.Frac(int64(full*permille*2/1000), 2))
}

// describe fills the sheet about the school and records what was handed in.
func (s *school) describe() {
	stages := []string{s.plan.stage}
	for _, g := range s.plan.grades {
		if g.attached {
			stages = append(stages, g.stage)
		}
	}
	school := evidence.School{
		Name: schoolName(s.n/3, s.plan.suffix), Code: fmt.Sprintf("3137%06d", s.n+1), County: counties[s.n%len(counties)],
		Stages: stages, Term: "2025-2026", Start: yearStart.String(), End: yearEnd.String(),
		Label: "演示数据（合成）",
	}
	for _, sheet := range evidence.Sheets {
		if sheet.Name == "参照" && len(s.p.References) == 0 {
			school.Declined = append(school.Declined, sheet.Name)
			continue
		}
		s.p.HandIn(sheet.Name)
	}
	s.p.School = []evidence.School{school}
}
