package print

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf16"
)

// mendUnicode repairs what the library writes wrong about characters beyond
// U+FFFF: the table by which a reader copies and searches text (ToUnicode) must
// give them as two UTF-16 units, <D870DF4E> for 𬭎, and gets <2CB4E>. Drawing is
// not concerned, but a rare name must be found by searching for it.
//
// The tables grow, so what follows moves: the file's own index of offsets is
// written anew.
func mendUnicode(file []byte) ([]byte, error) {
	x, err := indexOf(file)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.Grow(len(file) + 1<<12)
	copied := 0
	moved := make([]int, len(x.objects)) // new offsets
	ends := append(slices.Clone(x.objects[1:]), x.at)
	for i, from := range x.objects {
		out.Write(file[copied:from])
		moved[i] = out.Len()
		out.Write(mendObject(file[from:ends[i]]))
		copied = ends[i]
	}
	index := out.Len()
	out.Write(file[copied:x.first]) // xref, its size, the free entry
	for _, at := range moved {
		fmt.Fprintf(&out, "%010d 00000 n \n", at)
	}
	rest := file[x.first+len(moved)*entrySize:]
	out.Write(startOf.ReplaceAll(rest, fmt.Appendf(nil, "startxref\n%d\n", index)))
	return out.Bytes(), nil
}

// index is where things stand in a file.
type index struct {
	objects []int // offsets in the order of numbers, which is the order in the file
	at      int   // of the index itself
	first   int   // of the first object's entry
}

// entrySize is the fixed length of an entry of the index (ISO 32000-1, 7.5.4).
const entrySize = 20

var (
	startOf = regexp.MustCompile(`startxref\n(\d+)\n`)
	sizeOf  = regexp.MustCompile(`^xref\n0 (\d+)\n`)
	errForm = errors.New("mend pdf: the file is not laid out as expected")
)

func indexOf(file []byte) (index, error) {
	tail := file[max(0, len(file)-200):]
	m := startOf.FindSubmatch(tail)
	if m == nil {
		return index{}, errForm
	}
	var x index
	x.at, _ = strconv.Atoi(string(m[1])) // digits by the pattern; a huge one fails the next check
	if x.at <= 0 || x.at >= len(file) {
		return index{}, errForm
	}
	head := sizeOf.FindSubmatch(file[x.at:])
	if head == nil {
		return index{}, errForm
	}
	n, _ := strconv.Atoi(string(head[1]))
	x.first = x.at + len(head[0]) + entrySize
	if n < 2 || x.first+(n-1)*entrySize > len(file) {
		return index{}, errForm
	}
	for i := range n - 1 {
		entry := file[x.first+i*entrySize:][:10]
		at, err := strconv.Atoi(string(entry))
		if err != nil || at < 0 || at > x.at || i > 0 && at <= x.objects[i-1] {
			return index{}, errForm
		}
		x.objects = append(x.objects, at)
	}
	return x, nil
}

var (
	unicodeTable = regexp.MustCompile(`^\d+ 0 obj\n<<\n/Length (\d+)\n>>\nstream\n/CIDInit /ProcSet`)
	beyondRange  = regexp.MustCompile(`(<[0-9A-F]{4}><[0-9A-F]{4}>)<([0-9A-F]{5,6})>\n`)
)

// mendObject returns the object as it should be; most are right already.
func mendObject(object []byte) []byte {
	head := unicodeTable.FindSubmatchIndex(object)
	if head == nil || !beyondRange.Match(object) {
		return object
	}
	grown := 0
	body := beyondRange.ReplaceAllFunc(object[head[3]:], func(line []byte) []byte {
		m := beyondRange.FindSubmatch(line)
		code, _ := strconv.ParseInt(string(m[2]), 16, 32) // hexadecimal by the pattern
		high, low := utf16.EncodeRune(rune(code))
		mended := fmt.Appendf(nil, "%s<%04X%04X>\n", m[1], high, low)
		grown += len(mended) - len(line)
		return mended
	})
	length, _ := strconv.Atoi(string(object[head[2]:head[3]])) // digits by the pattern
	return slices.Concat(object[:head[2]], strconv.AppendInt(nil, int64(length+grown), 10), body)
}
