package app

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/org"
	"shiji/internal/pinyin"
)

// ResultOrder names the order of a table of results.
type ResultOrder string

// The orders. Places and totals are best first; who has none comes last.
const (
	ByName  ResultOrder = "" // by pinyin
	ByPlace ResultOrder = "place"
	ByScore ResultOrder = "score"
)

// ResultFilter keeps those about whom something must be looked at.
type ResultFilter string

// The filters.
const (
	Everybody ResultFilter = ""
	NoTotal   ResultFilter = "no-total"
	Vetoed    ResultFilter = "veto"
	Marked    ResultFilter = "marked" // any consequence
)

// ResultQuery asks for a page of a table of results: those whose name, pinyin,
// initials or 工号 begins with Search, of one group ("" for all), after the key
// of a former page.
type ResultQuery struct {
	Search string
	Group  string
	Filter ResultFilter
	Order  ResultOrder
	After  string
}

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
	Total     int  // on all pages
	Before    int  // on the pages before this one
	Lines     []ResultLine
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
	place  int // by which lists are sorted, even when it is not shown
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
	var lines []ResultLine
	var others *org.Grant // by which she sees anybody but herself
	for _, g := range seen.Overview().Groups {
		sees := len(lines)
		for _, m := range g.Members {
			grant, err := v.may(org.ResultList, org.Object{Path: u.Path, Person: seen.members[seen.at[m.Subject]].person, State: string(a.State)})
			if err != nil {
				continue // not hers to see
			}
			line := ResultLine{Group: g.Name, Member: m, Own: seen.members[seen.at[m.Subject]].person == v.Person, place: m.Place}
			if grant.Masked {
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
	q.page(t, seen.outcome, lines)
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

// page filters, sorts and cuts lines. A school has a few hundred of them, and
// they are in memory: no index finds them faster.
func (q ResultQuery) page(t *ResultTable, o *outcome, lines []ResultLine) {
	lines = slices.DeleteFunc(lines, func(l ResultLine) bool { return !q.takes(o, l) })
	t.Total = len(lines)
	keys := make(map[string]string, len(lines))
	for _, l := range lines {
		keys[l.Subject] = q.key(o, l)
	}
	slices.SortFunc(lines, func(a, b ResultLine) int { return cmp.Compare(keys[a.Subject], keys[b.Subject]) })
	if q.After != "" {
		lines = slices.DeleteFunc(lines, func(l ResultLine) bool { return keys[l.Subject] <= q.After })
		t.Before = t.Total - len(lines)
	}
	if len(lines) > resultsShown {
		lines = lines[:resultsShown]
		t.Next = keys[lines[resultsShown-1].Subject]
	}
	t.Lines = lines
}

func (q ResultQuery) takes(o *outcome, l ResultLine) bool {
	if q.Group != "" && l.Group != q.Group {
		return false
	}
	at := o.at[l.Subject]
	switch res := o.eval.Results[at]; q.Filter {
	case NoTotal:
		if res.Scored || o.rules.Total.None {
			return false
		}
	case Vetoed:
		if !slices.ContainsFunc(res.Consequences, func(c eval.Consequence) bool { return c.Veto }) {
			return false
		}
	case Marked:
		if len(res.Consequences) == 0 {
			return false
		}
	}
	search, m := pinyin.Search(q.Search), o.members[at]
	return slices.ContainsFunc([]string{l.Name, m.sort, m.initials, l.Subject}, func(s string) bool { return strings.HasPrefix(strings.ToLower(s), search) })
}

// key is by what a line is sorted, and after which the next page begins: bytewise,
// and no two lines share one.
func (q ResultQuery) key(o *outcome, l ResultLine) string {
	m := o.members[o.at[l.Subject]]
	last := m.sort + "/" + l.Subject
	switch q.Order {
	case ByPlace:
		return fmt06(rankOf(l.place)) + "/" + last
	case ByScore:
		return fmt06(o.scoreRank()[l.Subject]) + "/" + last
	}
	return last
}

// rankOf puts those without a place last.
func rankOf(place int) int {
	if place == 0 {
		return 999_999
	}
	return place
}

func fmt06(n int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, 6-len(s))) + s
}

// scoreRank returns the rank of each total among all totals, equal ones sharing
// one; people without a total come last. Places are by group, totals are not.
func (o *outcome) scoreRank() map[string]int {
	o.ranked.Do(func() {
		order := make([]int, len(o.eval.Results))
		for i := range order {
			order[i] = i
		}
		r := o.eval.Results
		compare := func(a, b int) int {
			if r[a].Scored != r[b].Scored {
				return map[bool]int{true: -1, false: 1}[r[a].Scored]
			}
			return r[b].Score.Cmp(r[a].Score)
		}
		slices.SortStableFunc(order, compare)
		o.ranks = make(map[string]int, len(order))
		rank := 0
		for k, i := range order {
			if k > 0 && compare(order[k-1], i) != 0 {
				rank = k
			}
			o.ranks[r[i].Subject] = rank
		}
	})
	return o.ranks
}
