package web

import (
	"slices"
	"strings"
	"testing"

	"shiji/internal/app"
	"shiji/internal/explain"
)

// TestTrendKeepsEachSchemesFullMarks: the axis is the schemes' own, and where they
// differ that of shares.
func TestTrendKeepsEachSchemesFullMarks(t *testing.T) {
	t.Parallel()
	point := func(term, total, full string, share, scale float64) app.TrendPoint {
		return app.TrendPoint{Term: term, Total: total, Full: full, Share: share, Scale: scale}
	}
	labels := func(points ...app.TrendPoint) (values, ticks, title string) {
		d := drawTrend(&app.ResultPage{Trend: points})
		if d == nil {
			return "", "", ""
		}
		for _, v := range d.Values {
			values += v.Text + " "
		}
		for _, v := range d.Ticks {
			ticks += v.Text + " "
		}
		return values, ticks, d.Title
	}
	values, ticks, title := labels(point("2024", "132", "150", 0.88, 150), point("2025", "", "", 0, 0), point("2026", "120", "150", 0.8, 150))
	if values != "132 120 " || !strings.Contains(ticks, "130") || title != "历年总分" {
		t.Errorf("of 150: %q on an axis of %q, %s", values, ticks, title)
	}
	values, ticks, title = labels(point("2024", "132", "150", 0.88, 150), point("2025", "80", "100", 0.8, 100))
	if values != "132/150 80/100 " || strings.Contains(ticks, "130") || !strings.Contains(title, "百分比") {
		t.Errorf("of 150 and 100: %q on an axis of %q, %s", values, ticks, title)
	}
	if values, _, _ := labels(point("2024", "", "", 0, 0)); values != "" {
		t.Errorf("without a total: %q", values)
	}
}

// TestRestNamesWhatTheWorkingsHold: a part leads on only where there is more to tell.
func TestRestNamesWhatTheWorkingsHold(t *testing.T) {
	t.Parallel()
	marks := []explain.Work{{Source: "成绩/期末/七1/语文"}, {Source: "成绩/期末/七2/语文"}, {Source: "成绩/期末/七1/语文"}}
	for _, c := range []struct {
		row  explain.Row
		want string
	}{
		{explain.Row{Sentence: "90 × 50% + 80 × 50% = 85"}, ""},
		{explain.Row{Rule: "每次扣 2"}, "规则"},
		{explain.Row{Rule: "每次扣 2", Reads: []explain.Read{{Name: "迟到", Value: "0 次", Source: "迟到"}}}, "规则和材料"},
		{explain.Row{Rule: "平均", Reads: []explain.Read{{Name: "均分", Work: marks}}}, "规则和材料 2 条"},
		{explain.Row{Lines: []explain.Line{{Reads: []explain.Read{{Source: "任课/T001/七1"}}}}}, "规则和材料 1 条"},
	} {
		if got := restOf(&c.row); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.row, got, c.want)
		}
	}
}

// TestUnscoredAreGatheredByReason: each reason once, each indicator once, in order.
func TestUnscoredAreGatheredByReason(t *testing.T) {
	t.Parallel()
	got := unscoredOf([]explain.Missing{{ID: "4.1", Name: "中考及格率", Text: "甲"}, {ID: "4.2", Name: "视导", Text: "乙"}, {ID: "4.3", Name: "中考优秀率", Text: "甲"}})
	want := []unscored{{"4.1 中考及格率、4.3 中考优秀率", "甲"}, {"4.2 视导", "乙"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
