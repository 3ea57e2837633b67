package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process is a server of its own.
type process struct {
	cmd *exec.Cmd
	url string
}

// benchmarkProcess measures the program as it is run: built, started, idle, under
// load, and beside PocketBase.
func (m *metropolis) benchmarkProcess(b *testing.B) {
	if err := m.s.Close(); err != nil { // the process opens the database
		b.Fatal(err)
	}
	binary := filepath.Join(b.TempDir(), "shiji")
	m.build(b, binary)
	b.Run("start", func(b *testing.B) { m.benchmarkStart(b, binary) })
	p := m.run(b, binary)
	defer p.stop(b)
	b.Run("idle", func(b *testing.B) {
		for b.Loop() {
			time.Sleep(5 * time.Second)
			b.ReportMetric(p.memory(b, "VmRSS"), "RSS-MB")
		}
		b.ReportMetric(60, "budget-MB")
		b.ReportMetric(0, "ns/op")
	})
	if m.engine == "sqlite" {
		b.Run("peer", func(b *testing.B) { m.benchmarkPeer(b, p) })
	}
	m.warm(b, p)
	for _, rate := range loadRates {
		b.Run(fmt.Sprintf("load-%d", rate), func(b *testing.B) { m.benchmarkLoad(b, p, rate) })
	}
}

// build makes the program as `make build` does and reports its size.
func (m *metropolis) build(b *testing.B, binary string) {
	c := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "shiji/cmd/shiji")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("binary", func(b *testing.B) {
		for b.Loop() { // nothing: its size is what is reported
		}
		b.ReportMetric(float64(info.Size())/1e6, "MB")
		b.ReportMetric(45, "budget-MB")
		b.ReportMetric(0, "ns/op")
		if _, err := os.Stat("asset/dist/sources.json"); err != nil {
			b.Log("built WITHOUT the assets from npm: make assets first")
		}
	})
}

// run starts the site on a free port and waits until it answers.
func (m *metropolis) run(b *testing.B, binary string) *process {
	args := []string{"serve", "-addr", "127.0.0.1:0", "-data", m.db.Data, "-trusted-proxy", "127.0.0.0/8", "-log-level", "info"}
	c := exec.Command(binary, args...)
	c.Stderr = io.Discard
	if m.db.DSN != "" {
		c.Env = append(os.Environ(), "SHIJI_DB="+m.url())
	}
	p, err := launch(c)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// launch starts a server that prints its address first, and waits for an answer.
func launch(c *exec.Cmd) (*process, error) {
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: c}
	lines := bufio.NewScanner(out)
	for p.url == "" && lines.Scan() {
		if at := strings.Index(lines.Text(), "http://"); at >= 0 {
			p.url = lines.Text()[at:]
		}
	}
	if p.url == "" {
		return nil, fmt.Errorf("%s ended: %v", c.Path, c.Wait())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
	for range 2000 {
		if w, err := http.Get(p.url + "/sign-in"); err == nil {
			return p, w.Body.Close()
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil, fmt.Errorf("%s does not answer", p.url)
}

func (p *process) stop(b *testing.B) {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Error(err)
	}
	_ = p.cmd.Wait() // a server that is told to stop may end with a status of its own
}

// memory reads a line of /proc/<pid>/status, in MB.
func (p *process) memory(b *testing.B, line string) float64 {
	if runtime.GOOS != "linux" {
		b.Skip("memory of the process is NOT measured: no /proc here")
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), line+":")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		b.Fatalf("no %s in\n%s", line, text)
	}
	kb, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb * 1024 / 1e6
}

// cpu is the processor time that the process has used.
func (p *process) cpu(b *testing.B) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	const utime, tick = 11, 10 * time.Millisecond // proc(5); USER_HZ is 100
	var ticks int64
	for _, f := range fields[utime : utime+2] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick
}

// benchmarkStart measures from the start of the process to its first answer.
func (m *metropolis) benchmarkStart(b *testing.B, binary string) {
	const starts = 7
	var took []time.Duration
	for b.Loop() {
		for range starts {
			begun := time.Now()
			p := m.run(b, binary)
			took = append(took, time.Since(begun))
			p.stop(b)
		}
	}
	slices.Sort(took)
	b.ReportMetric(ms(took[len(took)/2]), "median-ms")
	b.ReportMetric(ms(took[len(took)-1]), "slowest-ms")
	b.ReportMetric(300, "budget-ms")
	b.ReportMetric(0, "ns/op")
}
