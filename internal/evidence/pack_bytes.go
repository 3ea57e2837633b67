package evidence

import (
	"encoding/binary"
	"strings"
)

// Numbers are uvarints in their shortest form, texts carry their length, and a
// list of texts says of each how much it shares with the one before it. Nothing
// is compressed: a compressor's bytes may change with its version, and these
// must not.

// longestShared bounds what a text takes from the one before it, so that a
// short body cannot stand for texts of quadratic length.
const longestShared = 32

func appendCount(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }

func appendText(b []byte, s string) []byte { return append(appendCount(b, len(s)), s...) }

// appendTexts writes a list of texts, best in ascending order.
func appendTexts(b []byte, list []string) []byte {
	b = appendCount(b, len(list))
	last := ""
	for _, s := range list {
		shared := 0
		for shared < min(len(s), len(last), longestShared) && s[shared] == last[shared] {
			shared++
		}
		b = appendText(append(b, byte(shared)), s[shared:])
		last = s
	}
	return b
}

// decoder reads a body. What does not fit makes it bad for good: every later
// read gives nothing, and the one who began asks once at the end. No read makes
// more than a fixed multiple of the bytes that are there.
type decoder struct {
	b   []byte
	bad bool
}

// finished reports whether the body was read to its end without fault.
func (d *decoder) finished() bool { return !d.bad && len(d.b) == 0 }

// require makes d bad unless what is required holds.
func (d *decoder) require(holds bool) {
	if !holds {
		d.bad, d.b = true, nil
	}
}

func (d *decoder) bytes(n int) []byte {
	if n > len(d.b) {
		d.require(false)
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) byte() byte {
	if b := d.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// number reads a uvarint below limit.
func (d *decoder) number(limit int) int {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || n > 1 && d.b[n-1] == 0 || v >= uint64(limit) {
		d.require(false)
		return 0
	}
	d.b = d.b[n:]
	return int(v)
}

// count reads how many things follow that take at least size bytes each.
func (d *decoder) count(size int) int { return d.number(len(d.b)/size + 1) }

func (d *decoder) text() string { return string(d.bytes(d.count(1))) }

// texts reads a list that appendTexts wrote. All share one piece of memory.
func (d *decoder) texts() []string {
	n := d.count(2)
	ends := make([]int, 0, n)
	all := make([]byte, 0, 8*n)
	from := 0
	for range n {
		shared := int(d.byte())
		d.require(shared <= min(len(all)-from, longestShared))
		suffix := d.bytes(d.count(1))
		if d.bad {
			return nil
		}
		start := len(all)
		all = append(append(all, all[from:from+shared]...), suffix...)
		ends, from = append(ends, len(all)), start
	}
	text := string(all)
	list := make([]string, n)
	from = 0
	for i, end := range ends {
		list[i], from = text[from:end], end
	}
	return list
}

// distinct reads a list of texts that ascend, each once.
func (d *decoder) distinct() []string {
	list := d.texts()
	for i := 1; i < len(list); i++ {
		d.require(strings.Compare(list[i-1], list[i]) < 0)
	}
	return list
}
