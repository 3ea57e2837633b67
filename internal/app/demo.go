package app

import (
	"context"
	"errors"
	"sync"

	"shiji/internal/auth"
	"shiji/internal/city"
	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/store"
)

// DemoOptions say which city to make.
type DemoOptions struct {
	Seed    uint64
	Schools int    // 0: five
	Samples string // folder for workbooks to try out, "" for none
}

// DemoCity tells what was made.
type DemoCity struct {
	City    org.Unit
	Schools []org.Unit
	Logins  []DemoLogin // the offices' first, then school by school
	Samples []string    // files to hand in as the last school's clerk: a whole one, a faulty one
}

// DemoLogin is an account to try out. All have one password, drawn anew each time.
type DemoLogin struct {
	Login, Password string
	Name            string
	Role            org.Role // Own for a teacher
	Unit            org.Unit
}

// How many schools a demonstration has: with five, one for each state in which a
// school can be found.
const (
	demoSchools = 5
	demoMost    = 40
	demoHands   = 2 // schools made at once
)

// demoPart names the demonstration in the log.
const demoPart = "demo"

// Demo fills an empty database with a synthetic city: a bureau, two counties with
// schools, one school directly below the city, people, accounts, and appraisals of
// several years. All that happens goes through the use cases, with events of those
// who would do it. What schools hand in is room city's, labelled as synthetic.
//
// Of this year the first school is published, the second evaluated; in the third
// a workbook waits to be adopted, in the fourth a faulty one to be mended; the
// fifth has handed in nothing yet. Every school's last year is published, and the
// first school's year before, so that its people have a history.
func (s *Service) Demo(ctx context.Context, o DemoOptions) (*DemoCity, error) {
	if o.Schools == 0 {
		o.Schools = demoSchools
	}
	if o.Schools < 1 || o.Schools > demoMost {
		return nil, fault.New(fault.Invalid, "app.demo-schools", demoMost)
	}
	// A database in which anything was ever done has a log.
	note, err := s.store.Sign(ctx)
	if err != nil {
		return nil, err
	}
	if note != "" {
		return nil, fault.New(fault.Refused, "app.demo-not-empty")
	}
	d := &demo{s: s, o: o, out: &DemoCity{}}
	if d.password, err = auth.NewPassword(s.options.Random); err != nil {
		return nil, err
	}
	schools, err := d.units(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.offices(ctx); err != nil {
		return nil, err
	}
	for i := range schools {
		if err := d.staff(ctx, &schools[i]); err != nil {
			return nil, err
		}
	}
	if err := d.each(schools, func(sc *demoSchool) error { return d.years(ctx, sc) }); err != nil {
		return nil, err
	}
	return d.out, d.samples(&schools[len(schools)-1])
}

// demo is a city being made.
type demo struct {
	s        *Service
	o        DemoOptions
	password string
	out      *DemoCity
	counties []org.Unit
}

// demoSchool is a school being made: the n-th of room city.
type demoSchool struct {
	n           int
	unit        org.Unit
	clerk, head *Viewer
}

// each runs fn for all schools, a few at once.
func (d *demo) each(schools []demoSchool, fn func(*demoSchool) error) error {
	errs := make([]error, len(schools))
	places := make(chan struct{}, demoHands)
	var hands sync.WaitGroup
	for i := range schools {
		hands.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			errs[i] = fn(&schools[i])
		})
	}
	hands.Wait()
	return errors.Join(errs...)
}

// write does something as the demonstration itself.
func (d *demo) write(ctx context.Context, fn func(ctx context.Context, tx *store.Tx) error) error {
	return d.s.store.Write(ctx, org.System(demoPart), fn)
}

// units enters the tree. The fifth school stands directly below the city.
func (d *demo) units(ctx context.Context) (schools []demoSchool, err error) {
	packages := make([]*evidence.Package, d.o.Schools)
	for n := range packages {
		packages[n] = city.School(d.o.Seed, n)
	}
	err = d.write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		schools, d.counties = nil, nil // it may run twice
		add := func(parent org.Unit, kind org.Kind, name, code string) (u org.Unit) {
			if err == nil {
				u, err = tx.AddUnit(ctx, org.Unit{Parent: parent.ID, Kind: kind, Name: name, Code: code})
			}
			return u
		}
		d.out.City = add(org.Unit{}, org.City, "明湖市（演示，合成数据）", "990000")
		d.counties = append(d.counties, add(d.out.City, org.County, "东湖区（演示）", "990100"), add(d.out.City, org.County, "西山县（演示）", "990200"))
		for n, p := range packages {
			parent := d.counties[n/2%2]
			if n == demoSchools-1 {
				parent = d.out.City
			}
			schools = append(schools, demoSchool{n: n, unit: add(parent, org.School, p.School[0].Name, p.School[0].Code)})
		}
		return err
	})
	for _, sc := range schools {
		d.out.Schools = append(d.out.Schools, sc.unit)
	}
	return schools, err
}
