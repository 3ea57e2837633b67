package text_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"shiji/internal/fault"
	"shiji/internal/org"
	"shiji/internal/text"
)

var keyShape = regexp.MustCompile(`^(scheme|evidence|sheet|measure|eval|app|store|auth|config|cmd|print)\.[a-z0-9.-]+$`)

// TestEveryKeyHasWords reads the sources: a string shaped like a catalogue key
// must be in the catalogue, so no fault can reach a person as a bare key.
func TestEveryKeyHasWords(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.Contains(file, "text/") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			s, _ := strconv.Unquote(lit.Value)
			if !keyShape.MatchString(s) || notKey(s) {
				return true
			}
			seen++
			if _, ok := text.Lookup(s); !ok {
				t.Errorf("%s: key %q is not in the catalogue", file, s)
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

// notKey says that s only looks like a key: the beginning of some, a file, or an
// action of the table of rights, whose words stand under org.action.
func notKey(s string) bool {
	return strings.HasSuffix(s, "-") || slices.Contains([]string{".go", ".css", ".js"}, path.Ext(s)) ||
		slices.ContainsFunc(org.Rules(), func(r org.Rule) bool { return string(r.Action) == s })
}

func TestFaultsReadAsSentences(t *testing.T) {
	e := fault.New(fault.Invalid, "scheme.weights-sum", "总分", "0.9").At(fault.Place{File: "a.yaml", Row: 3}).WithHint("scheme.no-groups")
	want := "a.yaml 第 3 行：总分 的权重之和为 0.9，应为 1（100%）。 方案没有岗位组。请写 groups。"
	if got := text.Fault(e); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := text.Fault(fault.New(fault.Invalid, "scheme.want-number", "七成")); !strings.Contains(got, "百分数（70%）") {
		t.Errorf("a percent sign is not itself: %s", got)
	}
}
