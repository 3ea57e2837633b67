package measure

import (
	"cmp"
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// Plan is a scheme's measures, ready to be derived from any package.
type Plan struct {
	// Opened are the guards an office switched on; a guard that no office may
	// open stays closed whatever is listed here.
	Opened []scheme.OpenGuard

	parts []*part
	order []int // parts, those that others read first
	keys  []key // every fact the plan yields, in the order of fact.Sort
}

// part is one declared measure.
type part struct {
	scheme.Measure
	concerns *people // nil: everybody
	needs    []string
	rates    []string // of these, those that have to be attendance rates
	deriver
}

// deriver derives one measure for everybody it concerns.
type deriver interface {
	// fields are the columns of the table; a scalar has one without a name.
	fields() []field
	// sheets are those without which nothing can be derived.
	sheets() []string
	// derive puts rows for the people of r.
	derive(r *run)
}

type field struct {
	name  string
	coded bool
	share bool
	unit  string
}

var (
	scalar = []field{{}}
	share  = []field{{share: true}}
	code   = []field{{coded: true}}
)

// key is one fact key: field of part.
type key struct {
	text        string
	part, field int
	empty       bool // the table's state when it has no rows
}

// readers are the kinds of measure by the name schemes write under "from".
var readers map[string]func(c *compiler, p *scheme.Params) deriver

func init() {
	readers = map[string]func(c *compiler, p *scheme.Params) deriver{
		"staff": readStaff, "weekly-load": readWeeklyLoad, "standard-load": readStandardLoad,
		"post-load": readPostLoad, "other-work": readOtherWork,
		"attendance-rate": readAttendanceRate, "attendance-days": readAttendanceDays,
		"attendance-count": readAttendanceCount, "event-count": readEventCount,
		"exam":    readExam,
		"routine": readRoutine, "inspection": readInspection, "goals": readGoals, "committee": readCommittee,
		"committee-conclusion": readCommitteeConclusion,
		"courses":              readCourses, "outcomes": readOutcomes, "training": readTraining, "training-hours": readTrainingHours,
		"ratings": readRatings, "conduct": readConduct, "conduct-conclusion": readConductConclusion,
		"exceptions": readExceptions, "count": readCount,
	}
}

// Kinds returns the names of all kinds of measure, sorted.
func Kinds() []string {
	var names []string
	for name := range readers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// compiler reads the measures of one scheme.
type compiler struct {
	tables map[string]*scheme.Table
	parts  map[string]*part
	part   *part // being read
	faults fault.List
}

// Compile reads the parameters of every measure. It returns all faults at once,
// and a declaration of every scalar and table field that Derive will yield.
func Compile(ms []scheme.Measure, tables []*scheme.Table) (*Plan, []scheme.FactDecl, error) {
	c := &compiler{tables: map[string]*scheme.Table{}, parts: map[string]*part{}}
	for _, t := range tables {
		c.tables[t.Name] = t
	}
	plan := &Plan{}
	var params []*scheme.Params
	for _, m := range ms {
		p := m.Params.Into(&c.faults)
		read, ok := readers[m.From]
		if !ok {
			p.Fault("from", "measure.unknown-kind", m.From, strings.Join(Kinds(), "、"))
			continue
		}
		part := &part{Measure: m, concerns: readPeople(p, "for")}
		c.part = part
		part.deriver = read(c, p)
		p.End()
		c.parts[m.Name] = part
		plan.parts, params = append(plan.parts, part), append(params, p)
	}
	c.link(plan, params)
	if err := c.faults.Err(); err != nil {
		return nil, nil, err
	}
	plan.sortKeys()
	return plan, plan.declare(), nil
}

// needs notes that the measure being read reads another's number.
func (c *compiler) needs(name string) string {
	if name != "" {
		c.part.needs = append(c.part.needs, name)
	}
	return name
}

// needsRate is needs for a measure whose declarations of days are read too.
func (c *compiler) needsRate(name string) string {
	if name != "" {
		c.part.rates = append(c.part.rates, name)
	}
	return c.needs(name)
}

// link orders the parts so that what is read comes first.
func (c *compiler) link(plan *Plan, params []*scheme.Params) {
	const unseen, open, done = 0, 1, 2
	state := make([]int, len(plan.parts))
	index := map[string]int{}
	for i, p := range plan.parts {
		index[p.Name] = i
	}
	var visit func(i int)
	visit = func(i int) {
		state[i] = open
		for _, name := range plan.parts[i].needs {
			j, ok := index[name]
			switch {
			case !ok || !plan.parts[j].number():
				params[i].Fault("", "measure.unknown-number", name)
			case slices.Contains(plan.parts[i].rates, name) && !plan.parts[j].rate():
				params[i].Fault("", "measure.not-rate", name)
			case state[j] == open:
				params[i].Fault("", "measure.circular", plan.parts[i].Name, name)
			case state[j] == unseen:
				visit(j)
			}
		}
		state[i] = done
		plan.order = append(plan.order, i)
	}
	for i := range plan.parts {
		if state[i] == unseen {
			visit(i)
		}
	}
}

// number reports whether the part yields one number a person.
func (p *part) number() bool {
	f := p.fields()
	return len(f) == 1 && f[0].name == "" && !f[0].coded
}

func (p *part) rate() bool { _, ok := p.deriver.(*attendanceRate); return ok }

func (p *part) table() bool { return p.fields()[0].name != "" }

func (p *Plan) sortKeys() {
	for i, part := range p.parts {
		for k, f := range part.fields() {
			text := part.Name
			if f.name != "" {
				text += "." + f.name
			}
			p.keys = append(p.keys, key{text: text, part: i, field: k})
		}
		if part.table() {
			p.keys = append(p.keys, key{text: part.Name, part: i, empty: true})
		}
	}
	slices.SortFunc(p.keys, func(a, b key) int { return cmp.Compare(a.text, b.text) })
}

func (p *Plan) declare() []scheme.FactDecl {
	var out []scheme.FactDecl
	for _, part := range p.parts {
		for _, f := range part.fields() {
			d := scheme.FactDecl{Name: f.name, Table: part.Name, Coded: f.coded, Share: f.share, Unit: cmp.Or(f.unit, part.Unit)}
			if f.name == "" {
				d.Name, d.Table = part.Name, ""
			}
			if e, ok := part.deriver.(*exam); ok && e.entrance() {
				d.Guard = entranceGuard
			}
			out = append(out, d)
		}
	}
	return out
}

// Derive returns the facts about everybody on the staff, in the order of
// fact.Sort. The order of lines in pkg makes no difference.
func (p *Plan) Derive(pkg *evidence.Package) ([]fact.Fact, error) {
	x, err := newIndex(pkg)
	if err != nil {
		return nil, err
	}
	x.opened = p.opened()
	runs := make([]*run, len(p.parts))
	for _, i := range p.order {
		r := newRun(x, p.parts[i])
		x.runs[p.parts[i].Name] = r
		runs[i] = r
		if r.ready() {
			p.parts[i].derive(r)
		}
		r.sort()
	}
	if err := x.faults.Err(); err != nil {
		x.sortFaults()
		return nil, err
	}
	return p.assemble(x, runs), nil
}

// opened returns the guards that are open, with the reason to be shown.
func (p *Plan) opened() map[string]scheme.OpenGuard {
	open := map[string]scheme.OpenGuard{}
	for _, o := range p.Opened {
		if g, ok := scheme.Guards[o.Guard]; ok && !g.Blocked() {
			open[o.Guard] = o
		}
	}
	return open
}

// assemble writes the facts in their final order, so that sorting them is one
// pass that finds nothing to do.
func (p *Plan) assemble(x *index, runs []*run) []fact.Fact {
	n := 0
	for _, r := range runs {
		for i := range r.rows {
			n += max(1, len(r.rows[i])*len(r.part.fields()))
		}
	}
	out := make([]fact.Fact, 0, n)
	for person, s := range x.staff {
		for _, k := range p.keys {
			r := runs[k.part]
			rows := r.rows[person]
			if len(rows) == 0 {
				if k.empty || !r.part.table() {
					out = append(out, fact.Fact{Subject: s.ID, Key: k.text, State: r.empty[person].state, Source: k.text, Work: r.empty[person].work})
				}
				continue
			}
			if k.empty {
				continue
			}
			for i := range rows {
				row := &rows[i]
				c := &row.cells[k.field]
				work := c.work
				if work == nil {
					work = row.work
				}
				out = append(out, fact.Fact{Subject: s.ID, Key: k.text, Item: row.item, Value: c.value, Code: c.code, State: c.state, Source: row.source, Work: work})
			}
		}
	}
	fact.Sort(out)
	return out
}

// one is the factor of a line that is counted as it stands.
var one = num.Int(1)
