package measure

import (
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/scheme"
)

// people is a set of staff: every stated condition holds.
type people struct {
	posts, positions, stages, subjects []string
}

// readPeople reads the mapping under key; nil, everybody, when it is not written.
func readPeople(p *scheme.Params, key string) *people {
	m := p.Map(key)
	if m == nil {
		return nil
	}
	q := &people{
		posts: codesIn(m, "posts", "教职工", "岗位类别"), positions: codesIn(m, "positions", "教职工", "职务"),
		stages: codesIn(m, "stages", "教职工", "学段"), subjects: codesIn(m, "subjects", "教职工", "学科"),
	}
	m.End()
	return q
}

func (q *people) match(s *evidence.Staff) bool {
	return holds(q.posts, s.Kind) && holds(q.positions, s.Position) && holds(q.stages, s.Stage) && holds(q.subjects, s.Subject)
}

// holds reports whether code is one of allowed; nil allows all.
func holds(allowed []string, code string) bool {
	return allowed == nil || slices.Contains(allowed, code)
}

// Members assigns everybody on the staff to the first group that takes them,
// sorted by 工号. A person whom no group takes is a fault: nobody drops out of
// an appraisal unseen.
func Members(groups []scheme.Group, pkg *evidence.Package) ([]fact.Member, error) {
	var faults fault.List
	var out []fact.Member
	for i := range pkg.Staff {
		s := &pkg.Staff[i]
		at := slices.IndexFunc(groups, func(g scheme.Group) bool {
			return (&people{g.Posts, g.Positions, g.Stages, g.Subjects}).match(s)
		})
		if at < 0 {
			faults.Addf(fault.Missing, fault.Place{Sheet: "教职工", Row: s.Line}, "measure.no-group", s.ID, s.Kind, s.Position, s.Stage, s.Subject)
			continue
		}
		out = append(out, fact.Member{Subject: s.ID, Group: groups[at].Name})
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b fact.Member) int {
		switch {
		case a.Subject < b.Subject:
			return -1
		case a.Subject > b.Subject:
			return 1
		}
		return 0
	})
	return out, nil
}
