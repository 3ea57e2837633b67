package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"shiji/internal/city"
	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/org"
	"shiji/internal/sheet"
	"shiji/internal/store"
	"shiji/internal/text"
)

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
		if !slices.Contains(d.s.Terms(), p.School[0].Term) { // years after the data were drawn
			return nil
		}
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
