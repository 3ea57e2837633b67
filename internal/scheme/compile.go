package scheme

import "slices"

// Compiled is a checked scheme ready for evaluation: names resolved to
// indices, nodes in an order in which each comes after what it reads.
type Compiled struct {
	*Scheme
	Scalars []FactDecl       // by scalar index
	Tables  []TableDecl      // by table index
	Nodes   []*CompiledNode  // in evaluation order
	Roots   map[string][]int // level-1 nodes of a group, in written order
	byID    map[string]int
	scalar  map[string]int
	table   map[string]int
}

// TableDecl is a repeated fact with its fields.
type TableDecl struct {
	Name   string
	Fields []FactDecl
}

// Field returns the index of the field with that name, or -1.
func (t *TableDecl) Field(name string) int {
	return slices.IndexFunc(t.Fields, func(f FactDecl) bool { return f.Name == name })
}

// CompiledNode is a node with its place in the tree.
type CompiledNode struct {
	*Node
	Index   int
	Kids    []int // children, in written order; a group sees those that apply to it
	Parent  int   // -1 for level 1
	Reads   Reads
	Table   int // index of Reads.Over's table, or -1
	Missing Missing
	Closed  *Guard // the guard that keeps the node off, nil if it is open or has none
}

// ScalarIndex returns the index of the scalar fact with that name, or -1.
func (c *Compiled) ScalarIndex(name string) int { return index(c.scalar, name) }

// TableIndex returns the index of the table with that name, or -1.
func (c *Compiled) TableIndex(name string) int { return index(c.table, name) }

// NodeIndex returns the evaluation index of the node with that id, or -1.
func (c *Compiled) NodeIndex(id string) int { return index(c.byID, id) }

func index(m map[string]int, name string) int {
	if i, ok := m[name]; ok {
		return i
	}
	return -1
}

// Compile checks s against its policy and the facts that measures will yield,
// and orders it. The error lists every fault.
func Compile(s *Scheme, facts []FactDecl) (*Compiled, error) {
	c := &Compiled{Scheme: s, Roots: map[string][]int{}, byID: map[string]int{}, scalar: map[string]int{}, table: map[string]int{}}
	for _, f := range facts {
		if f.Table == "" {
			c.scalar[f.Name] = len(c.Scalars)
			c.Scalars = append(c.Scalars, f)
			continue
		}
		t, ok := c.table[f.Table]
		if !ok {
			t = len(c.Tables)
			c.table[f.Table] = t
			c.Tables = append(c.Tables, TableDecl{Name: f.Table})
		}
		c.Tables[t].Fields = append(c.Tables[t].Fields, f)
	}
	k := checker{Compiled: c}
	k.check()
	if err := k.faults.Err(); err != nil {
		sortFaults(&k.faults)
		return nil, err
	}
	c.order()
	return c, nil
}

// order fills Nodes so that each node comes after its children and after the
// nodes it reads for the cohort. Check has excluded cycles.
func (c *Compiled) order() {
	for _, n := range c.Scheme.Nodes {
		c.visit(n)
	}
	for _, n := range c.Nodes {
		n.Parent = c.NodeIndex(n.Node.Parent)
		for _, kid := range c.Children(n.ID) {
			n.Kids = append(n.Kids, c.byID[kid.ID])
		}
	}
	for _, g := range c.Groups {
		for _, n := range c.Children("") {
			if n.Applies(g.Name) {
				c.Roots[g.Name] = append(c.Roots[g.Name], c.byID[n.ID])
			}
		}
	}
}

func (c *Compiled) visit(n *Node) {
	if _, done := c.byID[n.ID]; done {
		return
	}
	for _, kid := range c.Children(n.ID) {
		c.visit(kid)
	}
	reads := n.Form.Reads()
	for _, id := range reads.Nodes {
		c.visit(c.Node(id))
	}
	node := &CompiledNode{Node: n, Index: len(c.Nodes), Reads: reads, Table: -1, Missing: Missing{}, Closed: c.closed(n)}
	if reads.Over != nil {
		node.Table = c.TableIndex(reads.Over.Table)
	}
	for state, rule := range c.Scheme.Missing {
		node.Missing[state] = rule
	}
	for state, rule := range n.Missing {
		node.Missing[state] = rule
	}
	c.byID[n.ID] = node.Index
	c.Nodes = append(c.Nodes, node)
}

// closed returns the guard that keeps n off: its own, or that of a node above,
// for other nodes may read what lies below a guarded one.
func (c *Compiled) closed(n *Node) *Guard {
	for ; n != nil; n = n.above {
		opened := slices.ContainsFunc(c.Opened, func(o OpenGuard) bool { return o.Guard == n.Guard })
		if n.Guard != "" && !opened {
			g := Guards[n.Guard]
			return &g
		}
	}
	return nil
}

// Resolved says what a name in a form stands for.
type Resolved struct {
	Kind  ResolvedKind
	Index int // field, scalar or node index
}

// ResolvedKind is the kind of thing a name stands for.
type ResolvedKind uint8

const (
	Unknown ResolvedKind = iota
	Field                // of the form's table
	Scalar
	Kid
)

// Resolve returns what name stands for in node n: a field of its table, a
// scalar fact, or a child.
func (c *Compiled) Resolve(n *Node, over *Over, name string) Resolved {
	if over != nil {
		if t := c.TableIndex(over.Table); t >= 0 {
			if f := c.Tables[t].Field(name); f >= 0 {
				return Resolved{Field, f}
			}
		}
	}
	if i := c.ScalarIndex(name); i >= 0 {
		return Resolved{Scalar, i}
	}
	for _, kid := range c.Children(n.ID) {
		if kid.Name == name {
			return Resolved{Kid, c.NodeIndex(kid.ID)}
		}
	}
	return Resolved{}
}

func (c *Compiled) coded(n *Node, over *Over, name string) (coded, known bool) {
	switch r := c.Resolve(n, over, name); r.Kind {
	case Field:
		return c.Tables[c.TableIndex(over.Table)].Fields[r.Index].Coded, true
	case Scalar:
		return c.Scalars[r.Index].Coded, true
	case Kid:
		// A record states a code; c.byID is filled only later, so look by name.
		return slices.ContainsFunc(c.Children(n.ID), func(kid *Node) bool { return kid.Name == name && kid.Pointless() }), true
	}
	return false, false
}
