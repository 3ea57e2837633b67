package city

import "fmt"

// day counts days from 1970-01-01. The room has no clock; it only calculates.
type day int

// on returns the day of a date of the Gregorian calendar.
func on(y, m, d int) day {
	if m <= 2 {
		y, m = y-1, m+12
	}
	return day(365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 1 - 719468)
}

// date returns year, month and day of the month.
func (d day) date() (year, month, dayOfMonth int) {
	z := int(d) + 719468
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	year, month, dayOfMonth = yoe+era*400, mp+3, doy-(153*mp+2)/5+1
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, dayOfMonth
}

// String returns the date as packages write it.
func (d day) String() string {
	if yearStart <= d && d <= yearEnd {
		return theYear[d-yearStart].text
	}
	return d.format()
}

func (d day) format() string {
	y, m, dd := d.date()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, dd)
}

func (d day) month() string { return d.String()[:7] }

// weekday is 0 on Monday and 6 on Sunday; 1970-01-01 was a Thursday.
func (d day) weekday() int { return (int(d)%7 + 7 + 3) % 7 }

// The period of every generated package.
var (
	yearStart = on(2025, 9, 1)
	yearEnd   = on(2026, 8, 31)
)

// free are the public holidays of the school year by the State Council's notices
// for 2025 and 2026, and the vacations of a typical Shandong school calendar.
var free = [][2]day{
	{on(2025, 10, 1), on(2025, 10, 8)}, // 国庆、中秋
	{on(2026, 1, 1), on(2026, 1, 3)},   // 元旦
	{on(2026, 1, 31), on(2026, 3, 1)},  // 寒假, with 春节 and both of its make-up days
	{on(2026, 4, 4), on(2026, 4, 6)},   // 清明
	{on(2026, 5, 1), on(2026, 5, 5)},   // 劳动节
	{on(2026, 6, 19), on(2026, 6, 21)}, // 端午
	{on(2026, 7, 11), on(2026, 8, 25)}, // 暑假
}

// madeUp are the weekend days worked in exchange for a holiday (调休).
var madeUp = []day{on(2025, 9, 28), on(2025, 10, 11), on(2026, 1, 4), on(2026, 5, 9)}

// theYear holds what is asked of the period's days many times a person.
var theYear = func() (list [365]struct {
	text  string
	works bool
}) {
	for i := range list {
		d := on(2025, 9, 1) + day(i)
		list[i].text, list[i].works = d.format(), d.working()
	}
	return list
}()

// works reports whether d is a working day. The period has exactly 200, so that
// an attendance rate of 90 % is 180 days and can be hit (济宁2018 三(三)3).
func works(d day) bool {
	if yearStart <= d && d <= yearEnd {
		return theYear[d-yearStart].works
	}
	return d.working()
}

func (d day) working() bool {
	for _, m := range madeUp {
		if d == m {
			return true
		}
	}
	if d.weekday() >= 5 {
		return false
	}
	for _, f := range free {
		if f[0] <= d && d <= f[1] {
			return false
		}
	}
	return true
}

// worked returns the first working day on or after d.
func worked(d day) day {
	for !works(d) {
		d++
	}
	return d
}
