package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"shiji/internal/audit"
)

// keptLog is a log in memory, with its key and what outsiders get of it.
type keptLog struct {
	*audit.Log
	t      *testing.T
	signer note.Signer
	tiles  map[string][]byte
}

func (l *keptLog) Tile(level int, n int64) ([]byte, error) { return l.tiles[fmt.Sprint(level, n)], nil }

// grow appends entries and returns the signed checkpoint.
func (l *keptLog) grow(entries ...string) (audit.Checkpoint, string) {
	for _, e := range entries {
		l.Append(audit.LeafHash([]byte(e)))
	}
	for _, tile := range l.Drain() {
		l.tiles[fmt.Sprint(tile.Level, tile.N)] = bytes.Clone(tile.Hashes)
	}
	cp := audit.Checkpoint{Origin: l.signer.Name(), Size: l.Size(), Root: l.Root()}
	text, err := cp.Sign(l.signer)
	if err != nil {
		l.t.Fatal(err)
	}
	return cp, text
}

// TestVerifyGrowth: an outsider with a kept checkpoint, the proof and the key sees
// that the log only grew, or that it did not.
func TestVerifyGrowth(t *testing.T) {
	t.Parallel()
	private, key, err := note.GenerateKey(rand.Reader, "log.example")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	newLog := func() *keptLog { return &keptLog{audit.NewLog(), t, signer, map[string][]byte{}} }
	proof := func(l *keptLog, old int64, entries ...string) string {
		cp, text := l.grow(entries...)
		hashes, err := audit.ProveGrowth(old, cp, l)
		if err != nil {
			t.Fatal(err)
		}
		return audit.Growth{Old: old, Hashes: hashes, Checkpoint: text}.Text()
	}
	honest, rewritten := newLog(), newLog()
	_, kept := honest.grow("a", "b", "c")
	rewritten.grow("a", "x", "c")
	dir := t.TempDir()
	files := map[string]string{"kept": kept, "grown": proof(honest, 3, "d", "e"), "rewritten": proof(rewritten, 3, "d", "e"), "nonsense": "old 3\n"}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		key, known, proof string
		code              int
		said              string
	}{
		{key, "kept", "grown", 0, "现有 5 条，接得上您保存的 3 条"},
		{key, "kept", "rewritten", exitDiffers, "日志接不上您保存的检查点"},
		{key, "kept", "nonsense", exitFaults, "不是检查点增长证明"},
		{key, "grown", "grown", exitDiffers, "日志接不上"},
		{key, "kept", "missing", exitFaults, "没有文件"},
		{"no key", "kept", "grown", exitFaults, "不是日志的公钥"},
		{"", "kept", "grown", exitUsage, "用法"},
	} {
		var out, faults bytes.Buffer
		code := run([]string{"verify", "-key", c.key, "-known", filepath.Join(dir, c.known), filepath.Join(dir, c.proof)}, &console{out: &out, err: &faults})
		if code != c.code || !strings.Contains(out.String()+faults.String(), c.said) {
			t.Errorf("%s after %s: got exit %d, want %d with %q\n%s%s", c.proof, c.known, code, c.code, c.said, &out, &faults)
		}
	}
	var out, faults bytes.Buffer // several are for a database only, and the flag says so
	code := run([]string{"verify", "-key", key, "-known", filepath.Join(dir, "kept"), "-known", filepath.Join(dir, "kept"), filepath.Join(dir, "grown")}, &console{out: &out, err: &faults})
	if code != exitUsage || !strings.Contains(faults.String(), "用法") {
		t.Errorf("two kept checkpoints: got exit %d, want %d\n%s%s", code, exitUsage, &out, &faults)
	}
}
