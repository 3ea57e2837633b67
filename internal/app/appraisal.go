package app

import (
	"context"
	"slices"

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
// with two stages has two. The term is one of those that are of interest now, or
// one of which the school has evidence.
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
	terms, err := s.openTerms(ctx, u)
	if err != nil {
		return "", err
	}
	if !slices.Contains(terms, term) {
		faults.Addf(fault.Invalid, fault.Place{Field: "term"}, "app.term-closed", term)
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

// openTerms returns the terms of which an appraisal of u may be opened: this year's
// and the last ones, and those of which it has evidence.
func (s *Service) openTerms(ctx context.Context, u org.Unit) ([]string, error) {
	held, err := s.store.TermsHeld(ctx, org.Below(u.Path), u.ID)
	if err != nil {
		return nil, err
	}
	out := s.Terms()
	for _, term := range held {
		if !slices.Contains(out, term) {
			out = append(out, term)
		}
	}
	return out, nil
}

// WithdrawAppraisal takes back an appraisal that was opened by mistake and never
// evaluated. Whoever may open one may do that.
func (s *Service) WithdrawAppraisal(ctx context.Context, v *Viewer, appraisal string) (unit org.UnitID, err error) {
	a, u, g, err := s.appraisalFor(ctx, v, org.AppraisalOpen, appraisal)
	if err != nil {
		return "", err
	}
	return u.ID, s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error { return tx.Withdraw(ctx, a) })
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
	adopted, err := s.store.Adopted(ctx, org.Below(u.Path), u.ID, a.Term)
	if err != nil {
		return "", err
	}
	if adopted == 0 {
		return "", fault.New(fault.Missing, "app.no-evidence", a.Term)
	}
	return s.order(ctx, v, g, ordered{evaluateJob, u.Path, jobArgs{Appraisal: a.ID}})
}

// workEvaluation evaluates an appraisal. Run twice, it stores the same results
// once more; that somebody else evaluated meanwhile shows in the appraisal's
// version, that somebody adopted evidence in the number of what was read, and the
// store refuses both.
func workEvaluation(ctx context.Context, s *Service, job store.Job, progress func(string)) (result, error) {
	v, args, err := s.commission(ctx, job)
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
	p, basis, err := s.evidenceOf(ctx, u, a.Term)
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
	e.Basis = basis
	progress(text.Sprintf("app.job-storing", len(e.Results)))
	err = s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Evaluate(ctx, a, e)
		return err
	})
	return result{Said: text.Sprintf("app.job-evaluated", len(e.Results))}, err
}

// storable turns an appraisal into rows of the people whom u's staff codes name in
// its term.
func (s *Service) storable(ctx context.Context, u org.Unit, a *Appraisal) (store.Evaluation, error) {
	r, err := rollOf(ctx, s.store.Reader, u, a.Package.School[0])
	if err != nil {
		return store.Evaluation{}, err
	}
	staff := map[string]store.Post{}
	for code, h := range r.holders {
		staff[code] = h.post
	}
	return newEvaluation(a, staff, r.people)
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

// evidenceOf returns the package of the documents that are valid now, and the
// number of the newest batch among them: what is adopted between the two readings
// makes the number too small, which the store notices.
func (s *Service) evidenceOf(ctx context.Context, u org.Unit, term string) (*evidence.Package, int64, error) {
	basis, err := s.store.Adopted(ctx, org.Below(u.Path), u.ID, term)
	if err != nil {
		return nil, 0, err
	}
	valid, err := s.store.Documents(ctx, org.Below(u.Path), u.ID, term)
	if err != nil {
		return nil, 0, err
	}
	if len(valid) == 0 {
		return nil, 0, fault.New(fault.Missing, "app.no-evidence", term)
	}
	docs := make([]evidence.Document, len(valid))
	for i, d := range valid {
		docs[i] = evidence.Document{Kind: d.Kind, Key: d.Key, Body: d.Body}
	}
	p, err := evidence.Unpack(docs)
	if err != nil {
		return nil, 0, err
	}
	// It passed when it was handed in; today's program may know more.
	return p, basis, evidence.Check(p)
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
	rules, err := s.rulesOf(ctx, a.Scheme)
	if err != nil {
		return err
	}
	scope := org.Below(u.Path)
	return s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
		// First: from here on nobody evaluates it or adopts evidence before it is done.
		if _, err := tx.Publish(ctx, a); err != nil {
			return err
		}
		if err := byAnother(ctx, tx.Reader, v, a, scope); err != nil {
			return err
		}
		if rules.Total.None {
			return nil
		}
		return settled(ctx, tx.Reader, a, scope)
	})
}

// byAnother refuses somebody who would publish what she evaluated, handed in or
// adopted herself, by whichever account and in whatever role she did:
// 谁填报谁负责，谁审核谁负责 asks for two people.
func byAnother(ctx context.Context, r store.Reader, v *Viewer, a store.Appraisal, scope org.Scope) error {
	e, err := r.Evaluation(ctx, scope, a)
	if err != nil {
		return err
	}
	batches, err := restsOn(ctx, r, a, scope)
	if err != nil {
		return err
	}
	var faults fault.List
	check := func(key string, id org.AccountID, args ...any) error {
		if system(id) {
			return nil
		}
		account, err := r.Account(ctx, id)
		if err == nil && account.Person == v.Person {
			faults.Addf(fault.Refused, fault.Place{}, key, args...)
		}
		return err
	}
	if err := check("app.publish-own", e.Actor); err != nil {
		return err
	}
	for _, b := range batches {
		name := ""
		if len(b.Originals) > 0 {
			name = b.Originals[0].Name
		}
		if err := check("app.publish-filled", b.Filler, name); err != nil {
			return err
		}
		if b.Adopter == b.Filler {
			continue
		}
		if err := check("app.publish-adopted", b.Adopter, name); err != nil {
			return err
		}
	}
	return faults.Err()
}

// restsOn returns the batches that had been adopted for a's current evaluation,
// the newest first.
func restsOn(ctx context.Context, r store.Reader, a store.Appraisal, scope org.Scope) ([]store.Handed, error) {
	batches, err := r.Batches(ctx, scope, a.Unit, a.Term)
	return slices.DeleteFunc(batches, func(b store.Handed) bool { return b.State != store.BatchAdopted || b.Number > a.Basis }), err
}

// settled refuses an appraisal in which somebody has no total.
func settled(ctx context.Context, r store.Reader, a store.Appraisal, scope org.Scope) error {
	open, err := r.Unscored(ctx, scope, a, unsettledNamed)
	if err != nil {
		return err
	}
	var faults fault.List
	for _, r := range open {
		faults.Addf(fault.Refused, fault.Place{}, "app.publish-unsettled", r.Name, r.Subject)
	}
	return faults.Err()
}
