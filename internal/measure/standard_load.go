package measure

import (
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// standardLoad looks one end of the standard range of weekly lessons up by
// stage and subject (济宁2018 三(三)1).
type standardLoad struct {
	rows     []standardRow
	byLesson bool     // weighted by the person's own lessons, not by the main subject
	skip     []string // lesson kinds without weight
	other    *num.Q   // what the table does not list; nil: a fault
	over     over
}

type standardRow struct {
	stage    string
	subjects []string
	rest     bool // 其他…: what the stage's other rows do not list
	value    *num.Q
}

func readStandardLoad(c *compiler, p *scheme.Params) deriver {
	name, column := p.Text("table"), p.Text("column")
	stage, subject := textOr(p, "stage-column", "学段"), textOr(p, "subject-column", "学科")
	s := &standardLoad{byLesson: p.MustOneOf("by", "lessons", "main-subject") == "lessons"}
	if s.byLesson {
		s.skip, s.over = codesIn(p, "skip", "任课", "课型"), readOver(c, p)
	}
	if q, ok := p.OptQ("else"); ok {
		s.other = &q
	}
	t := c.tables[name]
	if t == nil {
		p.Fault("table", "measure.unknown-table", name)
		return s
	}
	found := false
	for _, cells := range t.Rows {
		row := standardRow{stage: cells[stage], subjects: splitNames(cells[subject])}
		row.rest = strings.HasPrefix(cells[subject], "其他")
		if text := cells[column]; text != "" && text != "—" {
			q, err := num.Parse(text)
			if err != nil {
				p.Fault("column", "measure.table-number", name, column, text)
			}
			row.value, found = &q, true
		}
		s.rows = append(s.rows, row)
	}
	if !found && p.Has("column") {
		p.Fault("column", "measure.table-column", name, column)
	}
	return s
}

func textOr(p *scheme.Params, key, def string) string {
	if s, ok := p.OptText(key); ok {
		return s
	}
	return def
}

func splitNames(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、,，;；", r) })
}

func (s *standardLoad) fields() []field { return scalar }

func (s *standardLoad) sheets() []string {
	if s.byLesson {
		return s.over.sheets("任课")
	}
	return nil
}

func (s *standardLoad) derive(r *run) {
	r.people(func(i int, person *evidence.Staff) {
		if !s.byLesson {
			s.main(r, i, person)
			return
		}
		lines := r.of("任课")
		time, ok := s.over.of(r, i)
		if !ok {
			return
		}
		var work []fact.Line
		var weight num.Q
		for _, k := range lines.by[i] {
			l := &r.Lessons[k]
			if l.Weekly.State != evidence.Given || slices.Contains(s.skip, lessonKind(l)) {
				continue
			}
			stage := person.Stage
			if class := r.classes[l.Class]; class != nil {
				stage = class.Stage
			}
			q, ok := s.lookup(stage, l.Subject)
			switch {
			case !ok:
				r.fault("任课", l.Line, "学科", "measure.no-standard", stage, l.Subject)
			case q != nil:
				w := l.Weekly.Q.Mul(time(lessonSpans(r, lines.by[i], l)...))
				weight = weight.Add(w)
				work = append(work, fact.Line{Source: lines.sources[k], Label: stage + " " + l.Subject + " 标准 " + q.String() + " 节，本人 " + w.String() + " 节", Value: *q, Factor: w})
			}
		}
		if weight.Sign() == 0 {
			r.missing(i, fact.NotApplicable, nil)
			return
		}
		for k := range work {
			work[k].Factor, _ = work[k].Factor.Div(weight)
			work[k].Counts = work[k].Value.Mul(work[k].Factor)
		}
		r.number(i, total(work), work)
	})
}

// main looks up the person's main subject.
func (s *standardLoad) main(r *run, i int, person *evidence.Staff) {
	if person.Stage == "" || person.Subject == "" {
		r.missing(i, fact.NotApplicable, nil)
		return
	}
	q, ok := s.lookup(person.Stage, person.Subject)
	switch {
	case !ok:
		r.fault("教职工", person.Line, "学科", "measure.no-standard", person.Stage, person.Subject)
	case q == nil:
		r.missing(i, fact.NotApplicable, nil)
	default:
		r.number(i, *q, []fact.Line{{Source: "教职工/" + person.ID, Label: person.Stage + " " + person.Subject, Value: *q, Factor: one, Counts: *q}})
	}
}

// lookup returns the cell, nil where the table leaves it open, and false where
// the table does not list the subject and the scheme has no else.
func (s *standardLoad) lookup(stage, subject string) (*num.Q, bool) {
	var rest *standardRow
	for i := range s.rows {
		row := &s.rows[i]
		switch {
		case row.stage != stage:
		case row.rest:
			rest = row
		case slices.Contains(row.subjects, subject):
			return row.value, true
		}
	}
	if rest != nil {
		return rest.value, true
	}
	return s.other, s.other != nil
}
