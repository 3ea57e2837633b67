package web

import (
	"strings"
	"testing"

	"shiji/internal/app"
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
