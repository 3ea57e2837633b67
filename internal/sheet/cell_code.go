package sheet

import (
	"strconv"
	"strings"

	"shiji/internal/fault"
)

// Code is one entry of a value list that cells may draw from.
type Code struct {
	Code    string   // what is stored: "0"
	Name    string   // what people read: "否"
	Aliases []string // other names that mean the same
}

// String returns the code as templates show it: "0-否".
func (c Code) String() string {
	if c.Name == "" || c.Name == c.Code {
		return c.Code
	}
	return c.Code + "-" + c.Name
}

// ParseCode reads a cell of a value list as one of allowed and returns its
// Code: from the pair (0-否), the code, the name or an alias. A pair whose two
// halves name different entries is a conflict. Where a code has leading zeros
// that Excel dropped (01 stored as the number 1), the number finds it if no
// other entry fits.
func ParseCode(c Cell, allowed []Code) (string, *fault.Error) {
	if f := unusable(c); f != nil {
		return "", f
	}
	s := tidied(c)
	if s == "" {
		return "", at(fault.New(fault.Missing, "sheet.cell-blank"), c)
	}
	if c.Kind == Number {
		d, f := parseLiteral(c)
		if f != nil {
			return "", f
		}
		s = d
	}
	if c.Kind == Date {
		return "", at(fault.New(fault.Invalid, "sheet.text-is-date", shownDate(c)).WithHint("sheet.hint-as-text"), c)
	}
	if i := findCode(allowed, s); i >= 0 {
		return allowed[i].Code, nil
	}
	if c.Kind == Number {
		if i := findNumber(allowed, s); i >= 0 {
			return allowed[i].Code, nil
		}
	}
	if i := strings.IndexAny(s, "-:—_ .、"); i > 0 {
		left := s[:i]
		right := strings.TrimLeft(s[i:], "-:—_ .、")
		a, b := findCode(allowed, left), findName(allowed, right)
		switch {
		case a >= 0 && a == b:
			return allowed[a].Code, nil
		case a >= 0 && b >= 0:
			return "", at(fault.New(fault.Conflict, "sheet.code-conflict", clip(s), allowed[a].String(), allowed[b].String()), c)
		}
	}
	return "", at(fault.New(fault.Invalid, "sheet.code-unknown", clip(s), ListCodes(allowed)), c)
}

// findCode returns the entry whose code, name or alias is s, or -1.
func findCode(allowed []Code, s string) int {
	for i := range allowed {
		if same(allowed[i].Code, s) {
			return i
		}
	}
	return findName(allowed, s)
}

func findName(allowed []Code, s string) int {
	for i := range allowed {
		if same(allowed[i].Name, s) {
			return i
		}
		for _, a := range allowed[i].Aliases {
			if same(a, s) {
				return i
			}
		}
	}
	return -1
}

// same compares without regard to case and width.
func same(entry, s string) bool {
	return entry != "" && strings.EqualFold(HalfWidth(entry), s)
}

// findNumber returns the only entry whose code is s behind leading zeros.
func findNumber(allowed []Code, s string) int {
	found := -1
	for i := range allowed {
		code := allowed[i].Code
		if isDigits(code) && strings.TrimLeft(code, "0") == strings.TrimLeft(s, "0") && s != "" && isDigits(s) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// ListCodes words a value list for a fault: its first entries, and how many
// there are when that is not all.
func ListCodes(allowed []Code) string {
	const most = 12
	var names []string
	for _, c := range allowed[:min(most, len(allowed))] {
		names = append(names, c.String())
	}
	list := strings.Join(names, "、")
	if len(allowed) > most {
		list += "等 " + strconv.Itoa(len(allowed)) + " 种"
	}
	return list
}
