package org_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shiji/internal/org"
)

func TestParseIdentity(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, input, want, birth string
		flaw                     error
	}{
		{name: "example of GB 11643-1999, a woman", input: "11010519491231002X", want: "11010519491231002X", birth: "1949-12-31"},
		{name: "example of GB 11643-1999, a man", input: "440524188001010014", want: "440524188001010014", birth: "1880-01-01"},
		{name: "of Fujian", input: "350802199001011236", want: "350802199001011236", birth: "1990-01-01"},
		{name: "of Jining", input: "370811198512300027", want: "370811198512300027", birth: "1985-12-30"},
		{name: "29 February of a leap year", input: "350802198802290015", want: "350802198802290015", birth: "1988-02-29"},
		{name: "small x", input: "11010519491231002x", want: "11010519491231002X", birth: "1949-12-31"},
		{name: "full width", input: "１１０１０５１９４９１２３１００２Ｘ", want: "11010519491231002X", birth: "1949-12-31"},
		{name: "full width, small x", input: "１１０１０５１９４９１２３１００２ｘ", want: "11010519491231002X", birth: "1949-12-31"},
		{name: "spaces", input: "\t110105 19491231　002x\u200b \n", want: "11010519491231002X", birth: "1949-12-31"},
		{name: "permanent residence of a foreigner", input: withCheck("93108419810815123"), want: withCheck("93108419810815123"), birth: "1981-08-15"},
		{name: "residence of somebody from Taiwan", input: withCheck("83000019810715001"), want: withCheck("83000019810715001"), birth: "1981-07-15"},
		{name: "born in the future: the caller's matter", input: "350802209912310014", want: "350802209912310014", birth: "2099-12-31"},
		{name: "empty", flaw: org.IdentityMissing},
		{name: "spaces only", input: " 　\u200b", flaw: org.IdentityMissing},
		{name: "15 digits", input: "350802900101123", flaw: org.IdentityOld},
		{name: "15 characters", input: "35080290010112X", flaw: org.IdentityLength},
		{name: "one short", input: "1101051949123100X", flaw: org.IdentityLength},
		{name: "one long", input: "11010519491231002X1", flaw: org.IdentityLength},
		{name: "18 bytes of 6 characters", input: "一二三四五六", flaw: org.IdentityLength},
		{name: "18 other characters", input: "一二三四五六七八九十一二三四五六七八", flaw: org.IdentityCharacters},
		{name: "an X within", input: "1101051949123100X2", flaw: org.IdentityCharacters},
		{name: "another letter", input: "11010519491231002Y", flaw: org.IdentityCharacters},
		{name: "digits of another script", input: "١١٠١٠٥١٩٤٩١٢٣١٠٠٢٢", flaw: org.IdentityCharacters},
		{name: "no such province", input: "000000199001010018", flaw: org.IdentityRegion},
		{name: "no such province, 24", input: withCheck("24010119900101001"), flaw: org.IdentityRegion},
		{name: "30 February", input: "350802199002300013", flaw: org.IdentityBirth},
		{name: "29 February of 1989", input: "350802198902290012", flaw: org.IdentityBirth},
		{name: "29 February of 1900", input: withCheck("35080219000229001"), flaw: org.IdentityBirth},
		{name: "month 13", input: withCheck("35080219901301001"), flaw: org.IdentityBirth},
		{name: "day 0", input: withCheck("35080219900100001"), flaw: org.IdentityBirth},
		{name: "year 990", input: withCheck("35080209900101001"), flaw: org.IdentityBirth},
		{name: "wrong check digit", input: "110105194912310021", flaw: org.IdentityCheck},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := org.ParseIdentity(c.input)
			if got.Number() != c.want || got.Birth() != c.birth || !errors.Is(err, c.flaw) || (err == nil) != (c.flaw == nil) {
				t.Errorf("got %q born %q, %v; want %q born %q, %v", got.Number(), got.Birth(), err, c.want, c.birth, c.flaw)
			}
		})
	}
}

// withCheck adds the check digit as the standard's table of weights has it, which
// is another way than the program's.
func withCheck(digits string) string {
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += weight * int(digits[i]-'0')
	}
	return digits + "10X98765432"[sum%11:][:1]
}

// TestIdentitySlips: every right number is read, and none with one wrong digit or
// two neighbours swapped.
func TestIdentitySlips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		born := time.Date(1900, 1, 1+rapid.IntRange(0, 60_000).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		n := withCheck(fmt.Sprintf("37%04d%s%03d", rapid.IntRange(0, 9999).Draw(t, "place"), born.Format("20060102"), rapid.IntRange(0, 999).Draw(t, "serial")))
		if i, err := org.ParseIdentity(n); err != nil || i.Number() != n || i.Birth() != born.Format(time.DateOnly) {
			t.Fatalf("%s: got %s, %v", n, i.Number(), err)
		}
		at := rapid.IntRange(0, 17).Draw(t, "at")
		slip := []byte(n)
		slip[at] = rapid.SampledFrom([]byte(strings.ReplaceAll("0123456789", n[at:at+1], ""))).Draw(t, "digit")
		if _, err := org.ParseIdentity(string(slip)); err == nil {
			t.Fatalf("%s is read for %s", slip, n)
		}
		if at > 0 && n[at] != n[at-1] {
			swap := []byte(n)
			swap[at], swap[at-1] = swap[at-1], swap[at]
			if _, err := org.ParseIdentity(string(swap)); err == nil {
				t.Fatalf("%s is read for %s", swap, n)
			}
		}
	})
}

// TestIdentityHides: whatever prints one, the number is not to be seen.
func TestIdentityHides(t *testing.T) {
	t.Parallel()
	i, err := org.ParseIdentity("11010519491231002X")
	if err != nil {
		t.Fatal(err)
	}
	_, flaw := org.ParseIdentity("110105194912310021")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for _, value := range []any{i, &i, struct{ I org.Identity }{i}, []org.Identity{i}, flaw} {
			if got := fmt.Sprintf(verb, value); strings.Contains(got, "0105") || strings.Contains(got, "30313035") {
				t.Errorf("%s of %T: got %s", verb, value, got)
			}
		}
	}
}

// FuzzParseIdentity: whatever is typed, what is read is a number of 18 characters
// that is right by the table of weights, of a day in the calendar, and reads again.
func FuzzParseIdentity(f *testing.F) {
	for _, s := range []string{"", "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", "350802900101123", "350802199002300013", "9\xff0105", "一二三四五六", " 3508 02198802290015"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		i, err := org.ParseIdentity(s)
		if err != nil {
			var flaw org.IdentityFlaw
			if !errors.As(err, &flaw) || i != (org.Identity{}) {
				t.Fatalf("got %v, %v", i, err)
			}
			return
		}
		n := i.Number()
		if len(n) != 18 || withCheck(n[:17]) != n {
			t.Fatalf("%q is read as %q", s, n)
		}
		if _, err := time.Parse("20060102", n[6:14]); err != nil {
			t.Fatal(err)
		}
		if again, err := org.ParseIdentity(n); err != nil || again != i {
			t.Fatalf("%q reads as %v, %v", n, again, err)
		}
	})
}
