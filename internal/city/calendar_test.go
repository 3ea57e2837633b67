package city

import (
	"testing"
	"time"
)

func TestDaysAgreeWithTime(t *testing.T) {
	t.Parallel()
	for d := on(2019, 1, 1); d < on(2029, 1, 1); d++ {
		want := time.Unix(int64(d)*86400, 0).UTC()
		if got := d.String(); got != want.Format("2006-01-02") {
			t.Fatalf("day %d is %s, want %s", d, got, want.Format("2006-01-02"))
		}
		if got := d.weekday(); got != (int(want.Weekday())+6)%7 {
			t.Fatalf("%s has weekday %d, want %s", d, got, want.Weekday())
		}
		y, m, dd := d.date()
		if got := on(y, m, dd); got != d {
			t.Fatalf("on(%d, %d, %d) = %d, want %d", y, m, dd, got, d)
		}
	}
}

func TestWorkingDays(t *testing.T) {
	t.Parallel()
	n := 0
	for d := yearStart; d <= yearEnd; d++ {
		if works(d) {
			n++
		}
	}
	if n != 200 {
		t.Errorf("the period has %d working days, want 200", n)
	}
	for _, c := range []struct {
		date day
		want bool
		why  string
	}{
		{on(2025, 9, 28), true, "Sunday worked for 国庆"}, {on(2025, 10, 8), false, "last day of 国庆"},
		{on(2025, 10, 9), true, "Thursday"}, {on(2025, 10, 11), true, "Saturday worked for 国庆"},
		{on(2026, 1, 2), false, "元旦"}, {on(2026, 1, 4), true, "Sunday worked for 元旦"},
		{on(2026, 2, 14), false, "make-up day in the vacation"}, {on(2026, 5, 9), true, "Saturday worked for 劳动节"},
		{on(2026, 6, 20), false, "Saturday"}, {on(2026, 8, 31), true, "Monday"},
	} {
		if got := works(c.date); got != c.want {
			t.Errorf("works(%s) = %v, want %v: %s", c.date, got, c.want, c.why)
		}
	}
}
