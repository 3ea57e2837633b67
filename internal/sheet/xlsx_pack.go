package sheet

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"

	"shiji/internal/fault"
)

// pack is the zip file behind a workbook. Its parts are found by name without
// regard to case, as the standard prescribes.
type pack struct {
	file   *counter
	limits Limits
	parts  map[string]*zip.File // by lower-case name
}

var (
	zipMagic = []byte("PK\x03\x04")
	oleMagic = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
)

// directoryBytes bounds what is read to list a zip file: 200 entries need some
// 30 KB, the search for the end 66 KB.
const directoryBytes = 1 << 20

func openPack(r io.ReaderAt, size int64, limits Limits) (*pack, error) {
	if size > limits.FileBytes {
		return nil, limits.fileTooLarge(size)
	}
	file := &counter{r: r, limit: directoryBytes, progress: limits.Progress}
	if err := checkMagic(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(file, size)
	if p := file.failed.Load(); p != nil {
		return nil, *p
	}
	if file.exceeded || z != nil && len(z.File) > limits.Entries {
		return nil, fault.New(fault.TooLarge, "sheet.zip-entries", limits.Entries).WithHint("sheet.hint-resave")
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "sheet.zip-broken", "zip").Because(err).WithHint("sheet.hint-resave")
	}
	file.limit = 0
	p := &pack{file: file, limits: limits, parts: make(map[string]*zip.File, len(z.File))}
	var total uint64
	for _, f := range z.File {
		if err := p.admit(f); err != nil {
			return nil, err
		}
		if total += f.UncompressedSize64; total > uint64(limits.UnpackedBytes) {
			return nil, fault.New(fault.TooLarge, "sheet.unpacked-too-large", megabytes(limits.UnpackedBytes)).WithHint("sheet.hint-split")
		}
	}
	return p, nil
}

// checkMagic tells a workbook from the other things people call one.
func checkMagic(r io.ReaderAt, size int64) error {
	head := make([]byte, min(size, 1024))
	if n, err := r.ReadAt(head, 0); n < len(head) && err != nil {
		return err
	}
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	switch {
	case len(head) == 0:
		return fault.New(fault.Missing, "sheet.file-empty")
	case bytes.HasPrefix(head, zipMagic):
		return nil
	case bytes.HasPrefix(head, oleMagic):
		return checkOLE(r, size)
	case bytes.HasPrefix(text, []byte("<html")), bytes.HasPrefix(text, []byte("<!doctype html")),
		bytes.HasPrefix(text, []byte("<table")), bytes.HasPrefix(text, []byte("<meta")),
		bytes.HasPrefix(text, []byte("<?xml")):
		// Many systems export a web page, or Excel 2003 XML, under the name .xls.
		return fault.New(fault.Invalid, "sheet.file-html").WithHint("sheet.hint-save-xlsx")
	}
	return fault.New(fault.Invalid, "sheet.file-not-xlsx").WithHint("sheet.hint-save-xlsx")
}

// checkOLE tells an encrypted workbook from an .xls: only the former holds a
// stream of this name. The caller has bounded size.
func checkOLE(r io.ReaderAt, size int64) error {
	mark := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	buf := make([]byte, 64<<10)
	for off := int64(0); off < size; off += int64(len(buf) - len(mark)) {
		n, err := r.ReadAt(buf[:min(int64(len(buf)), size-off)], off)
		if bytes.Contains(buf[:n], mark) {
			return fault.New(fault.Refused, "sheet.file-encrypted").WithHint("sheet.hint-decrypt")
		}
		if err != nil && err != io.EOF {
			return err
		}
	}
	return fault.New(fault.Invalid, "sheet.file-xls").WithHint("sheet.hint-save-xlsx")
}

// admit checks one entry of the zip's directory and lists it.
func (p *pack) admit(f *zip.File) error {
	name := strings.ToLower(f.Name)
	switch {
	case f.Flags&1 != 0:
		return fault.New(fault.Refused, "sheet.file-encrypted").WithHint("sheet.hint-decrypt")
	case name == "" || len(name) > 255 || name[0] == '/' || strings.ContainsAny(name, "\\:\x00") || path.Clean(name) != strings.TrimSuffix(name, "/") || strings.HasPrefix(name, ".."):
		return fault.New(fault.Refused, "sheet.zip-name", f.Name).WithHint("sheet.hint-resave")
	case p.parts[name] != nil:
		return fault.New(fault.Refused, "sheet.zip-duplicate", f.Name).WithHint("sheet.hint-resave")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fault.New(fault.Invalid, "sheet.zip-method", f.Name).WithHint("sheet.hint-resave")
	case strings.Contains(name, "vbaproject") || strings.Contains(name, "/macrosheets/") || strings.Contains(name, "/activex/"):
		return fault.New(fault.Refused, "sheet.macros").WithHint("sheet.hint-macros")
	case strings.Contains(name, "/externallinks/"):
		return fault.New(fault.Refused, "sheet.external-links").WithHint("sheet.hint-external-links")
	}
	if err := p.admitSize(f, name); err != nil {
		return err
	}
	p.parts[name] = f
	return nil
}

func (p *pack) admitSize(f *zip.File, name string) error {
	ratio, limit := p.limits.Ratio, p.limits.UnpackedBytes
	if path.Base(name) == "styles.xml" {
		ratio, limit = p.limits.StyleRatio, p.limits.StyleBytes
	}
	size, packed := f.UncompressedSize64, f.CompressedSize64
	if size > uint64(limit) {
		return fault.New(fault.TooLarge, "sheet.part-too-large", f.Name, megabytes(limit)).WithHint("sheet.hint-split")
	}
	if size > smallPart && size/uint64(ratio) > packed {
		return fault.New(fault.Refused, "sheet.zip-bomb", f.Name, ratio).WithHint("sheet.hint-resave")
	}
	return nil
}

// open returns the part's content, which cannot be longer than its directory
// entry says, and nil when there is no such part.
func (p *pack) open(name string) (io.ReadCloser, error) {
	f := p.parts[strings.ToLower(name)]
	if f == nil {
		return nil, nil
	}
	rc, err := f.Open()
	if err != nil {
		return nil, p.file.broken(name, 0, err)
	}
	return &bounded{rc: rc, left: int64(f.UncompressedSize64)}, nil
}

// bounded ends a part that unpacks to more than it declared.
type bounded struct {
	rc   io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.rc.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, zip.ErrFormat
	}
	return n, err
}

func (b *bounded) Close() error { return b.rc.Close() }

// walk opens the part, hands its scanner to visit behind the root's start tag,
// and then reads to the part's end, which checks its checksum. It reports
// whether the part exists.
func (p *pack) walk(name string, root string, in space, visit func(*scanner) error) (bool, error) {
	rc, err := p.open(name)
	if rc == nil || err != nil {
		return false, err
	}
	defer rc.Close()
	s := newScanner(rc)
	err = s.enter(root, in)
	if err == nil {
		err = visit(s)
	}
	for err == nil && s.kind != tokenEOF {
		_, err = s.next()
	}
	if err != nil {
		return true, p.file.broken(name, s.offset(), err)
	}
	return true, nil
}

// enter reads up to the root's start tag, which must be the one named.
func (s *scanner) enter(root string, in space) error {
	t, err := s.next()
	if err != nil {
		return err
	}
	if t != tokenStart || s.space != in || string(s.name) != root {
		return errSyntax
	}
	return nil
}

// children calls visit for every child element of the open one, until its end.
// visit must read the child to its end (skip, elementText, children).
func (s *scanner) children(visit func() error) error {
	for {
		t, err := s.next()
		switch {
		case err != nil:
			return err
		case t == tokenEnd:
			return nil
		case t == tokenStart:
			if err := visit(); err != nil {
				return err
			}
		case len(bytes.TrimSpace(s.text)) > 0:
			return errSyntax
		}
	}
}
