package scheme

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"shiji/internal/fault"
	"shiji/internal/num"
)

// Params reads the keys of one mapping of a scheme file. Each reader method
// takes a key, notes that it is known, and records a fault with the line when
// the value is missing or of the wrong shape; End records every key that
// nobody asked for. So a whole file is read once and all its faults are told.
type Params struct {
	node   *yaml.Node
	place  fault.Place // File, and Sheet naming the section or node
	faults *fault.List
	seen   []string
}

// Into returns p with its faults going to l instead, and with notes of its own
// of which keys are known, so that another room can read the same mapping.
func (p *Params) Into(l *fault.List) *Params {
	c := *p
	c.faults, c.seen = l, slices.Clone(p.seen)
	return &c
}

// Line returns the line of the mapping in its file.
func (p *Params) Line() int { return p.node.Line }

// Fault records a fault about key (the mapping itself if "").
func (p *Params) Fault(key, message string, args ...any) {
	at := p.place
	at.Row, at.Field = p.node.Line, key
	if v := p.find(key); v != nil {
		at.Row = v.Line
	}
	p.faults.Addf(fault.Invalid, at, message, args...)
}

func (p *Params) find(key string) *yaml.Node {
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		if p.node.Content[i].Value == key {
			return p.node.Content[i+1]
		}
	}
	return nil
}

func (p *Params) take(key string) *yaml.Node {
	p.seen = append(p.seen, key)
	return p.find(key)
}

// takeKind takes what is written under key, nil when it is not of that kind.
func (p *Params) takeKind(key string, kind yaml.Kind, otherwise string) *yaml.Node {
	n := p.take(key)
	if n != nil && n.Kind != kind {
		p.Fault(key, otherwise, key)
		return nil
	}
	return n
}

// Has reports whether key is written.
func (p *Params) Has(key string) bool { return p.find(key) != nil }

// End records the keys that no reader asked for.
func (p *Params) End() {
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		if k := p.node.Content[i].Value; !slices.Contains(p.seen, k) {
			p.Fault(k, "scheme.unknown-key", k, strings.Join(p.seen, "、"))
		}
	}
}

// Text returns the text of key, which must be there.
func (p *Params) Text(key string) string {
	if s, ok := p.OptText(key); ok {
		return s
	}
	p.missing(key)
	return ""
}

func (p *Params) missing(key string) {
	if !p.Has(key) {
		p.Fault("", "scheme.missing-key", key)
	}
}

// OptText returns the text of key, and false when it is not written.
func (p *Params) OptText(key string) (string, bool) {
	n := p.take(key)
	if n == nil {
		return "", false
	}
	if n.Kind != yaml.ScalarNode {
		p.Fault(key, "scheme.want-text", key)
		return "", false
	}
	return n.Value, true
}

// OneOf returns the text of key, which must be one of allowed; the first of
// them stands for a key that is not written.
func (p *Params) OneOf(key string, allowed ...string) string {
	s, ok := p.OptText(key)
	if !ok {
		return allowed[0]
	}
	return p.among(key, s, allowed)
}

// MustOneOf is OneOf for a choice the scheme has to state.
func (p *Params) MustOneOf(key string, allowed ...string) string {
	s, ok := p.OptText(key)
	if !ok {
		p.Fault("", "scheme.missing-choice", key, strings.Join(allowed, "、"))
		return allowed[0]
	}
	return p.among(key, s, allowed)
}

func (p *Params) among(key, s string, allowed []string) string {
	if !slices.Contains(allowed, s) {
		p.Fault(key, "scheme.not-allowed", s, strings.Join(allowed, "、"))
		return allowed[0]
	}
	return s
}

// Q returns the number of key, which must be there.
func (p *Params) Q(key string) num.Q {
	q, ok := p.OptQ(key)
	if !ok {
		p.missing(key)
	}
	return q
}

// QOr returns the number of key, or def when it is not written.
func (p *Params) QOr(key string, def num.Q) num.Q {
	if q, ok := p.OptQ(key); ok {
		return q
	}
	return def
}

// OptQ returns the number of key, and false when it is not written.
func (p *Params) OptQ(key string) (num.Q, bool) {
	n := p.take(key)
	if n == nil {
		return num.Q{}, false
	}
	return p.number(key, n)
}

func (p *Params) number(key string, n *yaml.Node) (num.Q, bool) {
	q, err := num.Parse(strings.TrimSpace(n.Value))
	if n.Kind != yaml.ScalarNode || err != nil {
		p.Fault(key, "scheme.want-number", n.Value)
		return num.Q{}, false
	}
	return q, true
}

// IntOr returns the whole number of key in [lo, hi], or def when it is not written.
func (p *Params) IntOr(key string, def, lo, hi int) int {
	q, ok := p.OptQ(key)
	if !ok {
		return def
	}
	n, whole := q.Int64()
	if !whole || n < int64(lo) || n > int64(hi) {
		p.Fault(key, "scheme.want-whole", q.String(), lo, hi)
		return def
	}
	return int(n)
}

// Texts returns the texts of the list under key; nil when it is not written.
func (p *Params) Texts(key string) []string {
	n := p.take(key)
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	if n.Kind != yaml.SequenceNode {
		p.Fault(key, "scheme.want-list", key)
		return nil
	}
	var out []string
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode {
			p.Fault(key, "scheme.want-text", key)
			continue
		}
		out = append(out, c.Value)
	}
	return out
}

// NamedQ is one entry of a mapping from names to numbers.
type NamedQ struct {
	Name string
	Q    num.Q
}

// Numbers returns the entries of the mapping under key in the file's order;
// nil when it is not written.
func (p *Params) Numbers(key string) []NamedQ {
	n := p.takeKind(key, yaml.MappingNode, "scheme.want-mapping")
	if n == nil {
		return nil
	}
	var out []NamedQ
	for i := 0; i+1 < len(n.Content); i += 2 {
		if q, ok := p.number(key, n.Content[i+1]); ok {
			out = append(out, NamedQ{n.Content[i].Value, q})
		}
	}
	return out
}

// Map returns the mapping under key; nil when it is not written.
func (p *Params) Map(key string) *Params {
	n := p.takeKind(key, yaml.MappingNode, "scheme.want-mapping")
	if n == nil {
		return nil
	}
	return p.at(n)
}

// Maps returns the mappings in the list under key.
func (p *Params) Maps(key string) []*Params {
	n := p.takeKind(key, yaml.SequenceNode, "scheme.want-list")
	if n == nil {
		return nil
	}
	var out []*Params
	for i, c := range n.Content {
		if c.Kind != yaml.MappingNode {
			p.Fault(key, "scheme.want-mapping", fmt.Sprintf("%s[%d]", key, i+1))
			continue
		}
		out = append(out, p.at(c))
	}
	return out
}

// Entry is one named mapping inside a mapping.
type Entry struct {
	Name string
	*Params
}

// Entries returns the mappings inside the mapping under key, in the file's
// order. An entry written as null is an empty mapping.
func (p *Params) Entries(key string) []Entry {
	n := p.takeKind(key, yaml.MappingNode, "scheme.want-mapping")
	if n == nil {
		return nil
	}
	var out []Entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, v := n.Content[i].Value, n.Content[i+1]
		switch {
		case v.Kind == yaml.MappingNode:
		case v.Kind == yaml.ScalarNode && v.Tag == "!!null":
			v = &yaml.Node{Kind: yaml.MappingNode, Line: v.Line}
		default:
			p.Fault(key, "scheme.want-mapping", name)
			continue
		}
		out = append(out, Entry{name, p.at(v)})
	}
	return out
}

// Names returns the keys of the mapping itself, in the file's order.
func (p *Params) Names() []string {
	var out []string
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		out = append(out, p.node.Content[i].Value)
	}
	return out
}

// In returns p with faults naming section as their place.
func (p *Params) In(section string) *Params {
	c := *p
	c.place.Sheet = section
	return &c
}

func (p *Params) at(n *yaml.Node) *Params {
	return &Params{node: n, place: p.place, faults: p.faults}
}
