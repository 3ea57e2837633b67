package audit

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Growth shows without the server that a log which had Old entries grew into the
// one of its checkpoint: nothing that stood in it was changed, moved or dropped.
// Its text form is the request by which a log asks a witness to sign
// (c2sp.org/tlog-witness, add-checkpoint).
type Growth struct {
	Old        int64
	Hashes     tlog.TreeProof
	Checkpoint string // signed note
}

// ProveGrowth returns the hashes that lead from the log of old's size to cp's.
// Stored tiles are checked on the way, as Prove does.
func ProveGrowth(old int64, cp Checkpoint, tiles Tiles) (tlog.TreeProof, error) {
	switch {
	case old < 0 || old > cp.Size:
		return nil, fmt.Errorf("prove: a log of %d does not grow into one of %d", old, cp.Size)
	case old == 0: // an empty log grows into every other
		return nil, nil
	}
	return tlog.ProveTree(cp.Size, old, hashReader(cp, tiles))
}

// Text returns g as a file.
func (g Growth) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "old %d\n", g.Old)
	writeHashes(&b, g.Hashes)
	b.WriteString(g.Checkpoint)
	return b.String()
}

// ParseGrowth reads the text form. It accepts exactly what Text writes.
func ParseGrowth(text string) (Growth, error) {
	l := lines{rest: text}
	g := Growth{Old: l.count("old"), Hashes: l.hashes()}
	g.Checkpoint = l.rest
	if l.bad || g.Checkpoint == "" {
		return Growth{}, errors.New("growth: malformed")
	}
	return g, nil
}

// Check returns the checkpoint to which g leads when g shows that the log whose
// key is v continues the one of which somebody kept a signed checkpoint.
func (g Growth) Check(kept string, v note.Verifier) (Checkpoint, error) {
	old, err := OpenCheckpoint(kept, v)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("kept: %w", err)
	}
	now, err := OpenCheckpoint(g.Checkpoint, v)
	if err != nil {
		return Checkpoint{}, err
	}
	if old.Size != g.Old {
		return Checkpoint{}, fmt.Errorf("growth: it begins at %d entries, the kept checkpoint has %d", g.Old, old.Size)
	}
	return now, CheckGrowth(old, now, g.Hashes)
}

// CheckGrowth returns nil when proof shows that now continues old.
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
