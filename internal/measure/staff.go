package measure

import (
	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// staffField is one field of the person's own line.
type staffField struct {
	columns []field
	code    func(s *evidence.Staff) string
	number  func(r *run, s *evidence.Staff) (num.Q, bool)
}

// staffCodes are the fields that carry a code or a name.
var staffCodes = map[string]func(s *evidence.Staff) string{
	"学段":   func(s *evidence.Staff) string { return s.Stage },
	"学科":   func(s *evidence.Staff) string { return s.Subject },
	"职务":   func(s *evidence.Staff) string { return s.Position },
	"岗位类别": func(s *evidence.Staff) string { return s.Kind },
	"一线":   func(s *evidence.Staff) string { return s.Frontline },
	"教研组":  func(s *evidence.Staff) string { return s.Group },
	"级部":   func(s *evidence.Staff) string { return s.Section },
}

// staffNumbers are derived from the person's dates, in calendar days.
var staffNumbers = map[string]func(r *run, s *evidence.Staff) (num.Q, bool){
	"在岗天数": func(r *run, s *evidence.Staff) (num.Q, bool) {
		lo, hi := r.employed(s)
		return num.Int(int64(max(0, hi-lo+1))), true
	},
	"在岗比例": func(r *run, s *evidence.Staff) (num.Q, bool) {
		return r.share(s.Joined, s.Left, r.start, r.end), true
	},
	"减免后满课时": func(_ *run, s *evidence.Staff) (num.Q, bool) {
		return s.ReducedLoad.Q, s.ReducedLoad.State == evidence.Given
	},
}

func readStaff(_ *compiler, p *scheme.Params) deriver {
	name := p.MustOneOf("field", "学段", "学科", "职务", "岗位类别", "一线", "教研组", "级部", "在岗天数", "在岗比例", "减免后满课时")
	if f, ok := staffCodes[name]; ok {
		return &staffField{columns: code, code: f}
	}
	return &staffField{columns: scalar, number: staffNumbers[name]}
}

func (f *staffField) fields() []field  { return f.columns }
func (f *staffField) sheets() []string { return nil }

func (f *staffField) derive(r *run) {
	r.people(func(i int, s *evidence.Staff) {
		source := "教职工/" + s.ID
		if f.code != nil {
			if c := f.code(s); c != "" {
				r.code(i, c, source)
				return
			}
		} else if q, ok := f.number(r, s); ok {
			r.add(i, row{source: source, cells: []cell{{value: q}}})
			return
		}
		r.missing(i, fact.NotApplicable, nil)
	})
}
