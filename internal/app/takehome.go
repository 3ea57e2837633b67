package app

import (
	"context"
	"fmt"
	"time"

	"shiji/internal/bundle"
	"shiji/internal/fault"
	"shiji/internal/org"
)

// TakeHome returns the bundle of the viewer's own result, with the proof that the
// log holds it, and a name for the file. What is handed out has been checked as
// its owner will check it.
func (s *Service) TakeHome(ctx context.Context, v *Viewer, appraisal, subject string) (name string, data []byte, err error) {
	seen, g, err := s.one(ctx, v, org.ResultBundle, appraisal, subject)
	if err != nil {
		return "", nil, err
	}
	d, own, err := seen.derive(seen.at[subject], g)
	if err != nil {
		return "", nil, err
	}
	who := seen.roll.Who(subject)
	b := &bundle.Bundle{
		School: who.School, Term: who.Term, Label: who.Label, Subject: subject, Name: who.Name,
		Scheme: seen.rules.File, Policy: seen.rules.Policy, Facts: own, Result: bundle.Unplaced(d.Result), Cohort: seen.eval.Cohort,
	}
	if b.Proof, err = s.proof(ctx, seen, b); err != nil {
		return "", nil, err
	}
	if _, err := b.Vouch(seen.rules.Compiled, s.store.PublicKey()); err != nil {
		return "", nil, s.unproven(ctx, seen, subject, err)
	}
	if data, err = b.Encode(); err != nil {
		return "", nil, err
	}
	if err := s.export(ctx, v, g, seen, exported{What: exportBundle, Subject: subject}); err != nil {
		return "", nil, err
	}
	return "考核成绩包-" + who.Term + "-" + subject + ".shiji", data, nil
}

// A fresh evaluation waits this long for a checkpoint that covers it: where many
// processes write, its event first has to get its leaf.
const (
	proofWait = 5 * time.Second
	proofStep = 100 * time.Millisecond
)

// proof returns the text that shows that the log holds the result in b.
func (s *Service) proof(ctx context.Context, seen sight, b *bundle.Bundle) (string, error) {
	scope := org.Below(seen.unit.Path)
	p, err := s.store.ResultProof(ctx, scope, seen.appraisal, b.Subject)
	for waited := time.Duration(0); fault.Is(err, fault.NotFound); waited += proofStep {
		if waited >= proofWait {
			return "", fault.New(fault.Conflict, "app.proof-young")
		}
		if _, err := s.store.Sign(ctx); err != nil {
			return "", err
		}
		if p, err = s.store.ResultProof(ctx, scope, seen.appraisal, b.Subject); err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(proofStep):
		}
	}
	if err != nil {
		return "", err
	}
	out := bundle.Proof{Key: p.Key, Log: p.Log.Text(), Event: string(p.Event), Own: bundle.Opened(p.Own.Salt, p.Own.Content), Place: bundle.Closed(p.Place.Commitment()), Trace: bundle.Closed(p.Trace.Commitment())}
	if !bundle.Withheld(b.Result) {
		out.Trace = bundle.Opened(p.Trace.Salt, p.Trace.Content)
	}
	if out.Path, err = bundle.Turns(p.Path, p.Members, p.Ordinal); err != nil {
		return "", err
	}
	if len(seen.head.Findings) == 0 { // findings may tell of a few others
		out.Head, out.HeadSalt = string(p.Head), p.HeadSalt[:]
	}
	return out.Text()
}

// unproven says why the log does not vouch for what the store gave.
func (s *Service) unproven(ctx context.Context, seen sight, subject string, why error) error {
	now, err := s.store.Appraisal(ctx, org.Below(seen.unit.Path), seen.appraisal.ID)
	if err != nil {
		return err
	}
	if now.Evaluation != seen.appraisal.Evaluation {
		return fault.New(fault.Conflict, "app.evaluated-anew")
	}
	at := seen.members[seen.at[subject]]
	return fmt.Errorf("the log does not vouch for result %d of the evaluation of event %s: %s", at.ordinal, seen.event, keysOf(why)) // the owner can do nothing about it
}
