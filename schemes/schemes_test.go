package schemes_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"shiji/internal/city"
	"shiji/internal/eval"
	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/measure"
	"shiji/internal/num"
	"shiji/internal/scheme"
	"shiji/internal/text"
	"shiji/schemes"
)

// ready is a scheme that can be applied to packages.
type ready struct {
	*scheme.Compiled
	plan *measure.Plan
}

// prepare compiles the embedded scheme of that name, each pair of changes
// replacing one text in it by another.
func prepare(name string, changes ...string) (*ready, error) {
	file, policy, err := schemes.Load(name)
	if err != nil {
		return nil, err
	}
	text := string(file.Text)
	for i := 0; i+1 < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			return nil, fmt.Errorf("%s does not say %q", name, changes[i])
		}
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	s, err := scheme.Parse(scheme.File{Name: file.Name, Text: []byte(text)}, policy)
	if err != nil {
		return nil, err
	}
	tables := s.Tables
	if s.Policy != nil {
		tables = append(slices.Clone(s.Policy.Tables), s.Tables...)
	}
	plan, facts, err := measure.Compile(s.Measures, tables)
	if err != nil {
		return nil, err
	}
	plan.Opened = s.Opened
	c, err := scheme.Compile(s, facts)
	if err != nil {
		return nil, err
	}
	return &ready{c, plan}, nil
}

func (r *ready) evaluate(pkg *evidence.Package) (*eval.Outcome, error) {
	facts, err := r.plan.Derive(pkg)
	if err != nil {
		return nil, err
	}
	members, err := measure.Members(r.Groups, pkg)
	if err != nil {
		return nil, err
	}
	return eval.Evaluate(r.Compiled, eval.Cohort{Members: members, Facts: facts})
}

// words shows every fault of err as people see it.
func words(err error) string {
	var list *fault.List
	var one *fault.Error
	switch {
	case errors.As(err, &list):
		var b strings.Builder
		for _, f := range list.Faults {
			b.WriteString(text.Fault(f) + "\n")
		}
		return b.String()
	case errors.As(err, &one):
		return text.Fault(one)
	}
	return err.Error()
}

func TestEverySchemeCompiles(t *testing.T) {
	t.Parallel()
	if len(schemes.Names()) < 5 {
		t.Fatalf("embedded schemes: %v", schemes.Names())
	}
	for _, name := range schemes.Names() {
		if _, err := prepare(name); err != nil {
			t.Errorf("%s:\n%s", name, words(err))
		}
	}
}

// totals are the scores of one group.
type totals struct {
	n, unscored int
	low, high   num.Q
	sum         num.Q
}

func TestSchoolsPlausible(t *testing.T) {
	t.Parallel()
	for n, name := range []string{"jining-2018/junior", "jining-2018/primary", "jining-2018/senior"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !slices.Contains(schemes.Names(), name) {
				t.Fatalf("no scheme %s", name)
			}
			r, err := prepare(name)
			if err != nil {
				t.Fatal(words(err))
			}
			out, err := r.evaluate(city.School(1, n))
			if err != nil {
				t.Fatal(words(err))
			}
			show(t, r, out)
		})
	}
}

// show prints how the groups fare, so that a change of a scheme can be judged.
func show(t *testing.T, r *ready, out *eval.Outcome) map[string]*totals {
	by := map[string]*totals{}
	for i := range out.Results {
		res := &out.Results[i]
		g := by[res.Group]
		if g == nil {
			g = &totals{low: num.Int(1000)}
			by[res.Group] = g
		}
		if !res.Scored {
			g.unscored++
			t.Logf("%s %s: no total: %v", res.Subject, res.Group, res.Findings)
			continue
		}
		g.n++
		g.sum = g.sum.Add(res.Score)
		g.low, g.high = num.Min(g.low, res.Score), num.Max(g.high, res.Score)
	}
	for _, g := range r.Groups {
		if x := by[g.Name]; x != nil && x.n > 0 {
			mean, _ := x.sum.Div(num.Int(int64(x.n)))
			t.Logf("%-8s %3d people, %d without total: %s to %s, mean %s", g.Name, x.n, x.unscored, x.low, x.high, mean.Round(2, num.HalfUp))
		}
	}
	for i, n := range r.Nodes {
		line := fmt.Sprintf("%-12s %s:", n.ID, n.Name)
		for _, g := range r.Groups {
			var sum num.Q
			count, missing := 0, 0
			for k := range out.Results {
				res := &out.Results[k]
				switch v := res.Values[i]; {
				case res.Group != g.Name || v.Status == eval.Outside:
				case v.Status == eval.Known:
					sum, count = sum.Add(v.Q), count+1
				default:
					missing++
				}
			}
			if count+missing > 0 {
				mean, _ := sum.Div(num.Int(int64(count)))
				line += fmt.Sprintf(" %s %s (%d, 缺 %d)", g.Name, mean.Round(2, num.HalfUp), count, missing)
			}
		}
		t.Log(line)
	}
	for _, f := range out.Findings {
		t.Log(text.Sprintf(f.Key, anys(f.Args)...))
	}
	return by
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
