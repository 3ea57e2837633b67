package org

import (
	"fmt"
	"strings"
	"unicode"
)

// Identity is a citizen's identity number (公民身份号码, GB 11643-1999) that has passed
// ParseIdentity. The zero value is none.
type Identity struct{ number string }

// IdentityFlaw says why something is no identity number. It never holds the number.
type IdentityFlaw string

// The flaws, in the order in which ParseIdentity looks for them.
const (
	IdentityMissing    IdentityFlaw = "missing"
	IdentityOld        IdentityFlaw = "old" // 15 digits, of the cards before 1999
	IdentityLength     IdentityFlaw = "length"
	IdentityCharacters IdentityFlaw = "characters"
	IdentityRegion     IdentityFlaw = "region"
	IdentityBirth      IdentityFlaw = "birth" // a day that is in no calendar
	IdentityCheck      IdentityFlaw = "check"
)

// Error is for logs and tests.
func (f IdentityFlaw) Error() string { return "identity number: " + string(f) }

// identityDigits is the length of a number; the day of birth stands at 6 to 14.
const identityDigits = 18

// ParseIdentity reads a number as people write it: with spaces, a small x, or
// full-width digits. The error is an IdentityFlaw. A number of 15 digits is
// refused and not converted: its check digit would be ours, and prove nothing
// about what was typed. Whether the day of birth is past is the caller's to ask.
func ParseIdentity(s string) (Identity, error) {
	s = foldIdentity(s)
	if s == "" {
		return Identity{}, IdentityMissing
	}
	n := len([]rune(s))
	if n == 15 && digitsOnly(s) {
		return Identity{}, IdentityOld
	}
	if n != identityDigits {
		return Identity{}, IdentityLength
	}
	last := identityDigits - 1
	if len(s) != identityDigits || !digitsOnly(s[:last]) || !strings.Contains("0123456789X", s[last:]) {
		return Identity{}, IdentityCharacters
	}
	switch {
	case !strings.Contains(provinces, " "+s[:2]+" ") && s[0] != '9':
		return Identity{}, IdentityRegion
	case !isDay(number(s[6:10]), number(s[10:12]), number(s[12:14])):
		return Identity{}, IdentityBirth
	case s[last] != identityCheck(s[:last]):
		return Identity{}, IdentityCheck
	}
	return Identity{s}, nil
}

// provinces are the first two digits that exist (GB/T 2260; 81 to 83 also begin the
// numbers of 港澳台居民居住证). The other four are not looked up: a number keeps the
// code of a county that has long been dissolved. Numbers of foreigners with
// permanent residence begin with 9 and are otherwise alike.
const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 "

// Number returns all 18 characters. Only what encrypts them, or shows them to
// whoever may see them, asks for it.
func (i Identity) Number() string { return i.number }

// Birth returns the day of birth ("1949-12-31"), "" of none.
func (i Identity) Birth() string {
	if i.number == "" {
		return ""
	}
	return i.number[6:10] + "-" + i.number[10:12] + "-" + i.number[12:14]
}

// Format hides the number under every verb, so that a value printed by mistake
// tells nothing.
func (i Identity) Format(s fmt.State, _ rune) {
	_, _ = s.Write([]byte(strings.Repeat("*", len(i.number)))) // fmt keeps it in memory
}

// foldIdentity drops spaces, also those that come along when text is copied, and
// makes full-width characters (U+FF01 to U+FF5E) and a small x plain.
func foldIdentity(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFF00 && r < 0xFF5F {
			r -= 0xFF00 - ' '
		}
		switch {
		case unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff':
			return -1
		case r == 'x':
			return 'X'
		}
		return r
	}, s)
}

func digitsOnly(s string) bool { return strings.Trim(s, "0123456789") == "" }

// number is the value of a few digits.
func number(digits string) (n int) {
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

// isDay says whether there is such a day, since 1800: nobody alive is older, and
// the standard's own example is of 1880.
func isDay(year, month, day int) bool {
	if year < 1800 || month < 1 || month > 12 || day < 1 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && (year%4 == 0 && year%100 != 0 || year%400 == 0) {
		days = 29
	}
	return day <= days
}

// identityCheck is MOD 11-2 (ISO 7064): it finds every wrong digit and every swap of
// two neighbours.
func identityCheck(digits string) byte {
	p := 0
	for _, d := range digits {
		p = (p + int(d-'0')) * 2 % 11
	}
	return "0123456789X"[(12-p)%11]
}
