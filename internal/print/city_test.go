package print_test

import (
	"sync"
	"testing"

	"shiji/internal/city"
	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/fact"
	"shiji/internal/measure"
	"shiji/internal/scheme"
	"shiji/schemes"
)

// cohort is a whole demo school, explained under an embedded scheme.
type cohort struct {
	Overview *explain.Overview
	Pages    []*explain.Page
}

var cohorts sync.Map // by scheme; tests share them and change nothing in them

// demo appraises the first demo school by the embedded scheme of that name.
func demo(tb testing.TB, name string) *cohort {
	tb.Helper()
	load, _ := cohorts.LoadOrStore(name, sync.OnceValues(func() (*cohort, error) { return appraise(name) }))
	c, err := load.(func() (*cohort, error))()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func appraise(name string) (*cohort, error) {
	file, policy, err := schemes.Load(name)
	if err != nil {
		return nil, err
	}
	parsed, err := scheme.Parse(file, policy)
	if err != nil {
		return nil, err
	}
	plan, declared, err := measure.Compile(parsed.Measures, parsed.AllTables())
	if err != nil {
		return nil, err
	}
	compiled, err := scheme.Compile(parsed, declared)
	if err != nil {
		return nil, err
	}
	school := city.School(1, 0)
	members, err := measure.Members(compiled.Groups, school)
	if err != nil {
		return nil, err
	}
	facts, err := plan.Derive(school)
	if err != nil {
		return nil, err
	}
	out, err := eval.Evaluate(compiled, eval.Cohort{Members: members, Facts: facts})
	if err != nil {
		return nil, err
	}
	own := map[string][]fact.Fact{}
	for _, f := range facts {
		own[f.Subject] = append(own[f.Subject], f)
	}
	roll := explain.Roll{School: school.School[0].Name, Term: "2025-2026 学年", Label: "演示数据（合成）", Names: map[string]string{}}
	for _, s := range school.Staff {
		roll.Names[s.ID] = s.Name
	}
	c := &cohort{Overview: explain.Cohort(compiled, out, roll)}
	for _, r := range out.Results {
		d, err := eval.Replay(compiled, own[r.Subject], r)
		if err != nil {
			return nil, err
		}
		c.Pages = append(c.Pages, explain.Person(compiled, d, roll.Who(r.Subject)))
	}
	return c, nil
}
