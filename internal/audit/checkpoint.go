package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says which log had which root at which size. Signed, it is what an
// outsider keeps to prove a later change (c2sp.org/tlog-checkpoint).
type Checkpoint struct {
	Origin string // name of the log; equals the name of its signing key
	Size   int64
	Root   tlog.Hash
}

// Text returns the lines that are signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// Sign returns c as a signed note.
func (c Checkpoint) Sign(signers ...note.Signer) (string, error) {
	if len(signers) == 0 || c.Origin == "" || strings.ContainsRune(c.Origin, '\n') || c.Size < 0 {
		return "", errors.New("checkpoint: needs an origin, a size and a signer")
	}
	b, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	if err != nil {
		return "", fmt.Errorf("sign checkpoint: %w", err)
	}
	return string(b), nil
}

// OpenCheckpoint reads a signed note whose log's key is v. Signatures of others
// (witnesses) may stand beside it and are not judged here.
func OpenCheckpoint(text string, v note.Verifier) (Checkpoint, error) {
	n, err := note.Open([]byte(text), note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("open checkpoint: %w", err)
	}
	for _, s := range n.Sigs {
		// Open lets the unused bits of the last character be anything; one
		// signature has one spelling, or a changed byte would pass.
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return Checkpoint{}, fmt.Errorf("open checkpoint: signature: %w", err)
		}
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != v.Name() {
		return Checkpoint{}, fmt.Errorf("open checkpoint: it is of %q, not of %q", c.Origin, v.Name())
	}
	return c, nil
}

func parseCheckpoint(text string) (Checkpoint, error) {
	var c Checkpoint
	p := lines{rest: text}
	c.Origin = p.next()
	size, root := p.next(), p.next()
	var err error
	if c.Size, err = strconv.ParseInt(size, 10, 64); err != nil || c.Size < 0 {
		return Checkpoint{}, errors.New("checkpoint: malformed size")
	}
	if c.Root, err = tlog.ParseHash(root); err != nil {
		return Checkpoint{}, errors.New("checkpoint: malformed root")
	}
	if p.bad || p.rest != "" || c.Text() != text {
		return Checkpoint{}, errors.New("checkpoint: malformed")
	}
	return c, nil
}
