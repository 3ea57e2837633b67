// Package asset holds what every page loads: the style sheet, the scripts, the icon, and the font that paper is drawn
// with. It decides how they are named, packed and cached; it knows no page.
//
// The style sheet is our own plain CSS and always there. Scripts and font come from npm at build time (`make assets`)
// and lie in dist, which is not committed: a build without Node has none, pages then work without scripts, and
// drawing PDFs in batch is off.
package asset

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed all:dist css js favicon.svg icons.svg icons.html
var embedded embed.FS

// prefix is where the files are served.
const prefix = "/static/"

// Assets are the files of one build. They never change while the program runs.
type Assets struct {
	urls   map[string]string // by name, "app.css"
	served map[string]*file  // by path, "/static/app.1f2e3d4c.css"
	fsys   fs.FS
}

// Open returns the files that this program was built with. The error is a broken build.
var Open = sync.OnceValues(func() (*Assets, error) { return open(embedded) })

// URL returns the path of a file whose content never changes: "app.css", "favicon.svg", "icons.svg", "app.js", "htmx.js". Of a
// script that was not built it is "". It panics on another name, which is a mistake in a template.
func (a *Assets) URL(name string) string {
	url, known := a.urls[name]
	if !known {
		panic("asset: no file is called " + name)
	}
	return url
}

// Font returns the TrueType font for Chinese, Noto Sans SC Regular, and whether this build has it. Each call copies ten
// megabytes out of the program: a caller that draws keeps it, a server that does not draw never pays.
func (a *Assets) Font() ([]byte, bool) {
	b, err := fs.ReadFile(a.fsys, "dist/font/NotoSansSC-Regular.ttf")
	return b, err == nil
}

// Parse adds the icons to t, as templates "icon-home" and so on. They ask t's function "asset" for the address of icons.svg.
func Parse(t *template.Template) (*template.Template, error) {
	return t.ParseFS(embedded, "icons.html")
}

func open(fsys fs.FS) (*Assets, error) {
	a := &Assets{urls: map[string]string{}, served: map[string]*file{}, fsys: fsys}
	css, err := concat(fsys, "css")
	if err != nil {
		return nil, err
	}
	js, err := concat(fsys, "js")
	if err != nil {
		return nil, err
	}
	of, err := sourcesOfBuild(fsys)
	if err != nil {
		return nil, err
	}
	for _, drawing := range []string{"favicon.svg", "icons.svg"} {
		b, err := fs.ReadFile(fsys, drawing)
		if err != nil {
			return nil, err
		}
		a.add(drawing, b, nil)
	}
	if err := a.addBuilt(fsys, "app.css", of.CSS == digest(css)); err != nil {
		return nil, err
	}
	if a.urls["app.css"] == "" {
		a.add("app.css", css, nil)
	}
	for _, script := range []string{"app.js", "htmx.js"} {
		if err := a.addBuilt(fsys, script, of.JS == digest(js)); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// concat joins the files of a folder in the order of their names, as build.mjs does.
func concat(fsys fs.FS, folder string) ([]byte, error) {
	entries, err := fs.ReadDir(fsys, folder)
	if err != nil {
		return nil, err
	}
	var all bytes.Buffer
	for _, e := range entries {
		b, err := fs.ReadFile(fsys, path.Join(folder, e.Name()))
		if err != nil {
			return nil, err
		}
		all.Write(b)
	}
	return all.Bytes(), nil
}

// sources are digests of what dist was made from: files built from older sources than the program holds are left out,
// so that a forgotten `make assets` never shows an old look.
type sources struct {
	CSS string `json:"css"`
	JS  string `json:"js"`
}

// sourcesOfBuild returns zero values when there was no build.
func sourcesOfBuild(fsys fs.FS) (s sources, err error) {
	b, err := fs.ReadFile(fsys, "dist/sources.json")
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("dist/sources.json: %w", err)
	}
	return s, nil
}

// addBuilt adds a file of dist with its brotli form; a stale one gets an empty URL. A fresh build must be whole.
func (a *Assets) addBuilt(fsys fs.FS, name string, fresh bool) error {
	a.urls[name] = ""
	if !fresh {
		return nil
	}
	plain, err := fs.ReadFile(fsys, "dist/"+name)
	if err != nil {
		return err
	}
	br, err := fs.ReadFile(fsys, "dist/"+name+".br")
	if err != nil {
		return err
	}
	a.add(name, plain, br)
	return nil
}

func (a *Assets) add(name string, plain, br []byte) {
	ext := path.Ext(name)
	url := prefix + strings.TrimSuffix(name, ext) + "." + digest(plain)[:8] + ext
	a.urls[name] = url
	a.served[url] = newFile(ext, plain, br)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
