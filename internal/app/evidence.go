package app

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"shiji/internal/evidence"
	"shiji/internal/fault"
	"shiji/internal/sheet"
)

// ReadPackage reads a school's package: a workbook, or a folder of CSV files.
// An old .xls is converted first when LibreOffice is installed. progress, if
// not nil, is told how many bytes have been read.
func ReadPackage(path string, progress func(bytesRead int64)) (*evidence.Package, error) {
	limits := sheet.DefaultLimits()
	limits.Progress = progress
	return readPackage(path, limits)
}

func readPackage(path string, limits sheet.Limits) (*evidence.Package, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.New(fault.NotFound, "app.no-package", path).Because(err)
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, fault.New(fault.Refused, "app.not-a-file", path) // a pipe would be waited for
	}
	if info.IsDir() {
		return sheet.ReadPackageCSV(os.DirFS(path), limits)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if isOLE(f) {
		if converted, err := convertXLS(path); err == nil {
			return sheet.ReadPackage(bytes.NewReader(converted), int64(len(converted)), limits)
		}
	}
	return sheet.ReadPackage(f, info.Size(), limits)
}

// MarkPackage writes the workbook at path back to w with the faulty cells
// coloured and commented.
func MarkPackage(path string, faults []*fault.Error, w io.Writer) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fault.New(fault.Invalid, "app.mark-folder")
	}
	return sheet.Mark(f, info.Size(), sheet.DefaultLimits(), faults, w)
}

// oleMagic opens .xls files (and encrypted .xlsx, which LibreOffice refuses).
var oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

func isOLE(r io.ReaderAt) bool {
	head := make([]byte, len(oleMagic))
	_, err := r.ReadAt(head, 0)
	return err == nil && bytes.Equal(head, oleMagic)
}

// A file that LibreOffice opens may be made to harm it: it gets little time and
// memory, nothing of our environment, and one file at a time.
const (
	convertTime   = 60 * time.Second
	convertMax    = 20 << 20
	convertedMax  = 64 << 20
	convertMemory = 4 << 20 // KB of address space, as ulimit counts
)

var converting = make(chan struct{}, 1)

// convertXLS lets LibreOffice save the file as .xlsx in a folder of its own.
// Whatever goes wrong, the strict reader then tells the user how to do the same.
func convertXLS(path string) ([]byte, error) {
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		return nil, err
	}
	converting <- struct{}{}
	defer func() { <-converting }()
	dir, err := os.MkdirTemp("", "shiji-xls-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	info, err := os.Stat(path)
	if err != nil || info.Size() > convertMax {
		return nil, fault.New(fault.TooLarge, "app.xls-large")
	}
	original, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	// A plain name: the user's may look like an option.
	if err := os.WriteFile(filepath.Join(dir, "in.xls"), original, 0o600); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), convertTime)
	defer cancel()
	cmd := confined(ctx, convertMemory, soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless",
		"--infilter=MS Excel 97", // else it takes anything for text and converts that
		"--convert-to", "xlsx", "--outdir", dir, filepath.Join(dir, "in.xls"))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir}
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	return readBounded(filepath.Join(dir, "in.xlsx"), convertedMax)
}

// readBounded reads a file of at most n bytes.
func readBounded(path string, n int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, n+1))
	if err == nil && int64(len(b)) > n {
		err = fault.New(fault.TooLarge, "app.xls-large")
	}
	return b, err
}
