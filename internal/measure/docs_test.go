package measure

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// docs/measures.md is the reference that schemes are written from: it names
// every kind and every field, and its examples compile.
func TestReferenceIsTrue(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../docs/measures.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	for _, kind := range Kinds() {
		if !strings.Contains(doc, "### `"+kind+"`\n") {
			t.Errorf("kind %s has no section", kind)
		}
	}
	words := strings.FieldsFunc(doc, func(r rune) bool { return strings.ContainsRune(" |,、:;()\n", r) })
	named := map[string]bool{}
	for _, w := range words {
		named[w] = true
	}
	for _, name := range examFieldNames() {
		if !named[name] {
			t.Errorf("exam field %s is not named", name)
		}
	}
	blocks := yamlBlock.FindAllStringSubmatch(doc, -1)
	if len(blocks) < 10 {
		t.Errorf("%d examples found", len(blocks))
	}
	used := map[string]bool{}
	for _, block := range blocks {
		s := parse(t, block[1])
		if _, _, err := Compile(s.Measures, s.Tables); err != nil {
			t.Errorf("example does not compile:\n%s%v", block[1], err)
		}
		for _, m := range s.Measures {
			used[m.From] = true
		}
	}
	for _, kind := range Kinds() {
		if !used[kind] {
			t.Errorf("kind %s has no example", kind)
		}
	}
}
