package scheme

import (
	"slices"

	"shiji/internal/num"
)

// GroupCap holds the mean of its one child over Groups to at most Share of the
// mean of another node over Against (济宁2018 三(三)2, 三(四)). How the group
// meets the cap is the school's to declare: "scale" multiplies everyone by the
// same factor, "shift" takes the same number of points from everyone.
//
// Except names a coded fact; a person who has it with one of ExceptCodes keeps
// the own value. The others then give way, so that the exception lifts a person
// and not the mean.
type GroupCap struct {
	Groups      []string
	Against     []string
	Node        string // id of the node whose mean over Against counts
	Share       num.Q
	How         string
	Except      string
	ExceptCodes []string
}

func (*GroupCap) Kind() string { return "group-cap" }

func (f *GroupCap) Reads() Reads {
	r := Reads{Nodes: []string{f.Node}, Kids: true}
	if f.Except != "" {
		r.Codes = []string{f.Except}
	}
	return r
}

// Capped reports whether group is held to the cap.
func (f *GroupCap) Capped(group string) bool { return slices.Contains(f.Groups, group) }

func readGroupCap(p *Params) Form {
	f := &GroupCap{
		Groups: p.Texts("groups"), Against: p.Texts("against"), Node: p.Text("node"), Share: p.Q("share"),
		How: p.MustOneOf("how", "scale", "shift"),
	}
	if m := p.Map("except"); m != nil {
		f.Except, f.ExceptCodes = m.Text("fact"), m.Texts("is")
		m.End()
	}
	if len(f.Groups) == 0 {
		p.Fault("", "scheme.missing-key", "groups")
	}
	if len(f.Against) == 0 {
		p.Fault("", "scheme.missing-key", "against")
	}
	return f
}
