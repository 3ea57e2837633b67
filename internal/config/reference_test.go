package config

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite docs/configuration.md")

const head = `# Configuration

*Generated from the table of options in ` + "`internal/config/option.go`" + ` by ` + "`go test ./internal/config -update`" + `.*

Every option can be given as a flag, as an environment variable, or as a line ` + "`NAME=value`" + ` of the file that ` + "`-config`" + ` or
` + "`SHIJI_CONFIG`" + ` names. A flag goes before the environment, the environment before the file, the file before the default. A
command knows the flags that it uses; environment and file may hold all of them, so one file serves every command, and systemd as
` + "`EnvironmentFile`" + ` too: no quotes, ` + "`#`" + ` begins a comment line. In environment and file an empty
value is as good as none. All faults are told at once, with the flag,
the variable or the line; the exit code is then 3. A file that holds a database address must not be readable by everybody.

| flag | variable, line of the file | default | form | what it is |
|---|---|---|---|---|
`

const tail = `
The keys and the checkpoint belong where no backup of the data folder takes them along, best on another medium: what they are for
says [operations.md](operations.md).
`

func reference() string {
	var b strings.Builder
	b.WriteString(head)
	for _, o := range append([]option{fileOption}, options...) {
		fallback := "–"
		if o.Default != "" {
			fallback = "`" + o.Default + "`"
		}
		fmt.Fprintf(&b, "| `-%s` | `%s` | %s | %s | %s |\n", o.Name, o.variable(), fallback, o.Form, o.About)
	}
	b.WriteString(tail)
	return b.String()
}

func TestReferenceIsUpToDate(t *testing.T) {
	const file = "../../docs/configuration.md"
	want := reference()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/configuration.md is not what the table says; run go test ./internal/config -update (-want +got):\n%s", diff)
	}
}
