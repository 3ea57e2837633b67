// Package schemes holds the policies and schemes that ship with the program, as
// data: a folder a policy, with the policy's own text (source.txt), what it
// binds (policy.yaml), schemes that follow it, and golden cases that an
// official can read (cases/*.txtar).
//
// It decides what is embedded and under which name. What the files mean is
// decided by rooms scheme, measure and eval; a school's own scheme lies outside
// the program and is never written here.
package schemes

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"

	"shiji/internal/fault"
	"shiji/internal/scheme"
)

//go:embed */*.yaml
var files embed.FS

const policyFile = "policy.yaml"

// Names returns the names of the embedded schemes, sorted: jining-2018/junior.
func Names() []string {
	var names []string
	for _, file := range match("*/*.yaml") {
		if path.Base(file) != policyFile {
			names = append(names, strings.TrimSuffix(file, ".yaml"))
		}
	}
	return names
}

// Policies returns the names of the embedded policies, sorted: jining-2018.
func Policies() []string {
	var names []string
	for _, file := range match("*/" + policyFile) {
		names = append(names, path.Dir(file))
	}
	return names
}

// Load returns the embedded scheme of that name, and the policy that it says it
// follows, nil if it follows none. An unknown name is a fault.
func Load(name string) (scheme.File, *scheme.File, error) {
	if !slices.Contains(Names(), name) {
		return scheme.File{}, nil, fault.New(fault.NotFound, "app.no-scheme", name, strings.Join(Names(), "、"))
	}
	file := read(name + ".yaml")
	policy := scheme.PolicyName(file)
	if policy == "" {
		return file, nil, nil
	}
	of, err := Policy(policy)
	if err != nil {
		return scheme.File{}, nil, err
	}
	return file, &of, nil
}

// Policy returns the embedded policy of that name, which a scheme from outside
// may follow. An unknown name is a fault.
func Policy(name string) (scheme.File, error) {
	if !slices.Contains(Policies(), name) {
		return scheme.File{}, fault.New(fault.NotFound, "app.no-policy", name)
	}
	return read(path.Join(name, policyFile)), nil
}

// read returns a file that is known to be embedded.
func read(name string) scheme.File {
	text, err := files.ReadFile(name)
	if err != nil {
		panic("schemes: " + err.Error()) // its name came from the embedded tree
	}
	return scheme.File{Name: name, Text: text}
}

func match(pattern string) []string {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		panic("schemes: " + err.Error()) // the patterns are constants of this file
	}
	return names
}
