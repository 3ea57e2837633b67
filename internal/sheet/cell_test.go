package sheet_test

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shiji/internal/fault"
	"shiji/internal/num"
	"shiji/internal/sheet"
	"shiji/internal/text"
)

// check compares what a parser returned with the value, or the key of the fault
// when want begins with "sheet.".
func check(t *testing.T, name, got string, f *fault.Error, want string) {
	t.Helper()
	if f != nil {
		got = f.Key
		if f.Where.Column != 7 {
			t.Errorf("%s: fault names column %d, want 7", name, f.Where.Column)
		}
		if _, ok := text.Lookup(f.Key); !ok {
			t.Errorf("%s: no words for %s", name, f.Key)
		}
		if f.Hint != "" {
			if _, ok := text.Lookup(f.Hint); !ok {
				t.Errorf("%s: no words for %s", name, f.Hint)
			}
		}
	}
	if got != want {
		t.Errorf("%s: got %s, want %s", name, got, want)
	}
}

func cell(k sheet.Kind, s string) sheet.Cell { return sheet.Cell{Column: 7, Kind: k, Text: s} }

func TestIsBlank(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cell sheet.Cell
		want bool
	}{
		{sheet.Cell{}, true}, {cell(sheet.Text, " \u3000"), true}, {cell(sheet.Text, ""), true}, {cell(sheet.Text, "b"), false},
		{cell(sheet.Number, "0"), false}, {cell(sheet.Error, "#N/A"), false}, {cell(sheet.NoValue, ""), false},
	} {
		if got := c.cell.IsBlank(); got != c.want {
			t.Errorf("%+v: got %v", c.cell, got)
		}
	}
}

func TestParseNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind sheet.Kind
		text string
		want string
	}{
		{sheet.Number, "87.5", "87.5"},
		{sheet.Number, "87.350000000000009", "87.35"},
		{sheet.Number, "87.349999999999994", "87.35"},
		{sheet.Number, "0.30000000000000004", "0.3"},
		{sheet.Number, "-0.1", "-0.1"},
		{sheet.Number, "-0", "0"},
		{sheet.Number, "0.0", "0"},
		{sheet.Number, "1.5E-2", "0.015"},
		{sheet.Number, "1.5e2", "150"},
		{sheet.Number, "8.7350000000000009E1", "87.35"},
		{sheet.Number, "2.7755575615628914E-17", "0.0000000000000000277555756156289"},
		{sheet.Number, "123456789012345", "123456789012345"},
		{sheet.Number, "999999999999999", "999999999999999"},
		{sheet.Number, "1000000000000000", "sheet.digits-destroyed"},
		{sheet.Number, "3.5010219900101101E+17", "sheet.digits-destroyed"},
		{sheet.Number, "350102199001011000", "sheet.digits-destroyed"},
		{sheet.Number, "999999999999999.9", "sheet.digits-destroyed"},
		{sheet.Number, "1E300", "sheet.digits-destroyed"},
		{sheet.Number, "1E-300", "sheet.not-a-number"},
		{sheet.Text, "87.5", "87.5"},
		{sheet.Text, " 87.5\u00a0", "87.5"},
		{sheet.Text, "\u200b87.5\ufeff", "87.5"},
		{sheet.Text, "８７．５", "87.5"},
		{sheet.Text, "－３", "-3"},
		{sheet.Text, "−3", "-3"},
		{sheet.Text, "+3", "3"},
		{sheet.Text, ".5", "0.5"},
		{sheet.Text, "007", "7"},
		{sheet.Text, "1,234.5", "1234.5"},
		{sheet.Text, "１，２３４", "1234"},
		{sheet.Text, "-1,234,567", "-1234567"},
		{sheet.Text, "87.5%", "0.875"},
		{sheet.Text, "８７．５％", "0.875"},
		{sheet.Text, "87.5 %", "0.875"},
		{sheet.Text, "1.5E-2", "0.015"},
		{sheet.Text, "0.30000000000000004", "0.30000000000000004"},
		{sheet.Text, "350102199001011234", "350102199001011234"},
		{sheet.Text, "3.50E+17", "sheet.digits-destroyed"},
		{sheet.Text, "3.50102E+17", "sheet.digits-destroyed"},
		{sheet.Text, "1.5E+10", "15000000000"},
		{sheet.Text, "1,5", "sheet.not-a-number"},
		{sheet.Text, "1,23", "sheet.not-a-number"},
		{sheet.Text, "12,34,567", "sheet.not-a-number"},
		{sheet.Text, "1234,567", "sheet.not-a-number"},
		{sheet.Text, "0,123", "sheet.not-a-number"},
		{sheet.Text, ",123", "sheet.not-a-number"},
		{sheet.Text, "1.234,5", "sheet.not-a-number"},
		{sheet.Text, "1,234e3", "sheet.not-a-number"},
		{sheet.Text, "87.5分", "sheet.not-a-number"},
		{sheet.Text, "87。5", "sheet.not-a-number"},
		{sheet.Text, "八十", "sheet.not-a-number"},
		{sheet.Text, "缺考", "sheet.not-a-number"},
		{sheet.Text, "8 7", "sheet.not-a-number"},
		{sheet.Text, "--1", "sheet.not-a-number"},
		{sheet.Text, "1%%", "sheet.not-a-number"},
		{sheet.Text, "%", "sheet.not-a-number"},
		{sheet.Text, "1/2", "sheet.not-a-number"},
		{sheet.Text, "0x10", "sheet.not-a-number"},
		{sheet.Text, "1_000", "sheet.not-a-number"},
		{sheet.Text, "NaN", "sheet.not-a-number"},
		{sheet.Text, "Inf", "sheet.not-a-number"},
		{sheet.Text, "1e400", "sheet.not-a-number"},
		{sheet.Text, strings.Repeat("9", 100), "sheet.not-a-number"},
		{sheet.Text, "1E999999999", "sheet.not-a-number"},
		{sheet.Text, " \u3000", "sheet.cell-blank"},
		{sheet.Blank, "", "sheet.cell-blank"},
		{sheet.Bool, "1", "sheet.number-is-bool"},
		{sheet.Date, "45901", "sheet.number-is-date"},
		{sheet.Error, "#N/A", "sheet.cell-error"},
		{sheet.NoValue, "", "sheet.cell-no-value"},
	} {
		got, f := sheet.ParseNumber(cell(c.kind, c.text))
		check(t, c.kind.String()+" "+c.text, got.String(), f, c.want)
	}
}

// TestNumberAsTyped: a decimal of up to 15 digits that a program stored as the
// double nearest to it, in whatever notation, is read as what was typed.
func TestNumberAsTyped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.Int64Range(-999_999_999_999_999, 999_999_999_999_999).Draw(t, "digits")
		places := rapid.IntRange(0, 15).Draw(t, "places")
		typed := num.Decimal(digits, places)
		f, err := strconv.ParseFloat(typed, 64)
		if err != nil {
			t.Fatal(err)
		}
		format := rapid.SampledFrom([]byte("gfeE")).Draw(t, "format")
		precision := rapid.SampledFrom([]int{-1, 17}).Draw(t, "precision")
		if format == 'e' || format == 'E' {
			precision = min(precision, 16)
		}
		literal := strconv.FormatFloat(f, format, precision, 64)
		if format == 'f' && precision > 0 && math.Abs(f) < 1 {
			literal = typed // %.17f of a small number does not hold its digits
		}
		got, fault := sheet.ParseNumber(cell(sheet.Number, literal))
		if fault != nil {
			t.Fatalf("%s stored as %s: %v", typed, literal, fault)
		}
		if want := num.MustParse(typed); !got.Equal(want) {
			t.Fatalf("%s stored as %s: got %v", typed, literal, got)
		}
	})
}

func TestParseText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind sheet.Kind
		text string
		want string
	}{
		{sheet.Text, " 张 三\u3000", "张 三"},
		{sheet.Text, "３班", "３班"},
		{sheet.Text, "35010219900101123X", "35010219900101123X"},
		{sheet.Text, "3.50E+17", "sheet.digits-destroyed"},
		{sheet.Text, "３.５E＋17", "sheet.digits-destroyed"},
		{sheet.Text, "1E+05", "1E+05"},
		{sheet.Text, "E+17", "E+17"},
		{sheet.Text, "3.5E+17班", "3.5E+17班"},
		{sheet.Number, "1001", "1001"},
		{sheet.Number, "1001.0", "1001"},
		{sheet.Number, "1.001E3", "1001"},
		{sheet.Number, "3.50102199001011E+17", "sheet.digits-destroyed"},
		{sheet.Date, "45721", "sheet.text-is-date"},
		{sheet.Bool, "1", "sheet.text-is-bool"},
		{sheet.Error, "#REF!", "sheet.cell-error"},
		{sheet.NoValue, "", "sheet.cell-no-value"},
		{sheet.Text, "\ufeff ", "sheet.cell-blank"},
		// Names of rare characters, of other peoples, with a variant of a character.
		{sheet.Text, "𬭎", "𬭎"},
		{sheet.Text, "阿卜杜拉·买买提", "阿卜杜拉·买买提"},
		{sheet.Text, "葛\U000E0100", "葛\U000E0100"},
		{sheet.Text, "备课\n上课\t作业", "备课\n上课\t作业"},
		{sheet.Text, "\u200b张三\u200e", "张三"},
		// What cannot be seen and makes a name look like another.
		{sheet.Text, "张\u200b三", "sheet.text-unseen"},
		{sheet.Text, "张\u200c三", "sheet.text-unseen"},
		{sheet.Text, "张\u200d三", "sheet.text-unseen"},
		{sheet.Text, "张\u2060三", "sheet.text-unseen"},
		{sheet.Text, "张\ufeff三", "sheet.text-unseen"},
		{sheet.Text, "张\u00ad三", "sheet.text-unseen"},
		{sheet.Text, "\u202e三张", "sheet.text-unseen"},
		{sheet.Text, "张三\u202c", "sheet.text-unseen"},
		{sheet.Text, "T001\u2066x\u2069", "sheet.text-unseen"},
		{sheet.Text, "张\u061c三", "sheet.text-unseen"},
		{sheet.Text, "张\U000E0041三", "sheet.text-unseen"},
		{sheet.Text, "张\x1b[31m三", "sheet.text-unseen"},
		{sheet.Text, "张\x00三", "sheet.text-unseen"},
		{sheet.Text, "张\u0085三", "sheet.text-unseen"},
		{sheet.Text, "张\u2028三", "sheet.text-unseen"},
	} {
		got, f := sheet.ParseText(cell(c.kind, c.text))
		check(t, c.kind.String()+" "+c.text, got, f, c.want)
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind        sheet.Kind
		text        string
		date, month string
	}{
		// The seven spellings.
		{sheet.Text, "2025-09-01", "2025-09-01", "2025-09"},
		{sheet.Text, "2025/9/1", "2025-09-01", "2025-09"},
		{sheet.Text, "2025.09.01", "2025-09-01", "2025-09"},
		{sheet.Text, "20250901", "2025-09-01", "2025-09"},
		{sheet.Text, "2025年9月1日", "2025-09-01", "2025-09"},
		{sheet.Date, "45901", "2025-09-01", "2025-09"},
		{sheet.Text, "2025-09", "sheet.date-without-day", "2025-09"},
		// Their kin.
		{sheet.Text, "2025年09月01号", "2025-09-01", "2025-09"},
		{sheet.Text, "2025 年 9 月 1 日", "2025-09-01", "2025-09"},
		{sheet.Text, "２０２５－０９－０１", "2025-09-01", "2025-09"},
		{sheet.Text, "2025 年 9 月 1 日 8:30", "2025-09-01", "2025-09"},
		{sheet.Text, "2025年9月1日x", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "2025年9月", "sheet.date-without-day", "2025-09"},
		{sheet.Text, "2025.09", "sheet.date-without-day", "2025-09"},
		{sheet.Text, "2025/9", "sheet.date-without-day", "2025-09"},
		{sheet.Text, "202509", "sheet.date-without-day", "2025-09"},
		{sheet.Number, "20250901", "2025-09-01", "2025-09"},
		{sheet.Number, "202509", "sheet.date-without-day", "2025-09"},
		{sheet.Number, "2025.09", "sheet.date-without-day", "2025-09"},
		{sheet.Number, "2025.9", "sheet.date-without-day", "2025-09"},
		{sheet.Number, "2025.12", "sheet.date-without-day", "2025-12"},
		{sheet.Number, "2025.1", "sheet.month-ambiguous", "sheet.month-ambiguous"},
		{sheet.Text, "2025.1", "sheet.month-ambiguous", "sheet.month-ambiguous"},
		{sheet.Number, "45901", "2025-09-01", "2025-09"},
		{sheet.Text, "45901", "2025-09-01", "2025-09"},
		{sheet.Date, "45901.75", "2025-09-01", "2025-09"},
		{sheet.Text, "2025-09-01 08:30:00", "2025-09-01", "2025-09"},
		{sheet.Text, "2025/9/1 0:00", "2025-09-01", "2025-09"},
		{sheet.Date, "2025-09-01T00:00:00.000Z", "2025-09-01", "2025-09"},
		{sheet.Text, "2024-02-29", "2024-02-29", "2024-02"},
		// Excel's own calendar at its seam.
		{sheet.Date, "1", "1900-01-01", "1900-01"},
		{sheet.Date, "59", "1900-02-28", "1900-02"},
		{sheet.Date, "60", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Date, "61", "1900-03-01", "1900-03"},
		{sheet.Date, "0.5", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Date, "-1", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Date, "73415", "2100-12-31", "2100-12"},
		{sheet.Date, "73416", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Date, "2958466", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Date, "1E300", "sheet.not-a-date", "sheet.not-a-date"},
		// What must not be guessed.
		{sheet.Text, "2025-02-29", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "2025-13-01", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "2025-00-01", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "2025-09-00", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "2025-9/1", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "9/1/2025", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "25-9-1", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "2025", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "1850-01-01", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "2025-09-01-01", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "2025-09-", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "2025年9月1", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "2025-09-01 25:00", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "2025-09-01 上午", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "今天", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Number, "-20250901", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Number, "2.0250901E7", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Number, "87.5", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Bool, "1", "sheet.not-a-date", "sheet.not-a-date"},
		{sheet.Text, "", "sheet.cell-blank", "sheet.cell-blank"},
		{sheet.Error, "#VALUE!", "sheet.cell-error", "sheet.cell-error"},
	} {
		name := c.kind.String() + " " + c.text
		got, f := sheet.ParseDate(cell(c.kind, c.text))
		check(t, name, got, f, c.date)
		got, f = sheet.ParseMonth(cell(c.kind, c.text))
		check(t, name+" as month", got, f, c.month)
	}
	old := cell(sheet.Date, "44439")
	old.Date1904 = true
	got, f := sheet.ParseDate(old)
	check(t, "1904", got, f, "2025-09-01")
}

// TestSerialCalendar walks every day of both date systems.
func TestSerialCalendar(t *testing.T) {
	t.Parallel()
	for _, s := range []struct {
		old   bool
		first int
		day   time.Time
	}{
		{false, 61, time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)},
		{true, 0, time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		for n := s.first; s.day.Year() <= 2100; n, s.day = n+1, s.day.AddDate(0, 0, 1) {
			c := cell(sheet.Date, strconv.Itoa(n))
			c.Date1904 = s.old
			if got, f := sheet.ParseDate(c); f != nil || got != s.day.Format(time.DateOnly) {
				t.Fatalf("serial %d (1904: %v): got %q, %v, want %s", n, s.old, got, f, s.day.Format(time.DateOnly))
			}
		}
	}
}

// A long list ends in how long it is, so that nobody takes the codes it leaves
// out for forbidden ones.
func TestListCodes(t *testing.T) {
	var codes []sheet.Code
	for i := range 13 {
		codes = append(codes, sheet.Code{Code: strconv.Itoa(i), Name: "值"})
	}
	const twelve = "0-值、1-值、2-值、3-值、4-值、5-值、6-值、7-值、8-值、9-值、10-值、11-值"
	for n, want := range map[int]string{0: "", 2: "0-值、1-值", 12: twelve, 13: twelve + "等 13 种"} {
		if got := sheet.ListCodes(codes[:n]); got != want {
			t.Errorf("ListCodes of %d = %q, want %q", n, got, want)
		}
	}
}

func TestParseCode(t *testing.T) {
	t.Parallel()
	yes := []sheet.Code{{Code: "0", Name: "否", Aliases: []string{"无", "N"}}, {Code: "1", Name: "是", Aliases: []string{"有", "Y"}}}
	sex := []sheet.Code{{Code: "01", Name: "男"}, {Code: "02", Name: "女"}, {Code: "10", Name: "双-性"}, {Code: "001", Name: "另"}}
	for _, c := range []struct {
		kind    sheet.Kind
		text    string
		allowed []sheet.Code
		want    string
	}{
		{sheet.Text, "0-否", yes, "0"},
		{sheet.Text, "0－否", yes, "0"},
		{sheet.Text, "0 — 否", yes, "0"},
		{sheet.Text, "0：否", yes, "0"},
		{sheet.Text, "1-有", yes, "1"},
		{sheet.Text, "否", yes, "0"},
		{sheet.Text, " 是 ", yes, "1"},
		{sheet.Text, "y", yes, "1"},
		{sheet.Text, "０", yes, "0"},
		{sheet.Number, "0", yes, "0"},
		{sheet.Number, "1.0", yes, "1"},
		{sheet.Bool, "1", yes, "1"},
		{sheet.Text, "0-是", yes, "sheet.code-conflict"},
		{sheet.Text, "2-否", yes, "sheet.code-unknown"},
		{sheet.Text, "0-", yes, "sheet.code-unknown"},
		{sheet.Text, "-否", yes, "sheet.code-unknown"},
		{sheet.Text, "0-0", yes, "sheet.code-unknown"},
		{sheet.Text, "不", yes, "sheet.code-unknown"},
		{sheet.Number, "2", yes, "sheet.code-unknown"},
		{sheet.Number, "0.5", yes, "sheet.code-unknown"},
		{sheet.Text, "", yes, "sheet.cell-blank"},
		{sheet.Date, "45901", yes, "sheet.text-is-date"},
		{sheet.Error, "#N/A", yes, "sheet.cell-error"},
		{sheet.Number, "2", sex, "02"},
		{sheet.Number, "10", sex, "10"},
		{sheet.Text, "2", sex, "sheet.code-unknown"},
		{sheet.Number, "1", sex, "sheet.code-unknown"}, // 01 or 001
		{sheet.Text, "双-性", sex, "10"},
		{sheet.Text, "10-双-性", sex, "10"},
	} {
		got, f := sheet.ParseCode(cell(c.kind, c.text), c.allowed)
		check(t, c.kind.String()+" "+c.text, got, f, c.want)
	}
	_, f := sheet.ParseCode(cell(sheet.Text, "也许"), yes)
	if s := text.Sprintf(f.Key, f.Args...); s != "“也许”不在可选范围内，可以填：0-否、1-是。" {
		t.Errorf("words: got %s", s)
	}
}

// FuzzCellNumber: what is read exactly must read the same again, and text that
// the standard library takes for a plain decimal must agree with it.
func FuzzCellNumber(f *testing.F) {
	for _, s := range []string{"87.5", "１，２３４．５％", "3.50E+17", "87.350000000000009", "-.5", "1e-20", "缺考"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, stored bool) {
		kind := sheet.Text
		if stored {
			kind = sheet.Number
		}
		got, fault := sheet.ParseNumber(cell(kind, s))
		if fault != nil {
			_ = text.Fault(fault)
			return
		}
		again, fault := sheet.ParseNumber(cell(sheet.Text, got.String()))
		if fault != nil || !again.Equal(got) {
			t.Fatalf("%q is %v, which reads as %v, %v", s, got, again, fault)
		}
		if want, err := strconv.ParseFloat(s, 64); err == nil {
			near, err := strconv.ParseFloat(got.String(), 64)
			if err != nil || math.Abs(near-want) > 1e-14*math.Abs(want) {
				t.Fatalf("%q: got %v", s, got)
			}
		}
	})
}

// FuzzCellDate: a date that was read is a real day, and reads the same again.
func FuzzCellDate(f *testing.F) {
	for _, s := range []string{"2025-09-01", "2025年9月1日", "20250901", "45901", "2025.1", "2025-09-01T08:00:00Z", "1900-02-29"} {
		for k := sheet.Text; k <= sheet.Date; k++ {
			f.Add(s, byte(k), false)
			f.Add(s, byte(k), true)
		}
	}
	f.Fuzz(func(t *testing.T, s string, kind byte, old bool) {
		c := sheet.Cell{Column: 7, Kind: sheet.Kind(kind % 7), Text: s, Date1904: old}
		month, fault := sheet.ParseMonth(c)
		got, fault2 := sheet.ParseDate(c)
		if fault2 == nil {
			d, err := time.Parse(time.DateOnly, got)
			if err != nil || d.Year() < 1900 || d.Year() > 2100 || fault != nil || !strings.HasPrefix(got, month) {
				t.Fatalf("%q: got %q in month %q, %v, %v", s, got, month, fault, err)
			}
			if again, f := sheet.ParseDate(cell(sheet.Text, got)); f != nil || again != got {
				t.Fatalf("%q is %s, which reads as %s, %v", s, got, again, f)
			}
		}
		if fault == nil {
			if _, err := time.Parse("2006-01", month); err != nil {
				t.Fatalf("%q: got month %q", s, month)
			}
		}
	})
}
