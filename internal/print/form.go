package print

import (
	"bytes"
	"io"
	"time"

	"shiji/internal/explain"
)

// Form is one person's 考核表 with its 评分说明: two A4 pages for an ordinary
// scheme, more only when even the smallest type cannot hold it. Every line that
// was handed in stands in Person.
type Form struct {
	Page    *explain.Page
	Styles  string    // where the page finds StyleSheet; for HTML only
	Icon    string    // likewise its icon, an SVG; "" for none
	Proof   string    // what lets the reader check the result, e.g. a checkpoint; "" if none
	Printed time.Time // printed in the footer; not shown when zero
}

// WriteForm writes f as one HTML page with print CSS. It has no scripts and no
// styles of its own, as the content security policy demands.
func WriteForm(w io.Writer, f Form) error { return write(w, "form", compose(f)) }

// StyleSheet returns the style sheet of forms and notices, to be served where
// their Styles point.
func StyleSheet() []byte { return bytes.Clone(paperStyle) }

var paperStyle = mustRead("page/paper.css")

// china is how times are shown. It needs no table of zones.
var china = time.FixedZone("CST", 8*60*60)

// stamp shows a moment; "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(china).Format("2006-01-02 15:04")
}
