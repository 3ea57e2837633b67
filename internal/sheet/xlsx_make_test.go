package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strings"
)

const (
	ns      = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	nsRel   = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relBase = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// part is one entry of a zip file made by hand.
type part struct {
	name, body string
	change     func(*zip.FileHeader)
}

// minimal returns the parts of the smallest workbook with a sheet, styles (0
// plain, 1 a date) and two shared strings.
func minimal(worksheet string) []part {
	return []part{
		{name: "[Content_Types].xml", body: `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`},
		{name: "_rels/.rels", body: rels("officeDocument", "xl/workbook.xml")},
		{name: "xl/workbook.xml", body: `<workbook ` + ns + ` ` + nsRel + `><sheets><sheet name="成绩" sheetId="1" r:id="r0"/></sheets></workbook>`},
		{name: "xl/_rels/workbook.xml.rels", body: rels("worksheet", "worksheets/sheet1.xml", "styles", "styles.xml", "sharedStrings", "sharedStrings.xml")},
		{name: "xl/styles.xml", body: `<styleSheet ` + ns + `><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`},
		{name: "xl/sharedStrings.xml", body: `<sst ` + ns + `><si><t>甲</t></si><si><r><t>乙</t></r><r><t>丙</t></r><rPh sb="0" eb="1"><t>yi</t></rPh></si></sst>`},
		{name: "xl/worksheets/sheet1.xml", body: worksheet},
	}
}

func rels(pairs ...string) string {
	var b strings.Builder
	b.WriteString(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, `<Relationship Id="r%d" Type="%s%s" Target="%s"/>`, i/2, relBase, pairs[i], pairs[i+1])
	}
	return b.String() + `</Relationships>`
}

// rows wraps the content of sheetData.
func rows(data string) string {
	return `<worksheet ` + ns + `><sheetData>` + data + `</sheetData></worksheet>`
}

// with returns parts with the named one's body replaced, or added.
func with(parts []part, name, body string) []part {
	parts = append([]part(nil), parts...)
	for i := range parts {
		if parts[i].name == name {
			parts[i].body = body
			return parts
		}
	}
	return append(parts, part{name: name, body: body})
}

func without(parts []part, name string) []part {
	var out []part
	for _, p := range parts {
		if p.name != name {
			out = append(out, p)
		}
	}
	return out
}

// pack zips parts; change may falsify a header after the body was packed.
func pack(parts []part) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	f, _ := flate.NewWriter(io.Discard, 1)
	for _, p := range parts {
		var packed bytes.Buffer
		f.Reset(&packed)
		_, _ = io.WriteString(f, p.body) // a buffer does not fail
		_ = f.Close()
		h := &zip.FileHeader{
			Name: p.name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE([]byte(p.body)),
			CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(len(p.body)),
		}
		if p.change != nil {
			p.change(h)
		}
		w, err := z.CreateRaw(h)
		if err != nil {
			panic(err)
		}
		_, _ = w.Write(packed.Bytes())
	}
	_ = z.Close()
	return out.Bytes()
}

// bomb returns a workbook whose sheet unpacks to size blanks and claims to
// unpack to claim. One packed megabyte is repeated, so it is made in no time.
func bomb(size, claim int64) []byte {
	var once bytes.Buffer
	f, _ := flate.NewWriter(&once, flate.BestCompression)
	blanks := bytes.Repeat([]byte(" "), 1<<20)
	_, _ = f.Write(blanks)
	_ = f.Flush()
	first := once.Len()
	_, _ = f.Write(blanks)
	_ = f.Flush()
	packed := append([]byte(nil), once.Bytes()...)
	for range size>>20 - 2 {
		packed = append(packed, once.Bytes()[first:]...)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range minimal("") {
		h := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
		body := []byte(nil)
		if p.body != "" {
			var b bytes.Buffer
			f, _ := flate.NewWriter(&b, 6)
			_, _ = io.WriteString(f, p.body)
			_ = f.Close()
			body, h.UncompressedSize64, h.CRC32 = b.Bytes(), uint64(len(p.body)), crc32.ChecksumIEEE([]byte(p.body))
		} else {
			body, h.UncompressedSize64 = packed, uint64(claim)
		}
		h.CompressedSize64 = uint64(len(body))
		w, err := z.CreateRaw(h)
		if err != nil {
			panic(err)
		}
		_, _ = w.Write(body)
	}
	_ = z.Close()
	return out.Bytes()
}

// noise returns n letters that hardly pack.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte(r.IntN(26))
	}
	return string(b)
}
