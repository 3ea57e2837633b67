package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// writeFile writes a file whole or not at all: a failed run leaves what was
// there before.
func writeFile(path string, write func(w io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".shiji-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()           // already failing
			_ = os.Remove(f.Name()) // likewise
		}
	}()
	b := bufio.NewWriterSize(f, 1<<16)
	if err := write(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progress returns a reporter of bytes read of the file at path, drawn at most
// ten times a second, and a function that clears the line. Both do nothing when
// nobody is watching.
func (c *console) progress(what, path string) (report func(int64), done func()) {
	info, err := os.Stat(path)
	if !c.terminal || err != nil || info.IsDir() || info.Size() == 0 {
		return nil, func() {}
	}
	var last time.Time
	report = func(n int64) {
		if now := time.Now(); now.Sub(last) > 100*time.Millisecond {
			last = now
			fmt.Fprintf(c.err, "\r%s %3d%%", what, min(100, n*100/info.Size()))
		}
	}
	return report, func() { fmt.Fprint(c.err, "\r\033[K") }
}
