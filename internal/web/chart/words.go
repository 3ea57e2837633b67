package chart

import "strings"

// em guesses the width of a text in units of its type size: Chinese fonts are square, Latin ones about half as wide.
func em(s string) float64 {
	w := 0.0
	for _, r := range s {
		w += emOf(r)
	}
	return w
}

func emOf(r rune) float64 {
	if r < 0x2000 {
		return 0.6
	}
	return 1
}

// wrap breaks a name into at most two lines of the given width, and cuts the second with an ellipsis: the full name
// stands in the description and in the table beside the drawing.
func wrap(name string, width float64) []string {
	first, rest := take(strings.TrimSpace(name), width)
	if rest == "" {
		return []string{first}
	}
	second, rest := take(rest, width)
	if rest != "" {
		second, _ = take(second, width-1)
		second += "…"
	}
	return []string{first, second}
}

// cut shortens a text to one line of the given width.
func cut(s string, width float64) string {
	if head, rest := take(s, width); rest == "" {
		return head
	}
	head, _ := take(s, width-1)
	return head + "…"
}

// take splits a text where it reaches the width.
func take(s string, width float64) (head, rest string) {
	w := 0.0
	for i, r := range s {
		if w += emOf(r); w > width {
			return s[:i], s[i:]
		}
	}
	return s, ""
}
