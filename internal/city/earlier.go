package city

import (
	"fmt"
	"strings"

	"shiji/internal/evidence"
)

// Earlier returns the evidence that the n-th school handed in back years before
// School's, so that results have a history: the same people in the same posts,
// with everything that a year brings drawn anew. Zero years back it is School's.
//
// The year is School's, moved by whole weeks so that weekdays stay, holidays with
// them; years in names of exams and documents move along. Who comes, goes or is
// on leave for half a year in School's was somebody else then, who has left since.
func Earlier(seed uint64, n, back int) *evidence.Package {
	s := makeSchool(seed, n, back)
	if back == 0 {
		return s.p
	}
	m := &move{days: day(364 * back), years: back, start: on(2025-back, 9, 1), end: on(2026-back, 8, 31), others: map[string]string{}}
	for i, p := range []*person{s.cast.mother, s.cast.leaver, s.cast.joiner} {
		if p != nil {
			m.others[p.ID] = fmt.Sprintf("S%d%d", back, i+1)
		}
	}
	r := stream(seed, n, fmt.Sprint("others ", back))
	names := namer{r, map[string]bool{}}
	out := &evidence.Package{}
	for _, sheet := range evidence.Sheets {
		if s.p.Has(sheet.Name) {
			out.HandIn(sheet.Name)
		}
		switch sheet.Name {
		case "出勤":
			m.attendance(s.p, out)
		case "成绩":
			m.marks(s.p, out)
		default:
			m.lines(sheet, s.p, out)
		}
	}
	for i := range out.Staff {
		if p := &out.Staff[i]; p.ID[0] == 'S' {
			p.Name = names.next()
		}
	}
	school := &out.School[0]
	school.Term = fmt.Sprintf("%d-%d", 2025-back, 2026-back)
	school.Start, school.End = m.start.format(), m.end.format()
	return out
}

// move takes a package some years back.
type move struct {
	days       day
	years      int
	start, end day               // of the earlier year
	others     map[string]string // 工号 of those who were somebody else
}

// lines copies a sheet with its dates, years and people moved.
func (m *move) lines(sheet *evidence.Sheet, from, to *evidence.Package) {
	row := make([]evidence.Value, len(sheet.Columns))
	for i := range sheet.Len(from) {
		sheet.Row(from, i, row)
		for c := range row {
			row[c].Text = m.text(sheet, &sheet.Columns[c], row[c].Text)
		}
		sheet.Append(to, row, sheet.Line(from, i))
	}
}

func (m *move) text(sheet *evidence.Sheet, c *evidence.Column, text string) string {
	switch {
	case text == "" || sheet.Name == "学校":
		return text
	case sheet.Name == "教职工" && c.Type == evidence.Date && text < yearStart.format():
		return min(text, m.start.format()) // at the school since then, or as early as this year knows
	case c.Type == evidence.Date:
		return m.date(text)
	case c.Refers == "教职工" || sheet.Name == "教职工" && c.Key:
		return m.who(text)
	case c.Type == evidence.ID || c.Type == evidence.Text:
		return m.year(text)
	}
	return text
}

func (m *move) who(id string) string {
	if other, ok := m.others[id]; ok {
		return other
	}
	return id
}

func (m *move) date(text string) string {
	var y, mo, d int
	if n, err := fmt.Sscanf(text, "%d-%d-%d", &y, &mo, &d); n != 3 || err != nil {
		return text
	}
	at := on(y, mo, d)
	switch {
	case at == yearStart:
		return m.start.format()
	case at == yearEnd:
		return m.end.format()
	}
	return min(at-m.days, m.end).format()
}

// year moves the first year that a name tells: 2026春期末七, 校评字〔2026〕3号.
func (m *move) year(text string) string {
	for y := 2020; y <= 2026; y++ {
		if old := fmt.Sprint(y); strings.Contains(text, old) {
			return strings.Replace(text, old, fmt.Sprint(y-m.years), 1)
		}
	}
	return text
}

// marks copies the marks with the names of their exams and the numbers of pupils,
// which begin with the year of entry, moved.
func (m *move) marks(from, to *evidence.Package) {
	to.Marks = make([]evidence.Marks, len(from.Marks))
	for i, line := range from.Marks {
		line.Exam, line.Pupil = m.year(line.Exam), m.year(line.Pupil)
		to.Marks[i] = line
	}
}

// attendance writes everybody's days where they fall in the earlier year. The few
// days before its first whole week have the codes of a common one.
func (m *move) attendance(from, to *evidence.Package) {
	type month struct{ staff, month string }
	at := map[month]int{}
	set := func(staff string, d day, code string) {
		_, _, dom := d.date()
		k := month{staff, d.format()[:7]}
		i, ok := at[k]
		if !ok {
			i = len(to.Attendance)
			at[k] = i
			to.Attendance = append(to.Attendance, evidence.Attendance{Staff: staff, Month: k.month})
		}
		to.Attendance[i].Days[dom-1] = code
	}
	for _, a := range from.Attendance {
		staff := m.who(a.Staff)
		var y, mo int
		if n, err := fmt.Sscanf(a.Month, "%d-%d", &y, &mo); n != 2 || err != nil {
			continue
		}
		for i, code := range a.Days {
			d := on(y, mo, i+1)
			if code == "" || d-m.days > m.end {
				continue
			}
			set(staff, d-m.days, code)
			if d != yearStart {
				continue
			}
			for early := m.start; early < yearStart-m.days; early++ {
				set(staff, early, map[bool]string{true: "休", false: "出"}[early.weekday() >= 5])
			}
		}
	}
}
