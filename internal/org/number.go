package org

import (
	"fmt"
	"strings"
)

// Number is a teacher's visible number: a serial of at least seven digits and a
// check digit (ISO 7064, MOD 11,10), so that a slip of the pen names nobody.
type Number string

// NumberOf returns the number with this serial, which starts at 1.
func NumberOf(serial int64) Number {
	digits := fmt.Sprintf("%07d", serial)
	return Number(digits + string(rune('0'+checkDigit(digits))))
}

// Valid says whether n has the form of a number and its check digit is right.
func (n Number) Valid() bool {
	if len(n) < 8 || strings.Trim(string(n), "0123456789") != "" {
		return false
	}
	last := len(n) - 1
	return int(n[last]-'0') == checkDigit(string(n[:last]))
}

// checkDigit is MOD 11,10: it finds every wrong digit and almost every swap.
func checkDigit(digits string) int {
	p := 10
	for _, d := range digits {
		s := (p + int(d-'0')) % 10
		if s == 0 {
			s = 10
		}
		p = s * 2 % 11
	}
	return (11 - p) % 10
}
