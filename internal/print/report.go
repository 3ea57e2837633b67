package print

import (
	"bufio"
	"embed"
	"html/template"
	"io"

	"shiji/internal/explain"
)

//go:embed page
var files embed.FS

// style is inlined into every file, for a file must stand alone.
var style = template.CSS(mustRead("page/style.css"))

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"node": newNode, "bar": newBar, "columns": newColumns, "members": newMembers,
}).ParseFS(files, "page/*.html"))

// members is a group's table with what its heads need.
type members struct {
	Index int
	explain.Group
	Pointless bool
}

func newMembers(i int, g explain.Group, pointless bool) members { return members{i, g, pointless} }

func mustRead(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic("print: " + err.Error()) // embedded: cannot be missing
	}
	return b
}

// Report writes the whole cohort for the committee that decides on it: overview,
// everybody's line, and every person's explained result.
func Report(w io.Writer, o *explain.Overview, people []*explain.Page) error {
	return write(w, "report", struct {
		Style template.CSS
		*explain.Overview
		Pages []*explain.Page
	}{style, o, people})
}

// Person writes one person's explained result.
func Person(w io.Writer, p *explain.Page) error {
	return write(w, "person", struct {
		Style template.CSS
		*explain.Page
	}{style, p})
}

func write(w io.Writer, name string, data any) error {
	b := bufio.NewWriterSize(w, 1<<16)
	if err := pages.ExecuteTemplate(b, name, data); err != nil {
		return err
	}
	return b.Flush()
}
