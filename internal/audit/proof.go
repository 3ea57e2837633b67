package audit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows without the server that an event stands in the log: its text form
// is c2sp.org/tlog-proof@v1.
type Proof struct {
	Index      int64
	Hashes     tlog.RecordProof
	Checkpoint string // signed note
}

const (
	proofHeader = "c2sp.org/tlog-proof@v1"
	// maxProof is how many hashes a proof has at most: ceil(log2 n) for an entry of n
	// and one more for growth (RFC 6962, 2.1.1 and 2.1.2), and n is an int64.
	maxProof = 64
)

// Prove returns the hashes that lead from leaf number index to cp's root.
// Stored tiles are checked against that root on the way: a damaged tile is an
// error, never a wrong proof.
func Prove(cp Checkpoint, index int64, tiles Tiles) (tlog.RecordProof, error) {
	if index < 0 || index >= cp.Size {
		return nil, fmt.Errorf("prove: the log of %d has no entry %d", cp.Size, index)
	}
	return tlog.ProveRecord(cp.Size, index, hashReader(cp, tiles))
}

// RootAt returns the root that the log behind cp had at an earlier size.
func RootAt(size int64, cp Checkpoint, tiles Tiles) (tlog.Hash, error) {
	if size < 0 || size > cp.Size {
		return tlog.Hash{}, fmt.Errorf("root: a log of %d had no size %d", cp.Size, size)
	}
	return tlog.TreeHash(size, hashReader(cp, tiles))
}

// Text returns p as the file a person takes home.
func (p Proof) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nindex %d\n", proofHeader, p.Index)
	writeHashes(&b, p.Hashes)
	b.WriteString(p.Checkpoint)
	return b.String()
}

// ParseProof reads the text form. It accepts exactly what Text writes.
func ParseProof(text string) (Proof, error) {
	var p Proof
	l := lines{rest: text}
	if l.next() != proofHeader {
		return p, errors.New("proof: unknown format")
	}
	p.Index, p.Hashes = l.count("index"), l.hashes()
	p.Checkpoint = l.rest
	if l.bad || p.Checkpoint == "" {
		return Proof{}, errors.New("proof: malformed")
	}
	return p, nil
}

// Check returns the checkpoint that p rests on when p shows that the event with
// these canonical bytes is entry p.Index of the log whose key is v.
func (p Proof) Check(event []byte, v note.Verifier) (Checkpoint, error) {
	cp, err := OpenCheckpoint(p.Checkpoint, v)
	if err != nil {
		return Checkpoint{}, err
	}
	if p.Index < 0 || p.Index >= cp.Size {
		return Checkpoint{}, fmt.Errorf("proof: the log of %d has no entry %d", cp.Size, p.Index)
	}
	if err := tlog.CheckRecord(p.Hashes, cp.Size, cp.Root, p.Index, LeafHash(event)); err != nil {
		return Checkpoint{}, fmt.Errorf("proof: %w", err)
	}
	return cp, nil
}

func hashReader(cp Checkpoint, tiles Tiles) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: cp.Size, Hash: cp.Root}, tileReader{tiles})
}

// tileReader serves tlog's own tile interface from Tiles.
type tileReader struct{ tiles Tiles }

func (r tileReader) Height() int { return TileHeight }

func (r tileReader) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(want))
	for i, t := range want {
		data, err := r.tiles.Tile(t.L, t.N)
		if err != nil {
			return nil, err
		}
		if len(data) < t.W*tlog.HashSize {
			return nil, fmt.Errorf("tile %d/%d is too short", t.L, t.N)
		}
		out[i] = data[:t.W*tlog.HashSize]
	}
	return out, nil
}

// SaveTiles keeps nothing: the tiles come from our own storage.
func (r tileReader) SaveTiles([]tlog.Tile, [][]byte) {}

// writeHashes writes the lines of a proof and the empty one that ends them.
func writeHashes(b *strings.Builder, hashes []tlog.Hash) {
	for _, h := range hashes {
		b.WriteString(h.String() + "\n")
	}
	b.WriteString("\n")
}

// hashes reads what writeHashes wrote.
func (p *lines) hashes() (out []tlog.Hash) {
	for s := p.next(); s != "" && !p.bad; s = p.next() {
		h, err := tlog.ParseHash(s)
		if err != nil || h.String() != s || len(out) == maxProof {
			p.bad = true
			return nil
		}
		out = append(out, h)
	}
	return out
}

// count reads a line of a key and a number, in its one spelling.
func (p *lines) count(key string) int64 {
	s := p.field(key)
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		p.bad = true
	}
	return n
}
