package main

import (
	"strings"
	"unicode"
)

// plain returns s as a terminal may show it. Names, file names and bundles come
// from others: what moves the cursor, colours or reverses text is replaced.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// oneLine is plain for a value within a sentence: a line end in it could pass
// for a sentence of ours.
func oneLine(s string) string {
	return strings.NewReplacer("\n", "�", "\u2028", "�", "\u2029", "�").Replace(plain(s))
}
