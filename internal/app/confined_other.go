//go:build !unix

package app

import (
	"context"
	"os/exec"
)

// confined returns a command that ends with ctx: this system has no limit of
// memory for a process that is not there yet.
func confined(ctx context.Context, _ int, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, name, args...)
}
