package print_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"slices"
	"testing"

	"shiji/internal/print"
)

// span is a range of characters that a test font draws.
type span struct{ from, to rune }

// A made font draws a hollow box for every character of its ranges, half as
// wide below U+2000. Tests need no font of the machine with it, and each knows
// what its font lacks.
var (
	plain = []span{{' ', '~'}, {0xa0, 0x24f}, {0x2000, 0x2bff}, {0x3000, 0x30ff}, {0x4e00, 0x9fa5}, {0xff01, 0xffee}}
	rare  = []span{{0x3400, 0x4db5}, {0x2cb4e, 0x2cb4e}} // 㛃, 䶮 and others; 𬭎
)

// madeFont writes a TrueType file (ISO/IEC 14496-22) with what the library reads.
func madeFont(ranges []span) []byte {
	var glyphs []int // advance of each
	glyphs = append(glyphs, 500)
	var narrow, wide bytes.Buffer // groups of cmap formats 4 and 12
	type group struct{ from, to, glyph int }
	var groups []group
	for _, s := range ranges {
		groups = append(groups, group{int(s.from), int(s.to), len(glyphs)})
		for r := s.from; r <= s.to; r++ {
			glyphs = append(glyphs, map[bool]int{true: 500, false: 1000}[r < 0x2000])
		}
	}
	u16 := func(b *bytes.Buffer, v ...int) {
		for _, x := range v {
			_ = binary.Write(b, binary.BigEndian, uint16(x)) // a buffer takes everything
		}
	}
	u32 := func(b *bytes.Buffer, v ...int) {
		for _, x := range v {
			_ = binary.Write(b, binary.BigEndian, uint32(x))
		}
	}
	bmp := slices.DeleteFunc(slices.Clone(groups), func(g group) bool { return g.from > 0xffff })
	bmp = append(bmp, group{0xffff, 0xffff, 0})
	n := len(bmp)
	u16(&narrow, 4, 16+8*n, 0, 2*n, 0, 0, 0)
	for _, g := range bmp {
		u16(&narrow, g.to)
	}
	u16(&narrow, 0)
	for _, g := range bmp {
		u16(&narrow, g.from)
	}
	for _, g := range bmp {
		u16(&narrow, g.glyph-g.from)
	}
	for range bmp {
		u16(&narrow, 0)
	}
	u16(&wide, 12, 0)
	u32(&wide, 16+12*len(groups), 0, len(groups))
	for _, g := range groups {
		u32(&wide, g.from, g.to, g.glyph)
	}
	tables := map[string]*bytes.Buffer{}
	table := func(name string) *bytes.Buffer { tables[name] = &bytes.Buffer{}; return tables[name] }

	cmap := table("cmap")
	u16(cmap, 0, 2, 3, 1)
	u32(cmap, 20)
	u16(cmap, 3, 10)
	u32(cmap, 20+narrow.Len())
	cmap.Write(narrow.Bytes())
	cmap.Write(wide.Bytes())

	head := table("head")
	u32(head, 0x10000, 0x10000, 0, 0x5f0f3cf5)
	u16(head, 0, 1000)
	u32(head, 0, 0, 0, 0)
	u16(head, 0, 0, 1000, 880, 0, 8, 2, 1, 0) // long offsets

	hhea := table("hhea")
	u16(hhea, 1, 0, 880, -120, 0, 1000, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, len(glyphs))
	maxp := table("maxp")
	u32(maxp, 0x10000)
	u16(maxp, len(glyphs), 8, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)

	hmtx, glyf, loca := table("hmtx"), table("glyf"), table("loca")
	for _, w := range glyphs {
		u16(hmtx, w, 50)
		u32(loca, glyf.Len())
		box(glyf, u16, w)
	}
	u32(loca, glyf.Len())

	name := table("name")
	u16(name, 0, 1, 18, 3, 1, 0x409, 6, 2, 0)
	u16(name, 'T')
	os2 := table("OS/2")
	u16(os2, 4, 500, 400, 5, 0)
	os2.Write(make([]byte, 58))
	u16(os2, 880, -120, 0, 880, 120)
	u32(os2, 0, 0)
	u16(os2, 500, 700, 0, 32, 1)
	post := table("post")
	u32(post, 0x30000, 0, 0, 0, 0, 0, 0, 0)

	var out bytes.Buffer
	u32(&out, 0x10000)
	u16(&out, len(tables), 0, 0, 0)
	at := 12 + 16*len(tables)
	names := []string{"OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"}
	for _, t := range names {
		out.WriteString(t)
		u32(&out, 0, at, tables[t].Len())
		at += (tables[t].Len() + 3) / 4 * 4
	}
	for _, t := range names {
		out.Write(tables[t].Bytes())
		out.Write(make([]byte, (4-tables[t].Len()%4)%4))
	}
	return out.Bytes()
}

// box draws a hollow box: two contours, the inner one the other way round.
func box(b *bytes.Buffer, u16 func(*bytes.Buffer, ...int), w int) {
	u16(b, 2, 50, 0, w-50, 800, 3, 7, 0)
	b.Write([]byte{1, 1, 1, 1, 1, 1, 1, 1})
	u16(b, 50, 0, w-100, 0, 100-w+30, 0, w-160, 0)
	// y: up, across, down, then the inner contour
	u16(b, 0, 800, 0, -800, 30, 0, 740, 0)
	for b.Len()%4 != 0 {
		b.WriteByte(0)
	}
}

// press returns a press with the made fonts: the plain one, and one with rare
// characters behind it. 𠮷 is in neither.
func press(tb testing.TB) *print.Press {
	tb.Helper()
	p, err := print.NewPress(print.Font{Name: "plain", Data: madeFont(plain)}, print.Font{Name: "rare", Data: madeFont(rare)})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// realFont is the font that the site prints with: where the build puts it, or
// where SHIJI_FONT says.
func realFont(tb testing.TB) print.Font {
	tb.Helper()
	path := os.Getenv("SHIJI_FONT")
	if path == "" {
		path = "../web/asset/dist/font/NotoSansSC-Regular.ttf"
	}
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Skipf("SKIPPED: NOT TESTED WITH THE REAL FONT, which the asset build puts in place; or set SHIJI_FONT: %v", err)
	}
	return print.Font{Name: path, Data: data}
}
