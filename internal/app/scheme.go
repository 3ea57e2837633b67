package app

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"shiji/internal/fault"
	"shiji/internal/measure"
	"shiji/internal/scheme"
	"shiji/schemes"
)

// Rules are a scheme ready to use: compiled for evaluation, its measures ready
// to derive facts, and the files it was read from.
type Rules struct {
	*scheme.Compiled
	Plan   *measure.Plan
	File   scheme.File
	Policy *scheme.File // nil when the scheme follows none
}

// LoadRules loads a scheme: the name of an embedded one ("jining-2018/junior")
// or the path of a YAML file. The policy it follows is the embedded one of that
// name, and else the one beside the file (policy.yaml): who writes a scheme must
// not be able to move the bounds of a policy that everybody else has.
func LoadRules(ref string) (*Rules, error) {
	file, policy, err := loadFiles(ref)
	if err != nil {
		return nil, err
	}
	return NewRules(file, policy)
}

// NewRules parses and compiles a scheme. The error lists every fault.
func NewRules(file scheme.File, policy *scheme.File) (*Rules, error) {
	s, err := scheme.Parse(file, policy)
	if err != nil {
		return nil, err
	}
	if named := scheme.PolicyName(file); s.Policy != nil && s.Policy.Name != named {
		return nil, fault.New(fault.Conflict, "app.policy-other", named, s.Policy.Name).At(fault.Place{File: file.Name})
	}
	plan, facts, err := measure.Compile(s.Measures, s.AllTables())
	if err != nil {
		return nil, err
	}
	plan.Opened = s.Opened
	c, err := scheme.Compile(s, facts)
	if err != nil {
		return nil, err
	}
	return &Rules{Compiled: c, Plan: plan, File: file, Policy: policy}, nil
}

func loadFiles(ref string) (scheme.File, *scheme.File, error) {
	file, err := readScheme(ref)
	if errors.Is(err, fs.ErrNotExist) {
		return schemes.Load(ref)
	}
	if err != nil {
		return scheme.File{}, nil, err
	}
	name := scheme.PolicyName(file)
	if name == "" {
		return file, nil, nil
	}
	if policy, err := schemes.Policy(name); err == nil {
		return file, &policy, nil
	}
	policy, err := readScheme(filepath.Join(filepath.Dir(ref), "policy.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return file, nil, fault.New(fault.NotFound, "app.no-policy", name).At(fault.Place{File: file.Name})
	}
	return file, &policy, err
}

// readScheme reads a scheme or policy file, no more of it than Parse takes: a
// device or a pipe has no end.
func readScheme(path string) (scheme.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return scheme.File{}, err
	}
	file := scheme.File{Name: filepath.Base(path)}
	if !info.Mode().IsRegular() {
		return file, fault.New(fault.Invalid, "app.not-file").At(fault.Place{File: file.Name})
	}
	f, err := os.Open(path)
	if err != nil {
		return file, err
	}
	defer f.Close()
	file.Text, err = io.ReadAll(io.LimitReader(f, scheme.MaxFile+1))
	return file, err
}
