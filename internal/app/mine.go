package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/org"
	"shiji/internal/store"
)

// TrendPoint is one of a person's results, as far as the viewer may list them.
type TrendPoint struct {
	Appraisal, Subject string
	State              string
	Term, Unit, Scheme string  // names
	Total, Full        string  // "" without a total
	Share              float64 // of full marks, for drawing only
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
				return nil, fmt.Errorf("score of %s: %w", l.Subject, err)
			}
			t.Total, t.Full, t.Share = q.String(), rules.Total.Full.String(), share(q, rules.Total.Full)
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

// LookList is a page of 谁看过我的档案, the newest first. Next is the key of the
// following page, "" at the end.
type LookList struct {
	Looks []Look
	Next  string
}

// Look says that somebody saw the viewer's record.
type Look struct {
	At     string   // moment
	Name   string   // who; "" for a part of the program
	Role   org.Role // in which she looked
	Unit   string   // in which she holds it
	Action audit.Action
	What   string // what for: "result", "form"; "" when it was not kept
	Term   string // of the result that was seen; "" if none
}

const looksShown = 50

// Looks returns who saw the viewer's record. Her own looks are not among them.
func (s *Service) Looks(ctx context.Context, v *Viewer, after string) (*LookList, error) {
	if _, err := v.may(org.TraceRead, org.Object{Person: v.Person}); err != nil {
		return nil, err
	}
	out := &LookList{}
	names := s.naming()
	page := store.Page{After: after, Limit: looksShown}
	for {
		events, err := s.store.EventsAbout(ctx, "person/"+string(v.Person), page)
		if err != nil {
			return nil, err
		}
		logged, err := s.store.Logged(ctx, events)
		if err != nil {
			return nil, err
		}
		for _, e := range logged {
			if e.Action != audit.RecordViewed && e.Action != audit.IdentityUnmasked || e.Actor == string(v.Account) {
				continue
			}
			if len(out.Looks) == looksShown {
				return out, nil
			}
			look, err := names.look(ctx, e)
			if err != nil {
				return nil, err
			}
			out.Looks, out.Next = append(out.Looks, look), e.ID
		}
		if len(events) < page.Limit {
			out.Next = ""
			return out, nil
		}
		page.After = events[len(events)-1].ID
	}
}

// look words one look at a record.
func (n *naming) look(ctx context.Context, e store.Logged) (Look, error) {
	l := Look{At: e.Time, Role: org.Role(e.Role), Action: e.Action}
	var err error
	if l.Name, err = n.account(ctx, e.Actor); err != nil {
		return l, err
	}
	var about viewed
	if e.Action == audit.RecordViewed && json.Unmarshal(e.Detail, &about) == nil { // other looks, and erased ones, keep nothing
		l.What = about.What
	}
	if about.Appraisal != "" {
		if a, _, err := n.s.appraisalIn(ctx, org.Below(org.Path(e.Org)), about.Appraisal); err == nil {
			l.Term = a.Term
		} else if !fault.Is(err, fault.NotFound) {
			return l, err
		}
	}
	if l.Unit, err = n.unit(ctx, org.Path(e.Org), about.Unit); err != nil || l.Unit != "" {
		return l, err
	}
	l.Unit, err = n.place(ctx, org.Path(e.Org))
	return l, err
}
