package app

import (
	"context"

	"shiji/internal/eval"
	"shiji/internal/explain"
	"shiji/internal/org"
	"shiji/internal/store"
)

// Told is one person's worded result, and where it stands: what her result and
// its workings both show.
type Told struct {
	Appraisal string // id
	SchemeID  string
	State     string
	Unit      org.Unit
	Way       []Crumb
	Person    org.PersonID
	Own       bool // it is the viewer's
	Masked    bool // quantities of fewer than five colleagues are withheld
	*explain.Page
	Materials []Material

	CanList bool
}

// ResultPage is one person's explained result.
type ResultPage struct {
	Told
	Spokes []Spoke      // of level 1, for a radar; without means where too few compare
	Trend  []TrendPoint // the oldest term first, this one included

	CanPrint, CanBundle, CanPerson bool
}

// Spoke is a level-1 indicator: the person's value beside her group's mean.
type Spoke struct {
	Node, Name        string
	Value, Mean, Full string // Mean "" when it is not shown
	Share, MeanShare  float64
}

// Material is what was handed in and adopted before the evaluation: sources on a
// page name lines of it.
type Material struct {
	Name    string // of the workbook
	By      string // who handed it in
	Adopter string
	At      string // moment of adoption
}

// Result returns one person's result. That somebody looked at another's is in
// the log before the page exists.
func (s *Service) Result(ctx context.Context, v *Viewer, appraisal, subject string) (*ResultPage, error) {
	seen, g, err := s.one(ctx, v, org.ResultRead, appraisal, subject)
	if err != nil {
		return nil, err
	}
	p := &ResultPage{}
	if p.Told, err = s.told(ctx, v, g, seen, subject); err != nil {
		return nil, err
	}
	p.Spokes = seen.spokes(seen.at[subject])
	if p.Trend, err = s.points(ctx, v, p.Person); err != nil {
		return nil, err
	}
	for i := range p.Trend {
		t := &p.Trend[i]
		t.Current = t.Appraisal == appraisal && t.Subject == subject
		t.SameScheme = t.scheme == seen.rules.Name
	}
	o := org.Object{Path: seen.unit.Path, Person: p.Person, State: p.State}
	can := func(action org.Action) bool { _, err := v.may(action, o); return err == nil }
	p.CanPrint, p.CanBundle, p.CanPerson = can(org.ResultPrint), can(org.ResultBundle), can(org.PersonRead)
	if err := s.look(ctx, v, g, seen, subject, lookResult); err != nil {
		return nil, err
	}
	return p, nil
}

// Workings returns one person's result for a page of how every value came about, line
// by line. It is seen by whoever may see the result, and another's is a look of its
// own, in the log before the page exists.
func (s *Service) Workings(ctx context.Context, v *Viewer, appraisal, subject string) (*Told, error) {
	seen, g, err := s.one(ctx, v, org.ResultRead, appraisal, subject)
	if err != nil {
		return nil, err
	}
	p, err := s.told(ctx, v, g, seen, subject)
	if err != nil {
		return nil, err
	}
	if err := s.look(ctx, v, g, seen, subject, lookWorkings); err != nil {
		return nil, err
	}
	return &p, nil
}

// told words the result of subject for v, to whom g grants it.
func (s *Service) told(ctx context.Context, v *Viewer, g org.Grant, seen sight, subject string) (Told, error) {
	at := seen.at[subject]
	m := seen.members[at]
	t := Told{
		Appraisal: seen.appraisal.ID, SchemeID: seen.appraisal.Scheme, State: string(seen.appraisal.State), Unit: seen.unit,
		Person: m.person, Own: m.person == v.Person, Masked: g.Masked, Materials: seen.materials,
	}
	var err error
	if t.Page, err = seen.page(at, g); err != nil {
		return t, err
	}
	if t.Way, err = s.way(ctx, v, seen.unit); err != nil {
		return t, err
	}
	_, refused := v.may(org.ResultList, org.Object{Path: seen.unit.Path, State: t.State})
	t.CanList = refused == nil
	return t, nil
}

// spokes returns the person's level-1 values beside the means of her group.
func (o *outcome) spokes(at int) []Spoke {
	res := &o.eval.Results[at]
	if o.rules.Total.None {
		return nil
	}
	var out []Spoke
	for _, g := range o.Overview().Groups {
		if g.Name != res.Group {
			continue
		}
		for _, top := range g.Tops {
			i := o.rules.NodeIndex(top.Node)
			if v := res.Values[i]; v.Status == eval.Known && v.Code == "" && !o.rules.Nodes[i].Bonus {
				out = append(out, Spoke{
					Node: top.Node, Name: top.Name, Value: v.Q.String(), Full: top.Full, Share: share(v.Q, o.rules.Nodes[i].Full), Mean: top.Mean, MeanShare: top.Share,
				})
			}
		}
	}
	return out
}

// materials returns what had been adopted for the evaluation of a, the newest
// first.
func (s *Service) materials(ctx context.Context, a store.Appraisal, u org.Unit) ([]Material, error) {
	batches, err := restsOn(ctx, s.store.Reader, a, org.Below(u.Path))
	if err != nil {
		return nil, err
	}
	names := s.naming()
	var out []Material
	for _, b := range batches {
		m := Material{At: b.Adopted}
		if len(b.Originals) > 0 {
			m.Name = b.Originals[0].Name
		}
		if m.By, err = names.account(ctx, string(b.Filler)); err != nil {
			return nil, err
		}
		if m.Adopter, err = names.account(ctx, string(b.Adopter)); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}
