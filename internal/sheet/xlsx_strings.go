package sheet

import (
	"bytes"
	"math"
	"strings"
	"unicode/utf8"

	"shiji/internal/fault"
)

// sharedStrings holds all shared strings end to end: cells get parts of one
// string, so that two million cells cost no allocation.
type sharedStrings struct {
	all  string
	ends []uint32
}

// at returns the string with the index, false when there is none.
func (t *sharedStrings) at(i int) (string, bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.all[start:t.ends[i]], true
}

// readStrings reads the shared strings. Each takes at least five bytes of the
// part ("<si/>"), so the limit on unpacked bytes bounds their number.
func (w *Workbook) readStrings(name string) error {
	var all strings.Builder
	if f := w.pack.parts[strings.ToLower(name)]; f != nil {
		all.Grow(int(f.UncompressedSize64 / 2)) // tags and counts are about the rest
	}
	var one []byte
	_, err := w.pack.walk(name, "sst", spaceMain, func(s *scanner) error {
		return s.children(func() (err error) {
			if !s.is("si") {
				return s.skip()
			}
			if one, err = s.richText(one[:0]); err != nil {
				return err
			}
			if len(one) > w.pack.limits.CellBytes {
				return fault.New(fault.TooLarge, "sheet.shared-string-long", len(w.strings.ends), w.pack.limits.CellBytes).WithHint("sheet.hint-resave")
			}
			all.Write(one)
			if all.Len() > math.MaxUint32 {
				return errToken
			}
			w.strings.ends = append(w.strings.ends, uint32(all.Len()))
			return nil
		})
	})
	w.strings.all = all.String()
	return err
}

// richText appends the text of the open si or is element to dst: plain, or in
// runs of one format each. Phonetic runs (rPh) are reading aids, not text.
func (s *scanner) richText(dst []byte) ([]byte, error) {
	start := len(dst)
	err := s.children(func() (err error) {
		switch {
		case s.is("t"):
			dst, err = s.elementText(dst)
		case s.is("r"):
			err = s.children(func() (err error) {
				if !s.is("t") {
					return s.skip()
				}
				dst, err = s.elementText(dst)
				return err
			})
		default:
			err = s.skip()
		}
		return err
	})
	return unescape(dst, start), err
}

// unescape decodes _xHHHH_ behind start in place: the way workbooks write
// characters that XML cannot hold, such as _x000D_.
func unescape(b []byte, start int) []byte {
	if !bytes.Contains(b[start:], []byte("_x")) {
		return b
	}
	out := b[:start]
	for i := start; i < len(b); i++ {
		if r, ok := escaped(b[i:]); ok {
			out = utf8.AppendRune(out, r)
			i += 6
			continue
		}
		out = append(out, b[i])
	}
	return out
}

// escaped decodes _xHHHH_ at the head of b. Halves of surrogate pairs stay as
// they are written.
func escaped(b []byte) (rune, bool) {
	if len(b) < 7 || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		d := hexDigit(c)
		if d < 0 {
			return 0, false
		}
		r = r<<4 | d
	}
	return r, utf8.ValidRune(r)
}
