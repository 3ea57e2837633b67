package sheet

import "bytes"

const (
	nameStart = 1 // may begin a name
	namePart  = 2 // may follow
)

// nameClass knows the names that workbooks use: ASCII only.
var nameClass = func() (t [256]byte) {
	for c := range t {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
			t[c] = nameStart
		case '0' <= c && c <= '9', c == '-', c == '.':
			t[c] = namePart
		}
	}
	return t
}()

// readStart reads a start tag. The tag may reach beyond the window; then it is
// read anew from its '<' once more bytes are there, which doubles the window
// and so happens a handful of times at most.
func (s *scanner) readStart() (token, error) {
	for {
		n, err := s.parseStart(s.buf[s.pos:s.end])
		if err != nil {
			return 0, err
		}
		if n > 0 {
			return s.pushElement(n)
		}
		s.scratch = s.scratch[:0]
		if !s.more() {
			return 0, s.short()
		}
	}
}

// parseStart reads the tag at the head of b into prefix, name and attrs, and
// returns its length, or 0 when b ends within it.
func (s *scanner) parseStart(b []byte) (int, error) {
	s.attrs = s.attrs[:0]
	i, ok := qualified(b, 1)
	if i == len(b) {
		return 0, nil
	}
	if !ok {
		return 0, errSyntax
	}
	s.name = b[1:i]
	for {
		blank := i
		for i < len(b) && isSpace(b[i]) {
			i++
		}
		if i == len(b) {
			return 0, nil
		}
		switch b[i] {
		case '>':
			s.selfEnd = false
			return i + 1, nil
		case '/':
			if i+1 == len(b) {
				return 0, nil
			}
			if b[i+1] != '>' {
				return 0, errSyntax
			}
			s.selfEnd = true
			return i + 2, nil
		}
		if blank == i {
			return 0, errSyntax
		}
		n, err := s.parseAttribute(b, i)
		if n == 0 || err != nil {
			return 0, err
		}
		i = n
	}
}

// parseAttribute reads name="value" at b[i:], and returns where it ends, or 0
// when b ends within it.
func (s *scanner) parseAttribute(b []byte, i int) (int, error) {
	start := i
	i, ok := qualified(b, start)
	if i == len(b) {
		return 0, nil
	}
	if !ok {
		return 0, errSyntax
	}
	a := attribute{name: b[start:i]}
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	if i < len(b) && b[i] != '=' {
		return 0, errSyntax
	}
	i++
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	if i >= len(b) {
		return 0, nil
	}
	quote := b[i]
	if quote != '"' && quote != '\'' {
		return 0, errSyntax
	}
	i++
	n := bytes.IndexByte(b[i:], quote)
	if n < 0 {
		return 0, nil
	}
	value, err := s.decode(b[i : i+n])
	if err != nil {
		return 0, err
	}
	a.value = value
	if colon := bytes.IndexByte(a.name, ':'); colon >= 0 {
		a.prefix, a.name = a.name[:colon], a.name[colon+1:]
	}
	for k := range s.attrs {
		if bytes.Equal(s.attrs[k].name, a.name) && bytes.Equal(s.attrs[k].prefix, a.prefix) {
			return 0, errSyntax
		}
	}
	if len(s.attrs) == maxAttributes {
		return 0, errToken
	}
	s.attrs = append(s.attrs, a)
	return i + n + 1, nil
}

// qualified returns where the name at b[i:] ends, and whether it is one: at
// most one colon, with a name on either side.
func qualified(b []byte, i int) (int, bool) {
	part, colons := i, 0
	for ; i < len(b); i++ {
		c := b[i]
		if c == ':' {
			if colons++; colons > 1 || i == part {
				return i, false
			}
			part = i + 1
			continue
		}
		if k := nameClass[c]; k == 0 || i == part && k != nameStart {
			break
		}
	}
	return i, i > part
}

// pushElement opens the element just parsed, n bytes long, and resolves its
// namespace.
func (s *scanner) pushElement(n int) (token, error) {
	if len(s.open) == maxDepth {
		return 0, errDepth
	}
	if len(s.open) == 0 && s.rooted {
		return 0, errSyntax // a second root
	}
	s.rooted = true
	e := openElement{name: len(s.names), bindings: len(s.bindings), plain: s.plain}
	s.names = append(s.names, s.name...)
	for _, a := range s.attrs {
		switch {
		case len(a.prefix) == 0 && string(a.name) == "xmlns":
			s.bind("", a.value)
		case string(a.prefix) == "xmlns":
			if len(a.value) == 0 || string(a.name) == "xmlns" || string(a.name) == "xml" {
				return 0, errSyntax
			}
			s.bind(string(a.name), a.value)
		}
	}
	prefix, local := []byte(nil), s.name
	if colon := bytes.IndexByte(s.name, ':'); colon >= 0 {
		prefix, local = s.name[:colon], s.name[colon+1:]
	}
	space, ok := s.resolve(prefix)
	if !ok {
		return 0, errSyntax
	}
	e.space, e.local = space, e.name+len(s.name)-len(local)
	s.open = append(s.open, e)
	s.name, s.space = local, space
	s.pos += n
	s.kind = tokenStart
	return tokenStart, nil
}

func (s *scanner) bind(prefix string, uri []byte) {
	space, ok := spaces[string(uri)]
	if !ok {
		space = spaceOther
	}
	if prefix == "" {
		s.plain = space
		return
	}
	s.bindings = append(s.bindings, binding{prefix, space})
}

// resolve returns the namespace of an element's prefix, false for one that was
// not declared. An attribute without a prefix has no namespace: never ask.
func (s *scanner) resolve(prefix []byte) (space, bool) {
	if len(prefix) == 0 {
		return s.plain, true
	}
	for i := len(s.bindings) - 1; i >= 0; i-- {
		if s.bindings[i].prefix == string(prefix) {
			return s.bindings[i].space, true
		}
	}
	if string(prefix) == "xml" {
		return spaceOther, true
	}
	return spaceNone, false
}

// attr returns the value of the attribute without a prefix, nil when absent.
func (s *scanner) attr(name string) []byte {
	for i := range s.attrs {
		if len(s.attrs[i].prefix) == 0 && string(s.attrs[i].name) == name {
			return s.attrs[i].value
		}
	}
	return nil
}

// attrIn returns the value of the attribute in a namespace, nil when absent.
func (s *scanner) attrIn(in space, name string) []byte {
	for i := range s.attrs {
		if len(s.attrs[i].prefix) > 0 && string(s.attrs[i].name) == name {
			if sp, _ := s.resolve(s.attrs[i].prefix); sp == in {
				return s.attrs[i].value
			}
		}
	}
	return nil
}

// is reports whether the current element is name in SpreadsheetML.
func (s *scanner) is(name string) bool {
	return s.space == spaceMain && string(s.name) == name
}

// skip reads on to the end of the element whose start was returned last.
func (s *scanner) skip() error {
	for depth := len(s.open); ; {
		t, err := s.next()
		if err != nil {
			return err
		}
		if t == tokenEnd && len(s.open) < depth {
			return nil
		}
	}
}

// elementText appends the text of the element whose start was returned last to
// dst and reads to its end; an element within is refused.
func (s *scanner) elementText(dst []byte) ([]byte, error) {
	for {
		t, err := s.next()
		switch {
		case err != nil:
			return dst, err
		case t == tokenEnd:
			return dst, nil
		case t != tokenText:
			return dst, errSyntax
		}
		dst = append(dst, s.text...)
	}
}
