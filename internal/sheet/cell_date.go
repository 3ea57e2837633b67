package sheet

import (
	"strconv"
	"strings"
	"time"

	"shiji/internal/fault"
)

// The years a date in a teacher's file may lie in. The bounds also keep a
// number from passing as a serial date, and a serial from passing as 20250901.
const (
	firstYear = 1900
	lastYear  = 2100
)

// day is a calendar day, or a month when day is 0.
type day struct{ year, month, day int }

func (d day) valid() bool {
	if d.year < firstYear || d.year > lastYear || d.month < 1 || d.month > 12 || d.day < 0 {
		return false
	}
	return d.day <= time.Date(d.year, time.Month(d.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func (d day) String() string {
	if d.day == 0 {
		return time.Date(d.year, time.Month(d.month), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	}
	return time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// ParseDate reads a cell as a calendar day, "2025-09-01": a date cell in either
// date system, or 2025-09-01, 2025/9/1, 2025.09.01, 20250901, 2025年9月1日 and a
// bare serial of five digits as text or number, each with or without a time of
// day. A month alone is a fault that says so.
func ParseDate(c Cell) (string, *fault.Error) {
	d, f := parseDay(c)
	if f != nil {
		return "", f
	}
	if d.day == 0 {
		return "", at(fault.New(fault.Invalid, "sheet.date-without-day", clip(Tidy(c.Text))).WithHint("sheet.hint-date"), c)
	}
	return d.String(), nil
}

// ParseMonth reads a cell as a month, "2025-09": 2025-09, 2025/9, 2025.09,
// 202509, 2025年9月, or any date that ParseDate reads, since Excel turns a typed
// 2025-9 into one. 2025.1 is refused: a number cell shows October so.
func ParseMonth(c Cell) (string, *fault.Error) {
	d, f := parseDay(c)
	if f != nil {
		return "", f
	}
	d.day = 0
	return d.String(), nil
}

func parseDay(c Cell) (day, *fault.Error) {
	if f := unusable(c); f != nil {
		return day{}, f
	}
	if c.Kind == Bool {
		return day{}, badDate(c)
	}
	s := tidied(c)
	if s == "" {
		return day{}, at(fault.New(fault.Missing, "sheet.cell-blank"), c)
	}
	if c.Kind == Date && isLiteral([]byte(s)) {
		return serialDay(c, s)
	}
	if c.Kind == Number && strings.ContainsAny(s, "eE+-") {
		return day{}, badDate(c)
	}
	if strings.HasSuffix(s, ".1") && len(s) == 6 {
		return day{}, at(fault.New(fault.Invalid, "sheet.month-ambiguous", s, s[:4]).WithHint("sheet.hint-date"), c)
	}
	s, ok := cutTime(s)
	if !ok {
		return day{}, badDate(c)
	}
	if isDigits(s) && len(s) == 5 {
		return serialDay(c, s)
	}
	d, ok := splitDate(s)
	if !ok || !d.valid() {
		return day{}, badDate(c)
	}
	return d, nil
}

func badDate(c Cell) *fault.Error {
	return at(fault.New(fault.Invalid, "sheet.not-a-date", clip(Tidy(c.Text)), firstYear, lastYear).WithHint("sheet.hint-date"), c)
}

// serialDay counts the days of a serial number; a fraction is the time of day.
func serialDay(c Cell, literal string) (day, *fault.Error) {
	d, ok := splitDecimal(literal)
	if !ok || d.negative {
		return day{}, badDate(c)
	}
	s, ok := d.plain()
	if !ok {
		return day{}, badDate(c)
	}
	whole, _, _ := strings.Cut(s, ".")
	n, ok := atoi([]byte(whole), 2_958_465) // 9999-12-31
	if !ok {
		return day{}, badDate(c)
	}
	epoch := time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	if !c.Date1904 {
		// Day 1 is 1900-01-01, and day 60 the 29 February 1900 that never was;
		// day 0 is what Excel shows for a time without a date.
		if n == 60 || n == 0 {
			return day{}, badDate(c)
		}
		epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
		if n < 60 {
			n++
		}
	}
	t := epoch.AddDate(0, 0, n)
	r := day{t.Year(), int(t.Month()), t.Day()}
	if !r.valid() {
		return day{}, badDate(c)
	}
	return r, nil
}

// shownDate words a date cell for a fault: the date, else what the file says.
func shownDate(c Cell) string {
	if d, f := parseDay(c); f == nil {
		return d.String()
	}
	return clip(c.Text)
}

// cutTime drops a time of day behind a date: 0:00, 08:30:00, T00:00:00.000Z.
// It reports false when what follows is not one.
func cutTime(s string) (string, bool) {
	var rest string
	if strings.Contains(s, "年") {
		// Blanks stand anywhere in 2025 年 9 月 1 日 8:30.
		if i := strings.IndexAny(s, "日号"); i >= 0 {
			s, rest = s[:i+len("日")], strings.TrimLeft(s[i+len("日"):], " ")
		}
		if s = strings.ReplaceAll(s, " ", ""); rest == "" {
			return s, true
		}
	} else {
		i := strings.IndexAny(s, " T")
		if i < 0 {
			return s, true
		}
		s, rest = s[:i], strings.TrimLeft(s[i+1:], " ")
	}
	rest = strings.TrimSuffix(rest, "Z")
	rest, frac, dot := strings.Cut(rest, ".")
	if dot && (!isDigits(frac) || len(frac) > 9) {
		return "", false
	}
	parts := strings.Split(rest, ":")
	limits := [3]int{23, 59, 59}
	if len(parts) < 2 || len(parts) > 3 {
		return "", false
	}
	for k, p := range parts {
		if n, ok := atoi([]byte(p), limits[k]); !ok || len(p) > 2 || n < 0 || k > 0 && len(p) != 2 {
			return "", false
		}
	}
	return s, true
}

// splitDate reads the spellings that name year, month and day in this order.
func splitDate(s string) (day, bool) {
	if isDigits(s) {
		switch len(s) {
		case 8:
			return numbers(s[:4], s[4:6], s[6:])
		case 6:
			return numbers(s[:4], s[4:], "")
		}
		return day{}, false
	}
	if y, rest, ok := strings.Cut(s, "年"); ok {
		m, d, ok := strings.Cut(rest, "月")
		if !ok {
			return day{}, false
		}
		if d != "" {
			bare := strings.TrimSuffix(strings.TrimSuffix(d, "日"), "号")
			if len(bare) == len(d) || bare == "" {
				return day{}, false
			}
			d = bare
		}
		return numbers(y, m, d)
	}
	for _, sep := range []string{"-", "/", "."} {
		if parts := strings.Split(s, sep); len(parts) == 3 && parts[2] != "" {
			return numbers(parts[0], parts[1], parts[2])
		} else if len(parts) == 2 {
			return numbers(parts[0], parts[1], "")
		}
	}
	return day{}, false
}

// numbers reads a year of four digits, and month and day of one or two; an
// empty day is a month.
func numbers(y, m, d string) (day, bool) {
	if len(y) != 4 || !isDigits(y) || !isDigits(m) || len(m) > 2 || d != "" && (!isDigits(d) || len(d) > 2) {
		return day{}, false
	}
	var r day
	r.year, _ = strconv.Atoi(y)
	r.month, _ = strconv.Atoi(m)
	if d != "" {
		r.day, _ = strconv.Atoi(d)
		if r.day == 0 {
			return day{}, false
		}
	}
	return r, true
}
