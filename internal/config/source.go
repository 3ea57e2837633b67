package config

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"strings"

	"shiji/internal/fault"
)

// Source is where a command's configuration comes from: flags that have been
// bound, the environment, a file.
type Source struct {
	flags map[string]*given
}

// given is a flag's value, and whether it was given.
type given struct {
	value string
	set   bool
}

func (g *given) String() string     { return g.value }
func (g *given) Set(s string) error { g.value, g.set = s, true; return nil }

// Bind adds the named options and -config to a command's flags; without names,
// all of them. The other options can still be set by environment and file.
func Bind(f *flag.FlagSet, names ...string) *Source {
	s := &Source{flags: map[string]*given{}}
	bind := func(o option) {
		s.flags[o.Name] = &given{value: o.Default}
		f.Var(s.flags[o.Name], o.Name, o.About)
	}
	if len(names) == 0 {
		for _, o := range options {
			names = append(names, o.Name)
		}
	}
	bind(fileOption)
	for _, name := range names {
		o, ok := named(name)
		if !ok {
			panic("config: no option " + name)
		}
		bind(o)
	}
	return s
}

// Given says whether an option was given as a flag.
func (s *Source) Given(name string) bool { return s.flags[name] != nil && s.flags[name].set }

// line is a value with the place where it stands.
type line struct {
	value string
	place fault.Place
}

// Load returns the configuration after the flags were parsed; env looks up the
// environment (os.LookupEnv). All faults come at once.
func (s *Source) Load(env func(string) (string, bool)) (Config, error) {
	var c Config
	var faults fault.List
	file, err := s.file(env, &faults)
	if err != nil {
		return Config{}, err
	}
	good := map[string]fault.Place{} // where the values stand that are right by themselves
	for _, o := range options {
		l := s.look(o, env, file)
		if f := o.set(&c, l.value); f != nil {
			faults.Add(f.At(l.place))
			continue
		}
		good[o.Name] = l.place
	}
	c.settle(&faults, good)
	if err := faults.Err(); err != nil {
		return Config{}, err
	}
	return c, nil
}

// look returns an option's value: from its flag, else the environment, else the
// file, else the default. An empty variable is as good as none.
func (s *Source) look(o option, env func(string) (string, bool), file map[string]line) line {
	if s.Given(o.Name) {
		return line{s.flags[o.Name].value, fault.Place{Field: "-" + o.Name}}
	}
	if v, ok := env(o.variable()); ok && v != "" {
		return line{v, fault.Place{Field: o.variable()}}
	}
	if l, ok := file[o.Name]; ok && l.value != "" {
		return l
	}
	return line{o.Default, fault.Place{Field: o.variable()}}
}

// file reads the file that flag or environment name, if any.
func (s *Source) file(env func(string) (string, bool), faults *fault.List) (map[string]line, error) {
	at := s.look(fileOption, env, nil)
	if at.value == "" {
		return nil, nil
	}
	info, err := os.Stat(at.value)
	var data []byte
	if err == nil {
		data, err = os.ReadFile(at.value)
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		faults.Add(fault.New(fault.NotFound, "config.no-file", at.value).At(at.place).Because(err))
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lines := parse(at.value, data, faults)
	for _, o := range options {
		if l, ok := lines[o.Name]; ok && o.Secret && l.value != "" && info.Mode().Perm()&0o007 != 0 {
			faults.Add(fault.New(fault.Refused, "config.others-read").At(l.place))
		}
	}
	return lines, nil
}

// parse reads lines of NAME=value, as systemd's EnvironmentFile has them too.
func parse(name string, data []byte, faults *fault.List) map[string]line {
	lines := map[string]line{}
	in := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	for n := 1; in.Scan(); n++ {
		text := strings.TrimSpace(in.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		variable, value, found := strings.Cut(text, "=")
		variable, value = strings.TrimSpace(variable), strings.TrimSpace(value)
		place := fault.Place{File: name, Row: n, Field: variable}
		o, known := byVariable(variable)
		_, twice := lines[o.Name]
		switch {
		case !found:
			faults.Addf(fault.Invalid, fault.Place{File: name, Row: n}, "config.line")
		case !known:
			faults.Addf(fault.Invalid, place, "config.unknown")
		case twice:
			faults.Addf(fault.Conflict, place, "config.twice", lines[o.Name].place.Row)
		case strings.HasPrefix(value, `"`) || strings.HasPrefix(value, "'"):
			faults.Addf(fault.Invalid, place, "config.quoted")
		default:
			lines[o.Name] = line{value, place}
		}
	}
	if in.Err() != nil {
		faults.Addf(fault.TooLarge, fault.Place{File: name}, "config.line")
	}
	return lines
}

func byVariable(variable string) (option, bool) {
	for _, o := range options {
		if o.variable() == variable {
			return o, true
		}
	}
	return option{}, false
}
