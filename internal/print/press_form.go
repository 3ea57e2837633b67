package print

import "strconv"

// form lays out a person's form: the score's page, then the notes'. The grades
// chosen for the estimated widths come first; where the font's real widths need
// more, the next ones are tried, and at last the words go on over the page.
func (j *job) form(f Form) []*leaf {
	p := compose(f)
	front := j.fitting(p, &p.Front, len(frontGrades), (*job).front)
	back := j.fitting(p, &p.Back, len(backGrades), (*job).back)
	all := newFlow(&j.setter, paperWidth, paperHeight)
	all.pages = append(front.pages, back.pages...)
	left := p.Name + "　工号 " + p.Subject + "　方案摘要 " + p.Scheme.Digest
	if p.Printed != "" {
		left += "　打印于 " + p.Printed
	}
	all.foot(left, pageOf)
	return all.pages
}

func pageOf(page, of int) string {
	return "第 " + strconv.Itoa(page) + " 页，共 " + strconv.Itoa(of) + " 页"
}

// fitting lays a side out by the first grade, from the chosen one on, by which
// it takes one page. Where none does, the type stays as the last grade has it.
func (j *job) fitting(p *paper, g *int, grades int, side func(*job, *paper) *flow) *flow {
	for {
		f := side(j, p)
		if len(f.pages) == 1 || *g == grades-1 {
			return f
		}
		*g++
		p.score()
		p.note()
	}
}

// headed begins a page with its heading.
func (j *job) headed(p *paper, heading string) *flow {
	f := newFlow(&j.setter, paperWidth, paperHeight)
	if p.Label != "" {
		f.words(say(p.Label, center), 9)
	}
	f.words(say(heading, center), titleSize)
	f.gap(6)
	return f
}

// front lays out the page with the scores.
func (j *job) front(p *paper) *flow {
	f := j.headed(p, p.School+"　"+p.Term+"　"+formTitle)
	f.who(p)
	f.gap(4)
	t := &table{flow: f, widths: portions(scoreWidths, f.body()), size: frontGrades[p.Front].Size, padY: rowPad, rule: 0.5,
		head: [][]cell{heads("指标", "权重", "满分", "得分", "计入总分", "怎么算的")}}
	t.begin()
	for _, s := range p.Scores {
		row := []cell{say(s.Name, left), say(s.Weight, center), say(s.Full, right), say(s.Value, right), say(s.Part, right), say(s.How, left)}
		for i := range row {
			row[i].fill = s.Top
		}
		t.row(row...)
	}
	t.end()
	f.gap(4)
	f.sum(p)
	for _, c := range p.Consequences {
		f.gap(2)
		box := &table{flow: f, widths: []float64{f.body()}, size: 9, padY: 2, rule: 1}
		box.begin()
		box.row(say("※ "+c.Name+"　"+c.Text+"（"+c.Clause+"）", left))
		box.end()
	}
	f.gap(3)
	f.words(say("得分供参考和提出建议；考核结论由考核委员会确定。", left), 7.5)
	f.gap(3)
	f.sign("本人意见：", "本人（签名）：", "考核小组（签名）：", "校长（签名、公章）：")
	return f
}

// who lays out whom the form is about and which scheme it follows.
func (f *flow) who(p *paper) {
	const name = 48.0
	short := (f.body() - 3*name) / 3
	t := &table{flow: f, widths: []float64{name, short, name, short, name, short}, size: 9.5, padY: 2, rule: 0.5}
	t.begin()
	label := func(s string) cell { c := say(s, center); c.fill = true; return c }
	t.row(label("姓名"), say(p.Name, left), label("工号"), say(p.Subject, left), label("岗位组"), say(p.Group, left))
	t.end()
	basis := p.Scheme.Policy
	if basis == "" {
		basis = "方案没有声明所依据的政策，未按任何政策的界限检查"
	}
	long := &table{flow: f, widths: []float64{name, f.body() - name}, size: 9.5, padY: 2, rule: 0.5}
	long.begin()
	long.row(label("方案"), say(p.Scheme.Title+"（第 "+strconv.Itoa(p.Scheme.Edition)+" 版，摘要 "+p.Scheme.Digest+"）", left))
	long.row(label("依据"), say(basis, left))
	long.end()
}

// sum lays out the total, or why there is none.
func (f *flow) sum(p *paper) {
	if p.Total == "" {
		f.words(say(p.NoTotal, left), 11)
		return
	}
	line := "总分 " + p.Total + "（满分 " + p.Full + "）"
	if p.Position != "" {
		line += "　" + p.Position
	}
	f.words(say(line, left), 12)
}

// sign leaves room for an opinion over the whole width, and below it for
// signatures with their dates side by side.
func (f *flow) sign(opinion string, names ...string) {
	const tall, low, size = 72.0, 34.0, 9.5
	f.need(tall + low + 1)
	put := func(s string, x, y float64) { f.line(f.ink(span{text: s}), x, y, size) }
	top, width := f.y, f.body()/float64(len(names))
	f.across(top, 0.5)
	f.across(top+low, 0.5)
	f.across(top+low+tall, 0.5)
	put(opinion, marginSide+5, top+14)
	const date = "年　　月　　日"
	for i, s := range names {
		x := marginSide + float64(i)*width
		put(s, x+5, top+low+14)
		put(date, x+width-6-points(widthOf(f.ink(span{text: date})), size), top+low+tall-7)
		if i > 0 {
			f.box(mark{X: x, Y: top + low, W: 0.5, H: tall})
		}
	}
	f.box(mark{X: marginSide, Y: top, W: 0.5, H: low + tall})
	f.box(mark{X: f.width - marginSide, Y: top, W: 0.5, H: low + tall + 0.5})
	f.y = top + low + tall + 1
}

// back lays out the page with the notes.
func (j *job) back(p *paper) *flow {
	f := j.headed(p, p.Name+"（工号 "+p.Subject+"）　"+notesTitle)
	size := backGrades[p.Back].Size
	t := &table{flow: f, widths: portions(noteWidths, f.body()), size: size, padY: rowPad, rule: 0.5,
		head: [][]cell{heads("指标", "得分 / 满分", "怎么得来的；规则；条款和材料")}}
	t.begin()
	for _, n := range p.Notes {
		how := []span{{text: n.How}}
		if n.Rule != "" {
			how = append(how, span{"　规则：" + n.Rule, grey})
		}
		how = append(how, span{"　［" + n.Tail + "］", grey})
		t.row(say(n.Name, left), say(n.Value, right), cell{spans: how})
	}
	t.end()
	f.gap(3)
	for _, s := range p.Findings {
		f.words(say("请注意："+s, left), 7.5)
	}
	end := "逐条材料见“考核得分说明”。本人数据摘要 " + p.Facts
	if p.Proof != "" {
		end += "；" + p.Proof
	}
	f.words(say(end, left), 7.5)
	return f
}

// heads makes a table's head.
func heads(names ...string) []cell {
	out := make([]cell, len(names))
	for i, s := range names {
		out[i] = cell{spans: []span{{text: s}}, align: center, fill: true}
	}
	return out
}

// portions divides a width by shares.
func portions(shares []float64, width float64) []float64 {
	out := make([]float64, len(shares))
	for i, s := range shares {
		out[i] = s * width
	}
	return out
}
