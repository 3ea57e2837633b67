package app

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"shiji/internal/audit"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/text"
)

// viewed is kept with the event of a look: what for, and in which unit the viewer
// holds her role. Fields may be added, never renamed.
type viewed struct {
	What      string     `json:"what"`
	Appraisal string     `json:"appraisal,omitempty"`
	Unit      org.UnitID `json:"unit,omitempty"`
	Term      string     `json:"term,omitempty"` // of a workbook
}

// What somebody looked for.
const (
	lookResult   = "result"
	lookWorkings = "workings" // of a result
	lookForm     = "form"
	lookTable    = "results"
)

// look records that v is about to see the result of subject, unless it is hers.
func (s *Service) look(ctx context.Context, v *Viewer, g org.Grant, seen sight, subject, what string) error {
	person := seen.members[seen.at[subject]].person
	if person == v.Person {
		return nil
	}
	about, err := json.Marshal(viewed{What: what, Appraisal: seen.appraisal.ID, Unit: v.seat(g, seen.unit.Path)})
	if err != nil {
		return err
	}
	return s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
		return tx.Note(ctx, audit.RecordViewed, string(person), seen.unit.Path, about)
	})
}

// seat returns the unit in which v holds the role of g over what stands at path.
func (v *Viewer) seat(g org.Grant, path org.Path) org.UnitID {
	for _, s := range v.Seats {
		if s.Role == g.Role && s.Unit.Path.Covers(path) {
			return s.Unit.ID
		}
	}
	return ""
}

// listed records that v is about to see a list that names people of an appraisal:
// the first time on a day, for a clerk turns many pages of it.
func (s *Service) listed(ctx context.Context, v *Viewer, g org.Grant, seen sight) error {
	day, key := s.options.Now().In(china).Format(time.DateOnly), seen.appraisal.ID+"/"+string(v.Account)
	if s.lists.has(day, key) {
		return nil
	}
	about, err := json.Marshal(viewed{What: lookTable, Appraisal: seen.appraisal.ID, Unit: v.seat(g, seen.unit.Path)})
	if err != nil {
		return err
	}
	// another process, or this one before it was started anew, may have noted it
	unnoted := func(r store.Reader) error {
		last, err := r.LastOf(ctx, appraisalObject+seen.appraisal.ID, audit.ResultsListed, v.Account)
		if err == nil && dayOf(last.Time) == day {
			return errNoted
		}
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	}
	if err = unnoted(s.store.Reader); err == nil {
		err = s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
			if err := unnoted(tx.Reader); err != nil { // she may have opened it twice at once
				return err
			}
			return tx.Note(ctx, audit.ResultsListed, seen.appraisal.ID, seen.unit.Path, about)
		})
	}
	if err != nil && !errors.Is(err, errNoted) {
		return err
	}
	s.lists.add(day, key)
	return nil
}

// errNoted says that there is nothing to record any more.
var errNoted = errors.New("noted before")

// These begin the objects of events.
const (
	appraisalObject = "appraisal/"
	batchObject     = "batch/"
	personObject    = "person/"
)

// china is where a day begins for everybody here.
var china = time.FixedZone("CST", 8*60*60)

// dayOf returns the day of a stored moment, "" of what is none.
func dayOf(moment string) string {
	t, err := store.ParseTime(moment)
	if err != nil {
		return ""
	}
	return t.In(china).Format(time.DateOnly)
}

// today remembers keys until the day ends.
type today struct {
	mu   sync.Mutex
	day  string
	keys map[string]bool
}

func (t *today) has(day, key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.day == day && t.keys[key]
}

func (t *today) add(day, key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.day != day {
		t.day, t.keys = day, map[string]bool{}
	}
	t.keys[key] = true
}

// LookList is a page of 谁看过我的档案, the newest first. Next is the key of the
// following page, "" at the end.
type LookList struct {
	Looks []Look
	Next  string
}

// Look says that somebody saw the viewer's record, a list in which she stands, or
// took away what holds her result.
type Look struct {
	At     string   // moment
	Name   string   // who; "" for a part of the program
	Role   org.Role // in which she looked
	Unit   string   // in which she holds it
	Action audit.Action
	What   string // what for: "result", "workings", "form", "results", or what was taken away; "" when it was not kept
	Text   string // the same in Chinese
	Term   string // of the result that was seen; "" if none
}

const looksShown = 50

// Looks returns who saw the viewer's record: alone, in the table of an appraisal in
// which she has or had a result, or in what was taken away of one, the workbooks
// behind it included. Her own looks are
// not among them.
func (s *Service) Looks(ctx context.Context, v *Viewer, after string) (*LookList, error) {
	if _, err := v.may(org.TraceRead, org.Object{Person: v.Person}); err != nil {
		return nil, err
	}
	appraisals, err := s.store.AppraisalsWith(ctx, v.Person)
	if err != nil {
		return nil, err
	}
	trails := []store.Trail{{Object: personObject + string(v.Person), Actions: []audit.Action{audit.RecordViewed, audit.IdentityUnmasked}}}
	for _, id := range appraisals {
		trails = append(trails, store.Trail{Object: appraisalObject + id, Actions: []audit.Action{audit.ResultsListed, audit.ResultsExported}})
	}
	batches, err := s.store.BatchesWith(ctx, v.Person)
	if err != nil {
		return nil, err
	}
	for _, id := range batches {
		trails = append(trails, store.Trail{Object: batchObject + id, Actions: []audit.Action{audit.BatchExported}})
	}
	events, err := s.store.EventsAlong(ctx, trails, v.Account, store.Page{After: after, Limit: looksShown + 1})
	if err != nil {
		return nil, err
	}
	out := &LookList{}
	if len(events) > looksShown {
		events = events[:looksShown]
		out.Next = events[looksShown-1].ID
	}
	logged, err := s.store.Logged(ctx, events)
	if err != nil {
		return nil, err
	}
	names, err := s.namingOf(ctx, logged)
	if err != nil {
		return nil, err
	}
	for _, e := range logged {
		look, err := names.look(ctx, e)
		if err != nil {
			return nil, err
		}
		out.Looks = append(out.Looks, look)
	}
	return out, nil
}

// look words one look at a record.
func (n *naming) look(ctx context.Context, e store.Logged) (Look, error) {
	l := Look{At: e.Time, Role: org.Role(e.Role), Action: e.Action, Text: text.Sprintf(string(e.Action))}
	var err error
	if l.Name, err = n.account(ctx, e.Actor); err != nil {
		return l, err
	}
	if what := purpose(e); what != "" {
		l.Text = what
		if e.Action == audit.ResultsExported || e.Action == audit.BatchExported {
			l.Text = text.Sprintf("app.look-taken", what)
		}
	}
	var about viewed
	if slices.Contains(purposes, e.Action) && json.Unmarshal(e.Detail, &about) == nil { // other looks, and erased ones, keep nothing
		l.What, l.Term = about.What, about.Term
	}
	if about.Appraisal != "" {
		if l.Term, err = n.term(ctx, org.Path(e.Org), about.Appraisal); err != nil {
			return l, err
		}
	}
	if l.Unit, err = n.unit(ctx, org.Path(e.Org), about.Unit); err != nil || l.Unit != "" {
		return l, err
	}
	l.Unit, err = n.place(ctx, org.Path(e.Org))
	return l, err
}

// term returns the term of an appraisal of the unit at path.
func (n *naming) term(ctx context.Context, path org.Path, id string) (string, error) {
	return n.once("term/"+id, func() (string, error) {
		a, err := n.s.store.Appraisal(ctx, org.Below(path), id)
		return a.Term, err
	})
}
