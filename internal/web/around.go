package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a school's PC may have no time zones

	"github.com/klauspost/compress/gzip"
)

var shanghai = func() *time.Location {
	l, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic("web: the embedded time zones lack Asia/Shanghai: " + err.Error())
	}
	return l
}()

type requestKey struct{}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string) // "" outside a request
	return id
}

func newRequestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// around is what every answer passes: an id, a line in the log without anything
// personal, headers, the origin check, packing, and a net under panics.
func (s *site) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		id := newRequestID()
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, id))
		p := &packer{ResponseWriter: w, gzip: takesGzip(r)}
		s.headers(w.Header())
		defer func() {
			if v := recover(); v != nil {
				s.Log.Error("panic", slog.String("request", id), slog.Any("value", v), slog.String("stack", string(debug.Stack())))
				if p.status == 0 {
					http.Error(p, "程序出错，编号 "+id, http.StatusInternalServerError)
				}
			}
			p.close()
			s.account(r, p.status, id, time.Since(begun))
		}()
		if err := s.fromHere(r); err != nil {
			(&call{site: s, w: p, r: r, id: id}).fail(err)
			return
		}
		next.ServeHTTP(p, r)
	})
}

// headers let a page load nothing from elsewhere and run nothing
// inline, be framed nowhere and kept nowhere.
func (s *site) headers(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	if s.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	h.Set("Cache-Control", "no-store") // what may be kept says so itself
}

// fromHere refuses a change that another site may have sent. The standard
// library lets requests pass that carry neither Sec-Fetch-Site nor Origin; with
// a session they are refused too, for every browser sends one of them.
func (s *site) fromHere(r *http.Request) error {
	if err := s.cross.Check(r); err != nil {
		return errForeign
	}
	_, err := r.Cookie(s.cookieName())
	if err == nil && unsafe(r.Method) && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
		return errForeign
	}
	return nil
}

// account writes one line a request: the route, never the address with its ids
// and search words, and nobody's name.
func (s *site) account(r *http.Request, status int, id string, took time.Duration) {
	pattern := r.Pattern
	if pattern == "" {
		pattern = "none"
	}
	if s.Metrics != nil {
		s.Metrics.observe(pattern, status, took)
	}
	if strings.HasPrefix(pattern, "GET /static/") || pattern == "GET /health" {
		return
	}
	s.Log.Info("request", slog.String("request", id), slog.String("route", pattern), slog.Int("status", status), slog.Duration("took", took))
}

// takesGzip says whether a browser names gzip and does not refuse it (q=0).
func takesGzip(r *http.Request) bool {
	for _, coding := range strings.Split(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, quality, _ := strings.Cut(coding, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			value, _ := strings.CutPrefix(strings.ReplaceAll(quality, " ", ""), "q=")
			return value == "" || strings.Trim(value, "0.") != ""
		}
	}
	return false
}

// packer packs text with gzip. What is saved to disk goes as it is.
type packer struct {
	http.ResponseWriter
	gzip   bool
	zip    *gzip.Writer
	status int
}

// packing is the level of gzip at which every result keeps its budget; a byte costs less at
// 6, where results are a twenty-fifth heavier (docs/performance.md).
const packing = 8

var zips = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(nil, packing)
	if err != nil {
		panic("web: a level that gzip knows: " + err.Error())
	}
	return z
}}

func (p *packer) WriteHeader(status int) {
	if p.status != 0 {
		return
	}
	p.status = status
	h := p.Header()
	if p.gzip && h.Get("Content-Encoding") == "" && strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding")
		h.Del("Content-Length")
		p.zip, _ = zips.Get().(*gzip.Writer) // the pool holds nothing else
		p.zip.Reset(p.ResponseWriter)
	}
	p.ResponseWriter.WriteHeader(status)
}

func (p *packer) Write(b []byte) (int, error) {
	if p.status == 0 {
		p.WriteHeader(http.StatusOK)
	}
	if p.zip != nil {
		return p.zip.Write(b)
	}
	return p.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (p *packer) Unwrap() http.ResponseWriter { return p.ResponseWriter }

func (p *packer) close() {
	if p.zip == nil {
		return
	}
	_ = p.zip.Close() // the reader has gone
	zips.Put(p.zip)
	p.zip = nil
}

// disposition names a file to be saved, in any language.
func disposition(name string) string {
	return mime.FormatMediaType("attachment", map[string]string{"filename": name})
}

func escape(s string) string { return url.QueryEscape(s) }
