package app

import (
	"context"
	"math"
	"slices"

	"shiji/internal/audit"
	"shiji/internal/org"
	"shiji/internal/pinyin"
	"shiji/internal/store"
)

// PeopleQuery asks for a page of people: those whose name, pinyin, initials or
// number begins with Search, after the key of a former page.
type PeopleQuery struct {
	Search string
	After  string
}

// PeopleList is a page of a unit's people, former ones included, by pinyin. Next
// is the key of the following page, "" at the end.
type PeopleList struct {
	Unit   org.Unit
	Way    []Crumb
	Total  int64 // on all pages
	Over   bool  // there are more: a search that finds many is not counted to its end
	People []PersonLine
	Next   string
}

// PersonLine is a person in a list, with the post she holds in the very unit of
// the list under a staff code, if any.
type PersonLine struct {
	org.Person
	Post store.Post
}

// peopleShown is how many people a page lists, peopleCounted how many found are counted:
// who finds a thousand types another letter.
const (
	peopleShown   = 50
	peopleCounted = 1000
)

// People lists the people of a unit and of all below it.
func (s *Service) People(ctx context.Context, v *Viewer, unit org.UnitID, q PeopleQuery) (PeopleList, error) {
	u, _, err := s.unit(ctx, v, org.PersonList, unit)
	if err != nil {
		return PeopleList{}, err
	}
	out := PeopleList{Unit: u}
	if out.Way, err = s.way(ctx, v, u); err != nil {
		return PeopleList{}, err
	}
	scope, search := org.Below(u.Path), pinyin.Search(q.Search)
	most := int64(math.MaxInt64) // of everybody the store knows the number
	if search != "" {
		most = peopleCounted + 1
	}
	if out.Total, err = s.store.CountPeople(ctx, scope, search, most); err != nil {
		return PeopleList{}, err
	}
	if out.Over = out.Total == most; out.Over {
		out.Total = peopleCounted
	}
	people, err := s.store.People(ctx, scope, store.PeopleQuery{Search: search, Page: store.Page{After: q.After, Limit: peopleShown + 1}})
	if err != nil {
		return PeopleList{}, err
	}
	if len(people) > peopleShown {
		people = people[:peopleShown]
		out.Next = store.PageKey(people[peopleShown-1])
	}
	staff, err := s.store.Staff(ctx, scope, u.ID)
	if err != nil {
		return PeopleList{}, err
	}
	posts := map[org.PersonID]store.Post{}
	for _, p := range staff {
		posts[p.Person] = p
	}
	for _, p := range people {
		out.People = append(out.People, PersonLine{p, posts[p.ID]})
	}
	return out, nil
}

// PersonPage is what is kept of one person, as far as the viewer may see it.
type PersonPage struct {
	org.Person
	Own     bool    // the viewer herself
	Way     []Crumb // to the first unit of her posts that the viewer may open, if there is one
	Posts   []PostLine
	Results []HistoryLine // the newest term first
	// CanTrace says that the viewer may see who looked at this record, the others
	// that she may enter the identity number, and see all of it.
	CanTrace, CanEnter, CanUnmask bool
}

// PostLine is a post with its unit.
type PostLine struct {
	store.Post
	Unit   org.Unit
	Linked bool // the viewer may open the unit
}

// HistoryLine is a result in a person's history.
type HistoryLine struct {
	store.PersonResult
	Unit   string // its name
	Scheme string // its title
}

// Person returns the record of a person. Opening somebody else's is an event,
// which is durable before the record is returned.
func (s *Service) Person(ctx context.Context, v *Viewer, id org.PersonID) (*PersonPage, error) {
	person, err := s.store.Person(ctx, v.scope(org.PersonRead), id)
	if err != nil {
		return nil, notThere(err)
	}
	page := &PersonPage{Person: person, Own: id == v.Person}
	if page.Posts, err = s.posts(ctx, v, org.PersonRead, id); err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(page.Posts, func(p PostLine) bool { return p.Linked }); i >= 0 {
		if page.Way, err = s.way(ctx, v, page.Posts[i].Unit); err != nil {
			return nil, err
		}
	}
	about := v.seenIn(org.PersonRead, id, page.Posts)
	g, err := v.may(org.PersonRead, about)
	if err != nil {
		return nil, err
	}
	can := func(a org.Action) bool {
		_, err := v.may(a, v.seenIn(a, id, page.Posts))
		return err == nil
	}
	page.CanTrace, page.CanEnter, page.CanUnmask = can(org.TraceRead), can(org.IdentityEnter), can(org.IdentityUnmask)
	if page.Results, err = s.history(ctx, v, id); err != nil {
		return nil, err
	}
	if page.Own {
		return page, nil
	}
	return page, s.act(ctx, v, g, func(ctx context.Context, tx *store.Tx) error {
		return tx.Note(ctx, audit.RecordViewed, string(id), about.Path, nil)
	})
}

// posts returns a person's posts by which v may do a to her, hers all if v may it to
// the person herself.
func (s *Service) posts(ctx context.Context, v *Viewer, a org.Action, id org.PersonID) ([]PostLine, error) {
	posts, err := s.store.Posts(ctx, v.scope(a), id)
	if err != nil {
		return nil, err
	}
	var out []PostLine
	for _, p := range posts {
		u, err := s.unitNamed(ctx, p.Unit)
		if err != nil {
			return nil, err
		}
		out = append(out, PostLine{p, u, v.scope(org.UnitRead).Sees(org.Object{Path: u.Path})})
	}
	return out, nil
}

func (s *Service) history(ctx context.Context, v *Viewer, id org.PersonID) ([]HistoryLine, error) {
	results, err := s.store.ResultsOf(ctx, v.scope(org.ResultList), id)
	if err != nil {
		return nil, err
	}
	units := map[org.UnitID]string{} // their names
	var out []HistoryLine
	for _, r := range results {
		rules, err := s.rulesOf(ctx, r.Appraisal.Scheme)
		if err != nil {
			return nil, err
		}
		if _, known := units[r.Appraisal.Unit]; !known {
			u, err := s.store.UnitOf(ctx, r.Appraisal)
			if err != nil {
				return nil, err
			}
			units[r.Appraisal.Unit] = u.Name
		}
		out = append(out, HistoryLine{r, units[r.Appraisal.Unit], rules.Title})
	}
	return out, nil
}
