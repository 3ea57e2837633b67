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
	maxProof    = 63 // no tree of int64 leaves is higher
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

// ProveGrowth returns the proof that the log of old's size grew into cp's.
func ProveGrowth(old int64, cp Checkpoint, tiles Tiles) (tlog.TreeProof, error) {
	if old < 1 || old > cp.Size {
		return nil, fmt.Errorf("prove: a log of %d does not grow into one of %d", old, cp.Size)
	}
	return tlog.ProveTree(cp.Size, old, hashReader(cp, tiles))
}

// CheckGrowth returns nil when proof shows that now continues old: nothing that
// old covered was changed, moved or dropped.
func CheckGrowth(old, now Checkpoint, proof tlog.TreeProof) error {
	switch {
	case old.Origin != now.Origin:
		return errors.New("growth: the checkpoints are of two logs")
	case old.Size < 0 || old.Size > now.Size:
		return fmt.Errorf("growth: %d entries cannot become %d", old.Size, now.Size)
	case old.Size == 0:
		if old.Root != new(Tree).Root() || len(proof) > 0 {
			return errors.New("growth: an empty log has one root and needs no proof")
		}
		if now.Size == 0 && now.Root != old.Root {
			return errors.New("growth: an empty log has one root")
		}
		return nil
	}
	return tlog.CheckTree(proof, now.Size, now.Root, old.Size, old.Root)
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
	for _, h := range p.Hashes {
		b.WriteString(h.String() + "\n")
	}
	b.WriteString("\n" + p.Checkpoint)
	return b.String()
}

// ParseProof reads the text form. It accepts exactly what Text writes.
func ParseProof(text string) (Proof, error) {
	var p Proof
	l := lines{rest: text}
	if l.next() != proofHeader {
		return p, errors.New("proof: unknown format")
	}
	index := l.field("index")
	var err error
	if p.Index, err = strconv.ParseInt(index, 10, 64); err != nil || p.Index < 0 || strconv.FormatInt(p.Index, 10) != index {
		return Proof{}, errors.New("proof: malformed index")
	}
	for {
		s := l.next()
		if s == "" || l.bad {
			break
		}
		h, err := tlog.ParseHash(s)
		if err != nil || h.String() != s || len(p.Hashes) == maxProof {
			return Proof{}, errors.New("proof: malformed hash")
		}
		p.Hashes = append(p.Hashes, h)
	}
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
