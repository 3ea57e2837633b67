package app

import (
	"reflect"

	"shiji/internal/bundle"
	"shiji/internal/eval"
	"shiji/internal/fault"
)

// Bundle makes what a teacher takes home. Made from a package it carries no
// proof of a log, and says so.
func (a *Appraisal) Bundle(teacher string) ([]byte, error) {
	subject, err := a.find(teacher)
	if err != nil {
		return nil, err
	}
	who := a.Roll().Who(subject)
	for _, res := range a.Outcome.Results {
		if res.Subject != subject {
			continue
		}
		b := bundle.Bundle{
			School: who.School, Term: who.Term, Label: who.Label, Subject: subject, Name: who.Name,
			Scheme: a.File, Policy: a.Policy, Facts: a.facts[subject], Result: bundle.Unplaced(eval.Mask(a.Compiled, res)), Cohort: a.Outcome.Cohort,
		}
		return b.Encode()
	}
	return nil, fault.New(fault.NotFound, "app.no-teacher", teacher)
}

// VerifyCohort checks what a bundle has to trust: that it was made by the same
// scheme, that the package evaluates to the cohort the bundle names and to the same
// references, and that the derivations and names shown beside the
// result are those of the package. The error lists every difference.
func VerifyCohort(b *bundle.Bundle, a *Appraisal) error {
	var faults fault.List
	rules, err := NewRules(b.Scheme, b.Policy)
	if err != nil {
		return err
	}
	if rules.Digest != a.Digest {
		faults.Addf(fault.Conflict, fault.Place{}, "app.scheme-differs", a.Digest.String(), rules.Digest.String())
	}
	who := a.Roll().Who(b.Subject)
	if b.School != who.School || b.Term != who.Term || b.Label != who.Label || b.Name != who.Name {
		faults.Addf(fault.Conflict, fault.Place{}, "app.cover-differs", who.Name, who.School, who.Term)
	}
	if !reflect.DeepEqual(b.Facts, a.facts[b.Subject]) {
		faults.Addf(fault.Conflict, fault.Place{}, "app.facts-differ")
	}
	if a.Outcome.Cohort != b.Cohort {
		faults.Addf(fault.Conflict, fault.Place{}, "app.cohort-differs", a.Outcome.Cohort.String(), b.Cohort.String())
	}
	for _, res := range a.Outcome.Results {
		if res.Subject != b.Subject {
			continue
		}
		own := eval.Mask(a.Compiled, res)
		if len(own.Refs) != len(b.Result.Refs) {
			faults.Addf(fault.Conflict, fault.Place{}, "app.refs-differ", len(own.Refs), len(b.Result.Refs))
			return faults.Err()
		}
		for i, ref := range own.Refs {
			if got := b.Result.Refs[i]; got.Node != ref.Node || got.Name != ref.Name || !got.Value.Equal(ref.Value) {
				faults.Addf(fault.Conflict, fault.Place{}, "app.ref-differs", ref.Node, ref.Name, ref.Value.String(), got.Value.String())
			}
		}
		return faults.Err()
	}
	faults.Addf(fault.NotFound, fault.Place{}, "app.no-teacher", b.Subject)
	return faults.Err()
}
