package sheet

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/evidence"
)

var update = flag.Bool("update", false, "write docs/formats.md anew")

func TestFormatsDocumentIsUpToDate(t *testing.T) {
	var want bytes.Buffer
	if err := WriteFormats(&want); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "..", "docs", "formats.md")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Errorf("docs/formats.md differs from the declarations; run with -update (-want +got)\n%s", diff)
	}
}

func TestFormatsKnowEverySheet(t *testing.T) {
	for _, s := range evidence.Sheets {
		if sheetGloss[s.Name].line == "" {
			t.Errorf("%s has no English words", s.Name)
		}
	}
	for _, s := range evidence.Sheets {
		for k := range s.Columns {
			if meaning(s, &s.Columns[k]) == "" {
				t.Errorf("%s %s has no English words", s.Name, s.Columns[k].Name)
			}
		}
	}
	for _, c := range evidence.Days {
		if dayGloss[c.Name] == "" {
			t.Errorf("day %s has no English words", c.Name)
		}
	}
	if len(sheetGloss) != len(evidence.Sheets) {
		t.Errorf("got words for %d sheets, want %d", len(sheetGloss), len(evidence.Sheets))
	}
}

// TestFormatsExampleIsAPackage reads what the page shows as an example.
func TestFormatsExampleIsAPackage(t *testing.T) {
	files := fstest.MapFS{}
	for _, f := range smallest {
		files[f.name] = &fstest.MapFile{Data: []byte(f.text)}
	}
	p, err := ReadPackageCSV(files, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if got := len(p.Marks); got != 2 {
		t.Errorf("got %d lines of marks, want 2", got)
	}
}

// TestFormatsLinksLead follows the page's links to headings within it.
func TestFormatsLinksLead(t *testing.T) {
	var page bytes.Buffer
	if err := WriteFormats(&page); err != nil {
		t.Fatal(err)
	}
	headings := map[string]bool{}
	for _, line := range strings.Split(page.String(), "\n") {
		if h, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
			headings[strings.ToLower(strings.ReplaceAll(h, " ", "-"))] = true
		}
	}
	for _, m := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(page.String(), -1) {
		if !headings[strings.ToLower(m[1])] {
			t.Errorf("no heading for #%s", m[1])
		}
	}
}
