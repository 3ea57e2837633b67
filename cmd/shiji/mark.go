package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"shiji/internal/app"
	"shiji/internal/fault"
	"shiji/internal/text"
)

// A workbook is marked in a process of its own: the library that writes it
// trusts what it reads, and a hostile file can make it take all memory there is
// (CVE-2026-59161), which no recover helps against.
const (
	markCommand = "mark-apart" // not in the help: serve runs it
	markTime    = time.Minute
	markMemory  = 1 << 30
	markFaults  = 64 << 10 // of its stderr, for the log
)

// markApart marks the workbook at path in another process.
func markApart(ctx context.Context, path string, faults []*fault.Error, w io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("mark apart: %w", err)
	}
	// Worded here: arguments lose their types on the way.
	said := make([]*fault.Error, len(faults))
	for i, f := range faults {
		words := text.Sprintf(f.Key, f.Args...)
		if f.Hint != "" {
			words += " " + text.Sprintf(f.Hint, f.Args...)
		}
		said[i] = fault.New(f.Kind, "cmd.said", words).At(f.Where)
	}
	list, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("mark apart: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, markTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, markCommand, path)
	cmd.Stdin = bytes.NewReader(list)
	var out, log bytes.Buffer // nothing half-written reaches the reader
	cmd.Stdout, cmd.Stderr = &out, &limited{&log, markFaults}
	cmd.Env = []string{"GOMEMLIMIT=" + fmt.Sprint(markMemory*3/4), "GOMAXPROCS=1", "TMPDIR=" + os.TempDir()}
	if err := cmd.Run(); err != nil {
		return fault.New(fault.Refused, "cmd.mark-failed").Because(fmt.Errorf("%w: %s", err, log.Bytes()))
	}
	_, err = out.WriteTo(w)
	return err
}

// runMarkApart is the other process.
func runMarkApart(path string, in io.Reader, out io.Writer) error {
	if err := limitMemory(markMemory); err != nil {
		return err
	}
	var faults []*fault.Error
	if err := json.NewDecoder(in).Decode(&faults); err != nil {
		return fmt.Errorf("faults: %w", err)
	}
	return app.MarkPackage(path, faults, out)
}

// limited keeps the first n bytes and swallows the rest.
type limited struct {
	w io.Writer
	n int
}

func (l *limited) Write(b []byte) (int, error) {
	keep := b[:min(len(b), l.n)]
	l.n -= len(keep)
	if _, err := l.w.Write(keep); err != nil && !errors.Is(err, io.ErrShortWrite) {
		return 0, err
	}
	return len(b), nil
}
