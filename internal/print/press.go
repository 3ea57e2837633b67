package print

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/signintech/gopdf"

	"shiji/internal/fault"
)

// Press writes PDF files. It is made once, for reading a font takes longer than
// a page; afterwards any number of goroutines may use it.
type Press struct {
	faces []face
	fonts gopdf.FontContainer
	blank glyph // 〓
}

// NewPress returns a press with these fonts: the regular one, which must hold
// Chinese and the sign 〓, then those that are asked for what it lacks, in this
// order. Fonts are TrueType (.ttf); collections and CFF outlines are refused.
func NewPress(regular Font, fallbacks ...Font) (*Press, error) {
	p := &Press{}
	for _, f := range append([]Font{regular}, fallbacks...) {
		if err := p.add(f); err != nil {
			return nil, err
		}
	}
	for _, r := range string(missingRune) + "考核表" {
		if _, ok := p.faces[0].glyph(r); !ok {
			return nil, fault.New(fault.Invalid, "print.font-not-chinese", regular.Name, string(r)).WithHint("print.hint-font")
		}
	}
	p.blank, _ = p.faces[0].glyph(missingRune)
	return p, nil
}

// Forms writes everybody's form into one file, each starting on a page of its
// own. progress, when not nil, is told after each how many are done. The
// findings name who is shown with a character that no font has. An error of
// forms ends the work and is returned. All pages are held in memory: some
// 150 KB a person.
func (p *Press) Forms(w io.Writer, forms iter.Seq2[Form, error], progress func(done int)) (found []Finding, err error) {
	defer caught(&err)
	j := p.job()
	done := 0
	for f, err := range forms {
		if err != nil {
			return nil, err
		}
		if done == 0 {
			j.info(f.Page.School+" "+f.Page.Term+" "+formTitle, f.Printed)
		}
		j.about(f.Page.Subject, f.Page.Name)
		if err := j.paint(j.form(f), paperWidth, paperHeight); err != nil {
			return nil, err
		}
		if done++; progress != nil {
			progress(done)
		}
	}
	if done == 0 {
		return nil, fault.New(fault.Invalid, "print.nothing")
	}
	return j.found, j.write(w)
}

// caught turns a panic of the library into an error: it trusts the offsets in a
// font, and a damaged one must not end the program.
func caught(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("draw pdf: %v", r)
	}
}

// job is one file being made.
type job struct {
	press *Press
	pdf   *gopdf.GoPdf
	setter
	loaded map[int8]bool // fonts that are in the file
}

func (p *Press) job() *job {
	j := &job{press: p, pdf: &gopdf.GoPdf{}, loaded: map[int8]bool{}}
	j.setter = setter{press: p, glyphs: map[rune]glyph{}, told: map[Finding]bool{}}
	j.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	return j
}

// write finishes the file. The library drops errors of the writer, so it writes
// into memory first.
func (j *job) write(w io.Writer) error {
	var b bytes.Buffer
	if _, err := j.pdf.WriteTo(&b); err != nil {
		return fmt.Errorf("write pdf: %w", err)
	}
	file := b.Bytes()
	if j.beyond {
		var err error
		if file, err = mendUnicode(file); err != nil {
			return err
		}
	}
	_, err := w.Write(file)
	return err
}

// plainTitle keeps a file's title within the characters that the library writes
// correctly there.
func plainTitle(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r > 0xffff {
			return missingRune
		}
		return r
	}, s))
}
