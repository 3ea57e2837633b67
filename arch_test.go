package shiji_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms says what each room may import of the others. A room is added only
// together with its line here (see ARCHITECTURE.md).
var rooms = map[string][]string{
	"internal/num":      {},
	"internal/fault":    {},
	"internal/text":     {"internal/fault"},
	"internal/fact":     {"internal/num"},
	"internal/evidence": {"internal/num", "internal/fault"},
	"internal/scheme":   {"internal/num", "internal/fault", "internal/fact"},
	"internal/measure":  {"internal/num", "internal/fault", "internal/fact", "internal/evidence", "internal/scheme"},
	"internal/eval":     {"internal/num", "internal/fault", "internal/fact", "internal/scheme"},
	"internal/explain":  {"internal/num", "internal/fault", "internal/text", "internal/fact", "internal/scheme", "internal/eval"},
	"internal/bundle":   {"internal/num", "internal/fault", "internal/fact", "internal/scheme", "internal/measure", "internal/eval", "internal/audit"},
	"internal/city":     {"internal/num", "internal/evidence"},
	"internal/audit":    {},
	"internal/org":      {},
	"internal/auth":     {"internal/fault"},
	"internal/pinyin":   {},
	"internal/config":   {"internal/fault"},
	"internal/store":    {"internal/num", "internal/fault", "internal/org", "internal/audit"},
	"internal/sheet":    {"internal/num", "internal/fault", "internal/text", "internal/evidence", "internal/explain"},
	"internal/print":    {"internal/num", "internal/fault", "internal/text", "internal/explain"},
	"internal/app": {
		"internal/num", "internal/fault", "internal/text", "internal/fact", "internal/evidence", "internal/scheme", "internal/measure",
		"internal/eval", "internal/explain", "internal/bundle", "internal/sheet", "internal/print", "schemes",
		"internal/org", "internal/audit", "internal/auth", "internal/pinyin", "internal/store", "internal/city",
	},
	"internal/web": {
		"internal/fault", "internal/text", "internal/org", "internal/auth", "internal/explain", "internal/print", "internal/sheet", "internal/app",
		"internal/web/asset", "internal/web/chart",
	},
	"internal/web/asset": {},
	"internal/web/chart": {},
	"schemes":            {"internal/scheme", "internal/fault"},
	// For tests and developers only.
	"internal/store/storetest":     {"internal/audit", "internal/store"},
	"internal/web/webtest":         {},
	"internal/explain/explaintest": {"internal/num", "internal/fact", "internal/scheme", "internal/measure", "internal/evidence", "internal/eval", "internal/explain"},
	"internal/realdata": {
		"internal/num", "internal/fault", "internal/fact", "internal/evidence", "internal/scheme", "internal/measure", "internal/eval", "internal/sheet", "internal/app",
	},
	"cmd/realdata": {"internal/realdata", "internal/sheet", "internal/evidence"},
	"cmd/shiji": {
		"internal/fault", "internal/text", "internal/evidence", "internal/scheme", "internal/explain", "internal/bundle", "internal/sheet", "internal/city", "internal/app", "schemes",
		"internal/org", "internal/audit", "internal/auth", "internal/config", "internal/store", "internal/web", "internal/web/asset",
	},
}

// worldly rooms may touch the world; all others are pure.
var worldly = []string{"internal/web", "internal/web/asset", "internal/web/chart", "internal/config", "internal/store", "internal/store/storetest", "internal/sheet", "internal/print", "internal/app", "cmd/shiji", "internal/realdata", "cmd/realdata"}

// forbidden are what a pure room never imports.
var forbidden = []string{"os", "os/exec", "net", "net/http", "database/sql", "html/template", "log", "log/slog", "math/rand", "math/rand/v2", "syscall", "time"}

// exact rooms never hold a float: scores and money do not pass through one.
var exact = []string{"internal/num", "internal/fact", "internal/scheme", "internal/eval", "internal/bundle"}

func TestArchitecture(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && file != "." && isModule(file) {
			return filepath.SkipDir // a peer in the benchmarks, which is not ours to arrange
		}
		if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		room := path.Dir(filepath.ToSlash(file))
		allowed, known := rooms[room]
		if !known {
			t.Errorf("%s: room %s has no line in arch_test.go", file, room)
			return nil
		}
		seen[room] = true
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			inside, ours := strings.CutPrefix(name, "shiji/")
			switch {
			case ours && !slices.Contains(allowed, inside):
				t.Errorf("%s: room %s must not import %s", file, room, inside)
			case !ours && slices.Contains(forbidden, name) && !slices.Contains(worldly, room):
				t.Errorf("%s: room %s is pure and must not import %q", file, room, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range rooms {
		if !seen[room] {
			t.Errorf("arch_test.go has a line for room %s, which does not exist", room)
		}
	}
}

func TestExactRoomsHoldNoFloats(t *testing.T) {
	for _, room := range exact {
		files, err := filepath.Glob(room + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", room, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, word := range identifiers(t, file) {
				if word == "float64" || word == "float32" {
					t.Errorf("%s: %s in an exact room", file, word)
				}
			}
		}
	}
}

func identifiers(t *testing.T, file string) (out []string) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			out = append(out, id.Name)
		}
		return true
	})
	return out
}

// isModule says whether dir is a Go module of its own.
func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}
