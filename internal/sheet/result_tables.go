package sheet

import (
	"strconv"
	"strings"

	"shiji/internal/explain"
)

// confidential opens the titles: the workbook holds everybody.
const confidential = "（仅供考核委员会使用，不作公示材料）"

func resultTitle(o *explain.Overview, name string) string {
	s := strings.TrimSpace(o.School + " " + o.Term + " " + name)
	if o.Label != "" {
		s += "【" + o.Label + "】"
	}
	return s + confidential
}

// writeTotals writes one line a person, in the order of groups and places.
func writeTotals(t *resultTable, o *explain.Overview, pages []*explain.Page) error {
	tops := topNames(o)
	columns := []column{{"序号", 6}, {"工号", 12}, {"姓名", 14}, {"岗位组", 10}}
	for _, name := range tops {
		columns = append(columns, column{name, 12})
	}
	columns = append(columns, column{"总分", 10}, column{"名次", 7}, column{"本组人数", 9}, column{"后果（由委员会确认）", 24}, column{"备注", 20})
	if err := t.begin(resultTitle(o, "考核结果总表"), columns, 3, len(pages)); err != nil {
		return err
	}
	n := 0
	for _, g := range o.Groups {
		for _, m := range g.Members {
			n++
			cells := []any{n, m.Subject, m.Name, g.Name}
			for _, name := range tops {
				cells = append(cells, topValue(g, m, name))
			}
			cells = append(cells, number(m.Total), place(m.Place), placed(m.Place, g.Scored), strings.Join(m.Effects, "；"), m.State)
			if err := t.line(cells...); err != nil {
				return err
			}
		}
	}
	return nil
}

// topNames are the level-1 indicators of all groups, each once.
func topNames(o *explain.Overview) []string {
	var out []string
	seen := map[string]bool{}
	for _, g := range o.Groups {
		for _, top := range g.Tops {
			if !seen[top.Name] {
				seen[top.Name] = true
				out = append(out, top.Name)
			}
		}
	}
	return out
}

func topValue(g explain.Group, m explain.Member, name string) any {
	for i, top := range g.Tops {
		if top.Name == name {
			return number(m.Values[i])
		}
	}
	return ""
}

func place(n int) any { return placed(n, n) }

// placed returns n for somebody who has a place, else an empty cell.
func placed(place, n int) any {
	if place == 0 {
		return ""
	}
	return n
}

// writeValues writes one column an indicator.
func writeValues(t *resultTable, o *explain.Overview, pages []*explain.Page) error {
	columns := []column{{"工号", 12}, {"姓名", 14}, {"岗位组", 10}}
	at := map[string]int{}
	for _, r := range o.Rules {
		at[r.ID] = len(columns)
		columns = append(columns, column{r.ID + " " + r.Name, 11})
	}
	columns = append(columns, column{"总分", 10})
	if err := t.begin(resultTitle(o, "得分明细"), columns, 2, len(pages)); err != nil {
		return err
	}
	cells := make([]any, len(columns))
	for _, p := range pages {
		for i := range cells {
			cells[i] = ""
		}
		cells[0], cells[1], cells[2], cells[len(cells)-1] = p.Subject, p.Name, p.Group, number(p.Total)
		p.Each(func(r *explain.Row) {
			if cells[at[r.ID]] = any(number(r.Value)); r.Value == "" {
				cells[at[r.ID]] = r.State
			}
		})
		if err := t.line(cells...); err != nil {
			return err
		}
	}
	return nil
}

// writeSteps writes one line a step: an indicator, or a line of a repeated fact
// below it.
func writeSteps(t *resultTable, o *explain.Overview, pages []*explain.Page) error {
	columns := []column{{"工号", 9}, {"姓名", 10}, {"指标", 20}, {"层级", 6}, {"权重", 12}, {"得分", 10}, {"怎么算的", 54}, {"条款", 14}, {"材料来源", 44}}
	lines := 0
	for _, p := range pages {
		p.Each(func(r *explain.Row) { lines += 1 + len(r.Lines) })
	}
	if err := t.begin(resultTitle(o, "计算依据"), columns, 3, lines); err != nil {
		return err
	}
	var err error
	for _, p := range pages {
		p.Each(func(r *explain.Row) {
			if err == nil {
				err = writeStep(t, p, r)
			}
		})
	}
	return err
}

func writeStep(t *resultTable, p *explain.Page, r *explain.Row) error {
	value := any(number(r.Value))
	if r.Value == "" {
		value = r.State
	}
	weight := r.Weight
	if r.Share != "" {
		weight += "（实际 " + r.Share + "）"
	}
	if err := t.line(p.Subject, p.Name, r.ID+" "+r.Name, r.Level, weight, value, r.Sentence, r.Clause, sources(r.Reads)); err != nil {
		return err
	}
	for i := range r.Lines {
		l := &r.Lines[i]
		if err := t.line(p.Subject, p.Name, r.ID+" └ "+l.Name, "明细", "", number(l.Value), l.Sentence, r.Clause, sources(l.Reads)); err != nil {
			return err
		}
	}
	return nil
}

// longestSources bounds the sources in a cell, in bytes; the report has them all.
const longestSources = 3000

// sources tells what was read, and where it was handed in.
func sources(reads []explain.Read) string {
	var out strings.Builder
	for i, r := range reads {
		if i > 0 {
			out.WriteString("；")
		}
		out.WriteString(r.Name + " " + r.Value)
		switch {
		case r.Cohort:
			out.WriteString("［取自全组］")
		case len(r.Work) == 0 && r.Source != "":
			out.WriteString("［" + r.Source + "］")
		}
		for k, w := range r.Work {
			if out.Len() > longestSources {
				return out.String() + "…共 " + strconv.Itoa(len(r.Work)) + " 条，见得分说明"
			}
			if k == 0 {
				out.WriteString("：")
			} else {
				out.WriteString("，")
			}
			out.WriteString(w.String())
		}
	}
	return out.String()
}

// writeNotices writes what people must look at.
func writeNotices(t *resultTable, o *explain.Overview, pages []*explain.Page) error {
	rows := notices(o, pages)
	if err := t.begin(resultTitle(o, "提示与后果"), []column{{"类别", 16}, {"工号", 12}, {"姓名", 14}, {"事项", 24}, {"说明", 80}, {"条款", 20}}, 0, len(rows)); err != nil {
		return err
	}
	for _, r := range rows {
		if err := t.line(r[0], r[1], r[2], r[3], r[4], r[5]); err != nil {
			return err
		}
	}
	return nil
}

func notices(o *explain.Overview, pages []*explain.Page) [][6]string {
	var rows [][6]string
	for _, m := range o.Marked {
		kind := "后果"
		if m.Veto {
			kind = "一票否决"
		}
		rows = append(rows, [6]string{kind, m.Subject, m.Name, m.Effect, m.Text, m.Clause})
	}
	for _, u := range o.Unscored {
		rows = append(rows, [6]string{"暂不出总分", u.Subject, u.Name, "", u.Text, ""})
	}
	for _, s := range o.Findings {
		rows = append(rows, [6]string{"全体的提示", "", "", "", s, ""})
	}
	for _, g := range o.Guarded {
		rows = append(rows, [6]string{"依法不适用", "", "", g.ID + " " + g.Name, g.Text, ""})
	}
	for _, g := range o.Gaps {
		rows = append(rows, [6]string{"缺少数据", "", "", g.ID + " " + g.Name, g.State + " " + strconv.Itoa(g.N) + " 人", ""})
	}
	for _, p := range pages {
		for _, s := range p.Findings {
			rows = append(rows, [6]string{"个人的提示", p.Subject, p.Name, "", s, ""})
		}
	}
	return rows
}

// writeRules writes the scheme in words: general rules, then every indicator.
func writeRules(t *resultTable, o *explain.Overview, _ []*explain.Page) error {
	columns := []column{{"编号", 9}, {"名称", 22}, {"层级", 6}, {"权重", 9}, {"满分", 7}, {"适用岗位组", 14}, {"规则", 62}, {"没有数据时", 26}, {"条款", 22}, {"说明", 40}}
	if err := t.begin(resultTitle(o, "方案说明"), columns, 2, len(o.Notes)+len(o.Rules)); err != nil {
		return err
	}
	for _, n := range o.Notes {
		if err := t.line(n.ID, n.Name, "", "", "", "", n.Text, "", n.Clause, n.Note); err != nil {
			return err
		}
	}
	for _, r := range o.Rules {
		if err := t.line(r.ID, r.Name, r.Level, r.Weight, number(r.Full), r.Groups, r.Text, r.Missing, r.Clause, r.Note); err != nil {
			return err
		}
	}
	return nil
}
