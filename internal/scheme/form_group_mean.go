package scheme

import "shiji/internal/num"

// GroupMean gives each person Share of the mean of another node over other
// groups: subjects without exams take the mean of those with.
type GroupMean struct {
	Node  string // id
	Of    []string
	Share num.Q
}

func (*GroupMean) Kind() string { return "group-mean" }

func (f *GroupMean) Reads() Reads { return Reads{Nodes: []string{f.Node}} }

func readGroupMean(p *Params) Form {
	return &GroupMean{Node: p.Text("node"), Of: p.Texts("of-groups"), Share: p.QOr("share", num.Int(1))}
}
