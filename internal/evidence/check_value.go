package evidence

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// allows reports whether name is one of c's codes or, in a Pair, two of them.
func (c *Column) allows(name string) bool {
	for i := range c.Codes {
		if c.Codes[i].Name == name {
			return true
		}
	}
	if !c.Pair || utf8.RuneCountInString(name) != 2 {
		return false
	}
	_, n := utf8.DecodeRuneInString(name)
	return c.single(name[:n]) && c.single(name[n:])
}

func (c *Column) single(name string) bool {
	for i := range c.Codes {
		if c.Codes[i].Name == name {
			return true
		}
	}
	return false
}

// Allowed lists the names of c's codes as a person reads them.
func (c *Column) Allowed() string {
	names := make([]string, len(c.Codes))
	for i, code := range c.Codes {
		names[i] = code.Name
	}
	return strings.Join(names, "、")
}

func splitList(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "、")
}

// validDate reports whether s is a day of the calendar as 2006-01-02.
func validDate(s string) bool {
	if len(s) != 10 || s[7] != '-' || !validMonth(s[:7]) {
		return false
	}
	day, ok := digits(s[8:])
	return ok && day >= 1 && day <= DaysIn(s[:7])
}

// validMonth reports whether s is a month as 2006-01.
func validMonth(s string) bool {
	if len(s) != 7 || s[4] != '-' {
		return false
	}
	year, ok := digits(s[:4])
	month, ok2 := digits(s[5:])
	return ok && ok2 && year >= 1900 && month >= 1 && month <= 12
}

// DaysIn returns how many days a month written as 2006-01 has, 0 when it is
// none.
func DaysIn(month string) int {
	if !validMonth(month) {
		return 0
	}
	y, _ := digits(month[:4])
	switch m, _ := digits(month[5:]); m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && y%100 != 0 || y%400 == 0 {
			return 29
		}
		return 28
	}
	return 31
}

func digits(s string) (int, bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// isIdentityNumber reports whether s is, or as the national pupil number does
// with a leading G or L, contains a citizen's identity number (GB 11643: a
// valid birthday and check digit). It has no business in a school's package.
func isIdentityNumber(s string) bool {
	if len(s) == 19 && strings.ContainsRune("GLgl", rune(s[0])) {
		s = s[1:]
	}
	if len(s) != 18 || !validDate(s[6:10]+"-"+s[10:12]+"-"+s[12:14]) {
		return false
	}
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		weight = weight * 2 % 11
		sum += int(s[i]-'0') * weight
	}
	last := "10X98765432"[sum%11]
	return s[17] == last || last == 'X' && s[17] == 'x'
}

// keyName names the first column of the sheet's natural key.
func (s *Sheet) keyName() string {
	for i := range s.Columns {
		if s.Columns[i].Key {
			return s.Columns[i].Name
		}
	}
	return ""
}

// KeyText returns the natural key of line i of p as a person reads it: the
// filled key cells joined by commas.
func (s *Sheet) KeyText(p *Package, i int) string {
	var parts []string
	for k := range s.Columns {
		if s.Columns[k].Key {
			if v := s.cell(p, i, k); !v.Empty() {
				parts = append(parts, v.String())
			}
		}
	}
	return strings.Join(parts, "，")
}
