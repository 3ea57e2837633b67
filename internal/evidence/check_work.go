package evidence

import (
	"fmt"
	"slices"
	"strings"
)

func (c *check) otherWork() {
	for i := range c.OtherWork {
		c.within(c.OtherWork[i].Line, "日期", c.OtherWork[i].Date)
	}
}

// attendance holds months inside the period and days inside their month.
func (c *check) attendance() {
	for i := range c.Attendance {
		a := &c.Attendance[i]
		if !validMonth(a.Month) {
			continue // reported with its column
		}
		if c.start != "" && (a.Month < c.start[:7] || a.Month > c.end[:7]) {
			c.conflict(a.Line, "月份", "evidence.outside-period", a.Month, c.start[:7], c.end[:7])
		}
		for d := DaysIn(a.Month); d < len(a.Days); d++ {
			if a.Days[d] != "" {
				c.conflict(a.Line, fmt.Sprint(d+1), "evidence.no-such-day", a.Month, d+1)
			}
		}
	}
}

func (c *check) events() {
	for i := range c.Events {
		c.within(c.Events[i].Line, "日期", c.Events[i].Date)
	}
}

func (c *check) inspections() {
	for i := range c.Inspections {
		x := &c.Inspections[i]
		c.within(x.Line, "日期", x.Date)
		c.score(x.Line, "得分", x.Score, x.Full)
	}
}

func (c *check) routines() {
	for i := range c.Routines {
		r := &c.Routines[i]
		c.within(r.Line, "日期", r.Date)
		c.score(r.Line, "得分", r.Score, r.Full)
	}
}

func (c *check) outcomes() {
	for i := range c.Outcomes {
		o := &c.Outcomes[i]
		c.within(o.Line, "日期", o.Date)
		if o.Rank.State == Given && o.Places.State == Given && o.Rank.Q.Cmp(o.Places.Q) > 0 {
			c.conflict(o.Line, "名次", "evidence.rank-beyond-places", o.Rank.Q.String(), o.Places.Q.String())
		}
	}
}

func (c *check) trainings() {
	for i := range c.Trainings {
		c.within(c.Trainings[i].Line, "日期", c.Trainings[i].Date)
	}
}

func (c *check) goals() {
	for i := range c.Goals {
		g := &c.Goals[i]
		c.score(g.Line, "得分", g.Score, g.Full)
	}
}

var (
	conductGrades  = []string{"优秀", "合格", "基本合格", "不合格"}
	decidedConduct = []string{"已认定", "复核申诉中", "已生效", "已撤销", "已解除"}
)

// conduct holds a yearly conclusion to its grades, and a confirmed breach to
// what makes it one: a state, and who decided it when.
func (c *check) conduct() {
	concluded := map[string]int{}
	for i := range c.Conduct {
		x := &c.Conduct[i]
		c.interval(x.Line, x.Happened, x.Decided, "发生日期", "认定日期")
		switch {
		case x.Kind == "年度结论":
			if !slices.Contains(conductGrades, x.Item) {
				c.conflict(x.Line, "条目", "evidence.unknown-code", x.Item, strings.Join(conductGrades, "、"))
			}
			if at, twice := concluded[x.Staff]; twice && c.Conduct[at].Item != x.Item {
				c.conflict(x.Line, "条目", "evidence.two-conclusions", x.Staff, c.Conduct[at].Item, c.Conduct[at].Line)
			} else if !twice {
				concluded[x.Staff] = i
			}
		case x.Kind == "违规认定" && x.State == "":
			c.missing(x.Line, "状态", "evidence.breach-needs")
		case x.Kind == "违规认定" && slices.Contains(decidedConduct, x.State):
			if x.Decided == "" {
				c.missing(x.Line, "认定日期", "evidence.breach-needs")
			}
			if x.By == "" {
				c.missing(x.Line, "认定单位", "evidence.breach-needs")
			}
		}
	}
}

func (c *check) committee() {
	for i := range c.Committee {
		x := &c.Committee[i]
		switch {
		case Value{Q: x.Score.Q, State: x.Score.State}.Empty() && x.Conclusion == "":
			c.missing(x.Line, "得分", "evidence.score-or-conclusion")
		case x.Score.State == Given && x.Full.State != Given:
			c.missing(x.Line, "满分", "evidence.required")
		}
		c.score(x.Line, "得分", x.Score, x.Full)
	}
}

// rowList words row numbers for a fault; lines that came from no file have none.
func rowList(lines []int) string {
	parts := make([]string, 0, len(lines))
	for _, n := range lines {
		if n > 0 {
			parts = append(parts, fmt.Sprint(n))
		}
	}
	return strings.Join(parts, "、")
}
