package print

import "strings"

// wrap breaks a text into lines no wider than limit, in thousandths of the type
// size, as Chinese is set (GB/T 15834): between any two characters, but no line
// begins with a closing sign or ends with an opening one, and numbers and Latin
// words stay whole. Only a word wider than a line is cut. Spaces at a break
// vanish. An empty text is one empty line.
func wrap(text []inked, limit int32) [][]inked {
	lines := [][]inked{}
	for first := true; first || len(text) > 0; first = false {
		n := fit(text, limit)
		lines = append(lines, trimRight(text[:n]))
		text = trimLeft(text[n:])
	}
	return lines
}

// fit returns how many characters the first line takes, at least one of any.
func fit(text []inked, limit int32) int {
	var width int32
	last := 0 // where the line may end
	for i, c := range text {
		if i > 0 && breakable(text[i-1].r, c.r) {
			last = i
		}
		if !isSpace(c.r) && width+c.width > limit && i > 0 { // spaces hang over the edge
			if last > 0 {
				return last
			}
			return i
		}
		width += c.width
	}
	return len(text)
}

// Signs that no line begins with, and none ends with.
const (
	closers = "。，、；：？！）》〉」』】〕〗］｝”’…—·～％‰℃°〃々ー)]}>,.;:!?%"
	openers = "（《〈「『【〔〖［｛“‘￥§№＃([{<"
)

func breakable(a, b rune) bool {
	switch {
	case isSpace(b), strings.ContainsRune(closers, b), strings.ContainsRune(openers, a):
		return false
	case isSpace(a):
		return true
	}
	return !isWord(a) || !isWord(b)
}

func isSpace(r rune) bool { return r == ' ' || r == '　' }

// isWord reports whether r is a letter or sign of alphabetic writing: those
// below the punctuation of U+2000 that Chinese uses too.
func isWord(r rune) bool { return r < 0x2000 && r != '×' && r != '÷' && r != '·' }

func trimRight(t []inked) []inked {
	for len(t) > 0 && isSpace(t[len(t)-1].r) {
		t = t[:len(t)-1]
	}
	return t
}

func trimLeft(t []inked) []inked {
	for len(t) > 0 && isSpace(t[0].r) {
		t = t[1:]
	}
	return t
}

func widthOf(t []inked) int32 {
	var w int32
	for _, c := range t {
		w += c.width
	}
	return w
}

// cut shortens t to limit, ending with an ellipsis.
func (s *setter) cut(t []inked, limit int32) []inked {
	if widthOf(t) <= limit {
		return t
	}
	dots := s.ink(span{text: "…"})
	limit -= widthOf(dots)
	var w int32
	for i, c := range t {
		if w += c.width; w > limit {
			return append(t[:i:i], dots...)
		}
	}
	return t
}
