package store

import (
	"crypto/sha256"
	_ "embed"
	"errors"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Packed are a person's own facts as the database and a cohort in memory keep
// them: a quarter of their size. Byte 0 names the way of packing, then come the
// SHA-256 of what is in it, by which a result's commitment binds to it, and a
// Zstandard frame (RFC 8878). A new way gets the next number, and Unpack goes on
// reading the old ones. Who packs the same facts otherwise, in the database, has
// changed nothing that they say; the audit looks at what is in them.
type Packed []byte

const (
	packedZstd   = 1
	packedHeader = 1 + sha256.Size
)

// MostFacts is how many bytes of facts Unpack gives back: a person's year has some
// hundreds of lines and 8 KB, and a frame that was tampered with may not fill the
// memory. Whoever packs more has facts that nobody can read.
const MostFacts = 4 << 20

// dictionary is what facts have in common across schools: those of six members of
// three schools of the synthetic city, as fact.Encode wrote them. Frames were
// written with these very bytes, so they never change.
//
//go:embed facts-1.dict
var dictionary []byte

var errPacked = errors.New("store: facts are not packed as they should be")

// codec packs and unpacks, from any goroutine. It is made when it is first needed.
var codec = sync.OnceValues(func() (*zstd.Encoder, *zstd.Decoder) {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderDictRaw(packedZstd, dictionary), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false), zstd.WithWindowSize(64<<10), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // the options are constants
	}
	r, err := zstd.NewReader(nil, zstd.WithDecoderDictRaw(packedZstd, dictionary), zstd.WithDecoderMaxMemory(MostFacts), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err)
	}
	return w, r
})

// Pack packs what fact.Encode gave, at most MostFacts bytes.
func Pack(facts []byte) Packed {
	sum := sha256.Sum256(facts)
	p := append(make(Packed, 0, packedHeader+len(facts)/3), packedZstd)
	w, _ := codec()
	return w.EncodeAll(facts, append(p, sum[:]...))
}

// Unpack returns what was packed, checked against its digest.
func (p Packed) Unpack() ([]byte, error) {
	if len(p) < packedHeader || p[0] != packedZstd {
		return nil, errPacked
	}
	_, r := codec()
	facts, err := r.DecodeAll(p[packedHeader:], nil)
	if err != nil || sha256.Sum256(facts) != p.digest() {
		return nil, errPacked
	}
	return facts, nil
}

// digest returns the SHA-256 that p claims of what is in it; zero when it names
// none.
func (p Packed) digest() (sum [sha256.Size]byte) {
	if len(p) >= packedHeader {
		copy(sum[:], p[1:packedHeader])
	}
	return sum
}
