// Command realdata writes the packages assembled from the real data sets, a
// workbook each with the scheme it is evaluated by, so that the program can be
// tried on input that nobody made up:
//
//	realdata -o DIR [-data FOLDER] [SET ...]
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"shiji/internal/evidence"
	"shiji/internal/realdata"
	"shiji/internal/sheet"
)

func main() {
	out := flag.String("o", "out/realdata", "folder that the packages are written to")
	data := flag.String("data", "", "folder of the data; by default SHIJI_REALDATA, else "+string(realdata.Default))
	flag.Parse()
	if err := run(*out, *data, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "realdata:", err)
		os.Exit(1)
	}
}

func run(out, data string, names []string) error {
	folder := realdata.Folder(data)
	if data == "" {
		var err error
		if folder, err = realdata.Find("."); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	sets := realdata.Sets()
	for _, name := range names {
		if !slices.ContainsFunc(sets, func(s realdata.Set) bool { return s.Name == name }) {
			return fmt.Errorf("no set %q", name)
		}
	}
	for _, s := range sets {
		if len(names) > 0 && !slices.Contains(names, s.Name) {
			continue
		}
		if err := write(out, folder, &s); err != nil {
			return err
		}
	}
	return nil
}

// write writes one package beside its scheme and says what it holds.
func write(out string, folder realdata.Folder, s *realdata.Set) (err error) {
	p, err := s.Assemble(folder)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, s.Name+".yaml"), s.Scheme(), 0o644); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(out, s.Name+".xlsx"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := sheet.WritePackage(f, p); err != nil {
		return err
	}
	fmt.Printf("%s: %s", f.Name(), p.School[0].Name)
	for _, decl := range evidence.Sheets[1:] {
		if n := decl.Len(p); n > 0 {
			fmt.Printf("，%s %d 行", decl.Name, n)
		}
	}
	fmt.Println()
	return nil
}
