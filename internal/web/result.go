package web

import (
	"fmt"
	"strings"

	"shiji/internal/app"
	"shiji/internal/explain"
	"shiji/internal/web/chart"
)

// resultPage is one person's explained result. What was read for each value stands
// on the page of its workings: a result weighs the same however much was handed in.
type resultPage struct {
	Base
	*app.ResultPage
	Bar      *chart.BarDrawing
	Radar    *chart.RadarDrawing
	Trend    *chart.TrendDrawing
	Nodes    []node
	Unscored []unscored
	Link     string // of this result, before what can be done with it
}

// workingsPage is the same with everything that was read, line by line.
type workingsPage struct {
	Base
	*app.Told
	Nodes []node
	Link  string // of the result
}

// node is a row of the explanation with its place among the coloured ones.
type node struct {
	explain.Row
	Tone int    // 1 to 8 on level 1, else 0
	Rest string // what the workings tell besides; "" for nothing
	To   string // where they do
	Kids []node
}

// unscored are indicators that have no value for the same reason.
type unscored struct{ Names, Text string }

func (c *call) result() error {
	r, err := c.Service.Result(c.ctx(), c.viewer, c.path("appraisal"), c.path("subject"))
	if err != nil {
		return err
	}
	page := resultPage{Base: c.base(titleOfResult(&r.Told), wayToResult(&r.Told)...), ResultPage: r, Nodes: nodesOf(&r.Told), Unscored: unscoredOf(r.Missing), Link: linkOf(&r.Told)}
	page.Place = r.School
	page.Bar, page.Radar, page.Trend = drawBar(r), drawRadar(r), drawTrend(r)
	return c.show("result", page)
}

func (c *call) workings() error {
	r, err := c.Service.Workings(c.ctx(), c.viewer, c.path("appraisal"), c.path("subject"))
	if err != nil {
		return err
	}
	page := workingsPage{Told: r, Nodes: nodesOf(r), Link: linkOf(r)}
	page.Base = c.base("逐项明细", append(wayToResult(r), Link{titleOfResult(r), page.Link})...)
	page.Title, page.Place = r.Name+" · "+r.Term+" 学年考核逐项明细", r.School
	return c.show("workings", page)
}

func titleOfResult(r *app.Told) string { return r.Name + " · " + r.Term + " 学年考核结果" }

func linkOf(r *app.Told) string { return "/appraisals/" + r.Appraisal + "/results/" + r.Subject }

// wayToResult returns where a result stands for the viewer.
func wayToResult(r *app.Told) []Link {
	switch {
	case r.CanList:
		return append(crumbs(r.Way), Link{r.Term + " 学年考核", "/appraisals/" + r.Appraisal}, Link{"成绩表", "/appraisals/" + r.Appraisal + "/results"})
	case r.Own:
		return []Link{{"我的", "/me"}}
	}
	return nil
}

// nodesOf returns the rows of level 1 as they are shown.
func nodesOf(r *app.Told) []node {
	out := make([]node, len(r.Rows))
	for i, row := range r.Rows {
		out[i] = nodeOf(row, linkOf(r)+"/workings#n-")
		out[i].Tone = i%8 + 1
	}
	return out
}

func nodeOf(r explain.Row, to string) node {
	n := node{Row: r, Rest: restOf(&r), To: to + r.ID}
	for _, k := range r.Kids {
		n.Kids = append(n.Kids, nodeOf(k, to))
	}
	return n
}

// restOf words what the workings of a row tell that its sentence does not: the rule,
// and the lines that were read.
func restOf(r *explain.Row) string {
	lines := 0
	for _, source := range r.Sources() {
		if strings.Contains(source, "/") { // else a sheet that has none about her
			lines++
		}
	}
	switch {
	case lines > 0:
		return fmt.Sprintf("规则和材料 %d 条", lines)
	case len(r.Reads)+len(r.Lines) > 0:
		return "规则和材料"
	case r.Rule != "":
		return "规则"
	}
	return ""
}

// unscoredOf gathers what has no value by the reason for it, in the order of the
// first of each.
func unscoredOf(missing []explain.Missing) []unscored {
	var out []unscored
	at := map[string]int{}
	for _, m := range missing {
		name := m.ID + " " + m.Name
		if i, known := at[m.Text]; known {
			out[i].Names += "、" + name
			continue
		}
		at[m.Text] = len(out)
		out = append(out, unscored{name, m.Text})
	}
	return out
}

func drawBar(r *app.ResultPage) *chart.BarDrawing {
	b := chart.Bar{ID: "bar", Title: "各部分计入总分", Total: r.Total}
	for _, p := range r.Parts {
		b.Parts = append(b.Parts, chart.Part{Name: p.Name, Label: p.Value, Share: p.Share, Bonus: p.Bonus})
	}
	return b.Draw()
}

func drawRadar(r *app.ResultPage) *chart.RadarDrawing {
	g := chart.Radar{ID: "radar", Title: "各项指标与本组均值", Own: "本人"}
	for _, s := range r.Spokes {
		if s.Mean != "" {
			g.Reference = "本组均值"
		}
		g.Axes = append(g.Axes, chart.Axis{Name: s.Name, Label: s.Value, Share: s.Share, RefLabel: s.Mean, RefShare: s.MeanShare})
	}
	return g.Draw()
}

func drawTrend(r *app.ResultPage) *chart.TrendDrawing {
	t := chart.Trend{ID: "trend", Title: "历年总分", Own: "本人"}
	alike := true
	for _, p := range r.Trend {
		if p.Total == "" { // a gap, whatever its scheme
			t.Years = append(t.Years, chart.Year{Name: p.Term})
			continue
		}
		alike = alike && (t.Full == 0 || t.Full == p.Scale)
		t.Full = p.Scale
		t.Years = append(t.Years, chart.Year{Name: p.Term, Label: p.Total, Share: p.Share})
	}
	if !alike { // totals of different full marks stand on no common axis but that of shares
		t.Title, t.Full = "历年总分占满分的百分比", 100
		for i, p := range r.Trend {
			if p.Total != "" {
				t.Years[i].Label = p.Total + "/" + p.Full
			}
		}
	}
	return t.Draw()
}
