package sheet

import (
	"path"
	"strconv"
	"strings"

	"shiji/internal/fault"
)

// relation is one line of a .rels part.
type relation struct {
	id     string
	kind   string // last word of the type's address
	target string // name of a part, "" when outside the file
}

type relations []relation

// byID returns the relation with the id, a zero one when there is none.
func (rs relations) byID(id string) relation {
	for _, r := range rs {
		if r.id == id {
			return r
		}
	}
	return relation{}
}

// only returns the part that is so related, "" when there is none. Two would
// leave it to the reader which of them counts, so they are refused.
func (rs relations) only(kind string) (string, error) {
	target := ""
	for _, r := range rs {
		if r.kind != kind {
			continue
		}
		if target != "" {
			return "", fault.New(fault.Refused, "sheet.zip-duplicate", r.target).WithHint("sheet.hint-resave")
		}
		target = r.target
	}
	return target, nil
}

// readBook follows the file's own table of contents: content types, the
// workbook part, and from it sheets, styles and shared strings.
func (w *Workbook) readBook() error {
	if err := w.checkContents(); err != nil {
		return err
	}
	root, err := w.relations("_rels/.rels", "")
	if err != nil {
		return err
	}
	book, err := root.only("officeDocument")
	switch {
	case err != nil:
		return err
	case strings.HasSuffix(book, ".bin"):
		return fault.New(fault.Invalid, "sheet.file-xlsb").WithHint("sheet.hint-save-xlsx")
	case book == "":
		return fault.New(fault.Invalid, "sheet.file-not-xlsx").WithHint("sheet.hint-save-xlsx")
	}
	dir, base := path.Split(book)
	rels, err := w.relations(dir+"_rels/"+base+".rels", dir)
	if err != nil {
		return err
	}
	for _, r := range rels {
		switch r.kind {
		case "externalLink", "externalLinkPath":
			return fault.New(fault.Refused, "sheet.external-links").WithHint("sheet.hint-external-links")
		case "vbaProject", "xlMacrosheet", "xlIntlMacrosheet":
			return fault.New(fault.Refused, "sheet.macros").WithHint("sheet.hint-macros")
		}
	}
	if err := w.readSheets(book, rels); err != nil {
		return err
	}
	if err := w.readRelated(rels, "styles", w.readStyles); err != nil {
		return err
	}
	return w.readRelated(rels, "sharedStrings", w.readStrings)
}

// readRelated reads the only part of the kind, if the workbook names one.
func (w *Workbook) readRelated(rels relations, kind string, read func(string) error) error {
	target, err := rels.only(kind)
	if err != nil || target == "" {
		return err
	}
	if w.pack.parts[strings.ToLower(target)] == nil {
		return fault.New(fault.Invalid, "sheet.zip-missing", target).WithHint("sheet.hint-resave")
	}
	return read(target)
}

// checkContents refuses macros by the types the file declares for its parts,
// and tells a spreadsheet of another suite from a broken workbook.
func (w *Workbook) checkContents() error {
	macros, binary := false, false
	found, err := w.pack.walk("[Content_Types].xml", "Types", spaceContents, func(s *scanner) error {
		return s.children(func() error {
			t := strings.ToLower(string(s.attr("ContentType")))
			macros = macros || strings.Contains(t, "macroenabled") || strings.Contains(t, "vbaproject") || strings.Contains(t, "activex")
			binary = binary || strings.Contains(t, "excel.sheet.binary")
			return s.skip()
		})
	})
	switch {
	case err != nil:
		return err
	case macros:
		return fault.New(fault.Refused, "sheet.macros").WithHint("sheet.hint-macros")
	case binary:
		return fault.New(fault.Invalid, "sheet.file-xlsb").WithHint("sheet.hint-save-xlsx")
	case !found && w.pack.parts["content.xml"] != nil:
		return fault.New(fault.Invalid, "sheet.file-ods").WithHint("sheet.hint-save-xlsx")
	case !found:
		return fault.New(fault.Invalid, "sheet.file-not-xlsx").WithHint("sheet.hint-save-xlsx")
	}
	return nil
}

// relations reads a .rels part whose targets are relative to dir. A part that
// does not exist relates to nothing.
func (w *Workbook) relations(name, dir string) (relations, error) {
	var rels relations
	_, err := w.pack.walk(name, "Relationships", spacePackage, func(s *scanner) error {
		return s.children(func() error {
			id, kind, target := string(s.attr("Id")), string(s.attr("Type")), string(s.attr("Target"))
			if id == "" || rels.byID(id).id != "" || s.space != spacePackage {
				return errSyntax
			}
			if len(rels) == w.pack.limits.Entries {
				return errToken // more than there can be parts
			}
			r := relation{id: id, kind: path.Base(kind)}
			if string(s.attr("TargetMode")) != "External" {
				if rest, ok := strings.CutPrefix(target, "/"); ok {
					r.target = path.Clean(rest)
				} else {
					r.target = path.Join(dir, target)
				}
			}
			if strings.HasPrefix(r.target, "..") {
				return fault.New(fault.Refused, "sheet.zip-name", target).WithHint("sheet.hint-resave")
			}
			rels = append(rels, r)
			return s.skip()
		})
	})
	return rels, err
}

// readSheets reads the workbook part.
func (w *Workbook) readSheets(book string, rels relations) error {
	names, parts := map[string]bool{}, map[string]bool{}
	found, err := w.pack.walk(book, "workbook", spaceMain, func(s *scanner) error {
		return s.children(func() error {
			switch {
			case s.is("workbookPr"):
				v := string(s.attr("date1904"))
				w.Date1904 = v == "1" || v == "true"
			case s.is("sheets"):
				return s.children(func() error {
					r := rels.byID(string(s.attrIn(spaceRel, "id")))
					sheet := Sheet{Name: string(s.attr("name")), Hidden: strings.HasSuffix(strings.ToLower(string(s.attr("state"))), "hidden"), part: r.target}
					fold := strings.ToLower(sheet.Name)
					switch {
					case !s.is("sheet"):
						return errSyntax
					case sheet.Name == "" || names[fold]:
						return fault.New(fault.Invalid, "sheet.sheet-name", sheet.Name).WithHint("sheet.hint-resave")
					case r.kind == "chartsheet" || r.kind == "dialogsheet":
						return s.skip() // no cells
					case r.kind != "worksheet" || parts[r.target] || w.pack.parts[strings.ToLower(r.target)] == nil:
						return fault.New(fault.Invalid, "sheet.sheet-part", sheet.Name).WithHint("sheet.hint-resave")
					}
					names[fold], parts[r.target] = true, true
					w.Sheets = append(w.Sheets, sheet)
					return s.skip()
				})
			}
			return s.skip()
		})
	})
	if err == nil && (!found || len(w.Sheets) == 0) {
		return fault.New(fault.Invalid, "sheet.no-sheets").WithHint("sheet.hint-resave")
	}
	return err
}

// readStyles learns which cell styles show a number as a date.
func (w *Workbook) readStyles(name string) error {
	custom := map[int]bool{}
	_, err := w.pack.walk(name, "styleSheet", spaceMain, func(s *scanner) error {
		return s.children(func() error {
			switch {
			case s.is("numFmts"):
				return s.children(func() error {
					if id, err := strconv.Atoi(string(s.attr("numFmtId"))); err == nil {
						custom[id] = isDateFormat(string(s.attr("formatCode")))
					}
					return s.skip()
				})
			case s.is("cellXfs"):
				return s.children(func() error {
					id, err := strconv.Atoi(string(s.attr("numFmtId")))
					if err != nil && s.attr("numFmtId") != nil {
						return errSyntax
					}
					date, own := custom[id]
					w.dates = append(w.dates, own && date || !own && isDateFormatID(id))
					return s.skip()
				})
			}
			return s.skip()
		})
	})
	return err
}

// isDateFormatID knows the formats a file need not spell out, with those that
// Excel reserves for Chinese (27–36, 50–58).
func isDateFormatID(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}

// isDateFormat reports whether a format code shows a date or a time: one of
// y m d h s, or an era's e, stands in its first section outside quotes,
// escapes and brackets.
func isDateFormat(code string) bool {
	code = strings.ReplaceAll(strings.ToLower(code), "general", "")
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			return false
		case '\\', '_', '*':
			i++ // the next character is shown, left as room, or repeated
		case '"':
			n := strings.IndexByte(code[i+1:], '"')
			if n < 0 {
				return false
			}
			i += n + 1
		case '[':
			n := strings.IndexByte(code[i:], ']')
			if n < 0 {
				return false
			}
			if in := code[i+1 : i+n]; in != "" && strings.Trim(in, in[:1]) == "" && strings.Contains("hms", in[:1]) {
				return true // elapsed time, [h]:mm
			}
			i += n
		case 'y', 'm', 'd', 'h', 's':
			return true
		case 'e':
			if i+1 == len(code) || code[i+1] != '+' && code[i+1] != '-' {
				return true
			}
		}
	}
	return false
}
