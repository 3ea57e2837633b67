package scheme

import (
	"sort"

	"shiji/internal/num"
)

// Form is one of the closed set of rule forms. Its type and parameters stand in
// form_<name>.go here, its arithmetic in eval, its Chinese sentence in explain,
// each in a file of the same name.
type Form interface {
	// Kind is the form's name in schemes. A form whose meaning changes gets a
	// new name; the old one stays, so that old results verify.
	Kind() string
	// Reads says what the form needs, for Check and Compile.
	Reads() Reads
}

// Reads names what a form reads. Names in Values resolve to a field of Over's
// table, a scalar fact, or the name of a child node, in that order.
type Reads struct {
	Values []string // names that carry numbers
	Codes  []string // names that carry codes
	Over   *Over    // applied to each line of a table, then combined
	Nodes  []string // other nodes by id, read for the cohort
	Kids   bool     // the node's children
	Peers  bool     // the own value's distribution among peers
}

// Over applies a form to each line of a repeated fact and combines the values.
type Over struct {
	Table   string
	Where   []Where
	Combine string // "mean", "sum", "max", "min", "weighted"
	By      string // weight field of "weighted"
	None    *num.Q // value when no line is left; nil: not applicable
}

// Where keeps the lines whose coded field is one of Codes.
type Where struct {
	Field string
	Codes []string
}

// Peers says among whom a distribution is taken.
type Peers struct {
	All  bool     // the whole cohort
	Same []string // those with the same codes in these facts; nil and not All: the own group
}

// readers are the forms by name. A new form is added here and nowhere else in
// this room but its own file.
var readers = map[string]func(p *Params) Form{
	"formula": readFormula, "count": readCount, "bands": readBands, "select": readSelect, "linear": readLinear,
	"ratio": readRatio, "rank": readRank, "difference": readDifference, "deduct": readDeduct,
	"raters": readRaters, "awards": readAwards, "pool-share": readPoolShare,
	"group-mean": readGroupMean, "group-cap": readGroupCap,
	"weighted-sum": readWeightedSum, "sum": readSum, "round": readRound, "record": readRecord,
}

// Forms returns the names of all rule forms, sorted.
func Forms() []string {
	var out []string
	for name := range readers {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

func readForm(p *Params) Form {
	kind := p.Text("form")
	read, ok := readers[kind]
	if !ok {
		if kind != "" {
			p.Fault("form", "scheme.unknown-form", kind, Forms())
		}
		return nil
	}
	f := read(p)
	p.End()
	return f
}

// readOver reads the keys that any per-line form may carry.
func readOver(p *Params) *Over {
	table, ok := p.OptText("over")
	if !ok {
		return nil
	}
	o := &Over{Table: table, Combine: p.MustOneOf("combine", "mean", "sum", "max", "min", "weighted")}
	if o.Combine == "weighted" {
		o.By = p.Text("by")
	}
	if q, ok := p.OptQ("none"); ok {
		o.None = &q
	}
	o.Where = readWhere(p)
	return o
}

func readWhere(p *Params) []Where {
	m := p.Map("where")
	if m == nil {
		return nil
	}
	var out []Where
	for _, field := range m.Names() {
		out = append(out, Where{field, m.Texts(field)})
	}
	return out
}

func (o *Over) codes() []string {
	if o == nil {
		return nil
	}
	var out []string
	for _, w := range o.Where {
		out = append(out, w.Field)
	}
	return out
}

func (o *Over) values() []string {
	if o == nil || o.By == "" {
		return nil
	}
	return []string{o.By}
}

func readPeers(p *Params) Peers {
	names := p.Texts("within")
	switch {
	case len(names) == 0 || len(names) == 1 && names[0] == "group":
		return Peers{}
	case len(names) == 1 && names[0] == "all":
		return Peers{All: true}
	}
	return Peers{Same: names}
}

// readExpr reads the formula under key, which must be there.
func readExpr(p *Params, key string) Expr {
	s := p.Text(key)
	if s == "" {
		return Literal{}
	}
	return parseExpr(p, key, s)
}

func readOptExpr(p *Params, key string) Expr {
	if s, ok := p.OptText(key); ok {
		return parseExpr(p, key, s)
	}
	return nil
}

func parseExpr(p *Params, key, s string) Expr {
	e, faults := ParseExpr(s)
	for _, f := range faults {
		p.Fault(key, f.Key, f.Args...)
	}
	if e == nil {
		return Literal{}
	}
	return e
}

// Limits clamp a form's value.
type Limits struct{ Cap, Floor *num.Q }

func readLimits(p *Params) (l Limits) {
	if q, ok := p.OptQ("cap"); ok {
		l.Cap = &q
	}
	if q, ok := p.OptQ("floor"); ok {
		l.Floor = &q
	}
	if l.Cap != nil && l.Floor != nil && l.Cap.Cmp(*l.Floor) < 0 {
		p.Fault("cap", "scheme.cap-below-floor", l.Cap.String(), l.Floor.String())
	}
	return l
}
