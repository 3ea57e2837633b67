package print_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
	"shiji/internal/fault"
	"shiji/internal/print"
)

var printed = time.Date(2026, 7, 1, 8, 30, 0, 0, time.UTC)

// forms yields a form a page.
func forms(pages []*explain.Page) func(func(print.Form, error) bool) {
	return func(yield func(print.Form, error) bool) {
		for _, p := range pages {
			if !yield(print.Form{Page: p, Printed: printed, Proof: "检查点 42"}, nil) {
				return
			}
		}
	}
}

func pressed(tb testing.TB, p *print.Press, pages []*explain.Page) ([]byte, []print.Finding) {
	tb.Helper()
	var b bytes.Buffer
	found, err := p.Forms(&b, forms(pages), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return b.Bytes(), found
}

// tool runs one of poppler's programs on a PDF; without them nothing can say
// whether a reader understands the file.
func tool(tb testing.TB, name string, pdf []byte, args ...string) string {
	tb.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		tb.Skipf("SKIPPED: NO READER HAS OPENED THE PDF: %s (poppler-utils) is not installed", name)
	}
	file := filepath.Join(tb.TempDir(), "a.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		tb.Fatal(err)
	}
	for i, a := range args {
		if a == "FILE" {
			args[i] = file
		}
	}
	cmd := exec.Command(path, args...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil || problems.Len() > 0 {
		tb.Fatalf("%s: %v\n%s", name, err, &problems)
	}
	return out.String()
}

func pageCount(tb testing.TB, pdf []byte) int {
	tb.Helper()
	for line := range strings.Lines(tool(tb, "pdfinfo", pdf, "FILE")) {
		if n, ok := strings.CutPrefix(line, "Pages:"); ok {
			count, err := strconv.Atoi(strings.TrimSpace(n))
			if err != nil {
				tb.Fatal(err)
			}
			return count
		}
	}
	tb.Fatal("pdfinfo tells no pages")
	return 0
}

// A whole school under every embedded kind of scheme: two pages each, every
// name in the text, every total, and nobody with a finding.
func TestFormsOfASchool(t *testing.T) {
	t.Parallel()
	p := press(t)
	for _, name := range []string{"jining-2018/junior", "fuqing-style/points", "longyan-2017/year"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pages := demo(t, name).Pages
			pdf, found := pressed(t, p, pages)
			if len(found) > 0 {
				t.Errorf("findings: %v", found)
			}
			if got := pageCount(t, pdf); got != 2*len(pages) {
				t.Errorf("%d pages for %d people, want two each", got, len(pages))
			}
			sheets := strings.Split(tool(t, "pdftotext", pdf, "-raw", "FILE", "-"), "\f")
			for i, page := range pages {
				for _, want := range []string{page.Name, page.Subject, page.Total, page.Scheme.Digest} {
					for _, side := range sheets[2*i : 2*i+1] {
						if !strings.Contains(side, want) {
							t.Errorf("%s: the form lacks %q", page.Subject, want)
						}
					}
				}
			}
		})
	}
}

// Rare names: 䶮 and 㛃 stand in the second font, 𬭎 beyond U+FFFF too, 𠮷 in
// none; Tibetan would come out wrong.
func rareNames(t *testing.T) []*explain.Page {
	pages := explaintest.Points(t, 6).Pages()
	for i, name := range []string{"龚䶮", "杨㛃", "李𬭎", "𠮷田喆", "བསོད་ནམས"} {
		pages[i].Name = name
	}
	return pages[:5]
}

func TestRareNames(t *testing.T) {
	t.Parallel()
	pages := rareNames(t)
	pdf, found := pressed(t, press(t), pages)
	got := map[string]bool{}
	for _, f := range found {
		got[f.Subject+" "+string(f.Rune)] = true
		if !strings.Contains(f.String(), string(f.Rune)) || !strings.Contains(f.String(), f.Name) || f.Name == "" {
			t.Errorf("the finding does not name character and person: %s", f)
		}
	}
	want := map[string]bool{"T004 𠮷": true}
	for _, r := range "བསོད་ནམས" {
		want["T005 "+string(r)] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	text := tool(t, "pdftotext", pdf, "-raw", "FILE", "-")
	for _, name := range []string{"龚䶮", "杨㛃", "李𬭎", "〓田喆", "〓〓〓〓"} {
		if !strings.Contains(text, name) {
			t.Errorf("the file's text lacks %q", name)
		}
	}
}

// The same with the font that the site prints with: what it draws is seen.
func TestRareNamesWithTheRealFont(t *testing.T) {
	t.Parallel()
	font := realFont(t)
	p, err := print.NewPress(font)
	if err != nil {
		t.Fatal(err)
	}
	pdf, found := pressed(t, p, rareNames(t)[:4])
	if len(found) != 1 || found[0].Rune != '𠮷' {
		t.Errorf("findings %v, want 𠮷 only", found)
	}
	text := tool(t, "pdftotext", pdf, "-raw", "FILE", "-")
	for _, name := range []string{"龚䶮", "杨㛃", "李𬭎", "〓田喆"} {
		if !strings.Contains(text, name) {
			t.Errorf("the file's text lacks %q", name)
		}
	}
	if limit := 300_000; len(pdf) > limit {
		t.Errorf("four people take %d bytes, more than %d: the font is not cut down", len(pdf), limit)
	}
	if fonts := tool(t, "pdffonts", pdf, "FILE"); !strings.Contains(fonts, "yes yes yes") {
		t.Errorf("the font is not embedded, cut down and searchable:\n%s", fonts)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	pages := rareNames(t)
	first, _ := pressed(t, press(t), pages)
	p := press(t)
	for range 3 {
		if again, _ := pressed(t, p, pages); !bytes.Equal(first, again) {
			t.Fatal("the same people give other bytes")
		}
	}
}

func TestFormsStop(t *testing.T) {
	t.Parallel()
	p := press(t)
	stop := errors.New("stop")
	done := 0
	pages := explaintest.Points(t, 6).Pages()
	_, err := p.Forms(io.Discard, func(yield func(print.Form, error) bool) {
		for i, page := range pages {
			if i == 3 {
				yield(print.Form{}, stop)
				return
			}
			if !yield(print.Form{Page: page}, nil) {
				return
			}
		}
	}, func(n int) { done = n })
	if !errors.Is(err, stop) || done != 3 {
		t.Errorf("error %v after %d", err, done)
	}
	var nothing *fault.Error
	if _, err := p.Forms(io.Discard, forms(nil), nil); !errors.As(err, &nothing) || nothing.Key != "print.nothing" {
		t.Errorf("nobody to print: %v", err)
	}
	if _, err := p.Forms(failing{}, forms(pages[:1]), nil); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("a full disk is told as %v", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestFontsAreChecked(t *testing.T) {
	t.Parallel()
	whole := madeFont(plain)
	for name, c := range map[string]struct {
		data []byte
		key  string
	}{
		"empty":       {nil, "print.font-broken"},
		"not a font":  {[]byte("%PDF-1.7 and so on"), "print.font-broken"},
		"CFF":         {append([]byte("OTTO"), whole[4:]...), "print.font-broken"},
		"collection":  {append([]byte("ttcf"), whole[4:]...), "print.font-broken"},
		"cut off":     {whole[:len(whole)/2], "print.font-broken"},
		"not Chinese": {madeFont([]span{{' ', '~'}}), "print.font-not-chinese"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := print.NewPress(print.Font{Name: "a.ttf", Data: c.data})
			var got *fault.Error
			if !errors.As(err, &got) || got.Key != c.key {
				t.Errorf("error %v, want %s", err, c.key)
			}
		})
	}
}

// Whatever bytes a font has, they are refused or read, and never end the program.
func FuzzFont(f *testing.F) {
	small := madeFont([]span{{' ', '~'}, {'〓', '〓'}, {'表', '表'}, {'考', '考'}, {'核', '核'}})
	f.Add(small)
	f.Add(small[:200])
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := print.NewPress(print.Font{Name: "a.ttf", Data: data})
		if (p == nil) == (err == nil) {
			t.Errorf("press %v, error %v", p != nil, err)
		}
	})
}

// A file that is not laid out as the library does is refused, never cut.
func FuzzMendUnicode(f *testing.F) {
	p, err := print.NewPress(print.Font{Name: "small", Data: madeFont([]span{{' ', '~'}, {'〓', '〓'}, {'核', '核'}, {'考', '考'}, {'表', '表'}, {0x2cb4e, 0x2cb4e}})})
	if err != nil {
		f.Fatal(err)
	}
	pdf, _ := pressed(f, p, []*explain.Page{{Who: explain.Who{Name: "𬭎"}}})
	f.Add(pdf)
	f.Add(pdf[:len(pdf)-40])
	f.Add([]byte("xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000001 00000 n \nstartxref\n1\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		out, err := print.MendUnicode(file)
		if err == nil && len(out) < len(file)-10 { // the index's offset may lose leading zeros
			t.Errorf("%d bytes became %d", len(file), len(out))
		}
	})
}

func BenchmarkForms(b *testing.B) {
	p, err := print.NewPress(realFont(b))
	if err != nil {
		b.Fatal(err)
	}
	pages := demo(b, "jining-2018/junior").Pages
	b.Run("one file", func(b *testing.B) {
		size := 0
		for b.Loop() {
			pdf, _ := pressed(b, p, pages)
			size = len(pdf)
		}
		b.ReportMetric(float64(len(pages)*b.N)/b.Elapsed().Seconds(), "people/s")
		b.ReportMetric(float64(size), "bytes")
	})
	b.Run("a file each", func(b *testing.B) {
		n, size := 0, 0
		for b.Loop() {
			pdf, _ := pressed(b, p, pages[n%len(pages):][:1])
			n, size = n+1, size+len(pdf)
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "people/s")
		b.ReportMetric(float64(size/n), "bytes")
	})
}

func ExampleFinding() {
	fmt.Println(print.Finding{Subject: "T004", Name: "𠮷田喆", Rune: '𠮷'})
	// Output: 𠮷田喆（工号 T004）的“𠮷”（U+20BB7）字体里没有，纸面上印作“〓”。请添加有这个字的字体，或手写补上。
}
