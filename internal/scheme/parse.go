package scheme

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"

	"shiji/internal/fact"
	"shiji/internal/fault"
	"shiji/internal/num"
)

// MaxFile bounds a scheme or policy file, in bytes.
const MaxFile = 1 << 20

// File is a scheme or policy file: its name for faults, and its text.
type File struct {
	Name string
	Text []byte
}

// Parse reads a scheme and, if given, the policy it follows. It returns every
// fault of shape at once; whether the parts agree is Check's to say.
func Parse(schemeFile File, policyFile *File) (*Scheme, error) {
	var faults fault.List
	var trees []*yaml.Node
	s := &Scheme{File: schemeFile.Name}
	if p := document(schemeFile, &faults); p != nil {
		readScheme(p, s)
		trees = append(trees, p.node)
	}
	if policyFile != nil {
		if p := document(*policyFile, &faults); p != nil {
			s.Policy = readPolicy(p)
			trees = append(trees, p.node)
		}
	}
	if err := faults.Err(); err != nil {
		sortFaults(&faults)
		return nil, err
	}
	s.link()
	for _, n := range s.Nodes {
		if n.Form == nil && len(n.kids) > 0 {
			n.Form = &WeightedSum{}
		}
		if n.Groups == nil {
			n.Groups = s.inheritedGroups(n)
		}
	}
	s.Source = canonical(trees)
	s.Digest = fact.DigestOfText(s.Source)
	return s, nil
}

// PolicyName returns the policy that the scheme in file says it follows, "" if
// none: what a caller has to load before Parse.
func PolicyName(file File) string {
	var head struct {
		Policy string `yaml:"policy"`
	}
	if len(file.Text) > MaxFile || yaml.Unmarshal(file.Text, &head) != nil {
		return "" // Parse tells what is wrong with the file
	}
	return head.Policy
}

// document reads one YAML document of the plain kind schemes are written in: a
// mapping without anchors, tags or duplicate keys.
func document(f File, faults *fault.List) *Params {
	at := fault.Place{File: f.Name}
	if len(f.Text) > MaxFile {
		faults.Addf(fault.TooLarge, at, "scheme.too-large", len(f.Text), MaxFile)
		return nil
	}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(f.Text))
	if err := dec.Decode(&doc); err != nil {
		faults.Add(fault.New(fault.Invalid, "scheme.yaml", err.Error()).At(at).Because(err))
		return nil
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		faults.Addf(fault.Invalid, at, "scheme.yaml-mapping")
		return nil
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		faults.Addf(fault.Invalid, at, "scheme.yaml-mapping")
		return nil
	}
	before := faults.Len()
	plain(doc.Content[0], at, faults, 0)
	if faults.Len() > before {
		return nil
	}
	return &Params{node: doc.Content[0], place: at, faults: faults}
}

const maxDepth = 40

func plain(n *yaml.Node, at fault.Place, faults *fault.List, depth int) {
	at.Row = n.Line
	switch {
	case depth > maxDepth:
		faults.Addf(fault.TooLarge, at, "scheme.too-deep", maxDepth)
		return
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		faults.Addf(fault.Invalid, at, "scheme.anchor")
		return
	case n.Style&yaml.TaggedStyle != 0:
		faults.Addf(fault.Invalid, at, "scheme.tag", n.Tag)
	}
	if n.Kind == yaml.MappingNode {
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind != yaml.ScalarNode {
				faults.Addf(fault.Invalid, at, "scheme.key-text")
				continue
			}
			if seen[k.Value] {
				at.Row, at.Field = k.Line, k.Value
				faults.Addf(fault.Conflict, at, "scheme.duplicate-key", k.Value)
			}
			seen[k.Value] = true
		}
	}
	for _, c := range n.Content {
		plain(c, at, faults, depth+1)
	}
}

// canonical returns the effective scheme's bytes: JSON with sorted keys and
// every scalar as its text. Comments and layout do not count.
func canonical(trees []*yaml.Node) string {
	var parts []any
	for _, t := range trees {
		parts = append(parts, tree(t))
	}
	b, err := json.Marshal(parts)
	if err != nil {
		panic("scheme: canonical bytes: " + err.Error()) // maps, slices and strings always marshal
	}
	return string(b)
}

func tree(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		// Order counts where names are listed (measures, groups), so a mapping is
		// a list of pairs; only then do equal bytes mean equal schemes.
		out := make([]any, 0, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			out = append(out, []any{n.Content[i].Value, tree(n.Content[i+1])})
		}
		return map[string]any{"m": out}
	case yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, c := range n.Content {
			out[i] = tree(c)
		}
		return out
	}
	return n.Value
}

func readScheme(p *Params, s *Scheme) {
	s.Name, s.Title = p.Text("scheme"), p.Text("title")
	s.Edition = p.IntOr("edition", 1, 1, 9999)
	p.OptText("policy")
	if m := p.Map("rounding"); m != nil {
		s.Rounding = Rounding{m.IntOr("places", 4, 0, 12), m.IntOr("contributions", 2, 0, 6), readMode(m)}
		m.End()
	} else {
		p.Fault("", "scheme.missing-key", "rounding")
		s.Rounding = Rounding{4, 2, num.HalfUp}
	}
	s.Total = readTotal(p)
	s.Missing = readMissing(p)
	s.Tables = readTables(p)
	for _, e := range p.Entries("groups") {
		s.Groups = append(s.Groups, Group{e.Name, e.Texts("posts"), e.Texts("positions"), e.Texts("stages"), e.Texts("subjects"), e.Line()})
		e.End()
	}
	for _, e := range p.Entries("measures") {
		s.Measures = append(s.Measures, readMeasure(e))
	}
	for _, m := range p.Maps("nodes") {
		s.Nodes = append(s.Nodes, readNode(m))
	}
	for _, m := range p.Maps("gates") {
		s.Gates = append(s.Gates, readGate(m))
	}
	for _, m := range p.Maps("open-guards") {
		s.Opened = append(s.Opened, OpenGuard{m.Text("guard"), m.Text("office"), m.Text("reason"), m.Line()})
		m.End()
	}
	for _, m := range p.Maps("departures") {
		s.Departures = append(s.Departures, Departure{m.Text("bound"), m.Text("reason"), m.Text("approval"), m.Line()})
		m.End()
	}
	p.End()
	p.most("nodes", len(s.Nodes), MaxNodes)
	p.most("measures", len(s.Measures), MaxMeasures)
	p.most("groups", len(s.Groups), MaxGroups)
	p.most("gates", len(s.Gates), MaxEntries)
	p.most("open-guards", len(s.Opened), MaxEntries)
	p.most("departures", len(s.Departures), MaxEntries)
}

// most refuses more entries under key than a scheme may have.
func (p *Params) most(key string, n, most int) {
	if n > most {
		p.Fault(key, "scheme.too-many", key, n, most)
	}
}

func readTotal(p *Params) Total {
	t := Total{Full: num.Int(100), Places: 2, Ties: "shared"}
	m := p.Map("total")
	if m == nil {
		p.missing("total")
		return t
	}
	if s, ok := m.OptText("points"); ok {
		t.None = m.among("points", s, []string{"none"}) == "none"
		m.End()
		return t
	}
	t.Full, t.Places = m.QOr("full", num.Int(100)), m.IntOr("places", 2, 0, 6)
	t.Ties = m.MustOneOf("ties", "shared", "dense")
	if c := m.Map("bonus_cap"); c != nil {
		b := &BonusCap{Share: c.Q("share")}
		if of := c.Text("of"); of == "base" {
			b.OfBase = true
		} else if q, err := num.Parse(of); err == nil {
			b.Of = q
		} else {
			c.Fault("of", "scheme.want-number", of)
		}
		c.End()
		t.BonusCap = b
	}
	m.End()
	return t
}

func readMissing(p *Params) Missing {
	m := p.Map("missing")
	if m == nil {
		return nil
	}
	out := Missing{}
	for _, name := range m.Names() {
		state, ok := fact.ParseState(name)
		if !ok {
			m.Fault(name, "scheme.not-allowed", name, "not-applicable、excused、not-yet、refused")
			m.OptText(name)
			continue
		}
		how := m.Text(name)
		switch q, err := num.Parse(how); {
		case how == "reweight" || how == "block":
			out[state] = MissingRule{How: how}
		case err == nil:
			out[state] = MissingRule{How: "value", Value: q}
		default:
			m.Fault(name, "scheme.not-allowed", how, "reweight、block、分数")
		}
	}
	m.End()
	return out
}

func readMeasure(e Entry) Measure {
	m := Measure{Name: e.Name, From: e.Text("from"), Clause: e.Text("clause"), Params: e.In("measures " + e.Name)}
	m.Unit, _ = m.Params.OptText("unit")
	m.Note, _ = m.Params.OptText("note")
	return m
}

func readNode(p *Params) *Node {
	id := p.Text("id")
	p = p.In("节点 " + id)
	n := &Node{ID: id, Name: p.Text("name"), Clause: p.Text("clause"), Full: p.QOr("full", num.Int(100)), Line: p.Line(), Groups: p.Texts("groups"), Missing: readMissing(p)}
	if n.Groups == nil && p.Has("groups") {
		n.Groups = []string{} // written as empty, which is not the same as not written
	}
	p.most("groups", len(n.Groups), MaxGroups)
	n.Parent, _ = p.OptText("parent")
	n.Weight, n.Weighted = p.OptQ("weight")
	n.Guard, _ = p.OptText("guard")
	n.Grounds, _ = p.OptText("grounds")
	n.Note, _ = p.OptText("note")
	n.Bonus = p.OneOf("bonus", "no", "yes") == "yes"
	n.Evidence = p.OneOf("evidence", "", "process", "final")
	if rule := p.Map("rule"); rule != nil {
		n.Form = readForm(rule)
	}
	p.End()
	return n
}

func readGate(p *Params) Gate {
	id := p.Text("id")
	p = p.In("gates " + id)
	g := Gate{ID: id, Name: p.Text("name"), Clause: p.Text("clause"), Effect: p.Text("effect"), Fact: p.Text("fact"), Line: p.Line()}
	ways := 0
	if q, ok := p.OptQ("below"); ok {
		g.Below, ways = &q, ways+1
	}
	if q, ok := p.OptQ("above"); ok {
		g.Above, ways = &q, ways+1
	}
	if g.Is = p.Texts("is"); g.Is != nil {
		ways++
	}
	if p.OneOf("any", "no", "yes") == "yes" {
		g.Any, ways = true, ways+1
	}
	g.Veto = p.OneOf("veto", "no", "yes") == "yes"
	if ways != 1 {
		p.Fault("", "scheme.gate-test", fmt.Sprint(ways))
	}
	p.End()
	return g
}

// sortFaults orders faults by file and line, as a person reads the file.
func sortFaults(l *fault.List) {
	slices.SortStableFunc(l.Faults, func(a, b *fault.Error) int {
		return cmp.Or(cmp.Compare(a.Where.File, b.Where.File), cmp.Compare(a.Where.Row, b.Where.Row))
	})
}
