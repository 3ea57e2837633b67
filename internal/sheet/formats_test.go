package sheet

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
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
