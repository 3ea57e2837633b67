package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"shiji/internal/auth"
	"shiji/internal/city"
	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/org"
	"shiji/internal/pinyin"
	"shiji/internal/sheet"
	"shiji/internal/store"
	"shiji/internal/text"
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

// demoAccount is an account to be opened.
type demoAccount struct {
	login string
	role  org.Role
	unit  org.Unit
	who   evidence.Staff // with a staff code in a school, else by name and position
}

// offices opens the accounts of the bureaus.
func (d *demo) offices(ctx context.Context) error {
	for _, a := range []demoAccount{
		{"officer", org.Officer, d.out.City, evidence.Staff{Name: "方立言", Position: "教育局考核干部"}},
		{"auditor", org.Auditor, d.out.City, evidence.Staff{Name: "程守正", Position: "督学"}},
		{"officer-east", org.Officer, d.counties[0], evidence.Staff{Name: "沈知秋", Position: "区教体局考核干部"}},
		{"officer-west", org.Officer, d.counties[1], evidence.Staff{Name: "林望山", Position: "县教体局考核干部"}},
	} {
		if _, err := d.open(ctx, a, nil); err != nil {
			return err
		}
	}
	return nil
}

// staff opens the accounts of a school for people of its own workbook; the first
// school has all roles.
func (d *demo) staff(ctx context.Context, sc *demoSchool) (err error) {
	p := city.School(d.o.Seed, sc.n)
	number := sc.n + 1
	by := func(role org.Role, login string, fits func(evidence.Staff) bool) (*Viewer, error) {
		i := slices.IndexFunc(p.Staff, fits)
		if i < 0 {
			return nil, fmt.Errorf("demo: nobody in school %d can be %s", number, login)
		}
		return d.open(ctx, demoAccount{fmt.Sprintf("%s%d", login, number), role, sc.unit, p.Staff[i]}, p)
	}
	position := func(name string) func(evidence.Staff) bool {
		return func(m evidence.Staff) bool { return m.Position == name }
	}
	if sc.clerk, err = by(org.Clerk, "clerk", position("教务员")); err != nil {
		return err
	}
	if sc.head, err = by(org.Head, "head", position("校长")); err != nil || sc.n > 0 {
		return err
	}
	if _, err = by(org.Committee, "committee", position("副校长")); err != nil {
		return err
	}
	_, err = by(org.Own, "teacher", func(m evidence.Staff) bool { // somebody with a history
		return m.Kind == "教学" && m.Position == "教师" && m.Joined < "2020" && m.Group == "语文组"
	})
	return err
}

// open enters a person with her post and account, and lists the login.
func (d *demo) open(ctx context.Context, a demoAccount, p *evidence.Package) (*Viewer, error) {
	secret, err := d.s.hasher.Hash(ctx, d.password)
	if err != nil {
		return nil, err
	}
	var account store.Account
	err = d.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		person, err := d.person(ctx, tx, a, p)
		if err != nil {
			return err
		}
		account, err = tx.OpenAccount(ctx, store.Account{Person: person, Login: a.login, Secret: secret, State: store.Active})
		if err != nil || a.role == org.Own {
			return err
		}
		_, err = tx.GrantRole(ctx, account.ID, a.unit.ID, string(a.role))
		return err
	})
	if err != nil {
		return nil, err
	}
	d.out.Logins = append(d.out.Logins, DemoLogin{a.login, d.password, a.who.Name, a.role, a.unit})
	v, err := d.s.viewer(ctx, account)
	if err == nil {
		v.Request = demoPart
	}
	return v, err
}

func (d *demo) person(ctx context.Context, tx *store.Tx, a demoAccount, p *evidence.Package) (org.PersonID, error) {
	if p != nil {
		return employ(ctx, tx, a.unit, p, a.who)
	}
	person, err := tx.AddPerson(ctx, org.Person{Name: a.who.Name, Sort: pinyin.Sort(a.who.Name), Initials: pinyin.Initials(a.who.Name)}, "")
	if err != nil {
		return "", err
	}
	_, err = tx.BeginPost(ctx, store.Post{Person: person.ID, Unit: a.unit.ID, Name: a.who.Position, Since: "2019-09-01"})
	return person.ID, err
}

// demoSchemes are the schemes of the kinds of schools, which take turns.
var demoSchemes = []string{"jining-2018/junior", "jining-2018/primary", "jining-2018/senior"}

// years hands in, evaluates and publishes a school's years, the oldest first, and
// leaves this year in the state that is the school's.
func (d *demo) years(ctx context.Context, sc *demoSchool) error {
	oldest := 1
	if sc.n == 0 {
		oldest = 2
	}
	for back := oldest; back >= 1; back-- {
		if err := d.year(ctx, sc, city.Earlier(d.o.Seed, sc.n, back), store.Published); err != nil {
			return err
		}
	}
	p := city.School(d.o.Seed, sc.n)
	switch sc.n {
	case 1:
		return d.year(ctx, sc, p, store.Evaluated)
	case 2:
		_, err := d.handIn(ctx, sc, p)
		return err
	case 3:
		return d.faulty(ctx, sc, p)
	case 4:
		_, err := d.s.OpenAppraisal(ctx, sc.clerk, sc.unit.ID, p.School[0].Term, demoSchemes[sc.n%len(demoSchemes)])
		return err
	}
	return d.year(ctx, sc, p, store.Published)
}

// year takes one year of a school to the state until.
func (d *demo) year(ctx context.Context, sc *demoSchool, p *evidence.Package, until store.AppraisalState) error {
	batch, err := d.handIn(ctx, sc, p)
	if err != nil {
		return err
	}
	if err := d.s.AdoptBatch(ctx, sc.clerk, batch, Confirm{}); err != nil {
		return err
	}
	id, err := d.s.OpenAppraisal(ctx, sc.clerk, sc.unit.ID, p.School[0].Term, demoSchemes[sc.n%len(demoSchemes)])
	if err != nil {
		return err
	}
	if err := d.evaluate(ctx, sc.clerk, id); err != nil || until != store.Published {
		return err
	}
	return d.s.Publish(ctx, sc.head, id)
}

// handIn stages p with its workbook. The package is not read back from the
// workbook, which a test of the way through Upload does for all of them.
func (d *demo) handIn(ctx context.Context, sc *demoSchool, p *evidence.Package) (batch string, err error) {
	g, err := sc.clerk.may(org.EvidenceStage, org.Object{Path: sc.unit.Path})
	if err != nil {
		return "", err
	}
	f, err := tempWorkbook(p)
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(f) }() // a file in the folder for such files
	o := original{p.School[0].Term, sc.unit.Name + p.School[0].Term + "学年考核材料.xlsx", f}
	b, err := d.s.begin(ctx, sc.clerk.Actor(g, sc.clerk.Request), sc.unit, o)
	if err != nil {
		return "", err
	}
	return b.ID, d.s.keepFound(ctx, sc.unit, b, p, nil)
}

// evaluate orders an evaluation and runs jobs until it is done.
func (d *demo) evaluate(ctx context.Context, v *Viewer, appraisal string) error {
	id, err := d.s.OrderEvaluation(ctx, v, appraisal)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		var j store.Job
		err := d.s.store.Keep(ctx, func(ctx context.Context, k *store.Keeper) (err error) {
			j, err = k.Claim(ctx, jobLease)
			return err
		})
		switch {
		case err == nil:
			d.s.run(ctx, j)
		case !fault.Is(err, fault.NotFound):
			return err
		default: // the other hand runs it
			time.Sleep(10 * time.Millisecond)
		}
		page, err := d.s.Job(ctx, v, id)
		if err != nil || page.State == store.Done {
			return err
		}
		if page.State == store.Failed {
			return fmt.Errorf("demo: %s", page.Progress)
		}
	}
	return ctx.Err()
}

// faulty hands in a workbook with typical faults.
func (d *demo) faulty(ctx context.Context, sc *demoSchool, p *evidence.Package) error {
	f, err := tempWorkbook(spoiled(p))
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f) }() // a file in the folder for such files
	body, err := os.Open(f)
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = d.s.Upload(ctx, sc.clerk, sc.unit.ID, Upload{Term: p.School[0].Term, Name: sc.unit.Name + "考核材料（有问题）.xlsx", Body: body})
	return err
}

// spoiled puts into p what clerks get wrong: a post that does not exist, an
// impossible load, an unknown attendance code, a staff code that nobody has, and
// a mark above the full.
func spoiled(p *evidence.Package) *evidence.Package {
	p.Staff[4].Kind = "厨师"
	p.Lessons[2].Weekly = evidence.Known(num.Int(99))
	p.Attendance[7].Days[9] = "溜"
	p.Duties[1].Staff = "T9999"
	for i := range p.Marks[5].By {
		if p.Marks[5].By[i] > 0 {
			p.Marks[5].By[i] = 99900
			break
		}
	}
	return p
}

// samples writes workbooks of the last school for people to hand in.
func (d *demo) samples(sc *demoSchool) error {
	if d.o.Samples == "" {
		return nil
	}
	if err := os.MkdirAll(d.o.Samples, 0o755); err != nil {
		return err
	}
	name := strings.ReplaceAll(sc.unit.Name, string(filepath.Separator), "")
	for key, p := range map[string]*evidence.Package{
		"app.demo-whole": city.School(d.o.Seed, sc.n), "app.demo-faulty": spoiled(city.School(d.o.Seed, sc.n)),
	} {
		path := filepath.Join(d.o.Samples, text.Sprintf(key, name)+".xlsx")
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		if err := errors.Join(sheet.WritePackage(f, p), f.Close()); err != nil {
			return err
		}
		d.out.Samples = append(d.out.Samples, path)
	}
	slices.Sort(d.out.Samples)
	return nil
}

// tempWorkbook writes p to a file that the caller removes.
func tempWorkbook(p *evidence.Package) (name string, err error) {
	f, err := os.CreateTemp("", "shiji-demo-*")
	if err != nil {
		return "", err
	}
	if err := errors.Join(sheet.WritePackage(f, p), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}
