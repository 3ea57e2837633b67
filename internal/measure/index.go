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

// index finds a package's lines by person, in an order that does not depend on
// how they were handed in.
type index struct {
	*evidence.Package
	start, end int // the period's days, both inclusive
	staff      []*evidence.Staff
	at         map[string]int // 工号 → index in staff
	classes    map[string]*evidence.Class
	lines      map[string]*sheetLines
	runs       map[string]*run
	papers     map[paperKey]*paper
	rosterOf   map[string]*roster
	tallies    map[Lines]*Tally
	due        map[rateOf][]int
	attended   map[rateOf]dayTally
	opened     map[string]scheme.OpenGuard
	faults     fault.List
}

// sheetLines are the lines of one sheet by person, each list by natural key.
type sheetLines struct {
	sheet   *evidence.Sheet
	by      [][]int
	sources []string
}

func newIndex(pkg *evidence.Package) (*index, error) {
	x := &index{Package: pkg, at: map[string]int{}, classes: map[string]*evidence.Class{}, lines: map[string]*sheetLines{},
		runs: map[string]*run{}, papers: map[paperKey]*paper{}, due: map[rateOf][]int{}, attended: map[rateOf]dayTally{}}
	if len(pkg.School) != 1 {
		return nil, fault.New(fault.Missing, "measure.no-school").At(fault.Place{Sheet: "学校"})
	}
	var ok, ok2 bool
	x.start, ok = dayNumber(pkg.School[0].Start)
	x.end, ok2 = dayNumber(pkg.School[0].End)
	if !ok || !ok2 || x.end < x.start {
		return nil, fault.New(fault.Invalid, "measure.no-period").At(fault.Place{Sheet: "学校", Row: pkg.School[0].Line})
	}
	for i := range pkg.Staff {
		x.staff = append(x.staff, &pkg.Staff[i])
	}
	slices.SortFunc(x.staff, func(a, b *evidence.Staff) int { return cmp.Compare(a.ID, b.ID) })
	for i, s := range x.staff {
		x.at[s.ID] = i
	}
	for i := range pkg.Classes {
		x.classes[pkg.Classes[i].ID] = &pkg.Classes[i]
	}
	return x, nil
}

// sheetState says whether the sheet is there; lines that came without a sheet,
// as in a package built in memory, count as handed in.
func (x *index) sheetState(name string) fact.State {
	switch {
	case x.Declined(name):
		return fact.NotApplicable
	case x.Has(name) || evidence.SheetNamed(name).Len(x.Package) > 0:
		return fact.Given
	}
	return fact.NotYet
}

// of returns the lines of the sheet by person.
func (x *index) of(name string) *sheetLines {
	if l := x.lines[name]; l != nil {
		return l
	}
	sheet := evidence.SheetNamed(name)
	column := slices.IndexFunc(sheet.Columns, func(c evidence.Column) bool { return c.Name == "工号" })
	l := &sheetLines{sheet: sheet, by: make([][]int, len(x.staff)), sources: make([]string, sheet.Len(x.Package))}
	for i := range l.sources {
		if person, ok := x.at[sheet.Cell(x.Package, i, column).Text]; ok {
			l.by[person] = append(l.by[person], i)
			l.sources[i] = sheet.Source(x.Package, i)
		}
	}
	for _, lines := range l.by {
		slices.SortFunc(lines, func(a, b int) int { return cmp.Compare(l.sources[a], l.sources[b]) })
	}
	x.lines[name] = l
	return l
}

// item returns the part of a line's natural key that tells it from the
// person's other lines; what is blank at its end is left out.
func (x *index) item(sheet *evidence.Sheet, line int) string {
	var b strings.Builder
	for k := range sheet.Columns {
		c := &sheet.Columns[k]
		if !c.Key || c.Name == "工号" {
			continue
		}
		if v := sheet.Cell(x.Package, line, k); !v.Empty() {
			b.WriteString(strings.ReplaceAll(v.String(), "/", "∕"))
		}
		b.WriteByte('/')
	}
	return strings.TrimRight(b.String(), "/")
}

// share returns which part of [lo, hi] the dates cover; blanks stand for its ends.
func (x *index) share(from, to string, lo, hi int) num.Q {
	a, b := span{from, to}.within(lo, hi)
	if b < a || hi < lo {
		return num.Q{}
	}
	return num.Frac(int64(b-a+1), int64(hi-lo+1))
}

// employed returns the person's days here within the period; lo > hi if none.
func (x *index) employed(s *evidence.Staff) (lo, hi int) {
	return span{s.Joined, s.Left}.within(x.start, x.end)
}

func (x *index) sortFaults() {
	slices.SortStableFunc(x.faults.Faults, func(a, b *fault.Error) int {
		return cmp.Or(cmp.Compare(a.Where.Sheet, b.Where.Sheet), cmp.Compare(a.Where.Row, b.Where.Row), cmp.Compare(a.Where.Field, b.Where.Field))
	})
}

// dayNumber counts days of the civil calendar, so that spans can be subtracted.
func dayNumber(date string) (int, bool) {
	if len(date) != 10 || date[4] != '-' || date[7] != '-' {
		return 0, false
	}
	y, ok := digits(date[:4])
	m, ok2 := digits(date[5:7])
	d, ok3 := digits(date[8:])
	if !ok || !ok2 || !ok3 || m < 1 || m > 12 || d < 1 || d > evidence.DaysIn(date[:7]) {
		return 0, false
	}
	// Years begin in March here, so that the leap day is the last one.
	if m <= 2 {
		y--
		m += 12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d, true
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// stateOf turns a cell's state into a fact's.
func stateOf(s evidence.State) fact.State {
	switch s {
	case evidence.Given:
		return fact.Given
	case evidence.Excused:
		return fact.Excused
	case evidence.NotYet, evidence.Absent:
		return fact.NotYet
	case evidence.Refused:
		return fact.Refused
	}
	return fact.NotApplicable
}
