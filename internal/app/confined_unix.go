//go:build unix

package app

import (
	"context"
	"os/exec"
	"strconv"
	"syscall"
)

// confined returns a command with at most kb of address space, in a process
// group of its own that ends as a whole with ctx: LibreOffice starts others.
func confined(ctx context.Context, kb int, name string, args ...string) *exec.Cmd {
	script := "ulimit -v " + strconv.Itoa(kb) + ` && exec "$0" "$@"`
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", script, name}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}
