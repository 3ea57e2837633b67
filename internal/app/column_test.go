package app_test

import (
	"strings"
	"testing"

	"shiji/internal/app"
	"shiji/internal/eval"
	"shiji/internal/num"
	"shiji/internal/store/storetest"
)

// TestColumnsStandPointUnderPoint: numbers of a column have as many decimals on every
// page of the table, none is changed by that, and pages say where they begin.
func TestColumnsStandPointUnderPoint(t *testing.T) {
	t.Parallel()
	w := show(t, storetest.SQLite(t))
	values := map[string]eval.Result{}
	for _, r := range w.pure.Outcome.Results {
		values[r.Subject] = r
	}
	decimals := map[string]int{} // by column
	padded, before := 0, 0
	for q := (app.ResultQuery{Order: app.ByScore}); ; {
		table, err := w.Results(t.Context(), w.clerk, w.appraisal, q)
		if err != nil {
			t.Fatal(err)
		}
		if table.Before != before || !table.Placed || !table.CanRead {
			t.Errorf("page after %d people: before %d, placed %v, can read %v", before, table.Before, table.Placed, table.CanRead)
		}
		before += len(table.Lines)
		for _, l := range table.Lines {
			for k, column := range table.Columns {
				shown, err := num.Parse(l.Values[k])
				if err != nil {
					continue // a state in words
				}
				_, after, _ := strings.Cut(l.Values[k], ".")
				if n, known := decimals[column.Name]; known && n != len(after) {
					t.Errorf("%s: %q of %s beside others of %d decimals", column.Name, l.Values[k], l.Subject, n)
				}
				decimals[column.Name] = len(after)
				if l.Values[k] != shown.String() {
					padded++
				}
				if !w.has(values[l.Subject], column.Name, shown) {
					t.Errorf("%s of %s: %s is not what was evaluated", column.Name, l.Subject, l.Values[k])
				}
			}
		}
		if q.After = table.Next; q.After == "" {
			break
		}
	}
	if padded == 0 {
		t.Error("no number needed a decimal more: nothing was tried")
	}
	w.publish(t)
	own, err := w.Results(t.Context(), w.mine, w.appraisal, app.ResultQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if own.Placed || own.CanRead {
		t.Errorf("who sees her own line alone: placed %v, can read %v", own.Placed, own.CanRead)
	}
}

// has says whether a result has this value at an indicator of level 1 of that name.
func (w *shown) has(r eval.Result, name string, value num.Q) bool {
	for _, i := range w.pure.Roots[r.Group] {
		if w.pure.Nodes[i].Name == name && r.Values[i].Q.Equal(value) {
			return true
		}
	}
	return false
}
