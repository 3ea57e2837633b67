package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"shiji/internal/bundle"
	"shiji/internal/fault"
	"shiji/internal/scheme"
)

// TestNothingForeignReachesTheTerminal: a name that clears the screen or fakes a
// line of ours is shown harmless, wherever it comes from.
func TestNothingForeignReachesTheTerminal(t *testing.T) {
	t.Parallel()
	const evil = "王\x1b[2J\x07\u009b31m五\u202e"
	var out, err bytes.Buffer
	c := &console{out: &out, err: &err}
	foreign := &scheme.Compiled{Scheme: &scheme.Scheme{Name: evil, Title: evil}}
	c.faults(fault.New(fault.NotFound, "app.no-teacher", evil))
	c.verified(&bundle.Bundle{Name: evil + "\n核对无误：别人", School: evil, Term: evil, Subject: evil}, foreign, false)
	_ = c.report(errors.New(evil))
	shown := out.String() + err.String()
	if strings.ContainsAny(shown, "\x1b\x07\u009b\u202e\r") || strings.Contains(shown, "\n核对无误：别人") {
		t.Errorf("shown as written: %q", shown)
	}
	if !strings.Contains(shown, "王") || !strings.Contains(shown, "五") {
		t.Errorf("the name itself is lost: %q", shown)
	}
}
