package app

import (
	"context"
	"slices"

	"shiji/internal/explain"
	"shiji/internal/fault"
	"shiji/internal/org"
)

// ResultTable is a page of an appraisal's results. Next is the key of the
// following page, "" at the end.
type ResultTable struct {
	Appraisal string // id
	Term      string
	Scheme    string // its title
	State     string
	Unit      org.Unit
	Way       []Crumb
	Pointless bool // the appraisal ends in conclusions, not points
	Groups    []string
	Columns   []ResultColumn
	Placed    bool // there is a place that the viewer may see
	CanRead   bool // she may open the appraisal's own page
	Total     int  // on all pages
	Before    int  // on the pages before this one
	Lines     []ResultLine
	BandWrong []*fault.Error // what is wrong with the band that was asked for, which then cuts nothing off
	Next      string
}

// ResultColumn is an indicator of level 1. Groups have trees of their own, in
// which indicators of one name are different nodes: they share a column.
type ResultColumn struct{ Name string }

// ResultLine is one person's line; Values stand under the table's Columns, "" where
// an indicator is not part of her group's tree. Numbers of a column have as many
// decimals on every page of the table.
type ResultLine struct {
	Group string
	explain.Member
	Values []string
	Own    bool
}

// resultsShown is how many lines a page has.
const resultsShown = 50

// Results lists what v may see of an appraisal's results: all of them, or her own
// line, without its place. That she saw others is in the log before the page exists.
func (s *Service) Results(ctx context.Context, v *Viewer, appraisal string, q ResultQuery) (*ResultTable, error) {
	scope := v.scope(org.ResultList)
	a, u, err := s.appraisalIn(ctx, scope, appraisal)
	if err != nil {
		return nil, err
	}
	seen, err := s.cohort(ctx, a, u)
	if err != nil {
		return nil, err
	}
	t := &ResultTable{Appraisal: a.ID, Term: a.Term, Scheme: seen.rules.Title, State: string(a.State), Unit: u, Pointless: seen.rules.Total.None}
	if t.Way, err = s.way(ctx, v, u); err != nil {
		return nil, err
	}
	_, err = v.may(org.AppraisalRead, org.Object{Path: u.Path, State: string(a.State)})
	t.CanRead = err == nil
	var lines []ResultLine
	var others *org.Grant // by which she sees anybody but herself
	for _, g := range seen.Overview().Groups {
		sees := len(lines)
		for _, m := range g.Members {
			grant, err := v.may(org.ResultList, org.Object{Path: u.Path, Person: seen.members[seen.at[m.Subject]].person, State: string(a.State)})
			if err != nil {
				continue // not hers to see
			}
			line := ResultLine{Group: g.Name, Member: m, Own: seen.members[seen.at[m.Subject]].person == v.Person}
			if grant.Masked { // and nothing below may go by it
				line.Place = 0
			}
			if !line.Own {
				others = &grant
			}
			t.Placed = t.Placed || line.Place > 0
			lines = append(lines, line)
		}
		if len(lines) > sees {
			t.Groups = append(t.Groups, g.Name)
		}
	}
	t.columns(seen.Overview(), q.Group)
	t.fill(seen.Overview(), lines)
	t.page(seen.outcome, q, lines)
	if others != nil {
		if err := s.listed(ctx, v, *others, seen); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// columns gathers the level-1 indicators of the groups that are shown.
func (t *ResultTable) columns(o *explain.Overview, group string) {
	for _, g := range o.Groups {
		if group != "" && g.Name != group || !slices.Contains(t.Groups, g.Name) {
			continue
		}
		for _, top := range g.Tops {
			if c := (ResultColumn{top.Name}); !slices.Contains(t.Columns, c) {
				t.Columns = append(t.Columns, c)
			}
		}
	}
}

// fill puts the values of each line under their columns.
func (t *ResultTable) fill(o *explain.Overview, lines []ResultLine) {
	under := map[string][]int{} // by group: the column of each of its indicators, -1 if not shown
	for _, g := range o.Groups {
		for _, top := range g.Tops {
			under[g.Name] = append(under[g.Name], slices.Index(t.Columns, ResultColumn{top.Name}))
		}
	}
	for i := range lines {
		l := &lines[i]
		l.Values = make([]string, len(t.Columns))
		for k, at := range under[l.Group] {
			if value := l.Member.Values[k]; value != "" && at >= 0 {
				l.Values[at] = value
			}
		}
	}
	column := make([]string, len(lines))
	for k := range t.Columns {
		for i, l := range lines {
			column[i] = l.Values[k]
		}
		for i, value := range explain.Aligned(column) {
			lines[i].Values[k] = value
		}
	}
}
