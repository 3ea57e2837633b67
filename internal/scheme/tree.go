package scheme

// Bounds on a scheme: what people write stays far below them, and a hostile file
// cannot make checking or evaluating it a matter of minutes.
const (
	MaxNodes    = 2000
	MaxLevels   = 20
	MaxMeasures = 500
	MaxGroups   = 100
	MaxEntries  = 500  // of gates, opened guards, departures and bounds each
	MaxBits     = 4096 // of a number on the way to a value
)

// link fills the tree of nodes, so that nobody has to look for them again.
func (s *Scheme) link() {
	s.byID, s.byName = map[string]*Node{}, map[string][]*Node{}
	for _, n := range s.Nodes {
		if s.byID[n.ID] == nil { // of two, Check tells
			s.byID[n.ID] = n
		}
		s.byName[n.Name] = append(s.byName[n.Name], n)
	}
	for _, n := range s.Nodes {
		if n.Parent == "" {
			s.roots = append(s.roots, n)
		} else if n.above = s.byID[n.Parent]; n.above != nil {
			n.above.kids = append(n.above.kids, n)
		}
	}
}

// named returns the nodes with that name, at any level.
func (s *Scheme) named(name string) []*Node { return s.byName[name] }

// Node returns the node with that id, or nil.
func (s *Scheme) Node(id string) *Node { return s.byID[id] }

// Children returns the nodes right below id; "" stands for the root.
func (s *Scheme) Children(id string) []*Node {
	kids := s.roots
	if id != "" {
		n := s.byID[id]
		if n == nil {
			return nil
		}
		kids = n.kids
	}
	return kids[:len(kids):len(kids)]
}

// below returns the nearest node above n, or n itself, of that name; nil if
// there is none.
func (n *Node) below(name string) *Node {
	for range MaxLevels {
		if n == nil || n.Name == name {
			break
		}
		n = n.above
	}
	if n == nil || n.Name != name {
		return nil
	}
	return n
}

// inheritedGroups returns the groups of the nearest node above n that states
// any; nil for all. What stands below a node is for no more groups than it.
func (s *Scheme) inheritedGroups(n *Node) []string {
	for range MaxLevels {
		if n = n.above; n == nil || n.Groups != nil {
			break
		}
	}
	if n == nil {
		return nil
	}
	return n.Groups
}

// Level returns how deep n lies: 1 for 一级指标. It counts no further than one
// level too many.
func (s *Scheme) Level(n *Node) int {
	level := 0
	for ; n != nil && level <= MaxLevels; n = n.above {
		level++
	}
	return level
}

// circular reports whether no way leads up from n to the root.
func (s *Scheme) circular(n *Node) bool {
	for range s.Nodes {
		if n = n.above; n == nil {
			return false
		}
	}
	return true
}
