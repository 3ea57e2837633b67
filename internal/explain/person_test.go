package explain_test

import (
	"testing"

	"shiji/internal/explain"
	"shiji/internal/explain/explaintest"
)

func TestLook(t *testing.T) {
	s := explaintest.Points(t, 24)
	for _, i := range []int{0, 1, 5, 7, 8} {
		t.Log(explain.Text(s.Pages()[i]))
	}
	t.Log(explain.Text(explaintest.Conclusions(t, 9).Pages()[8]))
}
