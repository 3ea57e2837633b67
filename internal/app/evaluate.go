package app

import (
	"maps"
	"slices"

	"shiji/internal/eval"
	"shiji/internal/evidence"
	"shiji/internal/explain"
	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/measure"
)

// Appraisal is a school's evaluation with all it rests on.
type Appraisal struct {
	*Rules
	Package *evidence.Package
	Cohort  eval.Cohort
	Outcome *eval.Outcome
	facts   map[string][]fact.Fact // by subject
}

// Evaluate derives the facts of p and applies the rules to them.
func (r *Rules) Evaluate(p *evidence.Package) (*Appraisal, error) {
	members, err := measure.Members(r.Groups, p)
	if err != nil {
		return nil, err
	}
	facts, err := r.Plan.Derive(p)
	if err != nil {
		return nil, err
	}
	a := &Appraisal{Rules: r, Package: p, Cohort: eval.Cohort{Members: members, Facts: facts}, facts: map[string][]fact.Fact{}}
	if a.Outcome, err = eval.Evaluate(r.Compiled, a.Cohort); err != nil {
		return nil, err
	}
	for _, f := range facts {
		a.facts[f.Subject] = append(a.facts[f.Subject], f)
	}
	return a, nil
}

// Derive returns the steps of one person's result, found by 工号 or, when it is
// unique, by name.
func (a *Appraisal) Derive(teacher string) (*eval.Derivation, error) {
	subject, err := a.find(teacher)
	if err != nil {
		return nil, err
	}
	for _, res := range a.Outcome.Results {
		if res.Subject == subject {
			return eval.Replay(a.Compiled, a.facts[subject], res)
		}
	}
	return nil, fault.New(fault.NotFound, "app.no-teacher", teacher)
}

// Derivations returns the steps of all results, in the order of the outcome.
func (a *Appraisal) Derivations() ([]*eval.Derivation, error) {
	out := make([]*eval.Derivation, len(a.Outcome.Results))
	for i, res := range a.Outcome.Results {
		d, err := eval.Replay(a.Compiled, a.facts[res.Subject], res)
		if err != nil {
			return nil, err
		}
		out[i] = d
	}
	return out, nil
}

func (a *Appraisal) find(teacher string) (subject string, err error) {
	found := map[string]bool{}
	for _, s := range a.Package.Staff {
		if s.ID == teacher {
			return s.ID, nil
		}
		if s.Name == teacher {
			found[s.ID] = true
		}
	}
	ids := slices.Sorted(maps.Keys(found))
	switch len(ids) {
	case 1:
		return ids[0], nil
	case 0:
		return "", fault.New(fault.NotFound, "app.no-teacher", teacher)
	}
	return "", fault.New(fault.Conflict, "app.two-teachers", teacher, ids)
}

// Page words one person's result.
func (a *Appraisal) Page(teacher string) (*explain.Page, error) {
	d, err := a.Derive(teacher)
	if err != nil {
		return nil, err
	}
	return explain.Person(a.Compiled, d, a.Roll().Who(d.Result.Subject)), nil
}

// Roll names the school and its people, as printed beside results.
func (a *Appraisal) Roll() explain.Roll {
	school := a.Package.School[0]
	roll := explain.Roll{School: school.Name, Term: school.Term, Label: school.Label, Names: map[string]string{}}
	for _, s := range a.Package.Staff {
		roll.Names[s.ID] = s.Name
	}
	return roll
}
