package web

import (
	"fmt"
	"strconv"

	"shiji/internal/app"
	"shiji/internal/explain"
	"shiji/internal/org"
	"shiji/internal/web/chart"
)

// openAppraisal begins a term's appraisal by a scheme.
func (c *call) openAppraisal() error {
	_, err := c.Service.OpenAppraisal(c.ctx(), c.viewer, org.UnitID(c.path("unit")), c.form("term"), c.form("scheme"))
	if err != nil {
		return c.retryUnit(err)
	}
	return c.redirect("/units/" + c.path("unit") + "?done=opened")
}

// withdraw takes back an appraisal that was never evaluated.
func (c *call) withdraw() error {
	unit, err := c.Service.WithdrawAppraisal(c.ctx(), c.viewer, c.path("appraisal"))
	if err != nil {
		return err
	}
	return c.redirect("/units/" + string(unit) + "?done=withdrawn")
}

// overviewPage is an appraisal as a whole, for those who decide on it.
type overviewPage struct {
	Base
	*app.OverviewPage
	Groups []groupPart
}

// groupPart is a group of posts with its drawing.
type groupPart struct {
	explain.Group
	Spread *chart.HistogramDrawing
	Tops   []topPart
}

type topPart struct {
	explain.Top
	Mini *chart.MiniDrawing
}

func (c *call) overview() error {
	p, err := c.Service.Overview(c.ctx(), c.viewer, c.path("appraisal"))
	if err != nil {
		return err
	}
	page := overviewPage{Base: c.base(p.Term+" 学年考核", crumbs(p.Way)...), OverviewPage: p}
	page.Place = p.Unit.Name
	if p.Overview != nil {
		for i, g := range p.Overview.Groups {
			page.Groups = append(page.Groups, drawGroup(strconv.Itoa(i), g))
		}
	}
	return c.show("overview", page)
}

func drawGroup(id string, g explain.Group) groupPart {
	out := groupPart{Group: g}
	h := chart.Histogram{ID: "spread-" + id, Title: g.Name + "的总分分布", Unit: "人"}
	for _, b := range g.Bins {
		h.Bins = append(h.Bins, chart.Bin{From: b.From, To: b.To, N: b.N})
	}
	out.Spread = h.Draw()
	for i, t := range g.Tops {
		out.Tops = append(out.Tops, topPart{t, chart.Mini{Tone: i, Share: t.Share}.Draw()})
	}
	return out
}

func (c *call) evaluate() error {
	job, err := c.Service.OrderEvaluation(c.ctx(), c.viewer, c.path("appraisal"))
	if err != nil {
		return err
	}
	return c.redirect("/jobs/" + job)
}

func (c *call) publish() error {
	if err := c.Service.Publish(c.ctx(), c.viewer, c.path("appraisal")); err != nil {
		return err
	}
	return c.redirect("/appraisals/" + c.path("appraisal") + "?done=published")
}

// jobPage tells how far a job is. It asks again by itself while it is not ended;
// without scripts there is a button.
type jobPage struct {
	Base
	*app.JobPage
}

func (c *call) job() error {
	j, err := c.Service.Job(c.ctx(), c.viewer, c.path("job"))
	if err != nil {
		return err
	}
	way := crumbs(j.Way)
	if j.Appraisal != "" {
		way = append(way, Link{j.Term + " 学年考核", "/appraisals/" + j.Appraisal})
	}
	page := jobPage{Base: c.base(jobTitle(j.Kind), way...), JobPage: j}
	page.Live, page.Place = !j.Ended(), placeOf(j.Way)
	return c.show("job", page)
}

func (c *call) jobFile() error {
	name, size, file, err := c.Service.JobFile(c.ctx(), c.viewer, c.path("job"))
	if err != nil {
		return err
	}
	defer file.Close()
	c.attachment(name, "application/pdf")
	return c.send(file, size)
}

func jobTitle(kind string) string {
	switch kind {
	case "evaluate":
		return "计算结果"
	case "forms":
		return "生成考核表"
	}
	return fmt.Sprintf("任务 %s", kind)
}
