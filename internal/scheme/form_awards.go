package scheme

import (
	"strings"

	"shiji/internal/num"
)

// Awards adds up prizes by level × grade. Within one series only the highest
// counts; a prize with a place but no grade is graded by the number of places.
type Awards struct {
	Table        string
	Where        []Where
	Level, Grade string // coded fields
	Rank, Places string // number fields; "" if places are not converted
	Series       string // coded field; lines without a series stand alone
	Scores       []LevelScores
	Convert      []PlaceRule
	Kind_        string // coded field that Caps go by; ""
	Caps         []NamedQ
	Factor       []NamedQ // by the codes of FactorBy, e.g. 指导 0.5
	FactorBy     string
	Limits
}

// LevelScores are the scores of one level by grade.
type LevelScores struct {
	Level  string
	Grades []NamedQ
}

// PlaceRule grades places when a contest has Of of them: places up to Upto[i]
// have grade Grades[i].
type PlaceRule struct {
	Of     int
	Grades []string
	Upto   []int
}

func (*Awards) Kind() string { return "awards" }

func (f *Awards) Reads() Reads {
	r := Reads{Codes: []string{f.Level, f.Grade}, Over: &Over{Table: f.Table, Where: f.Where}}
	for _, n := range []string{f.Rank, f.Places} {
		if n != "" {
			r.Values = append(r.Values, n)
		}
	}
	for _, n := range []string{f.Series, f.Kind_, f.FactorBy} {
		if n != "" {
			r.Codes = append(r.Codes, n)
		}
	}
	for _, w := range f.Where {
		r.Codes = append(r.Codes, w.Field)
	}
	return r
}

func readAwards(p *Params) Form {
	f := &Awards{Table: p.Text("over"), Where: readWhere(p), Level: p.Text("level"), Grade: p.Text("grade"), Limits: readLimits(p)}
	f.Rank, _ = p.OptText("place")
	f.Places, _ = p.OptText("places")
	f.Series, _ = p.OptText("series")
	f.Kind_, _ = p.OptText("kind")
	f.Caps = p.Numbers("caps")
	f.FactorBy, _ = p.OptText("factor-by")
	f.Factor = p.Numbers("factors")
	scores := p.Map("scores")
	if scores == nil {
		p.Fault("", "scheme.missing-key", "scores")
		return f
	}
	for _, level := range scores.Names() {
		f.Scores = append(f.Scores, LevelScores{level, scores.Numbers(level)})
	}
	for _, m := range p.Maps("convert") {
		f.Convert = append(f.Convert, readPlaceRule(m))
	}
	if len(f.Convert) > 0 && (f.Rank == "" || f.Places == "") {
		p.Fault("convert", "scheme.missing-key", "place, places")
	}
	if len(f.Caps) > 0 && f.Kind_ == "" {
		p.Fault("caps", "scheme.missing-key", "kind")
	}
	if len(f.Factor) > 0 && f.FactorBy == "" {
		p.Fault("factors", "scheme.missing-key", "factor-by")
	}
	return f
}

func readPlaceRule(m *Params) PlaceRule {
	r := PlaceRule{Of: m.IntOr("of", 0, 1, 1000)}
	last := 0
	for _, g := range m.Numbers("grades") {
		upto, ok := g.Q.Int64()
		if !ok || int(upto) <= last || int(upto) > r.Of {
			m.Fault("grades", "scheme.place-order", g.Name, g.Q.String(), r.Of)
		}
		last = int(upto)
		r.Grades, r.Upto = append(r.Grades, g.Name), append(r.Upto, last)
	}
	m.End()
	return r
}

// Score returns what a prize of that level and grade is worth, and false when
// the table has no such cell.
func (f *Awards) Score(level, grade string) (num.Q, bool) {
	for _, l := range f.Scores {
		if l.Level == level {
			return lookup(l.Grades, grade)
		}
	}
	return num.Q{}, false
}

// GradeOf returns the grade of a place among places, "" when no rule tells.
func (f *Awards) GradeOf(place, places int) string {
	for _, r := range f.Convert {
		if r.Of != places {
			continue
		}
		for i, upto := range r.Upto {
			if place >= 1 && place <= upto {
				return r.Grades[i]
			}
		}
	}
	return ""
}

func lookup(list []NamedQ, name string) (num.Q, bool) {
	for _, e := range list {
		if strings.EqualFold(e.Name, name) {
			return e.Q, true
		}
	}
	return num.Q{}, false
}
