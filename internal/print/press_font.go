package print

import (
	"fmt"
	"unicode"

	"github.com/signintech/gopdf"

	"shiji/internal/fault"
	"shiji/internal/text"
)

// Font is a TrueType file.
type Font struct {
	Name string // for messages, e.g. the file's name
	Data []byte
}

// Finding says that a person is shown with 〓 in place of a character that none
// of the fonts can draw.
type Finding struct {
	Subject, Name string // whom the paper is about; "" for what is nobody's own
	Rune          rune
}

// String words the finding for the office that prints.
func (f Finding) String() string {
	char, code := string(f.Rune), fmt.Sprintf("U+%04X", f.Rune)
	if f.Subject == "" && f.Name == "" {
		return text.Sprintf("print.glyph-missing", char, code)
	}
	return text.Sprintf("print.glyph-missing-of", char, code, f.Name, f.Subject)
}

// missingRune stands where a character cannot be drawn: printers have set it
// for a missing type since lead.
const missingRune = '〓'

// face is a font that was read.
type face struct {
	family string
	table  *gopdf.SubsetFontObj
}

// glyph is a character as a font draws it.
type glyph struct {
	face  int8
	width int32 // in thousandths of the type size
}

func (f *face) glyph(r rune) (glyph, bool) {
	index, err := f.table.CharCodeToGlyphIndex(r)
	if err != nil || index == 0 { // 0 is the font's own box for what it lacks
		return glyph{}, false
	}
	return glyph{width: int32(f.table.GlyphIndexToPdfWidth(index))}, true
}

// add reads a font. The library trusts a font's offsets, so a broken one may
// make it panic: that is an error of the file, not of the program.
func (p *Press) add(f Font) (err error) {
	broken := fault.New(fault.Invalid, "print.font-broken", f.Name).WithHint("print.hint-font")
	defer func() {
		if r := recover(); r != nil {
			err = broken.Because(fmt.Errorf("read font: %v", r))
		}
	}()
	family := fmt.Sprintf("SHIJIF+Face%d", len(p.faces)) // six letters and a plus mark a subset (ISO 32000-1, 9.6.4)
	table := &gopdf.SubsetFontObj{}
	if err := table.SetTTFData(f.Data); err != nil {
		return broken.Because(err)
	}
	if err := p.fonts.AddTTFFontData(family, f.Data); err != nil {
		return broken.Because(err)
	}
	p.faces = append(p.faces, face{family, table})
	return nil
}

// shaped are the scripts whose letters change with their neighbours or run from
// right to left. The library draws one character after another, so their words
// would come out wrong even where a font has the letters.
var shaped = []*unicode.RangeTable{
	unicode.Arabic, unicode.Devanagari, unicode.Hebrew, unicode.Mongolian, unicode.Syriac, unicode.Thaana, unicode.Tibetan, unicode.Mn, unicode.Cf,
}

// setter turns texts into characters ready to be drawn, and notes what cannot be.
type setter struct {
	press  *Press
	glyphs map[rune]glyph // met in this file

	subject, name string
	found         []Finding
	told          map[Finding]bool
	beyond        bool // a character beyond U+FFFF is drawn
}

// about says whom the following texts are about.
func (s *setter) about(subject, name string) { s.subject, s.name = subject, name }

// inked is a character ready to be drawn.
type inked struct {
	glyph
	r    rune
	tone tone
}

// span is a piece of text in one tone.
type span struct {
	text string
	tone tone
}

// ink sets spans as one text.
func (s *setter) ink(spans ...span) []inked {
	var out []inked
	for _, x := range spans {
		for _, r := range x.text {
			if unicode.IsSpace(r) && r != '　' {
				r = ' '
			}
			g, drawn := s.glyphOf(r)
			out = append(out, inked{g, drawn, x.tone})
		}
	}
	return out
}

// glyphOf returns how r is drawn, and as which character.
func (s *setter) glyphOf(r rune) (glyph, rune) {
	if g, ok := s.glyphs[r]; ok {
		return g, r
	}
	if !unicode.In(r, shaped...) {
		for i := range s.press.faces {
			if g, ok := s.press.faces[i].glyph(r); ok {
				g.face = int8(i)
				s.glyphs[r] = g
				s.beyond = s.beyond || r > 0xffff
				return g, r
			}
		}
	}
	f := Finding{s.subject, s.name, r}
	if !s.told[f] {
		s.told[f] = true
		s.found = append(s.found, f)
	}
	return s.press.blank, missingRune
}
