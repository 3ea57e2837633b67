package app

import (
	"context"
	"fmt"
	"slices"

	"shiji/internal/num"
	"shiji/internal/org"
)

// TrendPoint is one of a person's results, as far as the viewer may list them.
type TrendPoint struct {
	Appraisal, Subject string
	State              string
	Term, Unit, Scheme string  // names
	Total, Full        string  // "" without a total
	Share, Scale       float64 // of full marks, and these, for drawing only
	// Of a result's page: whether the result follows the same scheme as that one,
	// and whether it is that one.
	SameScheme, Current bool

	scheme string // name of the scheme
}

// points returns a person's results, the oldest term first.
func (s *Service) points(ctx context.Context, v *Viewer, person org.PersonID) ([]TrendPoint, error) {
	lines, err := s.history(ctx, v, person)
	if err != nil {
		return nil, err
	}
	var out []TrendPoint
	for _, l := range slices.Backward(lines) {
		rules, err := s.rulesOf(ctx, l.Appraisal.Scheme)
		if err != nil {
			return nil, err
		}
		t := TrendPoint{
			Appraisal: l.Appraisal.ID, Subject: l.Subject, State: string(l.Appraisal.State), Term: l.Appraisal.Term, Unit: l.Unit, Scheme: l.Scheme, scheme: rules.Name,
		}
		if l.Score != "" {
			q, err := num.Parse(l.Score)
			if err != nil {
				return nil, fmt.Errorf("score of result %d of evaluation %s: %w", l.Ordinal, l.Appraisal.Evaluation, err)
			}
			t.Total, t.Full, t.Share, t.Scale = q.String(), rules.Total.Full.String(), share(q, rules.Total.Full), share(rules.Total.Full, num.Int(1))
			if text, exact := q.Fixed(rules.Total.Places); exact {
				t.Total = text
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// share is q of full, for drawing only.
func share(q, full num.Q) float64 {
	r, ok := q.Div(full)
	if !ok {
		return 0
	}
	f, _ := r.Rat().Float64()
	return f
}

// MinePage is what somebody finds about herself.
type MinePage struct {
	org.Person
	CanUnmask bool         // she may see all of her identity number
	Results   []TrendPoint // the newest term first
}

// Mine returns the viewer's own results of all terms.
func (s *Service) Mine(ctx context.Context, v *Viewer) (*MinePage, error) {
	if _, err := v.may(org.PersonRead, org.Object{Person: v.Person}); err != nil {
		return nil, err
	}
	person, err := s.store.Person(ctx, v.scope(org.PersonRead), v.Person)
	if err != nil {
		return nil, notThere(err)
	}
	points, err := s.points(ctx, v, v.Person)
	if err != nil {
		return nil, err
	}
	slices.Reverse(points)
	_, err = v.may(org.IdentityUnmask, org.Object{Person: v.Person})
	return &MinePage{Person: person, CanUnmask: err == nil, Results: points}, nil
}
