package app

import (
	"context"
	"maps"
	"slices"

	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/org"
	"shiji/internal/scheme"
	"shiji/internal/store"
)

// SchemePage is a stored edition of a scheme in readable Chinese.
type SchemePage struct {
	ID      string
	Unit    org.Unit // whose book holds it
	Edition int64    // in that book
	Digest  string
	Name    string
	Title   string
	Policy  *PolicyHead       // nil when it follows none
	Rules   []explain.Rule    // indicators, parents before children
	Notes   []explain.Rule    // general rules: policy, groups, rounding, ties, gates
	Guarded []explain.Missing // indicators that the law keeps off, and why
	Tables  []SchemeTable     // parameters of the scheme, then of its policy
	Source  SchemeSource
	// PolicySource is the policy as the scheme was stored with it, nil without one.
	PolicySource *SchemeSource
}

// PolicyHead cites the policy that a scheme follows.
type PolicyHead struct{ Name, Cite string }

// SchemeTable is a declared table of parameters.
type SchemeTable struct {
	Name, Clause string
	Columns      []string
	Rows         [][]string
}

// SchemeSource is a file as its author wrote it, for download.
type SchemeSource struct {
	Name string
	Text []byte
}

// Scheme returns the page of a stored edition. Schemes are public within the
// city: whoever is judged by one may read it.
func (s *Service) Scheme(ctx context.Context, v *Viewer, id string) (*SchemePage, error) {
	if _, err := v.may(org.SchemeRead, org.Object{}); err != nil {
		return nil, err
	}
	stored, err := s.store.Scheme(ctx, id)
	if err != nil {
		return nil, notThere(err)
	}
	rules, err := s.rulesOf(ctx, id)
	if err != nil {
		return nil, err
	}
	words := explain.Cohort(rules.Compiled, &eval.Outcome{}, explain.Roll{}) // of nobody: what it says of the scheme alone
	p := &SchemePage{
		ID: id, Edition: stored.Edition, Digest: rules.Digest.String(), Name: rules.Name, Title: rules.Title,
		Rules: words.Rules, Notes: words.Notes, Guarded: words.Guarded, Source: SchemeSource{rules.File.Name, rules.File.Text},
	}
	if p.Unit, err = s.store.UnitOf(ctx, store.Appraisal{Unit: stored.Unit}); err != nil {
		return nil, err
	}
	if rules.Scheme.Policy != nil {
		p.Policy = &PolicyHead{rules.Scheme.Policy.Name, rules.Scheme.Policy.Cite()}
	}
	if rules.Policy != nil {
		p.PolicySource = &SchemeSource{rules.Policy.Name, rules.Policy.Text}
	}
	for _, t := range rules.AllTables() {
		p.Tables = append(p.Tables, tableOf(t))
	}
	return p, nil
}

// tableOf sets a table's keys first and its other columns by name.
func tableOf(t *scheme.Table) SchemeTable {
	out := SchemeTable{Name: t.Name, Clause: t.Clause, Columns: slices.Clone(t.Keys)}
	others := map[string]bool{}
	for _, row := range t.Rows {
		for name := range row {
			if !slices.Contains(t.Keys, name) {
				others[name] = true
			}
		}
	}
	out.Columns = append(out.Columns, slices.Sorted(maps.Keys(others))...)
	for _, row := range t.Rows {
		cells := make([]string, len(out.Columns))
		for i, name := range out.Columns {
			cells[i] = row[name]
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}
