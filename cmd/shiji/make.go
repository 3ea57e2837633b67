package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"shiji/internal/city"
	"shiji/internal/evidence"
	"shiji/internal/sheet"
	"shiji/schemes"
)

func runTemplate(c *console, args []string) error {
	f := c.flags("template")
	out := f.String("o", "", "模板写到这个文件")
	if _, err := parse(f, args, 0); err != nil {
		return err
	}
	if *out == "" {
		return errUsage
	}
	if err := writeFile(*out, sheet.WriteTemplate); err != nil {
		return err
	}
	fmt.Fprintln(c.out, *out)
	return nil
}

// maxSchools bounds what one call makes.
const maxSchools = 2000

func runCity(c *console, args []string) error {
	f := c.flags("city")
	seed := f.Uint64("seed", 1, "种子：同一种子总是生成同样的数据")
	schools := f.Int("schools", 1, "学校数")
	csv := f.Bool("csv", false, "每校写一个 CSV 文件夹，而不是工作簿")
	out := f.String("o", "", "写到这个目录")
	if _, err := parse(f, args, 0); err != nil {
		return err
	}
	if *out == "" || *schools < 1 || *schools > maxSchools {
		return errUsage
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	for n := range *schools {
		p := city.School(*seed, n)
		path := filepath.Join(*out, fmt.Sprintf("%03d-%s", n+1, p.School[0].Name))
		if err := writeSchool(path, p, *csv); err != nil {
			return err
		}
		if c.terminal {
			fmt.Fprintf(c.err, "\r生成学校 %d/%d", n+1, *schools)
		}
	}
	if c.terminal {
		fmt.Fprint(c.err, "\r\033[K")
	}
	fmt.Fprintln(c.out, *out)
	return nil
}

func writeSchool(path string, p *evidence.Package, csv bool) error {
	if !csv {
		return writeFile(path+".xlsx", func(w io.Writer) error { return sheet.WritePackage(w, p) })
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	return sheet.WritePackageCSV(func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(path, name)) }, p)
}

func runSchemes(c *console, args []string) error {
	if _, err := parse(c.flags("schemes"), args, 0); err != nil {
		return err
	}
	for _, name := range schemes.Names() {
		fmt.Fprintln(c.out, name)
	}
	return nil
}
