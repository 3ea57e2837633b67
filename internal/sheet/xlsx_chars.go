package sheet

import (
	"bytes"
	"unicode/utf8"
)

// decode resolves references and line ends of raw, and refuses characters that
// XML does not allow. Text without any of that is returned as it is.
func (s *scanner) decode(raw []byte) ([]byte, error) {
	var seen byte
	for _, c := range raw {
		seen |= charClass[c]
	}
	if seen == 0 {
		return raw, nil
	}
	if seen&charBad != 0 || seen&charWide != 0 && !isWide(raw) {
		return nil, errSyntax
	}
	if seen&charReturn != 0 {
		raw = s.newlines(raw)
	}
	if seen&charAmp == 0 {
		return raw, nil
	}
	start := len(s.scratch)
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			s.scratch = append(s.scratch, raw...)
			return s.scratch[start:], nil
		}
		s.scratch = append(s.scratch, raw[:i]...)
		raw = raw[i+1:]
		// The longest reference is &#1114111; with room for a few zeros.
		n := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
		if n < 0 {
			return nil, errSyntax
		}
		r, ok := reference(raw[:n])
		if !ok {
			return nil, errSyntax
		}
		s.scratch = utf8.AppendRune(s.scratch, r)
		raw = raw[n+1:]
	}
}

// newlines returns b with \r\n and \r as \n, as XML prescribes.
func (s *scanner) newlines(b []byte) []byte {
	start := len(s.scratch)
	for i, c := range b {
		if c == '\r' {
			if i+1 < len(b) && b[i+1] == '\n' {
				continue
			}
			c = '\n'
		}
		s.scratch = append(s.scratch, c)
	}
	return s.scratch[start:]
}

// reference returns the character behind the name between & and ;.
func reference(name []byte) (rune, bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	name, base := name[1:], rune(10)
	if name[0] == 'x' {
		name, base = name[1:], 16
	}
	var r rune
	for _, c := range name {
		d := hexDigit(c)
		if d < 0 || d >= base {
			return 0, false
		}
		if r = r*base + d; r > utf8.MaxRune {
			return 0, false
		}
	}
	return r, len(name) > 0 && isXMLChar(r)
}

func hexDigit(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

func isXMLChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

const (
	charAmp    = 1 << iota
	charReturn // \r
	charWide   // part of a character beyond ASCII
	charBad    // not allowed in XML, or not here
)

// charClass sorts bytes of text by what decode must do about them; 0 is nothing.
var charClass = func() (t [256]byte) {
	for c := range t {
		switch {
		case c == '&':
			t[c] = charAmp
		case c == '\r':
			t[c] = charReturn
		case c >= 0x80:
			t[c] = charWide
		case c < 0x20 && c != '\t' && c != '\n' || c == '<':
			t[c] = charBad
		}
	}
	return t
}()

// isWide reports whether b is UTF-8 within XML's characters.
func isWide(b []byte) bool {
	return utf8.Valid(b) && !bytes.Contains(b, []byte("\uFFFE")) && !bytes.Contains(b, []byte("\uFFFF"))
}

// isText reports whether b holds only XML's characters; '<' and '&' may stand.
func isText(b []byte) bool {
	for _, c := range b {
		if c < 0x20 && !isSpace(c) {
			return false
		}
	}
	return isWide(b)
}
