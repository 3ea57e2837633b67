package sheet

import (
	"bytes"
	"errors"
	"io"
)

// scanner reads the XML of a workbook's parts. It knows the subset that
// spreadsheet programs write: UTF-8, elements, attributes, text, CDATA,
// comments, the five entities and character references. A document type or any
// other entity is refused, so nothing can expand; a token longer than maxToken
// is refused, so nothing grows. What it accepts, encoding/xml accepts with the
// same meaning (fuzzed); it exists because encoding/xml takes ten times as long.
//
// Names, attributes and text are valid until the next call of next.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int   // unread bytes are buf[pos:end]
	dropped  int64 // bytes of the part before buf[0]
	readErr  error // what ended reading, io.EOF in a sound part

	kind  token
	name  []byte // local name of the element
	space space  // its namespace
	attrs []attribute
	text  []byte

	scratch  []byte // decoded text and attribute values of the current token
	names    []byte // names of the open elements, one after the other
	open     []openElement
	bindings []binding
	plain    space // namespace of elements without a prefix
	selfEnd  bool  // the start just returned closes itself
	rooted   bool  // the root element was seen
}

type token uint8

const (
	tokenEOF token = iota
	tokenStart
	tokenEnd
	tokenText
)

// space is a namespace the reader cares for.
type space uint8

const (
	spaceNone space = iota
	spaceOther
	spaceMain     // SpreadsheetML, transitional or strict
	spaceRel      // r:id and the like
	spacePackage  // _rels/*.rels
	spaceContents // [Content_Types].xml
)

var spaces = map[string]space{
	"": spaceNone,
	"http://schemas.openxmlformats.org/spreadsheetml/2006/main":           spaceMain,
	"http://purl.oclc.org/ooxml/spreadsheetml/main":                       spaceMain,
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships": spaceRel,
	"http://purl.oclc.org/ooxml/officeDocument/relationships":             spaceRel,
	"http://schemas.openxmlformats.org/package/2006/relationships":        spacePackage,
	"http://schemas.openxmlformats.org/package/2006/content-types":        spaceContents,
}

type attribute struct {
	prefix, name, value []byte
}

type openElement struct {
	name     int // start of the name in names
	local    int // start of the local name in names
	space    space
	bindings int   // bindings before this element
	plain    space // scanner.plain before it
}

type binding struct {
	prefix string
	space  space
}

const (
	firstWindow   = 64 << 10
	maxToken      = 1 << 20
	maxDepth      = 64
	maxAttributes = 64
)

var (
	errSyntax   = errors.New("XML beyond the accepted subset")
	errDTD      = errors.New("document type declaration")
	errEncoding = errors.New("encoding other than UTF-8")
	errToken    = errors.New("token too long")
	errDepth    = errors.New("elements nested too deep")
)

func newScanner(r io.Reader) *scanner {
	return &scanner{r: r, buf: make([]byte, firstWindow)}
}

// offset returns how many bytes of the part lie before the current token.
func (s *scanner) offset() int64 { return s.dropped + int64(s.pos) }

// more brings further bytes into the window behind those from pos on, and
// reports whether it did. Afterwards pos has moved; slices into buf are stale.
func (s *scanner) more() bool {
	if s.readErr != nil {
		return false
	}
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.dropped += int64(s.pos)
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= maxToken {
			s.readErr = errToken
			return false
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	had := s.end
	for idle := 0; s.end < len(s.buf) && s.readErr == nil; idle++ {
		n, err := s.r.Read(s.buf[s.end:])
		if n > 0 {
			idle = 0
		} else if err == nil && idle > 100 {
			err = io.ErrNoProgress
		}
		s.end += n
		s.readErr = err
	}
	return s.end > had
}

// short is the error for a part that ends, or cannot be read, inside a token.
func (s *scanner) short() error {
	if s.readErr != nil && s.readErr != io.EOF {
		return s.readErr
	}
	return io.ErrUnexpectedEOF
}

// next reads the next token; at the end of a whole, sound document it returns
// tokenEOF. A self-closing element gives a start and an end.
func (s *scanner) next() (token, error) {
	s.scratch = s.scratch[:0]
	if s.selfEnd {
		s.selfEnd = false
		return s.popElement(), nil
	}
	if s.dropped == 0 && s.end == 0 {
		if err := s.begin(); err != nil {
			return 0, err
		}
	}
	for {
		if s.pos == s.end && !s.more() {
			if s.readErr != io.EOF || len(s.open) > 0 || !s.rooted {
				return 0, s.short()
			}
			s.kind = tokenEOF
			return tokenEOF, nil
		}
		if s.buf[s.pos] != '<' {
			found, err := s.readText()
			if err != nil || found {
				return tokenText, err
			}
			continue
		}
		if s.end-s.pos < 2 && !s.more() {
			return 0, s.short()
		}
		switch s.buf[s.pos+1] {
		case '/':
			return s.readEnd()
		case '?':
			if err := s.skipInstruction(); err != nil {
				return 0, err
			}
		case '!':
			found, err := s.readBang()
			if err != nil || found {
				return tokenText, err
			}
		default:
			return s.readStart()
		}
	}
}

// begin drops a byte order mark and checks the declaration's encoding.
func (s *scanner) begin() error {
	if !s.more() {
		return s.short()
	}
	if bytes.HasPrefix(s.buf[:s.end], []byte("\xef\xbb\xbf")) {
		s.pos = 3
	}
	if !isDeclaration(s.buf[s.pos:s.end]) {
		return nil
	}
	body := s.buf[s.pos+5 : s.end]
	n := bytes.Index(body, []byte("?>"))
	if n < 0 {
		return errSyntax
	}
	s.pos += 5 + n + 2
	return checkDeclaration(body[:n])
}

func isDeclaration(b []byte) bool {
	return len(b) > 5 && string(b[:5]) == "<?xml" && isSpace(b[5])
}

// checkDeclaration accepts version="1.0", optionally encoding and standalone,
// in that order, as the grammar demands.
func checkDeclaration(b []byte) error {
	stage := 0
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		if len(b) == 0 {
			if stage == 0 {
				return errSyntax
			}
			return nil
		}
		name, rest, ok := bytes.Cut(b, []byte("="))
		if !ok || len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
			return errSyntax
		}
		value, after, ok := bytes.Cut(rest[1:], rest[:1])
		if !ok || len(after) > 0 && !isSpace(after[0]) {
			return errSyntax
		}
		switch n := string(name); {
		case n == "version" && stage == 0 && string(value) == "1.0":
			stage = 1
		case n == "encoding" && stage == 1:
			if !bytes.EqualFold(value, []byte("utf-8")) {
				return errEncoding
			}
			stage = 2
		case n == "standalone" && (stage == 1 || stage == 2) && (string(value) == "yes" || string(value) == "no"):
			stage = 3
		default:
			return errSyntax
		}
		b = after
	}
}

// until makes the token that starts at pos and ends with mark whole in the
// window, looking behind the first skip bytes, and returns its length.
func (s *scanner) until(mark string, skip int) (int, error) {
	from := skip
	for {
		if s.end-s.pos > from {
			if i := bytes.Index(s.buf[s.pos+from:s.end], []byte(mark)); i >= 0 {
				return from + i + len(mark), nil
			}
			from = max(skip, s.end-s.pos-len(mark)+1)
		}
		if !s.more() {
			return 0, s.short()
		}
	}
}

func (s *scanner) skipInstruction() error {
	n, err := s.until("?>", 2)
	if err != nil {
		return err
	}
	body := s.buf[s.pos+2 : s.pos+n-2]
	i := 0
	for i < len(body) && nameClass[body[i]] != 0 {
		i++
	}
	target := body[:i]
	if i == 0 || nameClass[target[0]] != nameStart || bytes.EqualFold(target, []byte("xml")) ||
		i < len(body) && !isSpace(body[i]) || !isText(body) {
		return errSyntax
	}
	s.pos += n
	return nil
}

// readBang handles a comment (skipped) and CDATA (text); a document type is
// refused. It reports whether it found text.
func (s *scanner) readBang() (bool, error) {
	for s.end-s.pos < 9 {
		if !s.more() {
			break
		}
	}
	rest := s.buf[s.pos:s.end]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		n, err := s.until("--", 4)
		if err != nil {
			return false, err
		}
		if s.pos+n == s.end && !s.more() {
			return false, s.short()
		}
		if s.buf[s.pos+n] != '>' || !isText(s.buf[s.pos+4:s.pos+n-2]) {
			return false, errSyntax
		}
		s.pos += n + 1
		return false, nil
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		n, err := s.until("]]>", 9)
		if err != nil {
			return false, err
		}
		body := s.buf[s.pos+9 : s.pos+n-3]
		if len(s.open) == 0 || !isText(body) {
			return false, errSyntax
		}
		if bytes.IndexByte(body, '\r') >= 0 {
			body = s.newlines(body)
		}
		s.pos += n
		s.kind, s.text = tokenText, body
		return true, nil
	case bytes.HasPrefix(rest, []byte("<!DOCTYPE")):
		return false, errDTD
	}
	if len(rest) < 9 {
		return false, s.short()
	}
	return false, errSyntax
}

// readText reads character data up to the next tag. Between the root and the
// ends of the document only blanks may stand; they are skipped.
func (s *scanner) readText() (bool, error) {
	n := 0
	for {
		if i := bytes.IndexByte(s.buf[s.pos+n:s.end], '<'); i >= 0 {
			n += i
			break
		}
		n = s.end - s.pos
		if !s.more() {
			if s.readErr != io.EOF || len(s.open) > 0 {
				return false, s.short()
			}
			break
		}
	}
	raw := s.buf[s.pos : s.pos+n]
	if len(s.open) == 0 {
		if len(bytes.Trim(raw, " \t\r\n")) > 0 {
			return false, errSyntax
		}
		s.pos += n
		return false, nil
	}
	text, err := s.decode(raw)
	if err != nil {
		return false, err
	}
	if bytes.IndexByte(raw, ']') >= 0 && bytes.Contains(raw, []byte("]]>")) {
		return false, errSyntax
	}
	s.pos += n
	s.kind, s.text = tokenText, text
	return true, nil
}

func (s *scanner) readEnd() (token, error) {
	// Nearly every end tag is the open element's name and '>', and in the window.
	if len(s.open) > 0 {
		name := s.names[s.open[len(s.open)-1].name:]
		rest := s.buf[s.pos+2 : s.end]
		if len(rest) > len(name) && rest[len(name)] == '>' && string(rest[:len(name)]) == string(name) {
			s.pos += 2 + len(name) + 1
			return s.popElement(), nil
		}
	}
	n, err := s.until(">", 2)
	if err != nil {
		return 0, err
	}
	name := bytes.TrimRight(s.buf[s.pos+2:s.pos+n-1], " \t\r\n")
	if len(s.open) == 0 || !bytes.Equal(name, s.names[s.open[len(s.open)-1].name:]) {
		return 0, errSyntax
	}
	s.pos += n
	return s.popElement(), nil
}

func (s *scanner) popElement() token {
	top := s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
	s.name, s.space = s.names[top.local:], top.space
	s.names = s.names[:top.name]
	s.bindings, s.plain = s.bindings[:top.bindings], top.plain
	s.kind = tokenEnd
	return tokenEnd
}
