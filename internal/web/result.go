package web

import (
	"shiji/internal/app"
	"shiji/internal/explain"
	"shiji/internal/web/chart"
)

// resultPage is one person's explained result.
type resultPage struct {
	Base
	*app.ResultPage
	Bar   *chart.BarDrawing
	Radar *chart.RadarDrawing
	Trend *chart.TrendDrawing
	Nodes []node
	Link  string // of this result, before what can be done with it
}

// node is a row of the explanation with its place among the coloured ones.
type node struct {
	explain.Row
	Tone  int // 1 to 8 on level 1, else 0
	Total bool
	Kids  []node
}

func (c *call) result() error {
	r, err := c.Service.Result(c.ctx(), c.viewer, c.path("appraisal"), c.path("subject"))
	if err != nil {
		return err
	}
	page := resultPage{Base: c.resultBase(r), ResultPage: r, Link: "/appraisals/" + r.Appraisal + "/results/" + r.Subject}
	page.Bar, page.Radar, page.Trend = drawBar(r), drawRadar(r), drawTrend(r)
	for i, row := range r.Rows {
		page.Nodes = append(page.Nodes, nodeOf(row, i%8+1))
	}
	return c.show("result", page)
}

func (c *call) resultBase(r *app.ResultPage) Base {
	var way []Link
	switch {
	case r.CanList:
		way = append(crumbs(r.Way), Link{r.Term + " 学年考核", "/appraisals/" + r.Appraisal}, Link{"成绩表", "/appraisals/" + r.Appraisal + "/results"})
	case r.Own:
		way = []Link{{"我的", "/me"}}
	}
	b := c.base(r.Name+" "+r.Term+" 学年考核结果", way...)
	b.Place = r.School
	return b
}

func nodeOf(r explain.Row, tone int) node {
	n := node{Row: r, Tone: tone}
	for _, k := range r.Kids {
		n.Kids = append(n.Kids, nodeOf(k, 0))
	}
	return n
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
