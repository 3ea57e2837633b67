package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var templates = template.Must(Parse(template.New("charts")))

var (
	year = []Year{
		{"2020—21", "79.60", 0.796, "78.20", 0.782}, {"2021—22", "81.05", 0.8105, "79.40", 0.794}, {"2022—23", "83.40", 0.834, "80.90", 0.809},
		{"2023—24", "85.17", 0.8517, "81.80", 0.818}, {"2024—25", "87.35", 0.8735, "82.64", 0.8264},
	}
	parts = []Part{
		{"职业道德", "9.60", 0.096, false}, {"业务工作表现", "17.70", 0.177, false}, {"岗位工作量", "25.26", 0.2526, false},
		{"教育教学质量", "25.14", 0.2514, false}, {"工作满意度", "8.65", 0.0865, false}, {"附加", "+1.00", 0.01, true},
	}
	axes = []Axis{
		{"职业道德", "96.00", 0.96, "94.20", 0.942}, {"业务工作表现", "88.50", 0.885, "83.10", 0.831}, {"岗位工作量", "84.20", 0.842, "81.55", 0.8155},
		{"教育教学质量", "83.80", 0.838, "80.02", 0.8002}, {"工作满意度", "86.50", 0.865, "85.90", 0.859},
	}
	bins = []Bin{{"60", "65", 2, false}, {"65", "70", 9, false}, {"70", "75", 0, false}, {"75", "80", 31, true}, {"80", "85", 17, false}}
)

func radar() Radar {
	return Radar{ID: "r", Title: "各项指标", Own: "本人", Reference: "全校均值", Axes: axes}
}

func trend() Trend {
	return Trend{ID: "t", Title: "历年总分", Own: "本人", Reference: "全校均值", Full: 100, Years: year}
}

func bar() Bar { return Bar{ID: "b", Title: "总分的组成", Total: "87.35", Parts: parts} }

func histogram() Histogram {
	return Histogram{ID: "h", Title: "总分分布", Unit: "人", Own: "本人", Bins: bins}
}

func TestBar(t *testing.T) {
	t.Parallel()
	got := Bar{ID: "b", Total: "80", Parts: []Part{{"一", "25", 0.25, false}, {"二", "-3", -0.03, false}, {"三", "52", 0.52, false}, {"附加", "+3", 0.03, true}}}.Draw()
	want := []Segment{
		{X: "0%", Width: "25%", Tone: "c1", Label: "25"},
		{X: "25%", Width: "52%", Tone: "c3", Label: "52", Gap: true},
		{X: "77%", Width: "3%", Tight: true, Gap: true},
	}
	if diff := cmp.Diff(want, got.Segments); diff != "" {
		t.Errorf("segments (-want +got)\n%s", diff)
	}
	entries := []Entry{{"c1", "一", "25"}, {"c2", "二", "-3"}, {"c3", "三", "52"}, {"bonus", "附加", "+3"}}
	if diff := cmp.Diff(entries, got.Entries); diff != "" {
		t.Errorf("a part below zero has its line in the legend (-want +got)\n%s", diff)
	}
	if got := (Bar{Parts: []Part{{Share: 0.9}, {Share: 0.9}}}).Draw().Segments[1]; got.X != "50%" || got.Width != "50%" {
		t.Errorf("a total beyond the full mark: second part at %s, %s wide; want 50%%, 50%%", got.X, got.Width)
	}
}

func TestRadar(t *testing.T) {
	t.Parallel()
	d := radar().Draw()
	if d.Floor != "60%" {
		t.Errorf("least share 0.80: centre stands for %q, want 60%%", d.Floor)
	}
	// 0.96 of the full mark is (0.96−0.6)/0.4 of the radius, upwards.
	if got, want := d.OwnLine, "180 70.8 "; !strings.HasPrefix(got, want) {
		t.Errorf("first point of %s, want %s", got, want)
	}
	if got, want := d.Ticks[1].Text, "80%"; got != want {
		t.Errorf("second ring stands for %s, want %s", got, want)
	}
	low := radar()
	low.Axes = append(slices.Clone(axes[:2]), Axis{Name: "差", Label: "5", Share: 0.05, RefLabel: "80", RefShare: 0.8})
	if d := low.Draw(); d.Floor != "0%" || len(d.Ticks) != 3 || d.Ticks[0].Text != "25%" {
		t.Errorf("a low value: centre %q, rings %v; want the centre to be zero", d.Floor, d.Ticks)
	}
	alone := radar()
	alone.Reference = ""
	if d := alone.Draw(); d.RefLine != "" || strings.Contains(d.Desc, "94.20") {
		t.Errorf("no reference: drew %q, told %q", d.RefLine, d.Desc)
	}
}

func TestTrend(t *testing.T) {
	t.Parallel()
	d := trend().Draw()
	var ticks []string
	for _, k := range d.Ticks {
		ticks = append(ticks, k.Text)
	}
	if diff := cmp.Diff([]string{"75", "80", "85", "90"}, ticks); diff != "" {
		t.Errorf("ticks (-want +got)\n%s", diff)
	}
	broken := trend()
	broken.Years = slices.Clone(year)
	broken.Years[2].Label, broken.Years[2].Share = "", 0
	d = broken.Draw()
	if got := strings.Count(d.OwnLine, "M"); got != 2 || strings.Count(d.Dots, "M") != 4 {
		t.Errorf("a missing year: %d pieces and dots %s, want 2 and 4", got, d.Dots)
	}
	if got := strings.Count(d.RefLine, "M"); got != 1 || strings.Count(d.RefDots, "M") != 5 {
		t.Errorf("the reference goes on: %d pieces and dots %s, want 1 and 5", got, d.RefDots)
	}
	if !strings.Contains(d.Desc, "2022—23：本人 没有") {
		t.Errorf("the missing year is not told: %q", d.Desc)
	}
	for n := range 30 {
		many := Trend{Full: 100, Own: "本人"}
		for i := range n + 1 {
			many.Years = append(many.Years, Year{Name: "2024—25", Label: "87.35", Share: float64(i) / 30})
		}
		names := many.Draw().Names
		for i := 1; i < len(names); i++ {
			if gap := number(t, names[i].X) - number(t, names[i-1].X); gap < em("2024—25")*12 {
				t.Fatalf("%d years: names %g apart overlap", n+1, gap)
			}
		}
		if got, want := names[len(names)-1].X, at(many.x(n)); got != want {
			t.Errorf("%d years: the last name stands at %s, want %s", n+1, got, want)
		}
	}
}

func TestHistogram(t *testing.T) {
	t.Parallel()
	d := histogram().Draw()
	own := d.Columns[3]
	if own.Mine != "本人" || own.Y != "40" || own.Height != "120" || own.X != "61.2%" {
		t.Errorf("the highest column, own: %+v", own)
	}
	if got := d.Ticks[len(d.Ticks)-1]; got.Text != "85" || got.X != "100%" || got.Anchor != "end" {
		t.Errorf("last bound: %+v", got)
	}
	other := histogram()
	other.Bins = slices.Clone(bins)
	other.Bins[3].Own = false
	if d := other.Draw(); d.Own != "" || strings.Contains(d.Desc, "本人") {
		t.Errorf("nobody's own range: key %q, told %q", d.Own, d.Desc)
	}
}

func TestNothingToDraw(t *testing.T) {
	t.Parallel()
	two, nine := radar(), radar()
	two.Axes, nine.Axes = axes[:2], append(slices.Clone(axes), axes[:4]...)
	if two.Draw() != nil || nine.Draw() != nil {
		t.Error("a radar of two or nine axes was drawn")
	}
	if (Bar{}).Draw() != nil || (Histogram{}).Draw() != nil || (Trend{Full: 100}).Draw() != nil {
		t.Error("a drawing of nothing was drawn")
	}
	if (Trend{Full: 100, Reference: "全校均值", Years: []Year{{Name: "2024", RefLabel: "80", RefShare: 0.8}}}).Draw() != nil {
		t.Error("a line of the reference alone was drawn")
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		want []string
	}{
		{"教育教学质量", []string{"教育教学质量"}},
		{"教育教学工作质量", []string{"教育教学工作", "质量"}},
		{"课后服务与社团活动指导工作情况", []string{"课后服务与社", "团活动指导…"}},
		{"STEM 课程", []string{"STEM 课程"}},
	} {
		if diff := cmp.Diff(c.want, wrap(c.name, 6)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

// TestDrawingsStayInside: whatever is handed in, the SVG is well-formed, has no style, no id twice, and nothing of it
// lies outside its box, words included.
func TestDrawingsStayInside(t *testing.T) {
	t.Parallel()
	word := rapid.OneOf(rapid.StringOfN(rapid.RuneFrom(nil, unicode.L, unicode.N, unicode.P, unicode.S), 0, 40, -1), rapid.StringMatching(`[一-龥]{0,30}`), rapid.StringMatching(`[0-9]{1,3}\.[0-9]{2}`), rapid.Just(`"><script>alert(1)</script>`))
	anyShare := rapid.OneOf(rapid.Float64Range(0, 1), rapid.Float64Range(-2, 3), rapid.SampledFrom([]float64{0, 1, math.NaN(), math.Inf(1), math.Inf(-1), 1e-300}))
	rapid.Check(t, func(t *rapid.T) {
		reference := rapid.SampledFrom([]string{"", "全校均值"}).Draw(t, "reference")
		b, h := Bar{ID: "b", Title: word.Draw(t, "title")}, Histogram{ID: "h", Unit: "人", Own: "本人"}
		r := Radar{ID: "r", Own: "本人", Reference: reference}
		l := Trend{ID: "t", Own: "本人", Reference: reference, Full: rapid.SampledFrom([]float64{1, 10, 100, 120, 150}).Draw(t, "full")}
		for range rapid.IntRange(1, 24).Draw(t, "n") {
			name, label, v, ref := word.Draw(t, "name"), word.Draw(t, "label"), anyShare.Draw(t, "share"), anyShare.Draw(t, "ref")
			own := rapid.Bool().Draw(t, "own")
			b.Parts = append(b.Parts, Part{name, label, v, own})
			h.Bins = append(h.Bins, Bin{name, label, rapid.IntRange(0, 5000).Draw(t, "count"), own})
			l.Years = append(l.Years, Year{name, label, v, label, ref})
			if len(r.Axes) < mostAxes {
				r.Axes = append(r.Axes, Axis{name, label, v, label, ref})
			}
		}
		inspect(t, "chart-bar", b.Draw())
		inspect(t, "chart-histogram", h.Draw())
		inspect(t, "chart-mini", Mini{Tone: len(b.Parts), Share: b.Parts[0].Share, Marks: []float64{l.Years[0].RefShare}}.Draw())
		if d := r.Draw(); d != nil {
			inspect(t, "chart-radar", d)
		}
		if d := l.Draw(); d != nil {
			inspect(t, "chart-trend", d)
		}
	})
}

// box is the room of a drawing; percentages count towards 100.
type box struct{ width, height float64 }

// inspect executes a template and walks what it wrote.
func inspect(t rapid.TB, name string, drawing any) {
	t.Helper()
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, name, drawing); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	room := box{100, 190}
	ids := map[string]bool{}
	type place struct{ x, y, anchor string }
	var at []place
	dec := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			a := map[string]string{}
			for _, x := range token.Attr {
				a[x.Name.Local] = x.Value
			}
			if v, ok := a["viewBox"]; ok {
				f := strings.Fields(v)
				room = box{number(t, f[2]), number(t, f[3])}
			}
			if _, ok := a["style"]; ok {
				t.Fatalf("%s: <%s> has a style", name, token.Name.Local)
			}
			if id := a["id"]; id != "" && ids[id] {
				t.Fatalf("%s: id %s twice", name, id)
			} else if id != "" {
				ids[id] = true
			}
			if token.Name.Local == "script" {
				t.Fatalf("%s: a script came in", name)
			}
			within(t, name, room, a)
			p := place{x: a["x"], y: a["y"], anchor: a["class"]}
			if token.Name.Local == "tspan" && len(at) > 0 {
				up := at[len(at)-1]
				p.anchor = up.anchor
				p.y = strconv.FormatFloat(number(t, up.y)+number(t, a["dy"]), 'f', -1, 64)
				for i := range at { // the next line of the same text begins where this one ended
					if at[i] == up {
						at[i].y = p.y
					}
				}
			}
			at = append(at, p)
		case xml.EndElement:
			at = at[:len(at)-1]
		case xml.CharData:
			if p := at[max(0, len(at)-1):]; len(p) == 1 && p[0].y != "" && room.width > 100 {
				words(t, name, room, p[0].x, p[0].y, p[0].anchor, string(token))
			}
		}
	}
	for ref := range strings.FieldsSeq(attr(text, "aria-labelledby")) {
		if !ids[ref] {
			t.Fatalf("%s: no element has the id %s", name, ref)
		}
	}
}

// within checks every number of an element's geometry against the room.
func within(t rapid.TB, name string, room box, a map[string]string) {
	t.Helper()
	check := func(key, v string, limit float64) {
		if v == "" || a["patternUnits"] != "" {
			return
		}
		if p, ok := strings.CutSuffix(v, "%"); ok {
			v, limit = p, 100
		}
		if n := number(t, v); n < -0.05 || n > limit+0.05 || math.IsNaN(n) {
			t.Fatalf("%s: %s=%q lies outside 0..%g", name, key, v, limit)
		}
	}
	for _, key := range []string{"x", "x1", "x2", "cx", "width"} {
		check(key, a[key], room.width)
	}
	for _, key := range []string{"y", "y1", "y2", "cy", "height"} {
		check(key, a[key], room.height)
	}
	if strings.HasSuffix(a["x"], "%") && strings.HasSuffix(a["width"], "%") {
		check("x+width", strconv.FormatFloat(number(t, strings.TrimSuffix(a["x"], "%"))+number(t, strings.TrimSuffix(a["width"], "%")), 'f', 2, 64)+"%", 100)
	}
	for i, v := range numbers.FindAllString(a["points"], -1) {
		check("points", v, []float64{room.width, room.height}[i%2])
	}
	for _, part := range absolute.FindAllString(a["d"], -1) {
		for i, v := range numbers.FindAllString(part, -1) {
			check("d", v, []float64{room.width, room.height}[i%2])
		}
	}
}

// words checks that a line of text lies in the room by the guess that laid it out.
func words(t rapid.TB, name string, room box, x, y, class, text string) {
	t.Helper()
	wide := em(strings.TrimRight(text, "\n")) * 13
	left := number(t, x)
	switch {
	case strings.Contains(class, "mid"):
		left -= wide / 2
	case strings.Contains(class, "end"):
		left -= wide
	}
	if base := number(t, y); left < -1 || left+wide > room.width+1 || base < 12 || base > room.height-3 {
		t.Fatalf("%s: %q from %g to %g at height %g leaves the box %v", name, text, left, left+wide, base, room)
	}
}

var (
	numbers  = regexp.MustCompile(`-?[0-9.]+(e[-+]?[0-9]+)?|NaN|[-+]?Inf`)
	absolute = regexp.MustCompile(`[MLH][^A-Za-z]*`)
)

func attr(text, name string) string {
	_, after, _ := strings.Cut(text, name+`="`)
	v, _, _ := strings.Cut(after, `"`)
	return v
}

func number(t rapid.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestInspectFindsFaults holds the inspection itself to account: a check that cannot fail proves nothing.
func TestInspectFindsFaults(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]*BarDrawing{
		"outside":         {Segments: []Segment{{X: "80%", Width: "30%", Tone: "c1"}}},
		"negative":        {Segments: []Segment{{X: "-3%", Width: "3%", Tone: "c1"}}},
		"id with a space": {named: named{ID: "my bar"}},
	} {
		caught := &catcher{TB: t}
		func() {
			defer func() { _ = recover() }() // the catcher's way out
			inspect(caught, "chart-bar", d)
		}()
		if !caught.failed {
			t.Errorf("%s: no fault found", name)
		}
	}
}

// catcher notes a failure instead of failing.
type catcher struct {
	rapid.TB
	failed bool
}

func (c *catcher) Helper()               {}
func (c *catcher) Fatalf(string, ...any) { c.failed = true; panic("caught") }
func (c *catcher) Fatal(...any)          { c.failed = true; panic("caught") }

func TestTemplatesTellEverything(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		drawing any
		want    []string
	}{
		"chart-bar":       {bar().Draw(), []string{`<title id="b-t">总分的组成</title>`, "附加 &#43;1.00", `fill="url(#b-h)"`}},
		"chart-legend":    {bar().Draw(), []string{`<i class="sw bonus"></i>附加<b>&#43;1.00</b>`}},
		"chart-radar":     {radar().Draw(), []string{"教育教学质量：本人 83.80，全校均值 80.02", "中心 60%，外圈满分"}},
		"chart-trend":     {trend().Draw(), []string{"2024—25：本人 87.35，全校均值 82.64"}},
		"chart-histogram": {histogram().Draw(), []string{"75 到 80：31 人（本人在此）"}},
		"chart-mini":      {Mini{Tone: 8, Share: 0.5, Marks: []float64{0.25}}.Draw(), []string{`class="c1" width="50%"`, `x1="25%"`}},
	} {
		var out strings.Builder
		if err := templates.ExecuteTemplate(&out, name, c.drawing); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s lacks %q:\n%s", name, want, out.String())
			}
		}
	}
}

func BenchmarkRadarAndTrend(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := templates.ExecuteTemplate(io.Discard, "chart-radar", radar().Draw()); err != nil {
			b.Fatal(err)
		}
		if err := templates.ExecuteTemplate(io.Discard, "chart-trend", trend().Draw()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBarAndLegend(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		d := bar().Draw()
		for _, name := range []string{"chart-bar", "chart-legend"} {
			if err := templates.ExecuteTemplate(io.Discard, name, d); err != nil {
				b.Fatal(err)
			}
		}
	}
}
