package print_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
	"shiji/internal/print"
)

func TestLook(t *testing.T) {
	s := explaintest.Points(t, 120)
	t0 := time.Now()
	pages := s.Pages()
	o := explain.Cohort(s.Scheme, s.Outcome, s.Roll)
	t1 := time.Now()
	var b bytes.Buffer
	if err := print.Report(&b, o, pages); err != nil {
		t.Fatal(err)
	}
	t.Log(b.Len(), t1.Sub(t0), time.Since(t1))
	os.WriteFile("/tmp/lx/report.html", b.Bytes(), 0o644)
	b.Reset()
	if err := print.Person(&b, pages[8]); err != nil {
		t.Fatal(err)
	}
	t.Log(b.Len())
	os.WriteFile("/tmp/lx/person.html", b.Bytes(), 0o644)
}
