// Package text is the message catalogue: it turns fault keys, states and codes
// into Chinese. No other room holds sentences for people, except explain, which
// words results.
package text

import (
	"fmt"
	"strings"

	"shiji/internal/fault"
)

// catalogues are the rooms' own parts, one file each; keys start with the
// room's name and a dot. A value is a fmt format whose verbs take the fault's
// Args in order ("%[1]v").
var catalogues = []map[string]string{
	schemeText, evidenceText, sheetText, measureText, evalText, appText, operatorText, storeText, auditText, printText, authText, orgText, webText, configText, cmdText,
}

// Lookup returns the format behind key, and false when the catalogue lacks it.
func Lookup(key string) (string, bool) {
	for _, c := range catalogues {
		if s, ok := c[key]; ok {
			return s, true
		}
	}
	return "", false
}

// Sprintf fills the catalogue's format behind key with args. A key that the
// catalogue lacks shows as itself, which a test forbids for keys in the source.
func Sprintf(key string, args ...any) string {
	s, ok := Lookup(key)
	if !ok {
		return strings.TrimSpace(fmt.Sprintln(append([]any{key}, args...)...))
	}
	if !strings.Contains(s, "%[") {
		return strings.ReplaceAll(s, "%%", "%") // a sentence that needs none of the args
	}
	return fmt.Sprintf(s, args...)
}

// Fault words e for the person who can mend it: place, what is wrong, way out.
func Fault(e *fault.Error) string {
	var b strings.Builder
	if p := Place(e.Where); p != "" {
		b.WriteString(p + "：")
	}
	b.WriteString(Sprintf(e.Key, e.Args...))
	if e.Hint != "" {
		b.WriteString(" " + Sprintf(e.Hint, e.Args...))
	}
	return b.String()
}

// Place words p as a clerk would say it: 文件 a.xlsx，工作表「出勤」，F12（8日）.
func Place(p fault.Place) string {
	var parts []string
	if p.File != "" {
		parts = append(parts, p.File)
	}
	if p.Sheet != "" {
		parts = append(parts, "「"+p.Sheet+"」")
	}
	switch {
	case p.Row > 0 && p.Column > 0:
		parts = append(parts, fmt.Sprintf("第 %d 行 %s 列（%s）", p.Row, fault.ColumnName(p.Column), p.Cell()))
	case p.Row > 0:
		parts = append(parts, fmt.Sprintf("第 %d 行", p.Row))
	case p.Column > 0:
		parts = append(parts, fmt.Sprintf("第 %s 列", fault.ColumnName(p.Column)))
	}
	if p.Field != "" {
		parts = append(parts, "“"+p.Field+"”")
	}
	return strings.Join(parts, " ")
}
