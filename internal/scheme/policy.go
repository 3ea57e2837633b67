package scheme

import (
	_ "embed"
	"encoding/csv"
	"strings"
)

// Policy is a policy text as data: what it is, which tables and bounds it sets.
// Its status and dates are printed wherever it is cited.
type Policy struct {
	Name      string // jining-2018
	Title     string
	Status    string // 试行, 征求意见稿, 有效
	Issuer    string
	Issued    string // date
	Effective string // date, or a phrase the policy uses
	Vetoes    []Veto
	Tables    []*Table
	Bounds    []*Bound
}

// Cite returns how the policy is cited on paper: title, status, issuer, dates.
func (p *Policy) Cite() string {
	return "《" + p.Title + "》（" + p.Status + "，" + p.Issuer + "，" + p.Issued + "印发，" + p.Effective + "起执行）"
}

// Veto is one behaviour that overrides every score.
type Veto struct{ No, Text, Clause string }

// Force says how strictly a bound holds.
type Force string

// The three forces of a bound. A bound of force Principle may be left with a
// reason and an approval, which show on every result.
const (
	Must      Force = "必须"
	Principle Force = "原则上"
	May       Force = "可"
)

// Guard is a legal limit later than the policies: what it keeps off stays off
// until an office opens it, and what it blocks cannot be opened.
type Guard struct{ Key, Default, Text, Basis string }

// Blocked reports whether no office may open the guard.
func (g Guard) Blocked() bool { return strings.HasPrefix(g.Default, "blocked") }

//go:embed guards.csv
var guardsCSV string

// Guards are the legal limits by key, from domain/policy_guards.csv.
var Guards = readGuards(guardsCSV)

func readGuards(text string) map[string]Guard {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		panic("scheme: guards.csv: " + err.Error()) // embedded: cannot differ from what was tested
	}
	guards := map[string]Guard{}
	for _, r := range rows[1:] {
		guards[r[0]] = Guard{Key: r[0], Default: r[1], Text: r[2], Basis: r[3]}
	}
	return guards
}

func readPolicy(p *Params) *Policy {
	pol := &Policy{
		Name: p.Text("policy"), Title: p.Text("title"), Status: p.Text("status"), Issuer: p.Text("issuer"),
		Issued: p.Text("issued"), Effective: p.Text("effective"), Tables: readTables(p),
	}
	for _, m := range p.Maps("vetoes") {
		pol.Vetoes = append(pol.Vetoes, Veto{m.Text("no"), m.Text("text"), m.Text("clause")})
		m.End()
	}
	for _, m := range p.Maps("bounds") {
		pol.Bounds = append(pol.Bounds, readBound(m))
	}
	p.End()
	p.most("bounds", len(pol.Bounds), MaxEntries)
	return pol
}

func readTables(p *Params) []*Table {
	var out []*Table
	for _, e := range p.Entries("tables") {
		t := &Table{Name: e.Name, Clause: e.Text("clause"), Keys: e.Texts("keys")}
		for _, row := range e.Maps("rows") {
			cells := map[string]string{}
			for _, name := range row.Names() {
				cells[name] = row.Text(name)
			}
			for _, k := range t.Keys {
				if cells[k] == "" {
					row.Fault(k, "scheme.missing-key", k)
				}
			}
			t.Rows = append(t.Rows, cells)
		}
		e.End()
		out = append(out, t)
	}
	return out
}
