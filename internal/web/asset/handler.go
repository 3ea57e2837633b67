package asset

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
)

// file is one file in the forms it is sent in.
type file struct {
	kind  string
	forms []form // best first; the last is plain
}

type form struct {
	encoding string // "" when plain
	body     []byte
}

var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// newFile packs with gzip what npm's build did not see; browsers take brotli over HTTPS only, so every file has it.
func newFile(ext string, plain, br []byte) *file {
	f := &file{kind: kinds[ext]}
	if br != nil {
		f.forms = append(f.forms, form{"br", br})
	}
	if zipped := pack(plain); len(zipped) < len(plain) {
		f.forms = append(f.forms, form{"gzip", zipped})
	}
	f.forms = append(f.forms, form{"", plain})
	return f
}

func pack(plain []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	_, _ = w.Write(plain) // a bytes.Buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// Handler serves the files below /static/, by the names that URL gives and no others. A name changes with its
// content: answers may be kept for ever.
func (a *Assets) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		f, known := a.served[r.URL.Path]
		if !known {
			http.NotFound(w, r)
			return
		}
		f.send(w, r.Header.Values("Accept-Encoding"))
	})
}

func (f *file) send(w http.ResponseWriter, accepted []string) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if len(f.forms) > 1 {
		h.Set("Vary", "Accept-Encoding")
	}
	for _, form := range f.forms {
		if form.encoding != "" && !accepts(accepted, form.encoding) {
			continue
		}
		if form.encoding != "" {
			h.Set("Content-Encoding", form.encoding)
		}
		h.Set("Content-Length", strconv.Itoa(len(form.body)))
		_, _ = w.Write(form.body) // the reader has gone: nobody to tell
		return
	}
}

// accepts tells whether Accept-Encoding names the coding with a weight above zero (RFC 9110, 12.5.3). A lone "*"
// counts as no: plain is always right.
func accepts(headers []string, coding string) bool {
	for item := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		name, params, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		weight, has := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(params, " ", "")), "q=")
		q, err := strconv.ParseFloat(weight, 64)
		return !has || err == nil && q > 0
	}
	return false
}
