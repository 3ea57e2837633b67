package scheme_test

import (
	"reflect"
	"strings"
	"testing"

	"shiji/internal/scheme"
)

// badFormulas are formulas with the fault and the column, counted in characters
// of the formula as written, that it must be told with.
var badFormulas = []struct {
	formula, key string
	column       int
}{
	{"课时 % 2", "scheme.formula-operator", 4},
	{"课时×１０％", "scheme.formula-syntax", 6},
	{"*课时", "scheme.formula-refused", 1},
	{"甲 + *乙", "scheme.formula-refused", 5},
	{"+甲", "scheme.formula-operator", 1},
	{"^甲", "scheme.formula-operator", 1},
	{"&甲", "scheme.formula-operator", 1},
	{"!甲", "scheme.formula-operator", 1},
	{"<-甲", "scheme.formula-operator", 1},
	{"甲 << 2", "scheme.formula-operator", 3},
	{"甲 >> 2", "scheme.formula-operator", 3},
	{"甲 & 2", "scheme.formula-operator", 3},
	{"甲 &^ 2", "scheme.formula-operator", 3},
	{"甲 | 2", "scheme.formula-operator", 3},
	{"甲 && 乙", "scheme.formula-operator", 3},
	{"甲 || 乙", "scheme.formula-operator", 3},
	{"010", "scheme.formula-literal", 1},
	{"甲 + 0x1F", "scheme.formula-literal", 5},
	{"0b11", "scheme.formula-literal", 1},
	{"0o17", "scheme.formula-literal", 1},
	{"1_000", "scheme.formula-literal", 1},
	{"1e3", "scheme.formula-literal", 1},
	{".5", "scheme.formula-literal", 1},
	{"5.", "scheme.formula-literal", 1},
	{"2i", "scheme.formula-literal", 1},
	{"'a'", "scheme.formula-literal", 1},
	{`甲 + "乙"`, "scheme.formula-literal", 5},
	{"`甲`", "scheme.formula-literal", 1},
	{"12345678901234567890123456789012345678901234567890123456789012345", "scheme.formula-literal", 1},
	{"甲.乙", "scheme.formula-refused", 1},
	{"甲[0]", "scheme.formula-refused", 1},
	{"甲[1:2]", "scheme.formula-refused", 1},
	{"func() {}", "scheme.formula-refused", 1},
	{"甲.(乙)", "scheme.formula-refused", 1},
	{"[]甲{}", "scheme.formula-refused", 1},
	{"map[甲]乙{}", "scheme.formula-refused", 1},
	{"min(甲...)", "scheme.formula-refused", 1},
	{"甲.乙(1)", "scheme.formula-refused", 1},
	{"1 + 求和(甲)", "scheme.formula-function", 5},
	{"限于(甲，1)", "scheme.formula-arguments", 1},
	{"最大()", "scheme.formula-arguments", 1},
	{"abs(甲, 乙)", "scheme.formula-arguments", 1},
	{"甲 + 最大", "scheme.formula-name", 5},
	{"甲 > 1", "scheme.formula-truth", 1},
	{"甲 ＋ （乙 ≥ 1）", "scheme.formula-want-number", 5},
	{"如果(甲，1，2)", "scheme.formula-want-truth", 4},
	{"如果((甲 > 1) > 0，1，2)", "scheme.formula-want-number", 4},
	{"甲 ＋", "scheme.formula-syntax", 4},
	{"（甲＋乙", "scheme.formula-syntax", 5},
	{"甲 乙", "scheme.formula-syntax", 3},
	{"甲 ÷÷ 乙", "scheme.formula-syntax", 3},
	{"甲 ÷× 乙", "scheme.formula-syntax", 3},
	{"甲 // 乙", "scheme.formula-syntax", 3},
	{"甲 /* 注 */ + 乙", "scheme.formula-syntax", 3},
	{"如果(甲 ≤≤ 乙，1，2)", "scheme.formula-syntax", 7},
	{"——甲", "scheme.formula-syntax", 1},
	{"", "scheme.formula-syntax", 1},
	{strings.Repeat("甲+", 400) + "1", "scheme.formula-long", 0},
}

func TestBadFormulas(t *testing.T) {
	t.Parallel()
	for _, c := range badFormulas {
		e, faults := scheme.ParseExpr(c.formula)
		if e != nil || len(faults) == 0 {
			t.Errorf("%s: accepted as %v", c.formula, e)
			continue
		}
		if got := faults[0].Key; got != c.key {
			t.Errorf("%s: got %s, want %s", c.formula, got, c.key)
		}
		if c.column == 0 {
			continue
		}
		if got := faults[0].Args[1]; got != c.column {
			t.Errorf("%s: got column %v, want %d", c.formula, got, c.column)
		}
		if got := faults[0].Args[0]; got != c.formula {
			t.Errorf("%s: told as %v", c.formula, got)
		}
	}
}

// TestAllFormulaFaults: one reading tells everything that is wrong.
func TestAllFormulaFaults(t *testing.T) {
	t.Parallel()
	_, faults := scheme.ParseExpr("010 + 求和(甲) + 乙.丙")
	var got []string
	for _, f := range faults {
		got = append(got, f.Key)
	}
	if want := []string{"scheme.formula-literal", "scheme.formula-function", "scheme.formula-refused"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFormulas(t *testing.T) {
	t.Parallel()
	for formula, want := range map[string]string{
		"甲＋乙×２":                     "甲 + 乙 × 2",
		"(甲 + 乙) * 2":               "(甲 + 乙) × 2",
		"甲 - (乙 - 丙)":               "甲 − (乙 − 丙)",
		"甲 - 乙 - 丙":                 "甲 − 乙 − 丙",
		"甲 ÷ (乙 × 丙)":               "甲 ÷ (乙 × 丙)",
		"－甲 × 乙":                    "−甲 × 乙",
		"-(甲 + 1)":                  "−(甲 + 1)",
		"-(-甲)":                     "−(−甲)",
		"0.50":                      "0.5",
		"如果(甲 ≥ 1，乙，0)":             "如果(甲 ≥ 1，乙，0)",
		"如果（甲＝1，乙，0）":               "如果(甲 = 1，乙，0)",
		"iff(甲 == 1, 乙, 0)":         "如果(甲 = 1，乙，0)",
		"iff(甲＞＝1, 乙, 0)":           "如果(甲 ≥ 1，乙，0)",
		"iff(甲 != 乙, 1, 2)":         "如果(甲 ≠ 乙，1，2)",
		"限于(甲，0，100)":               "限于(甲，0，100)",
		"max(甲, min(乙, 3), abs(丙))": "最大(甲，最小(乙，3)，绝对值(丙))",
		"Ａ类课时　＋　1":                  "Ａ类课时 + 1",
	} {
		e, faults := scheme.ParseExpr(formula)
		if len(faults) > 0 {
			t.Errorf("%s: %v", formula, faults[0])
			continue
		}
		if got := e.String(); got != want {
			t.Errorf("%s: got %s, want %s", formula, got, want)
		}
	}
}

// FuzzParseExpr: never panics, and what people are shown reads back the same.
func FuzzParseExpr(f *testing.F) {
	for _, c := range badFormulas {
		f.Add(c.formula)
	}
	for _, s := range []string{"如果（甲≥１，乙÷（丙－１），绝对值(-丁)）", "-(-(甲))", "1.50*甲-(乙-(丙/丁))", "限于(甲,0,最大(乙,2))", "如果(甲＝乙,1,-(1-2))"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, faults := scheme.ParseExpr(s)
		if (e == nil) != (len(faults) > 0) {
			t.Fatalf("%q: %v with faults %v", s, e, faults)
		}
		for _, fault := range faults {
			if fault.Key == "scheme.formula-long" {
				continue
			}
			if col := fault.Args[1].(int); col < 1 || col > len([]rune(s))+1 {
				t.Fatalf("%q: %s at column %d", s, fault.Key, col)
			}
		}
		if e == nil || len(e.String()) > scheme.MaxFormula {
			return
		}
		again, faults := scheme.ParseExpr(e.String())
		if len(faults) > 0 || !reflect.DeepEqual(again, e) {
			t.Fatalf("%q is shown as %q, which reads as %#v %v, want %#v", s, e.String(), again, faults, e)
		}
	})
}
