package app

import (
	"context"

	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
	"shiji/internal/text"
)

// appraisalFor returns an appraisal to which v may do a, its unit, and in which
// role. One that v may know of and touch in another state is refused with the
// name of its state; others are not found.
func (s *Service) appraisalFor(ctx context.Context, v *Viewer, a org.Action, id string) (store.Appraisal, org.Unit, org.Grant, error) {
	found, u, err := s.appraisalIn(ctx, v.scope(org.AppraisalRead), id)
	if err != nil {
		return store.Appraisal{}, org.Unit{}, org.Grant{}, err
	}
	o := org.Object{Path: u.Path, State: string(found.State)}
	g, err := v.may(a, o)
	if err != nil && !v.Changing {
		for _, state := range []store.AppraisalState{store.Opened, store.Evaluated, store.Published} {
			o.State = string(state)
			if _, ok := v.May(a, o); ok { // she may, only not now
				err = fault.New(fault.Refused, "app.appraisal-state", text.Sprintf(stateWords[found.State]))
			}
		}
	}
	return found, u, g, err
}

// stateWords are the keys of what states of appraisals are called.
var stateWords = map[store.AppraisalState]string{
	store.Opened: "app.state-open", store.Evaluated: "app.state-evaluated", store.Published: "app.state-published",
}

// OpenAppraisal opens an appraisal of a school's term by a scheme of
// SchemeChoices. A school may open several of one term by different schemes: one
// with two stages has two.
func (s *Service) OpenAppraisal(ctx context.Context, v *Viewer, unit org.UnitID, term, ref string) (id string, err error) {
	u, g, err := s.unit(ctx, v, org.AppraisalOpen, unit)
	if err != nil {
		return "", err
	}
	if _, err := v.may(org.SchemeAdd, org.Object{Path: u.Path}); err != nil {
		return "", err
	}
	var faults fault.List
	if u.Kind != org.School {
		faults.Addf(fault.Refused, fault.Place{}, "app.not-a-school", u.Name)
	}
	if !termForm.MatchString(term) {
		faults.Addf(fault.Invalid, fault.Place{Field: "term"}, "app.term", term)
	}
	if err := faults.Err(); err != nil {
		return "", err
	}
	err = s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
		scheme, err := chosen(ctx, tx, u, ref)
		if err != nil {
			return err
		}
		open, err := tx.AppraisalsOf(ctx, org.Below(u.Path), u.ID)
		if err != nil {
			return err
		}
		for _, a := range open {
			if a.Term == term && a.Scheme == scheme {
				return fault.New(fault.Conflict, "app.appraisal-exists", term)
			}
		}
		a, err := tx.OpenAppraisal(ctx, store.Appraisal{Unit: u.ID, Term: term, Scheme: scheme})
		id = a.ID
		return err
	})
	return id, err
}

// evaluateJob is the kind of job that evaluates an appraisal.
const evaluateJob = "evaluate"

// OrderEvaluation orders that an appraisal be evaluated from the evidence that is
// valid when the job runs. It may be ordered as often as evidence changes, until
// the appraisal is published.
func (s *Service) OrderEvaluation(ctx context.Context, v *Viewer, appraisal string) (job string, err error) {
	a, u, g, err := s.appraisalFor(ctx, v, org.AppraisalEvaluate, appraisal)
	if err != nil {
		return "", err
	}
	handed, err := s.store.Batches(ctx, org.Below(u.Path), u.ID, a.Term)
	if err != nil {
		return "", err
	}
	adopted := 0
	for _, b := range handed {
		if b.State == store.BatchAdopted {
			adopted++
		}
	}
	if adopted == 0 {
		return "", fault.New(fault.Missing, "app.no-evidence", a.Term)
	}
	return s.order(ctx, v, g, ordered{evaluateJob, u.Path, jobArgs{Appraisal: a.ID}})
}

// workEvaluation evaluates an appraisal. Run twice, it stores the same results
// once more; that somebody else evaluated meanwhile shows in the appraisal's
// version, and the store refuses.
func workEvaluation(ctx context.Context, s *Service, job store.Job, progress func(string)) (result, error) {
	args, err := argsOf(job)
	if err != nil {
		return result{}, err
	}
	v, err := s.orderer(ctx, job)
	if err != nil {
		return result{}, err
	}
	a, u, g, err := s.appraisalFor(ctx, v, org.AppraisalEvaluate, args.Appraisal)
	if err != nil {
		return result{}, err
	}
	rules, err := s.rulesOf(ctx, a.Scheme)
	if err != nil {
		return result{}, err
	}
	progress(text.Sprintf("app.job-reading"))
	p, err := s.evidenceOf(ctx, u, a.Term)
	if err != nil {
		return result{}, err
	}
	progress(text.Sprintf("app.job-evaluating", len(p.Staff)))
	appraised, err := rules.Evaluate(p)
	if err != nil {
		return result{}, err
	}
	e, err := s.storable(ctx, u, appraised)
	if err != nil {
		return result{}, err
	}
	progress(text.Sprintf("app.job-storing", len(e.Results)))
	err = s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Evaluate(ctx, a, e)
		return err
	})
	return result{Said: text.Sprintf("app.job-evaluated", len(e.Results))}, err
}

// storable turns an appraisal into rows of the people whom u's staff codes name.
func (s *Service) storable(ctx context.Context, u org.Unit, a *Appraisal) (store.Evaluation, error) {
	posts, err := s.store.Staff(ctx, org.Below(u.Path), u.ID)
	if err != nil {
		return store.Evaluation{}, err
	}
	staff := map[string]store.Post{}
	for _, p := range posts {
		staff[p.Code] = p
	}
	people, err := everybody(ctx, s.store.Reader, u)
	if err != nil {
		return store.Evaluation{}, err
	}
	return newEvaluation(a, staff, people)
}

// everybody returns the people of a unit and below it, former ones included.
func everybody(ctx context.Context, r store.Reader, u org.Unit) (map[org.PersonID]org.Person, error) {
	out := map[org.PersonID]org.Person{}
	page := store.Page{Limit: 1000}
	for {
		people, err := r.People(ctx, org.Below(u.Path), store.PeopleQuery{Page: page})
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			out[p.ID] = p
		}
		if len(people) < page.Limit {
			return out, nil
		}
		page.After = store.PageKey(people[len(people)-1])
	}
}

// evidenceOf returns the package of the documents that are valid now.
func (s *Service) evidenceOf(ctx context.Context, u org.Unit, term string) (*evidence.Package, error) {
	valid, err := s.store.Documents(ctx, org.Below(u.Path), u.ID, term)
	if err != nil {
		return nil, err
	}
	if len(valid) == 0 {
		return nil, fault.New(fault.Missing, "app.no-evidence", term)
	}
	docs := make([]evidence.Document, len(valid))
	for i, d := range valid {
		docs[i] = evidence.Document{Kind: d.Kind, Key: d.Key, Body: d.Body}
	}
	p, err := evidence.Unpack(docs)
	if err != nil {
		return nil, err
	}
	// It passed when it was handed in; today's program may know more.
	return p, evidence.Check(p)
}

// unsettledNamed is how many people a refused publication names.
const unsettledNamed = 5

// Publish makes the results of an appraisal final: nobody evaluates it again.
// 谁填报谁负责，谁审核谁负责: by the table of rights it is the head who publishes, who
// neither hands in nor evaluates. It is refused while evidence is newer than the
// results, and while somebody has no total because something about her must be
// settled first: a published result could never follow.
func (s *Service) Publish(ctx context.Context, v *Viewer, appraisal string) error {
	a, u, g, err := s.appraisalFor(ctx, v, org.AppraisalPublish, appraisal)
	if err != nil {
		return err
	}
	scope := org.Below(u.Path)
	e, err := s.store.Evaluation(ctx, scope, a)
	if err != nil {
		return err
	}
	if err := s.byAnother(ctx, v, a, e); err != nil {
		return err
	}
	old, err := s.outdated(ctx, u, a, e)
	if err != nil {
		return err
	}
	if old {
		return fault.New(fault.Refused, "app.publish-outdated")
	}
	if err := s.settled(ctx, scope, a); err != nil {
		return err
	}
	return s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Publish(ctx, a)
		return err
	})
}

// byAnother refuses somebody who would publish what she evaluated herself, by
// whichever account and in whatever role she did: 谁填报谁负责，谁审核谁负责 asks for two
// people.
func (s *Service) byAnother(ctx context.Context, v *Viewer, a store.Appraisal, e store.Evaluation) error {
	events, err := s.store.EventsAbout(ctx, "appraisal/"+a.ID, store.Page{})
	if err != nil {
		return err
	}
	for _, event := range events {
		if event.ID != e.Event {
			continue
		}
		account, err := s.store.Account(ctx, org.AccountID(event.Actor))
		if err != nil {
			return err
		}
		if account.Person == v.Person {
			return fault.New(fault.Refused, "app.publish-own")
		}
	}
	return nil
}

// settled refuses an appraisal in which somebody has no total, unless its scheme
// gives none to anybody.
func (s *Service) settled(ctx context.Context, scope org.Scope, a store.Appraisal) error {
	rules, err := s.rulesOf(ctx, a.Scheme)
	if err != nil || rules.Total.None {
		return err
	}
	first, err := s.store.Results(ctx, scope, a, store.ResultQuery{Order: store.ByScore, Page: store.Page{Limit: unsettledNamed}})
	if err != nil {
		return err
	}
	var faults fault.List
	for _, r := range first { // who has no score stands before all who have one
		if r.Score == "" {
			faults.Addf(fault.Refused, fault.Place{}, "app.publish-unsettled", r.Name, r.Subject)
		}
	}
	return faults.Err()
}
