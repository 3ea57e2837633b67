package sheet

import (
	"fmt"
	"io"
	"strings"

	"shiji/internal/evidence"
)

// WriteFormats writes docs/formats.md: how a package is built, and a table of
// columns for each sheet, from the declarations that also drive template and
// reader.
func WriteFormats(w io.Writer) error {
	d := &formats{}
	limits := DefaultLimits()
	d.printf(formatsIntro,
		notesSheet+", "+codesSheet+", "+faultsSheet, limits.FileBytes>>20, limits.UnpackedBytes>>20, limits.Cells, maxLines)
	d.states()
	d.days()
	d.printf("## The sheets\n\n")
	d.overview()
	for _, s := range evidence.Sheets {
		d.sheet(s)
	}
	d.example()
	d.lists()
	_, err := io.WriteString(w, d.String())
	return err
}

type formats struct{ strings.Builder }

func (d *formats) printf(format string, args ...any) { fmt.Fprintf(d, format, args...) }

func (d *formats) states() {
	d.printf("### Words instead of a number\n\nMissing is not zero. A number or a mark may be replaced by one of these words, and the scheme says what each does.\n\n| meaning | words | where |\n|---|---|---|\n")
	for _, s := range []struct {
		state evidence.State
		name  string
		where string
	}{
		{evidence.NotApplicable, "does not concern this person (the same as a blank cell)", "numbers, marks"},
		{evidence.Excused, "concerns the person and is forgiven", "numbers, marks"},
		{evidence.NotYet, "still to come", "numbers, marks"},
		{evidence.Refused, "refused", "numbers, marks"},
		{evidence.Absent, "absent from the exam; absent is not 0", "marks only"},
	} {
		d.printf("| %s | %s | %s |\n", s.name, strings.Join(evidence.StateTokens(s.state), " "), s.where)
	}
	d.printf("\n")
}

func (d *formats) days() {
	d.printf("### Codes of a day\n\nA cell of 出勤 holds one code for the whole day, or two codes for morning and afternoon: 出病 is present in the morning and ill in the afternoon. A blank cell is a day on which the person was not employed here.\n\n| name | code | also read | meaning |\n|---|---|---|---|\n")
	for _, c := range evidence.Days {
		d.printf("| %s | %s | %s | %s |\n", c.Name, c.Code, strings.Join(c.Aliases, " "), dayGloss[c.Name])
	}
	d.printf("\n")
}

func (d *formats) overview() {
	d.printf("| sheet | what a line is | key of a line |\n|---|---|---|\n")
	for _, s := range evidence.Sheets {
		d.printf("| [%s](#%s) | %s | %s |\n", s.Name, s.Name, sheetGloss[s.Name].line, strings.Join(keyColumns(s), " + "))
	}
	d.printf("\n")
}

func keyColumns(s *evidence.Sheet) []string {
	var names []string
	for k := range s.Columns {
		if s.Columns[k].Key {
			names = append(names, s.Columns[k].Name)
		}
	}
	return names
}

func (d *formats) sheet(s *evidence.Sheet) {
	g := sheetGloss[s.Name]
	d.printf("### %s\n\n%s. %s\n\n", s.Name, upperFirst(g.line), s.Note)
	d.printf("| column | meaning | type | unit | required | allowed values | example | note |\n|---|---|---|---|---|---|---|---|\n")
	skipped := 0
	for k := range s.Columns {
		c := &s.Columns[k]
		if s.Name == "出勤" && c.Pair && k+1 < len(s.Columns) && c.Name != "1" {
			skipped++
			continue // 31 columns that differ in nothing but the day
		}
		required := ""
		if c.Required {
			required = "yes"
		}
		if c.Key {
			required = strings.TrimSpace(required + " (key)")
		}
		name := c.Name
		for _, a := range c.Aliases {
			name += "<br>= " + a
		}
		if c.Name == "31" && skipped > 0 {
			name = "… 31<br>= 31日"
		}
		d.printf("| %s | %s | %s | %s | %s | %s | %s | %s |\n", name, meaning(s, c), typeName(c), c.Unit, required, allowedValues(c), bar(c.Example), bar(c.Note))
	}
	d.printf("\n")
	for _, r := range g.rules {
		d.printf("- %s\n", r)
	}
	if len(g.rules) > 0 {
		d.printf("\n")
	}
}

// meaning words the column in English.
func meaning(s *evidence.Sheet, c *evidence.Column) string {
	switch {
	case c.Type == evidence.Mark:
		return "mark in the subject"
	case c.Pair:
		return "the day"
	}
	if g := columnGloss[s.Name+"/"+c.Name]; g != "" {
		return g
	}
	return columnGloss[c.Name]
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// bar keeps a cell's text from ending the table's cell.
func bar(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

func typeName(c *evidence.Column) string {
	switch c.Type {
	case evidence.ID:
		return "id"
	case evidence.Coded:
		return "code"
	case evidence.Number:
		if c.Places == 0 {
			return "whole number"
		}
		return fmt.Sprintf("number, ≤ %d decimals", c.Places)
	case evidence.Mark:
		return fmt.Sprintf("mark, ≤ %d decimals", c.Places)
	case evidence.Date:
		return "date"
	case evidence.Month:
		return "month"
	case evidence.List:
		return "list"
	}
	return "text"
}

// inlineCodes is how many values still read well within a table.
const inlineCodes = 9

func allowedValues(c *evidence.Column) string {
	var parts []string
	switch {
	case c.Pair:
		parts = append(parts, "[codes of a day](#codes-of-a-day)")
	case c.Codes != nil && len(c.Codes) <= inlineCodes:
		parts = append(parts, c.Allowed())
	case c.Codes != nil:
		parts = append(parts, "[list](#"+anchor(listName(c))+")")
	case c.Min != nil && c.Max != nil:
		parts = append(parts, c.Min.String()+"–"+c.Max.String())
	case c.Min != nil:
		parts = append(parts, "≥ "+c.Min.String())
	}
	if c.Refers != "" {
		parts = append(parts, "a line of "+c.Refers)
	}
	return strings.Join(parts, "; ")
}

func (d *formats) example() {
	d.printf("## A small package\n\nThese files in one folder are a package; `shiji evaluate` takes the folder.\n\n")
	for _, f := range smallest {
		d.printf("`%s`\n\n```csv\n%s```\n\n", f.name, f.text)
	}
}

// listName names a value list after the first column that draws from it.
func listName(c *evidence.Column) string {
	for _, s := range evidence.Sheets {
		for k := range s.Columns {
			if o := &s.Columns[k]; o.Codes != nil && &o.Codes[0] == &c.Codes[0] {
				return s.Name + " " + o.Name
			}
		}
	}
	return c.Name
}

func anchor(heading string) string { return strings.ReplaceAll(heading, " ", "-") }

// lists writes each value list once, with everything that is read for a value.
func (d *formats) lists() {
	d.printf("## Value lists\n\nA cell may hold the value, its code, code and value joined (`1-是`), or one of the other words. A pair whose halves disagree is a fault.\n\n")
	done := map[*evidence.Code]bool{}
	for _, s := range evidence.Sheets {
		for k := range s.Columns {
			c := &s.Columns[k]
			if c.Codes == nil || done[&c.Codes[0]] || c.Pair {
				continue
			}
			done[&c.Codes[0]] = true
			d.printf("### %s\n\n| value | code | also read |\n|---|---|---|\n", listName(c))
			for _, code := range c.Codes {
				d.printf("| %s | %s | %s |\n", code.Name, code.Code, strings.Join(code.Aliases, " "))
			}
			d.printf("\n")
		}
	}
}
