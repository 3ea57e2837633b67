package measure

import (
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/fact"
	"shiji/internal/num"
	"shiji/internal/scheme"
)

// lineTable hands the lines of a sheet on as a table, the columns named as in
// the sheet, those lines left out that the declared filter does not keep.
type lineTable struct {
	sheet   *evidence.Sheet
	columns []int
	coded   []field
	filter  filter
}

func readCourses(_ *compiler, p *scheme.Params) deriver {
	return readLines(p, "课程建设", "类别", "名称", "角色", "认定")
}

func readOutcomes(_ *compiler, p *scheme.Params) deriver {
	return readLines(p, "成果", "类别", "名称", "级别", "等次", "名次", "录取名额", "系列", "本人或指导", "颁发单位", "白名单")
}

func readTraining(_ *compiler, p *scheme.Params) deriver {
	return readLines(p, "培训", "类别", "名称", "学时", "考核")
}

func readLines(p *scheme.Params, sheet string, columns ...string) *lineTable {
	t := &lineTable{sheet: evidence.SheetNamed(sheet)}
	for _, name := range columns {
		k := columnOf(t.sheet, name)
		c := &t.sheet.Columns[k]
		t.columns = append(t.columns, k)
		t.coded = append(t.coded, field{name: name, coded: c.Type != evidence.Number, unit: c.Unit})
	}
	t.filter = readFilter(p, t.sheet)
	return t
}

func columnOf(s *evidence.Sheet, name string) int {
	return slices.IndexFunc(s.Columns, func(c evidence.Column) bool { return c.Name == name })
}

func (t *lineTable) fields() []field  { return t.coded }
func (t *lineTable) sheets() []string { return []string{t.sheet.Name} }

func (t *lineTable) derive(r *run) {
	lines := r.of(t.sheet.Name)
	r.people(func(i int, s *evidence.Staff) {
		for _, k := range lines.by[i] {
			if !t.filter.keeps(r.Package, k) {
				continue
			}
			line := row{item: r.item(lines.sheet, k), source: lines.sources[k], cells: make([]cell, len(t.columns))}
			for j, column := range t.columns {
				line.cells[j] = cellOf(t.sheet.Cell(r.Package, k, column))
			}
			r.add(i, line)
		}
	})
}

// cellOf turns a handed-in value into a fact's.
func cellOf(v evidence.Value) cell {
	if v.Text != "" {
		return cell{code: v.Text}
	}
	return cell{value: v.Q, state: stateOf(v.State)}
}

// filter keeps lines by the texts of their columns, and by a span of dates.
type filter struct {
	sheet   *evidence.Sheet
	columns []int
	allowed [][]string
}

// readFilter reads the mapping under where, from columns to what they may hold.
func readFilter(p *scheme.Params, sheet *evidence.Sheet) filter {
	f := filter{sheet: sheet}
	m := p.Map("where")
	if m == nil {
		return f
	}
	for _, name := range m.Names() {
		k := columnOf(sheet, name)
		list := m.Texts(name)
		if k < 0 || sheet.Columns[k].Type == evidence.Number {
			m.Fault(name, "measure.unknown-column", name, sheet.Name)
			continue
		}
		if sheet.Columns[k].Type == evidence.Coded {
			for _, s := range list {
				if allowed := allowedIn(sheet.Name, name); !slices.Contains(allowed, s) {
					m.Fault(name, "measure.unknown-code", s, sheet.Name, name, joined(allowed))
				}
			}
		}
		f.columns, f.allowed = append(f.columns, k), append(f.allowed, list)
	}
	m.End()
	return f
}

func (f *filter) keeps(pkg *evidence.Package, line int) bool {
	for i, k := range f.columns {
		if !slices.Contains(f.allowed[i], f.sheet.Cell(pkg, line, k).Text) {
			return false
		}
	}
	return true
}

// trainingHours adds up the hours of the trainings that the filter keeps.
type trainingHours struct {
	filter filter
	none   none
}

func readTrainingHours(_ *compiler, p *scheme.Params) deriver {
	return &trainingHours{readFilter(p, evidence.SheetNamed("培训")), readNone(p, "zero", "not-yet", "not-applicable")}
}

func (t *trainingHours) fields() []field  { return scalar }
func (t *trainingHours) sheets() []string { return []string{"培训"} }

func (t *trainingHours) derive(r *run) {
	lines := r.of("培训")
	r.people(func(i int, _ *evidence.Staff) {
		var work []fact.Line
		for _, k := range lines.by[i] {
			if x := &r.Trainings[k]; t.filter.keeps(r.Package, k) && x.Hours.State == evidence.Given {
				work = append(work, fact.Line{Source: lines.sources[k], Label: x.Name, Value: x.Hours.Q, Factor: one, Counts: x.Hours.Q})
			}
		}
		if len(work) == 0 {
			t.none.put(r, i)
			return
		}
		r.number(i, total(work), work)
	})
}

// lineCount counts the lines of any sheet about people.
type lineCount struct {
	filter filter
	none   none
}

// countedBy are the sheets whose lines a kind of their own counts, which leaves
// out what may not count: leave the law protects, breaches nobody confirmed.
var countedBy = map[string]string{"出勤": "attendance-count", "活动出勤": "event-count", "师德认定": "conduct"}

func readCount(_ *compiler, p *scheme.Params) deriver {
	name := p.Text("sheet")
	if own := countedBy[name]; own != "" {
		p.Fault("sheet", "measure.counted-by", name, own)
	}
	sheet := evidence.SheetNamed(name)
	if sheet == nil || sheet.Name != name || columnOf(sheet, "工号") < 0 || name == "教职工" {
		p.Fault("sheet", "measure.no-sheet", name)
		sheet = evidence.SheetNamed("成果")
	}
	return &lineCount{readFilter(p, sheet), readNone(p, "zero", "not-yet", "not-applicable")}
}

func (c *lineCount) fields() []field  { return scalar }
func (c *lineCount) sheets() []string { return []string{c.filter.sheet.Name} }

func (c *lineCount) derive(r *run) {
	lines := r.of(c.filter.sheet.Name)
	r.people(func(i int, s *evidence.Staff) {
		var work []fact.Line
		for _, k := range lines.by[i] {
			if c.filter.keeps(r.Package, k) {
				work = append(work, fact.Line{Source: lines.sources[k], Label: r.item(lines.sheet, k), Value: one, Factor: one, Counts: one})
			}
		}
		if len(work) == 0 {
			c.none.put(r, i)
			return
		}
		r.number(i, num.Int(int64(len(work))), work)
	})
}
