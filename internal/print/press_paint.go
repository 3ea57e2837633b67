package print

import (
	"fmt"
	"time"

	"github.com/signintech/gopdf"
)

// info names the file in its properties.
func (j *job) info(title string, printed time.Time) {
	i := gopdf.PdfInfo{Title: plainTitle(title), Producer: "shiji"}
	if !printed.IsZero() {
		i.CreationDate = printed.In(china)
	}
	j.pdf.SetInfo(i)
}

// paint adds finished pages of that size to the file.
func (j *job) paint(pages []*leaf, width, height float64) error {
	for _, p := range pages {
		j.pdf.AddPageWithOption(gopdf.PageOption{PageSize: &gopdf.Rect{W: width, H: height}})
		face := int8(-1)
		for _, m := range p.marks {
			g := greys[m.Tone]
			if m.Text == "" {
				j.pdf.SetFillColor(g, g, g)
				j.pdf.RectFromUpperLeftWithStyle(m.X, m.Y, m.W, m.H, "F")
				continue
			}
			// By family only when it changes: the library looks for it among
			// all objects of the file.
			if err := j.use(m, &face); err != nil {
				return err
			}
			j.pdf.SetTextColor(g, g, g)
			j.pdf.SetXY(m.X, m.Y)
			if err := j.pdf.Text(m.Text); err != nil {
				return fmt.Errorf("draw text: %w", err)
			}
		}
	}
	return nil
}

// use chooses the mark's font and size.
func (j *job) use(m mark, face *int8) error {
	if m.Face == *face {
		return j.pdf.SetFontSize(m.Size)
	}
	family := j.press.faces[m.Face].family
	if !j.loaded[m.Face] { // only now: a font that nothing is drawn with would still cost its tables
		j.loaded[m.Face] = true
		if err := j.pdf.AddTTFFontFromFontContainer(family, &j.press.fonts); err != nil {
			return fmt.Errorf("add font: %w", err)
		}
	}
	*face = m.Face
	if err := j.pdf.SetFont(family, "", m.Size); err != nil {
		return fmt.Errorf("set font: %w", err)
	}
	return nil
}
