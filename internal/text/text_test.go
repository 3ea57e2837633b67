package text_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"shiji/internal/text"
)

var keyShape = regexp.MustCompile(`^(scheme|evidence|sheet|measure|eval|app)\.[a-z0-9.-]+$`)

// TestEveryKeyHasWords reads the sources: a string shaped like a catalogue key
// must be in the catalogue, so no fault can reach a person as a bare key.
func TestEveryKeyHasWords(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "text/") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			s, _ := strconv.Unquote(lit.Value)
			if !keyShape.MatchString(s) || strings.HasSuffix(s, ".go") {
				return true
			}
			seen++
			if _, ok := text.Lookup(s); !ok {
				t.Errorf("%s: key %q is not in the catalogue", path, s)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d keys", seen)
}
