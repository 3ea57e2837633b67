package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"shiji/internal/app"
	"shiji/internal/num"
	"shiji/internal/store/storetest"
)

// TestResultColumns: the table is ordered by every indicator and cut to a band of
// its values, and both agree with the numbers that stand in it.
func TestResultColumns(t *testing.T) {
	t.Parallel()
	w := show(t, storetest.SQLite(t))
	all := func(q app.ResultQuery) (lines []app.ResultLine, table *app.ResultTable) {
		t.Helper()
		for {
			var err error
			if table, err = w.Results(t.Context(), w.clerk, w.appraisal, q); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, table.Lines...)
			if q.After = table.Next; q.After == "" {
				return lines, table
			}
		}
	}
	whole, table := all(app.ResultQuery{})
	columns := []string{""}
	for _, c := range table.Columns {
		columns = append(columns, c.Name)
	}
	for k, column := range columns {
		value := func(l app.ResultLine) (num.Q, bool) {
			text := l.Total
			if k > 0 {
				text = l.Values[k-1]
			}
			q, err := num.Parse(text)
			return q, err == nil
		}
		order := app.ByScore
		if k > 0 {
			order = app.ByColumn(column)
		}
		ordered, _ := all(app.ResultQuery{Order: order})
		if len(ordered) != len(whole) {
			t.Errorf("by %q: %d of %d", column, len(ordered), len(whole))
		}
		var numbers []num.Q
		for i, l := range ordered {
			q, ok := value(l)
			if ok && i > len(numbers) {
				t.Errorf("by %q: %s has %s behind somebody without a value", column, l.Subject, q)
			}
			if ok {
				numbers = append(numbers, q)
			}
		}
		if !slices.IsSortedFunc(numbers, func(a, b num.Q) int { return b.Cmp(a) }) {
			t.Errorf("by %q: %v", column, numbers)
		}
		if len(numbers) == 0 {
			continue
		}
		low, high := numbers[len(numbers)*3/4], numbers[len(numbers)/4]
		for _, b := range []app.ResultBand{{column, low.String(), high.String()}, {column, low.String(), ""}, {column, "", high.String()}} {
			want := 0
			for _, l := range whole {
				if q, ok := value(l); ok && (b.From == "" || q.Cmp(low) >= 0) && (b.To == "" || q.Cmp(high) <= 0) {
					want++
				}
			}
			got, table := all(app.ResultQuery{Band: b, Order: order})
			if len(got) != want || table.Total != want || want == 0 {
				t.Errorf("band %v: got %d, total %d, want %d", b, len(got), table.Total, want)
			}
		}
	}
}

func TestResultBandFaults(t *testing.T) {
	t.Parallel()
	w := show(t, storetest.SQLite(t))
	for _, c := range []struct {
		column, from, to string
		want             []string
	}{
		{"", "甲", "1e3", []string{"from app.band-number", "to app.band-number"}},
		{"", "50%", "1/3", []string{"from app.band-number", "to app.band-number"}},
		{"", strings.Repeat("9", 5000), "", []string{"from app.band-number"}},
		{"", "90", "80", []string{"from app.band-turned"}},
		{"没有这一列", "0", "", []string{"col app.band-column"}},
	} {
		table, err := w.Results(t.Context(), w.clerk, w.appraisal, app.ResultQuery{Band: app.ResultBand{Column: c.column, From: c.from, To: c.to}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range table.BandWrong {
			got = append(got, f.Where.Field+" "+f.Key)
		}
		if !slices.Equal(got, c.want) || table.Total != len(w.pure.Outcome.Results) {
			t.Errorf("%s from %s to %s: got %v and %d people, want %v and all", c.column, c.from, c.to, got, table.Total, c.want)
		}
	}
}

// TestPlaceStaysHidden: whoever is shown no place learns none from orders and pages
// either: a line stands under the same keys whatever its place is.
func TestPlaceStaysHidden(t *testing.T) {
	t.Parallel()
	w := show(t, storetest.SQLite(t))
	w.publish(t)
	for place := range len(w.pure.Outcome.Results) + 1 {
		table, err := w.Results(t.Context(), w.mine, w.appraisal, app.ResultQuery{Order: app.ByPlace, After: fmt.Sprintf("%06d", place)})
		if err != nil {
			t.Fatal(err)
		}
		if len(table.Lines) != 1 || table.Lines[0].Place != 0 {
			t.Fatalf("after place %d she sees %d lines", place, len(table.Lines))
		}
	}
}
