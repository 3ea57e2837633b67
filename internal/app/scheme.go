package app

import (
	"errors"
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
// or the path of a YAML file. The policy it follows is looked for beside the
// file (policy.yaml), then among the embedded ones.
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
	text, err := os.ReadFile(ref)
	if errors.Is(err, fs.ErrNotExist) {
		return schemes.Load(ref)
	}
	if err != nil {
		return scheme.File{}, nil, err
	}
	file := scheme.File{Name: filepath.Base(ref), Text: text}
	name := scheme.PolicyName(file)
	if name == "" {
		return file, nil, nil
	}
	text, err = os.ReadFile(filepath.Join(filepath.Dir(ref), "policy.yaml"))
	if err == nil {
		return file, &scheme.File{Name: "policy.yaml", Text: text}, nil
	}
	policy, err := schemes.Policy(name)
	if err != nil {
		return file, nil, fault.New(fault.NotFound, "app.no-policy", name).At(fault.Place{File: file.Name})
	}
	return file, &policy, nil
}
