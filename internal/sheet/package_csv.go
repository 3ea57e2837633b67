package sheet

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"shiji/internal/evidence"
	"shiji/internal/fault"
)

// ReadPackageCSV reads a school's package from the files at the root of folder,
// one CSV file a sheet, each named after its sheet (出勤.csv), in UTF-8 or GBK.
// It answers as ReadPackage does; a file that cannot be read as CSV is one
// fault among the others. All files together are held to limits.FileBytes.
// Only regular files are opened: a pipe would be waited for, and a link may
// lead out of the folder.
func ReadPackageCSV(folder fs.FS, limits Limits) (*evidence.Package, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, err
	}
	var tables []table
	for _, e := range entries {
		name := e.Name()
		if isLitter(name) {
			continue
		}
		base, isCSV := cutCSV(name)
		t := table{place: fault.Place{File: name}, name: base}
		if !isCSV {
			t.broken = fault.New(fault.Invalid, "evidence.not-a-csv", name)
		} else if !e.Type().IsRegular() {
			t.broken = fault.New(fault.Invalid, "evidence.not-a-file", name)
		} else if file, err := readCSVFile(folder, name, &limits); err == nil {
			t.rows = file.Rows()
		} else if !errors.As(err, &t.broken) {
			return nil, err
		}
		tables = append(tables, t)
	}
	if len(tables) == 0 {
		return nil, fault.New(fault.Missing, "evidence.no-csv")
	}
	return readTables(tables, limits.Also)
}

// readCSVFile reads one file and takes its size off what the rest may have.
func readCSVFile(folder fs.FS, name string, limits *Limits) (*CSV, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // nothing was written
	file, err := ReadCSV(f, *limits)
	if err != nil {
		return nil, err
	}
	limits.FileBytes -= int64(len(file.text))
	if limits.FileBytes < 0 {
		limits.FileBytes = 0
	}
	return file, nil
}

func cutCSV(name string) (base string, ok bool) {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext), strings.EqualFold(ext, ".csv")
}

// isLitter knows the files that programs leave in folders unasked.
func isLitter(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") ||
		slices.ContainsFunc([]string{"Thumbs.db", "desktop.ini", "__MACOSX"}, func(s string) bool { return strings.EqualFold(s, name) })
}
