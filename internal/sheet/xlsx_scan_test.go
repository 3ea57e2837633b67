package sheet

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// scanAll returns the document as one line a token, adjacent text joined.
func scanAll(r io.Reader) ([]string, error) {
	s := newScanner(r)
	var out tokens
	for {
		t, err := s.next()
		if err != nil {
			return nil, err
		}
		switch t {
		case tokenEOF:
			return out.lines, nil
		case tokenStart:
			line := fmt.Sprintf("<%d:%s", s.space, s.name)
			for _, a := range s.attrs {
				line += fmt.Sprintf(" %s=%q", a.name, a.value)
			}
			out.add(line)
		case tokenEnd:
			out.add(fmt.Sprintf("/%d:%s", s.space, s.name))
		case tokenText:
			out.chars(string(s.text))
		}
	}
}

// tokens gathers lines.
type tokens struct {
	lines []string
	text  string
}

func (t *tokens) chars(s string) { t.text += s }

func (t *tokens) add(line string) {
	if t.text != "" {
		t.lines = append(t.lines, fmt.Sprintf("%q", t.text))
		t.text = ""
	}
	t.lines = append(t.lines, line)
}

// oracle does the same with encoding/xml.
func oracle(data []byte) ([]string, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	var out tokens
	depth := 0
	for {
		t, err := d.Token()
		if err == io.EOF {
			return out.lines, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			line := fmt.Sprintf("<%d:%s", spaceOf(t.Name), t.Name.Local)
			for _, a := range t.Attr {
				line += fmt.Sprintf(" %s=%q", a.Name.Local, a.Value)
			}
			out.add(line)
		case xml.EndElement:
			depth--
			out.add(fmt.Sprintf("/%d:%s", spaceOf(t.Name), t.Name.Local))
		case xml.CharData:
			if depth > 0 {
				out.chars(string(t))
			}
		case xml.Directive:
			return nil, fmt.Errorf("directive %q", t)
		}
	}
}

func spaceOf(n xml.Name) space {
	if s, ok := spaces[n.Space]; ok {
		return s
	}
	return spaceOther
}

const mainNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`

// accepted and refused documents, also the seeds of the fuzzer.
var accepted = []string{
	`<a/>`,
	"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<a>\n</a>\n",
	`<?xml version='1.0'?><!-- c --><?pi x?><a b="1" c='2'><b/></a><!-- d -->`,
	`<worksheet ` + mainNS + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheetData><row r="1"><c r="A1" t="s" r:id="x"><v>0</v></c></row></sheetData></worksheet>`,
	`<x:a xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:b xmlns:x="urn:o"/><x:c></x:c ></x:a>`,
	`<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x4E2D;&#x1f600;</a>`,
	`<a b="&lt;&#10;&quot;'">x<![CDATA[<&]]]>y<!---->z]]</a>`,
	"<a>\r\n\r\n\rb</a>",
	`<a xmlns=""><b xmlns="urn:x"><c/></b><d/></a>`,
	`<a xml:space="preserve" b = "1" > x </a >`,
	"<a>" + strings.Repeat("长", 30_000) + "</a>",
	"<a>" + strings.Repeat("<b c='d'>e</b>", 10_000) + "</a>",
	"<a " + strings.Repeat(" ", 70_000) + "b='" + strings.Repeat("&amp;", 20_000) + "'/>",
}

var refused = []string{
	"", " ", "x", "<", "<a", "<a>", "<a b", "<a b=", "<a b='", "<a/", "</a>", "<a></b>", "<a/><b/>", "<a/>x", "x<a/>",
	`<!DOCTYPE a><a/>`, `<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`, `<a>&x;</a>`, `<a>&amp</a>`, `<a>&</a>`, `<a>&#0;</a>`,
	`<a>&#xD800;</a>`, `<a>&#x110000;</a>`, `<a>&#99999999999999999999;</a>`, `<a>&#;</a>`, `<a>&#x;</a>`, `<a b="<"/>`,
	`<a b='1' b='2'/>`, `<a b=1/>`, `<a b/>`, `<a b='1'c='2'/>`, "<a>\x00</a>", "<a>\xff</a>", "<a>\xed\xa0\x80</a>", "<a>\uFFFE</a>",
	`<a>]]></a>`, `<a><![CDATA[x]]</a>`, `<![CDATA[x]]><a/>`, `<a><!-- -- --></a>`, `<a><!-- --->-</a>`, `<p:a/>`, `<a:b:c/>`, `<:a/>`, `<a:/>`, `<1/>`,
	`<a><?xml version="1.0"?></a>`, ` <?xml version="1.0"?><a/>`, `<?xml version="1.1"?><a/>`, `<?xml version="1.0" encoding="GBK"?><a/>`,
	`<?xml?><a/>`, "<a>\x0b</a>", "<?xml version='1.0' encoding='UTF-16'?><a/>", "\xff\xfe<\x00a\x00/\x00>\x00", "<!ELEMENT a>", "<a><!x></a>",
	`<xmlns:a xmlns:xmlns="x"/>`,
	"<a>" + strings.Repeat("x", maxToken+1) + "</a>", strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1),
}

func TestScanAccepts(t *testing.T) {
	t.Parallel()
	for i, doc := range accepted {
		want, err := oracle([]byte(doc))
		if err != nil {
			t.Fatalf("document %d is not sound: %v", i, err)
		}
		got, err := scanAll(strings.NewReader(doc))
		if err != nil {
			t.Errorf("document %d %.60q: %v", i, doc, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("document %d %.60q (-want +got):\n%s", i, doc, d)
		}
		// The window must not matter: bytes that come one by one mean the same.
		if slow, err := scanAll(iotest.OneByteReader(strings.NewReader(doc))); err != nil || !cmp.Equal(slow, got) {
			t.Errorf("document %d, byte by byte: got %v, %v", i, slow, err)
		}
	}
}

// TestScanWindow lays every token of a document across the window's end.
func TestScanWindow(t *testing.T) {
	t.Parallel()
	const doc = `<b c="d&amp;" xmlns:x='y'>t&#65;<!-- c --><x:e/><![CDATA[<]]></b>`
	for shift := range len(doc) + 2 {
		whole := "<a>" + strings.Repeat("x", firstWindow-3-shift) + doc + "</a>"
		got, err := scanAll(strings.NewReader(whole))
		if err != nil {
			t.Fatalf("shift %d: %v", shift, err)
		}
		want, err := oracle([]byte(whole))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("shift %d (-want +got):\n%s", shift, d)
		}
	}
}

func TestScanRefuses(t *testing.T) {
	t.Parallel()
	for _, doc := range refused {
		if got, err := scanAll(strings.NewReader(doc)); err == nil {
			t.Errorf("%.60q: got %q, want an error", doc, got)
		}
	}
	if _, err := scanAll(strings.NewReader(refused[15])); err != errDTD {
		t.Errorf("%q: got %v, want %v", refused[15], err, errDTD)
	}
	broken := io.MultiReader(strings.NewReader("<a>x"), iotest.ErrReader(io.ErrClosedPipe))
	if _, err := scanAll(broken); err != io.ErrClosedPipe {
		t.Errorf("broken reader: got %v, want %v", err, io.ErrClosedPipe)
	}
}

// FuzzXML holds the scanner to encoding/xml: whatever it accepts must be sound
// and mean the same there.
func FuzzXML(f *testing.F) {
	for _, docs := range [][]string{accepted, refused} {
		for _, d := range docs {
			if len(d) < 1000 {
				f.Add([]byte(d))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := scanAll(bytes.NewReader(data))
		if err != nil {
			return
		}
		want, err := oracle(data)
		if err != nil {
			t.Fatalf("%q: accepted, but %v", data, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%q (-want +got):\n%s", data, d)
		}
	})
}
