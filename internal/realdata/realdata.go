// Package realdata assembles packages of evidence from data sets that nobody
// made up: timetables, pupils' scores with what they scored before, ratings,
// absences. They are what the program is held against, with answers that
// independent tools computed from the same files.
//
// The room decides how a foreign data set is said in a school's sheets: which
// codes stand for what, which sheets do not apply, and what the label on every
// result says. It reads the files of the data folder, which stay outside the
// repository, and knows neither schemes nor what the reference answers are.
package realdata

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"shiji/internal/evidence"
)

// Folder is where the data lie: the folder that holds expected.json.
type Folder string

// Default is the folder beside the repository's, as seen from its root.
const Default = Folder("../shared/realdata")

// ErrAbsent reports that the folder does not hold the data.
var ErrAbsent = errors.New("realdata: no data in the folder; set SHIJI_REALDATA to the one that has expected.json")

// Find returns the folder that the environment names, else the one beside the
// repository whose root lies at root.
func Find(root string) (Folder, error) {
	f := Folder(filepath.Join(root, string(Default)))
	if named := os.Getenv("SHIJI_REALDATA"); named != "" {
		f = Folder(named)
	}
	if _, err := os.Stat(f.Path("expected.json")); err != nil {
		return f, fmt.Errorf("%w (%s)", ErrAbsent, f)
	}
	return f, nil
}

// Path returns where the file of that name lies.
func (f Folder) Path(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

// Set is a data set, or several joined, that a package is made from.
type Set struct {
	Name   string
	Files  []string // that it reads, under the folder
	Joined bool     // made from sets that share no persons
	build  func(src *source) *evidence.Package
}

// Sets are all sets, the joined one last.
func Sets() []Set {
	return []Set{
		{Name: "timetable", Files: []string{timetableFile}, build: timetable},
		{Name: "star", Files: []string{starFile, starLines}, build: star},
		{Name: "bdf", Files: []string{bdfFile}, build: bdf},
		{Name: "gcsemv", Files: []string{gcsemvFile}, build: gcsemv},
		{Name: "sgp", Files: []string{sgpScores, sgpTeachers}, build: sgp},
		{Name: "turkiye", Files: []string{turkiyeFile}, build: turkiye},
		{Name: "insteval", Files: []string{instevalFile}, build: insteval},
		{Name: "writing", Files: []string{writingFile}, build: writing},
		{Name: "absence", Files: []string{absenceFile}, build: absence},
		{Name: "joined", Files: []string{starFile, starLines, timetableFile, absenceFile, turkiyeFile}, Joined: true, build: joined},
	}
}

// Assemble makes the set's package, complete and checked. Sheets that the data
// say nothing of are declared not applicable.
func (s *Set) Assemble(f Folder) (*evidence.Package, error) {
	src := &source{folder: f}
	p := s.build(src)
	if src.err != nil {
		return nil, fmt.Errorf("assemble %s: %w", s.Name, src.err)
	}
	for _, sheet := range evidence.Sheets {
		switch {
		case sheet.Len(p) > 0:
			p.HandIn(sheet.Name)
		default:
			p.School[0].Declined = append(p.School[0].Declined, sheet.Name)
		}
	}
	if err := evidence.Check(p); err != nil {
		return nil, fmt.Errorf("assemble %s: %w", s.Name, err)
	}
	return p, nil
}

//go:embed schemes/*.yaml
var schemes embed.FS

// Scheme returns the text of the scheme that the set is evaluated by. It is
// made to show the statistics, and follows no policy.
func (s *Set) Scheme() []byte {
	text, err := fs.ReadFile(schemes, "schemes/"+s.Name+".yaml")
	if err != nil {
		panic("realdata: " + err.Error()) // embedded: a test asks for each
	}
	return text
}
